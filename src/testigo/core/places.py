"""Where an election's people are reached, and where its areas lie: two tables of election.toml that no total needs."""

import re
from collections.abc import Sequence
from dataclasses import dataclass

from testigo.core.keys import Keys
from testigo.errors import BadElection

_ORIGIN = re.compile(r"https?://[A-Za-z0-9][A-Za-z0-9.-]*(?::[0-9]{1,5})?\Z")


@dataclass(frozen=True, slots=True)
class BoundaryRules:
    """What `boundaries.geojson` shows: areas of `level`, whose codes its features have in the property `code`.

    `without` are codes of areas that have no land here, as of voters abroad; `licence` and `attribution` stand under
    every map.
    """

    level: str
    code: str
    licence: str
    attribution: str
    without: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Places:
    """`people` is the address of the server for the election's people (`https://count.example`), None for none."""

    people: str | None = None
    boundaries: BoundaryRules | None = None


def is_origin(text: str) -> bool:
    """Whether a text is a server's address without a path, like `https://count.example` or `http://x.onion:8080`."""
    return _ORIGIN.match(text) is not None


def places_of(keys: Keys, levels: Sequence[str]) -> Places:
    """The tables `[people]` and `[boundaries]` of an election with these levels of areas.

    Raises:
        BadElection: names the key, what was expected and what came.
    """
    people_keys, land = keys.table("people", needed=False), keys.table("boundaries", needed=False)
    people = people_keys.optional_text("address")
    people_keys.finish()
    if people is not None and not is_origin(people):
        raise BadElection(f"{people_keys.where}: address: expected one like https://count.example, came {people!r}")
    if not land.rest():
        return Places(people)
    rules = BoundaryRules(
        land.text("level"), land.text("code"), land.text("licence"), land.text("attribution"), land.texts("without", ())
    )
    land.finish()
    if rules.level not in levels:
        raise BadElection(f"{land.where}: level: expected one of {', '.join(levels)}, came {rules.level}")
    return Places(people, rules)
