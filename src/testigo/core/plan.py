"""What an election's folder says about its assessment: frames of voters, statements of others, collections."""

import re
from collections.abc import Iterable
from dataclasses import dataclass

from testigo.core.keys import Keys
from testigo.errors import BadElection

_ID = re.compile(r"[a-z0-9][a-z0-9-]*\Z")
WHOLE_PPM = 1_000_000
CAPS_PPM = (900_000, 800_000, 700_000)


@dataclass(frozen=True, slots=True)
class Frame:
    """How many registered voters the nation has, by whose word; for elections whose register does not say it."""

    id: str
    name: str
    registered: int
    source: str


@dataclass(frozen=True, slots=True)
class Stated:
    """What somebody states about the stations that a collection misses: registered voters, or votes cast there.

    Exactly one of `registered` and `votes` is not None.
    """

    id: str
    collection: str
    registered: int | None
    votes: int | None
    source: str


@dataclass(frozen=True, slots=True)
class Collection:
    """Several sources taken together; where two of them have a station, the first one's figures."""

    id: str
    name: str
    sources: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Later:
    """Stations that are in one source and not in an earlier one: they arrived late."""

    early: str
    late: str


@dataclass(frozen=True, slots=True)
class AssessmentPlan:
    """The `[assess]` table of election.toml. `caps_ppm` are turnouts that are assumed at most, parts per million."""

    caps_ppm: tuple[int, ...]
    frames: tuple[Frame, ...]
    stated: tuple[Stated, ...]
    collections: tuple[Collection, ...]
    later: Later | None


def plan_of(keys: Keys, sources: Iterable[str]) -> AssessmentPlan:
    """The plan that this table holds; `sources` are those of the election.

    Raises:
        BadElection: names the key, what was expected and what came.
    """
    known = set(sources)
    caps = keys.numbers("turnout_caps_ppm") if "turnout_caps_ppm" in keys.rest() else CAPS_PPM
    frames = tuple(_frame(part) for part in keys.tables("frame"))
    collections = tuple(_collection(part, known) for part in keys.tables("collection"))
    reachable = known | {one.id for one in collections} | {"accepted"}
    stated = tuple(_stated(part, reachable) for part in keys.tables("stated"))
    later = _later(keys.table("later"), known) if "later" in keys.rest() else None
    keys.finish()
    if not all(0 < cap < WHOLE_PPM and cap == int(cap) for cap in caps):
        raise BadElection(f"{keys.where}: turnout_caps_ppm: expected whole numbers between 1 and {WHOLE_PPM - 1}")
    for what, ids in (("frame", frames), ("stated", stated), ("collection", collections)):
        named = [part.id for part in ids]
        wrong = [name for name in named if not _ID.match(name) or named.count(name) > 1]
        if wrong:
            raise BadElection(f"{keys.where}: {what}: expected ids of a-z, 0-9 and -, each once; came {wrong[0]!r}")
    taken = sorted({one.id for one in collections} & (known | {"accepted"}))
    if taken:
        raise BadElection(f"{keys.where}: collection: expected an id of its own, {taken[0]} is taken")
    return AssessmentPlan(tuple(map(int, caps)), frames, stated, collections, later)


def _frame(keys: Keys) -> Frame:
    frame = Frame(keys.text("id"), keys.text("name"), keys.number("registered"), keys.text("source"))
    keys.finish()
    if frame.registered < 0:
        raise BadElection(f"{keys.where}: registered: expected voters, came {frame.registered}")
    return frame


def _stated(keys: Keys, collections: set[str]) -> Stated:
    stated = Stated(
        keys.text("id"),
        keys.text("collection"),
        keys.optional_number("registered"),
        keys.optional_number("votes"),
        keys.text("source"),
    )
    keys.finish()
    if (stated.registered is None) == (stated.votes is None):
        raise BadElection(f"{keys.where}: expected either registered or votes")
    if stated.collection not in collections:
        raise BadElection(f"{keys.where}: collection: expected a source or collection, came {stated.collection}")
    return stated


def _collection(keys: Keys, known: set[str]) -> Collection:
    collection = Collection(keys.text("id"), keys.text("name"), keys.texts("sources"))
    keys.finish()
    unknown = [source for source in collection.sources if source not in known]
    if unknown or not collection.sources:
        raise BadElection(f"{keys.where}: sources: expected sources of this election, came {unknown or 'none'}")
    return collection


def _later(keys: Keys, known: set[str]) -> Later:
    later = Later(keys.text("early"), keys.text("late"))
    keys.finish()
    unknown = [source for source in (later.early, later.late) if source not in known]
    if unknown:
        raise BadElection(f"{keys.where}: expected sources of this election, came {', '.join(unknown)}")
    return later
