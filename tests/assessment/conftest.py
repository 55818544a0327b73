"""Assessments of the valley, made once."""

import pytest
from valley import FALSE_BULLETIN, STATIONS, TOGETHER, TRUE, TRUE_BULLETINS, Valley, calibrated, changed, only

from testigo.assessment.case import Case
from testigo.assessment.claims import Assessment
from testigo.assessment.report import assess


@pytest.fixture(scope="session")
def full_case() -> Case:
    """All stations, all true, with two true bulletins."""
    return Valley(more=TRUE_BULLETINS).case()


@pytest.fixture(scope="session")
def full(full_case: Case) -> Assessment:
    """The assessment of complete and true results."""
    return assess(full_case)


@pytest.fixture(scope="session")
def mixed_case() -> Case:
    """20 stations from the north, all from the south, one of these quarantined, and a false bulletin."""
    tables = {"north": only(STATIONS[:20]), "south": changed(STATIONS[0], BEN=131), "east": {STATIONS[0]: TRUE["S01"]}}  # type: ignore[index]
    return Valley(tables, more=TOGETHER + FALSE_BULLETIN, calibration=calibrated(4)).case()


@pytest.fixture(scope="session")
def mixed(mixed_case: Case) -> Assessment:
    """An assessment in which something is to be said of everything."""
    return assess(mixed_case)
