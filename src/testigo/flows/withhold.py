"""`testigo withhold`: a photo is no longer shown; the public record says so, and why."""

from testigo.core.ids import Digest
from testigo.core.records import Withhold
from testigo.errors import BadUsage, NotFound
from testigo.ports import World

REASONS = ("privacy", "legal", "duplicate")

NOT_ONE = (
    "photo %(came)s: expected the hash of one photo that is held, or its first 8 or more digits; %(count)s photos match"
)
"""Which photo is meant cannot be told; pages say it in the language of whoever asks."""


def withhold(world: World, photo: str, reason: str) -> Digest:
    """The photo that will not be in the next publication. `photo` is its hash or enough of the beginning of it.

    Raises:
        NotFound: no photo begins so, or several do.
        BadUsage: the reason is none of privacy, legal, duplicate.
    """
    if reason not in REASONS:
        raise BadUsage("reason: expected one of %(reasons)s, came %(what)s", reasons=", ".join(REASONS), what=reason)
    found = [sha256 for sha256 in world.views.photos() if sha256.startswith(photo)] if len(photo) >= 8 else []
    if len(found) != 1:
        raise NotFound(NOT_ONE, came=photo[:64], count=len(found))
    world.journal.append([Withhold(found[0], reason)])
    return found[0]
