"""What was measured of every screen: its false alarms in clean elections, and what it detects in doctored ones.

A screen that alarms in more than a tenth of the clean elections is not reported. `trials` measures.
"""

from dataclasses import dataclass

from testigo.stats.agreement import clopper_pearson

MOST_FALSE_ALARMS = 0.10


@dataclass(frozen=True, slots=True)
class Rate:
    """In `alarms` of `elections` a screen raised an alarm; `low` and `high` are Clopper and Pearson's 95% interval."""

    alarms: int
    elections: int
    low: float
    high: float

    @property
    def value(self) -> float:
        """The share of elections with an alarm."""
        return self.alarms / self.elections


@dataclass(frozen=True, slots=True)
class Calibrated:
    """A screen: its false alarms in clean elections and, by recipe, what it detects; `refused` by decision."""

    screen: str
    refused: bool
    clean: Rate
    detected: tuple[tuple[str, Rate], ...]

    @property
    def reported(self) -> bool:
        """Whether assessments may report it."""
        return not self.refused and self.clean.value <= MOST_FALSE_ALARMS


@dataclass(frozen=True, slots=True)
class Calibration:
    """What was measured on `stations` stations with this seed, screens first, then refused tests."""

    seed: int
    stations: int
    screens: tuple[Calibrated, ...]


def rate_of(alarms: int, elections: int) -> Rate:
    """The rate with its interval."""
    return Rate(alarms, elections, *clopper_pearson(alarms, elections))
