"""docs/formats/assessment.md lists every method and every key of its values, and no other."""

import json
import re
from collections.abc import Iterator, Mapping
from pathlib import Path

import pytest
from valley import (
    FALSE_BULLETIN,
    SCREENED,
    STATIONS,
    TOGETHER,
    TRUE,
    Tables,
    Valley,
    bulletin,
    calibrated,
    changed,
    only,
    sheet_of,
    totals_of,
)

from testigo.assessment.claims import Assessment, Value
from testigo.assessment.report import assess
from testigo.assessment.serial import assessment_json
from testigo.core.ids import StationCode

CHOICES = ("ANA", "BEN", "CY", "others")
RATES = {"elections", "false_alarms", "false_alarms_at_most"}
MANY = tuple(StationCode(f"S{number:02d}") for number in range(1, 301))


def written_keys(value: Value, path: str = "") -> Iterator[str]:
    """The path of every value that is no table; `x[]` for lists of tables, `<choice>` for names of choices."""
    if isinstance(value, Mapping):
        for key, one in value.items():
            name = "<choice>" if key in CHOICES else key
            yield from written_keys(one, f"{path}.{name}" if path else name)
    elif isinstance(value, list | tuple) and value and isinstance(value[0], Mapping):
        for one in value:
            yield from written_keys(one, f"{path}[]")
    else:
        yield path


@pytest.fixture(scope="module")
def found() -> tuple[Assessment, ...]:
    """Assessments that hold, taken together, everything that can be said."""
    sheet = TRUE[STATIONS[5]]
    odd = changed(STATIONS[5], ANA=sheet["BEN"] - 80, BEN=sheet["ANA"] + 80)
    several: Tables = {
        "north": odd,
        "south": {STATIONS[0]: {**TRUE[STATIONS[0]], "BEN": 131}},
        "east": only(STATIONS[8:]),
    }
    grown = bulletin("a", totals_of(STATIONS), ppm=1_000_000, shares='shares = { ANA = "57.25" }') + bulletin(
        "b", (5_150_092, 4_445_978, 462_704)
    )
    many = {station: sheet_of(station) for station in MANY}
    valleys = (
        Valley(several, more=TOGETHER + FALSE_BULLETIN, calibration=calibrated(0)),
        Valley({"north": only(STATIONS[:20])}, more=grown),
        Valley(expected=30),
        Valley({"north": many}, stations=MANY, calibration=calibrated(0)),
        Valley({"north": {station: many[station] for station in MANY[::2]}}, stations=MANY),
    )
    return tuple(assess(valley.case()) for valley in valleys)


@pytest.fixture(scope="module")
def page(project: Path) -> str:
    return (project / "docs" / "formats" / "assessment.md").read_text("utf-8")


def listed_keys(page: str) -> dict[str, set[str]]:
    """Method to the keys that its entry names; an entry goes on in indented lines."""
    entries = re.findall(r"^- \*\*([a-z-]+)\*\*((?:.*)(?:\n  .*)*)", page, re.MULTILINE)
    return {method: set(re.findall(r"`([^`]+)`", text)) for method, text in entries}


def test_every_method_and_every_key_is_listed_and_no_other(found: tuple[Assessment, ...], page: str) -> None:
    written: dict[str, set[str]] = {}
    for assessment in found:
        for claim in assessment.claims:
            written.setdefault(claim.method, set()).update(written_keys(claim.values))
    screens = set(SCREENED.values())
    expected = {
        # An empty list or table stands for itself; its entries are listed. Rates of screens are told once.
        method: {key for key in keys if not any(other.startswith(f"{key}[]") for other in keys)}
        - (RATES if method in screens else set())
        for method, keys in written.items()
    }
    assert listed_keys(page) == expected


def test_the_rates_of_screens_are_told_once(page: str) -> None:
    (told,) = [part for part in page.split("\n\n") if part.startswith("Every screen tells")]
    assert set(re.findall(r"`([^`]+)`", told)) == RATES


def test_the_keys_of_the_file_and_of_a_claim_are_listed(found: tuple[Assessment, ...], page: str) -> None:
    value = json.loads(assessment_json(found[0]))
    top, claim = (
        [name.strip() for row in part.splitlines() if row.startswith("| ") for name in row.split("|")[1].split(",")][1:]
        for part in (page.split("## Layers")[0], page.split("## A claim")[1].split("## Values")[0])
    )
    assert top == list(value)
    assert sorted(claim) == sorted(value["claims"][0])


def test_the_page_is_short(page: str) -> None:
    assert len(page.splitlines()) < 120
