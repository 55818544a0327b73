"""Which stations a quick count asks, drawn from a public seed, and how many it needs for a wanted margin.

A station's ticket is the SHA-256 of the UTF-8 text `<seed>,<station>`. A simple sample is the stations with the
smallest tickets; a stratified one the same within each area; a systematic one takes every (N/n)-th station of the list
in the order of areas and codes, from a start that is draw 1 of the seed (`tickets.py`). Who has the seed and the
register gets the same stations with a sort. Ordering by random numbers that stay with their units is simple random
sampling without replacement: E. Ohlsson, Coordination of samples using permanent random numbers (1995).

Sizes follow from the scatter of whole stations, because voters of a station are alike. With z = y - P x for y votes of
a choice and x valid votes, S its standard deviation over stations and X the mean of x, the half-width of an interval is
    quantile * sqrt((1 - n/N) / n) * S / X
(Cochran, Sampling Techniques, 1977, section 2.11; stratified in proportion, S^2 is the mean of those within strata,
section 5.3). S^2 / X^2 over P (1 - P) / X, the variance of as many voters drawn one by one, is the design effect (Kish,
Survey Sampling, 1965, 5.4).
"""

import hashlib
import math
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Literal, get_args

import numpy as np
from numpy.typing import NDArray
from scipy.stats import norm

from testigo.errors import BadUsage
from testigo.stats.tickets import tickets

Ints = NDArray[np.int64]
Floats = NDArray[np.float64]
Design = Literal["simple", "stratified", "systematic"]
DESIGNS: tuple[Design, ...] = get_args(Design)
FEWEST = 2
"""Stations of a stratum without which its scatter cannot be seen."""


@dataclass(frozen=True, slots=True)
class Pick:
    """A drawn station: its `row` in the frame, its `stratum`, its `ticket` (of the start where systematic)."""

    row: int
    stratum: int
    ticket: str


@dataclass(frozen=True, slots=True)
class Stratum:
    """A part of the frame that is drawn from by itself; one, without a name, where the design has no strata."""

    name: str
    stations: int
    drawn: int


@dataclass(frozen=True, slots=True)
class Sample:
    """The drawn stations in the order of the draw. `start` (0 to N - 1) of a systematic sample, None of others."""

    design: Design
    picks: tuple[Pick, ...]
    strata: tuple[Stratum, ...]
    start: int | None


