"""`calibration.json`: numbers of alarms, and nothing that is not one."""

import json

import pytest
from hypothesis import given
from hypothesis import strategies as st
from valley import Valley

from testigo.assessment.calibrated import calibration_from_json, calibration_json
from testigo.assessment.report import assess
from testigo.errors import BadAssessment
from testigo.stats.calibration import Calibrated, Calibration, Rate, rate_of

GOOD = Calibration(7, 24, (Calibrated("lattice", False, rate_of(3, 200), (("ballots added", rate_of(40, 50)),)),))


def rates() -> st.SearchStrategy[Rate]:
    pairs = st.integers(1, 500).flatmap(lambda n: st.tuples(st.integers(0, n), st.just(n)))
    return pairs.map(lambda pair: rate_of(*pair))


SCREENS = st.builds(
    Calibrated,
    st.text(max_size=8),
    st.booleans(),
    rates(),
    st.dictionaries(st.text(max_size=5), rates(), max_size=2).map(lambda found: tuple(found.items())),
)


@given(st.builds(Calibration, st.integers(0, 2**40), st.integers(0, 99_999), st.lists(SCREENS, max_size=3).map(tuple)))
def test_what_is_written_is_read_again(calibration: Calibration) -> None:
    data = calibration_json(calibration)
    assert calibration_from_json(data) == calibration
    assert calibration_json(calibration_from_json(data)) == data


def test_rates_are_never_stored_only_their_numbers() -> None:
    stored = json.loads(calibration_json(GOOD))
    assert stored["screens"][0]["clean"] == [3, 200]
    assert stored["screens"][0]["detected"] == {"ballots added": [40, 50]}


def changed(**keys: object) -> bytes:
    stored = json.loads(calibration_json(GOOD))
    stored["screens"][0] |= keys
    return json.dumps(stored).encode()


BROKEN = {
    "empty": b"",
    "no JSON": b"{",
    "no text": b"\xff\xfe",
    "a list": b"[]",
    "a number": b"7",
    "nothing": b"null",
    "no screens": b'{"seed": 1, "stations": 2}',
    "screens of another shape": b'{"seed": 1, "stations": 2, "screens": [3]}',
    "screens that are none": b'{"seed": 1, "stations": 2, "screens": 5}',
    "a seed that is no number": b'{"seed": "x", "stations": 2, "screens": []}',
    "a seed without end": b'{"seed": 1e999, "stations": 2, "screens": []}',
    "too deep": b"[" * 100_000,
    "more alarms than elections": changed(clean=[5, 4]),
    "fewer alarms than none": changed(clean=[-1, 4]),
    "no elections": changed(clean=[0, 0]),
    "three numbers": changed(clean=[1, 2, 3]),
    "rates of another shape": changed(clean=None),
    "a word": changed(clean=["a", "b"]),
    "numbers that are not whole": changed(clean=[0.5, 200]),
    "a truth for a number": changed(clean=[True, 200]),
    "detected as a list": changed(detected=[]),
    "a decision that is a word": changed(refused="no"),
}


@pytest.mark.parametrize("data", BROKEN.values(), ids=BROKEN.keys())
def test_a_broken_calibration_is_a_bad_assessment(data: bytes) -> None:
    with pytest.raises(BadAssessment, match=r"^calibration\.json: expected what testigo calibrate writes"):
        calibration_from_json(data)
    with pytest.raises(BadAssessment):
        assess(Valley(calibration=data).case())
