"""The log replayed batch by batch: the state at its end, and the totals that each release should have named."""

import hashlib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from testigo.core.dossier import Dossier
from testigo.core.ids import Digest, StationCode
from testigo.core.records import Act, Key, Record, Register, Release, Result
from testigo.core.state import State, dossiers
from testigo.core.tabulation import Tabulation, tabulate, totals_bytes
from testigo.verification.batches import Leaves
from testigo.verification.places import is_rule
from testigo.verification.rules import Rules

_CHANGE_NOTHING = frozenset((Act, Key, Release))
"""Kinds of records that no result and no total depends on."""


@dataclass(frozen=True, slots=True)
class ReleaseSeen:
    """A release record at its leaf. `start` is the size before its batch.

    `totals` are the bytes that the results in force at `start` give; None where the rules changed since, or are not
    known.
    """

    number: int
    record: Release
    start: int
    totals: bytes | None

    @property
    def digest(self) -> str | None:
        """The hash of the totals, None where they are not known."""
        return None if self.totals is None else hashlib.sha256(self.totals).hexdigest()


@dataclass(frozen=True, slots=True)
class Count:
    """What the policy looks at and what the totals are, at one size of the log."""

    held: Mapping[StationCode, Dossier]
    totals: Tabulation


@dataclass(frozen=True, slots=True)
class Replay:
    """The log after its last batch; `count` is None where the rules are not known or do not fit the results.

    `broken_links` are results that do not name the result that was in force before them.
    """

    state: State
    count: Count | None
    releases: tuple[ReleaseSeen, ...]
    broken_links: tuple[str, ...]


def replay(leaves: Leaves, rules: Rules | None) -> Replay:
    """What the log says after its last batch."""
    state = State()
    seen: list[ReleaseSeen] = []
    broken: list[str] = []
    fixed = rules_fixed_at(leaves.records)
    count: Count | None = None
    for start, end in leaves.batches():
        found = [(n, r) for n in range(start, end) if type(r := leaves.records[n]) is Release]
        if found:
            count = count or _counted(state, rules)
            totals = totals_bytes(count.totals) if count is not None and fixed <= start else None
            seen += [ReleaseSeen(number, release, start, totals) for number, release in found]
        broken += _broken_links(leaves, start, end, state)
        for number in range(start, end):
            record = leaves.records[number]
            state.take(leaves.digests[number], record)
            if type(record) not in _CHANGE_NOTHING:
                count = None
    return Replay(state, count or _counted(state, rules), tuple(seen), tuple(broken))


def rules_fixed_at(records: Sequence[Record | None]) -> int:
    """The number of leaves after which no file of the rules is registered for the first time any more."""
    first: dict[str, int] = {}
    for number, record in enumerate(records):
        if type(record) is Register and is_rule(record.name):
            first.setdefault(record.name, number)
    return max(first.values(), default=-1) + 1


def _counted(state: State, rules: Rules | None) -> Count | None:
    """The count; None where a result is of a station or contest that the rules do not know."""
    if rules is None:
        return None
    contests = {contest.id for contest in rules.election.contests}
    if any(station not in rules.register.stations or contest not in contests for station, contest in state.results):
        return None
    held = dossiers(state, rules.register, rules.election.desk)
    results = [result for _, result in state.results.values()]
    return Count(held, tabulate(results, held, rules.register, rules.election))


def _broken_links(leaves: Leaves, start: int, end: int, state: State) -> list[str]:
    """A batch has at most one result for a station and contest, which names the one that it replaces."""
    broken: list[str] = []
    mine: set[tuple[str, str]] = set()
    for number in range(start, end):
        record = leaves.records[number]
        if type(record) is not Result:
            continue
        key = (record.station, record.contest)
        before: Digest | None = state.results[key][0] if key in state.results else None
        where = f"leaf {number}: the result of station {record.station}, contest {record.contest}"
        if key in mine:
            broken.append(f"{where} is the second one in its batch")
        elif record.replaces != before:
            broken.append(f"{where}: expected it to replace {before or 'nothing'}, it replaces {record.replaces}")
        mine.add(key)
    return broken