def allocation(sizes: Sequence[int], number: int) -> tuple[int, ...]:
    """How many of `number` stations each stratum gets, in proportion to its size, by largest remainders.

    FEWEST at least (all where it has not so many), the others share what is left. Equal remainders: the earlier one.

    Raises:
        BadUsage: there are not so many stations, or too few to give each stratum its least.
    """
    least = [min(FEWEST, size) for size in sizes]
    if not sum(least) <= number <= sum(sizes) or min(sizes, default=0) < 1:
        raise BadUsage(
            f"sample of {number} stations: expected {sum(least)} to {sum(sizes)} (at least {FEWEST} in each of "
            f"{len(sizes)} strata); draw more, or by a larger area"
        )
    free = set(range(len(sizes)))
    while True:
        # Whoever has less than its least by proportion gets it, and the rest is shared anew among the others.
        left = number - sum(least[h] for h in range(len(sizes)) if h not in free)
        total = sum(sizes[h] for h in free)
        short = {h for h in free if left * sizes[h] < least[h] * total}
        if not short:
            break
        free -= short
    given = [left * sizes[h] // total if h in free else least[h] for h in range(len(sizes))]
    by_rest = sorted(free, key=lambda h: (-(left * sizes[h] % total), h))
    for h in by_rest[: number - sum(given)]:
        given[h] += 1
    return tuple(given)


def ticket(seed: str, station: str) -> str:
    """The ticket of a station: 64 hexadecimal digits that can be compared as text."""
    return hashlib.sha256(f"{seed},{station}".encode()).hexdigest()


def draw(
    design: Design, codes: Sequence[str], areas: Sequence[tuple[str, ...]], number: int, seed: str, *, level: int = 0
) -> Sample:
    """A sample of `number` stations; `areas` of each from the largest level down, strata are those of `level`.

    The order in which stations are given changes nothing.

    Raises:
        BadUsage: a seed as in `tickets`, a station twice, or a number or level that the stations do not have.
    """
    if len(set(codes)) != len(codes) or len(codes) != len(areas):
        raise BadUsage("sample: expected every station once, with its areas")
    if not FEWEST <= number <= len(codes):
        raise BadUsage(f"sample: expected {FEWEST} to {len(codes)} stations, came {number}")
    start = tickets(seed, [1] * len(codes), 1)[0]
    along = sorted(range(len(codes)), key=lambda row: (areas[row], codes[row]))
    if design == "systematic":
        rows = [along[place] for place in systematic_places(len(codes), number, start.value)]
        one = Stratum("", len(codes), number)
        return Sample(design, tuple(Pick(row, 0, start.digest) for row in rows), (one,), start.value)
    parts: dict[str, list[int]] = {}
    for row in along:
        if design == "stratified" and len(areas[row]) <= level:
            raise BadUsage(f"stratified sample: the station {codes[row]} has no area of level {level + 1}")
        parts.setdefault("/".join(areas[row][: level + 1]) if design == "stratified" else "", []).append(row)
    given = allocation([len(part) for part in parts.values()], number)
    picks: list[Pick] = []
    for stratum, (part, few) in enumerate(zip(parts.values(), given, strict=True)):
        drawn = sorted((ticket(seed, codes[row]), codes[row], row) for row in part)[:few]
        picks += [Pick(row, stratum, digest) for digest, _, row in drawn]
    strata = (Stratum(name, len(part), few) for (name, part), few in zip(parts.items(), given, strict=True))
    return Sample(design, tuple(picks), tuple(strata), None)


def systematic_places(stations: int, number: int, start: int) -> list[int]:
    """The places (0 to stations - 1, ascending) that a start of 0 to stations - 1 takes: floor((start + i N) / n).

    Every place has the chance n/N exactly: over all starts and i, start + i N takes each of 0 to n N - 1 once, and n of
    these fall on each place. Fractional interval: Saerndal, Swensson, Wretman, Model Assisted Survey Sampling, 3.4.
    """
    return [(start + i * stations) // number for i in range(number)]


@dataclass(frozen=True, slots=True)
class Pilot:
    """Stations of an election that is known, as a stand-in for one that is not; in the order of areas and codes.

    `residual` (n,) is z over the mean number of valid votes, `stratum` (n,) its area, `votes` that mean, `value` the
    share or lead, `voter` the variance of a single voter: P (1 - P) for a share.
    """

    residual: Floats
    stratum: Ints
    votes: float
    value: float
    voter: float

    def scatter(self, design: Design, number: int) -> float:
        """S / X as a sample of this design and size would see it.

        Systematic: of stations that lie as far apart as they would be drawn, half the mean squared difference.
        """
        z = self.residual
        if design == "systematic":
            lag = max(1, min(round(len(z) / number), len(z) // 2))
            return math.sqrt(float(np.mean((z[lag:] - z[:-lag]) ** 2)) / 2)
        stratum = self.stratum if design == "stratified" else np.zeros(len(z), np.int64)
        size = np.bincount(stratum)
        mean = np.bincount(stratum, z) / np.maximum(size, 1)
        square = np.bincount(stratum, (z - mean[stratum]) ** 2) / np.maximum(size - 1, 1)
        return math.sqrt(float((size * square).sum()) / len(z))

    @property
    def design_effect(self) -> float:
        """By how much the variance of a simple sample of stations is larger than that of as many voters."""
        return self.scatter("simple", 1) ** 2 * self.votes / self.voter


def pilot_of(first: Ints, second: Ints, valid: Ints, stratum: Ints) -> Pilot:
    """The pilot for the lead of `first` over `second` votes (n,), or for a share where `second` is all 0.

    Raises:
        BadUsage: fewer than four stations, no valid votes, or nothing that scatters.
    """
    if len(valid) < 4 or valid.sum() <= 0:
        raise BadUsage(f"pilot: expected four stations with votes or more, came {len(valid)}")
    p, q = (float(one.sum() / valid.sum()) for one in (first, second))
    mean, value = float(valid.mean()), p - q
    voter = p + q - value**2
    if voter <= 0:
        raise BadUsage("pilot: expected a share between 0 and 1, all votes are for one choice: nothing scatters")
    return Pilot((first - second - value * valid) / mean, stratum, mean, value, voter)


def assumed_scatter(voter: float, votes: float, design_effect: float) -> float:
    """S / X from an assumed design effect, voters' variance `voter` and valid votes a station."""
    return math.sqrt(design_effect * voter / votes)


def intraclass(design_effect: float, votes: float) -> float:
    """How alike voters of a station are (0 not at all, 1 wholly): design effect = 1 + (votes - 1) of it, Kish 1965."""
    return (design_effect - 1) / (votes - 1) if votes > 1 else 1.0


def two_sided(confidence: float) -> float:
    """The normal quantile of a two-sided interval: 1.96 for .95.

    Raises:
        BadUsage: it is not between 0 and 1.
    """
    if not 0 < confidence < 1:
        raise BadUsage(f"confidence: expected a number between 0 and 1 such as 0.95, came {confidence}")
    return float(norm.ppf((1 + confidence) / 2))


def half_width(scatter: float, number: int, stations: int, confidence: float = 0.95) -> float:
    """The expected half-width from `number` of `stations`, as a part of the valid votes; few stations: t is wider."""
    return two_sided(confidence) * scatter * math.sqrt(max(1 / number - 1 / stations, 0.0))


def needed(scatter: Callable[[int], float], stations: int, margin: float, confidence: float = 0.95) -> int:
    """How many stations give a half-width of `margin` at most; `scatter` is that seen by a sample of a size.

    Raises:
        BadUsage: a margin that is not above 0, or fewer than two stations.
    """
    if not margin > 0 or stations < FEWEST:
        raise BadUsage(f"margin: expected a number above 0 and {FEWEST} stations, came {margin} and {stations}")
    few, enough = FEWEST - 1, stations
    while enough - few > 1:
        between = (few + enough) // 2
        if half_width(scatter(between), between, stations, confidence) <= margin:
            enough = between
        else:
            few = between
    return enough


def as_if_voters(voter: float, votes: float, confidence: float = 0.95) -> float:
    """The half-width that so many votes would give if voters were drawn one by one; stations never give it."""
    return two_sided(confidence) * math.sqrt(voter / votes)


def handbook_voters(share: float, margin: float, voters: int, quantile: float) -> float:
    """The size of a sample of voters, P(1-P) / (margin^2/z^2 + P(1-P)/N): it ignores that whole stations are drawn.

    Source: M. Estok, N. Nevitte, G. Cowan, The Quick Count and Election Observation (NDI 2002), chapter 5.
    """
    voter = share * (1 - share)
    return voter / (margin**2 / quantile**2 + voter / voters)
