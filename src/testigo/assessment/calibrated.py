"""A calibration of screens as a registered file, `calibration.json`: numbers of alarms, never rates."""

import json

from testigo.errors import BadAssessment
from testigo.stats.calibration import Calibrated, Calibration, Rate, rate_of


def calibration_json(calibration: Calibration) -> bytes:
    """The calibration as UTF-8 JSON; the same calibration gives the same bytes."""
    screens = [
        {
            "screen": one.screen,
            "refused": one.refused,
            "clean": _counts(one.clean),
            "detected": {recipe: _counts(rate) for recipe, rate in one.detected},
        }
        for one in calibration.screens
    ]
    value = {"seed": calibration.seed, "stations": calibration.stations, "screens": screens}
    return (json.dumps(value, indent=1, ensure_ascii=False) + "\n").encode()


def _counts(rate: Rate) -> list[int]:
    return [rate.alarms, rate.elections]


def calibration_from_json(data: bytes) -> Calibration:
    """The calibration that these bytes say.

    Raises:
        BadAssessment: they say none; tells what came.
    """
    try:
        read = json.loads(data)
        screens = tuple(
            Calibrated(
                str(one["screen"]),
                _decision(one["refused"]),
                _rate(one["clean"]),
                tuple((str(recipe), _rate(counts)) for recipe, counts in one["detected"].items()),
            )
            for one in read["screens"]
        )
        return Calibration(_whole(read["seed"]), _whole(read["stations"]), screens)
    except (ValueError, KeyError, TypeError, AttributeError, RecursionError) as error:
        raise BadAssessment(f"calibration.json: expected what testigo calibrate writes, came {error!r}") from None


def _whole(value: object) -> int:
    if type(value) is not int:  # a truth value is no number
        raise TypeError(f"expected a whole number, came {value!r}")
    return value


def _decision(value: object) -> bool:
    if not isinstance(value, bool):
        raise TypeError(f"expected true or false, came {value!r}")
    return value


def _rate(counts: list[object]) -> Rate:
    alarms, elections = map(_whole, counts)
    if not 0 <= alarms <= elections or elections < 1:
        raise ValueError(f"{alarms} alarms in {elections} elections")
    return rate_of(alarms, elections)
