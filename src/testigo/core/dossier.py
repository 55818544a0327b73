"""Everything that is held about one station: what the checks and the policy look at."""

from collections.abc import Mapping
from dataclasses import dataclass

from testigo.core.arithmetic import sum_of
from testigo.core.election import Contest
from testigo.core.ids import Counts, Digest, FieldId, StationCode
from testigo.core.register import Station

PHOTO_SOURCE = "photo"
"""The source of what a machine read from a photo."""
DESK_SOURCE = "desk"
"""The source of what people keyed from a photo and agreed on, or an adjudicator settled."""


@dataclass(frozen=True, slots=True)
class Evidence:
    """One statement of a station's figures. `digest` is its leaf hash; `photo` the master it was read from, if any.

    Where pages of a sheet came in separate photos (`core/pages.py`), `beside` are the leaf hashes of what else it was
    put together from, and `photos` all its masters.
    """

    digest: Digest
    kind: str
    source: str
    counts: Counts
    form: str | None = None
    photo: Digest | None = None
    beside: tuple[Digest, ...] = ()
    photos: tuple[Digest, ...] = ()

    @property
    def leaves(self) -> tuple[Digest, ...]:
        """The leaf hashes of all records that it rests on."""
        return (self.digest, *self.beside)

    @property
    def masters(self) -> tuple[Digest, ...]:
        """The masters of all photos that it was read from; none for a row of a table."""
        return self.photos or (() if self.photo is None else (self.photo,))


@dataclass(frozen=True, slots=True)
class PhotoSeen:
    """A photo that concerns a station, because its sender or its code names it.

    `claimed` are the stations that senders named; `named` the one that the reading settled on, None if none; `stations`
    all that its codes name.
    """

    photo: Digest
    claimed: tuple[StationCode, ...]
    named: StationCode | None
    stations: tuple[str, ...]
    outcome: str
    phash: int


@dataclass(frozen=True, slots=True)
class Dossier:
    """One station of the register with all its evidence, in the order of the digests. `corrected` counts its rows that
    a source replaced."""

    station: Station
    evidence: tuple[Evidence, ...]
    photos: tuple[PhotoSeen, ...]
    corrected: int = 0


@dataclass(frozen=True, slots=True)
class Finding:
    """A check that failed: at which station, what it saw in numbers, and whether it holds the station."""

    code: str
    station: StationCode
    saw: str
    weight: str
    evidence: tuple[Digest, ...] = ()


@dataclass(frozen=True, slots=True)
class Outcome:
    """What follows for a station and contest from its dossier.

    `status` is `counted`, `quarantined` or `no figures`; `basis` the id of the policy's basis, empty without figures.
    Codes of checks that passed or could not be evaluated stand beside the findings.
    """

    station: StationCode
    contest: str
    status: str
    basis: str
    evidence: tuple[Digest, ...]
    counts: Counts
    findings: tuple[Finding, ...]
    passed: tuple[str, ...]
    not_evaluable: tuple[str, ...]


def figures_of(contest: Contest, counts: Counts) -> Mapping[FieldId, int]:
    """The contest's figures in these counts: choices (summed from their lines where needed) and the other fields.

    A choice whose lines are not all there is absent.
    """
    figures: dict[FieldId, int] = {}
    for choice in contest.choices:
        votes = counts.get(choice.id)
        if votes is None:
            votes = sum_of(counts, choice.lines)
        if votes is not None:
            figures[choice.id] = votes
    for field in (contest.valid, contest.blank, *contest.null, contest.cast):
        if field is not None and field in counts:
            figures[field] = counts[field]
    return figures


def choice_sum(contest: Contest, figures: Counts) -> int | None:
    """The votes of all choices; None when one is absent."""
    total = 0
    for choice in contest.choices:
        votes = figures.get(choice.id)
        if votes is None:
            return None
        total += votes
    return total if contest.choices else None


def ballots_cast(contest: Contest, figures: Counts) -> int | None:
    """The ballots cast: as stated, else valid, blank and null together; None when a part is absent."""
    if contest.cast is not None and contest.cast in figures:
        return figures[contest.cast]
    valid = figures.get(contest.valid) if contest.valid is not None else None
    if valid is None:
        valid = choice_sum(contest, figures)
    others = tuple(field for field in (contest.blank, *contest.null) if field is not None)
    rest = sum_of(figures, others) if others else 0
    return None if valid is None or rest is None else valid + rest


def sum_of_known(contest: Contest, figures: Counts) -> int:
    """The ballots that are certain: what is stated of choices, blank and null votes; absent figures add nothing."""
    others = [field for field in (contest.blank, *contest.null) if field is not None]
    return sum(figures.get(field, 0) for field in [*(choice.id for choice in contest.choices), *others])


def differences(a: Counts, b: Counts) -> tuple[tuple[FieldId, int, int], ...]:
    """The fields that both state with different figures, in the order of `a`."""
    return tuple((field, value, b[field]) for field, value in a.items() if field in b and b[field] != value)
