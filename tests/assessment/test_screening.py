"""Screens: reported only with a calibration that allows them, within centres only where there are centres."""

import pytest
from hypothesis import given
from hypothesis import strategies as st
from valley import SCREENED, STATIONS, TRUE, Valley, calibrated, changed, one_claim, table_of, whole

from testigo.assessment.claims import Assessment
from testigo.assessment.report import assess
from testigo.stats.calibration import Calibrated, rate_of


def screened(calibration: bytes | None, valley: Valley | None = None) -> Assessment:
    base = valley or Valley()
    return assess(Valley(base.tables, levels=base.levels, calibration=calibration).case())


def screens_of(found: Assessment) -> set[str]:
    return {claim.method for claim in found.claims} & set(SCREENED.values())


def test_without_a_calibration_no_screen_is_reported_and_that_is_said(full: Assessment) -> None:
    assert screens_of(full) == set()
    assert "not-calibrated" in {sentence.wording for sentence in full.sentences}
    assert len(full.of("fingerprint")) == 1  # a picture, no test


def test_a_screen_with_10_percent_false_alarms_is_reported_one_with_11_is_not() -> None:
    assert {"homogeneity", "duplicates", "jump"} <= screens_of(screened(calibrated(10)))
    assert screens_of(screened(calibrated(11))) == set()


@given(st.integers(0, 300), st.integers(1, 300))
def test_the_limit_is_a_tenth_whatever_the_number_of_elections(alarms: int, elections: int) -> None:
    screen = Calibrated("jump", False, rate_of(min(alarms, elections), elections), ())
    assert screen.reported == (10 * min(alarms, elections) <= elections)


def test_a_screen_that_was_refused_is_not_reported_without_false_alarms() -> None:
    assert screens_of(screened(calibrated(0, refused=True))) == set()


def test_only_screens_that_were_calibrated_are_reported() -> None:
    assert screens_of(screened(calibrated(0, "jump"))) == {"jump"}
    assert screens_of(screened(calibrated(0, "unheard-of"))) == set()


@pytest.mark.parametrize("levels", [(), ("ward", "centre")])
def test_stations_are_compared_within_centres_not_within_towns(levels: tuple[str, ...]) -> None:
    found = screened(calibrated(0), Valley(levels=levels))
    assert ("homogeneity" in screens_of(found)) == (levels != ())
    assert {"duplicates", "jump"} <= screens_of(found)


def test_every_screen_tells_its_false_alarms_and_the_seed_of_its_calibration() -> None:
    found = screened(calibrated(4))
    claims = [claim for claim in found.claims if claim.method in SCREENED.values()]
    assert {(claim.values["false_alarms"], claim.values["elections"], claim.seed) for claim in claims} == {
        (4, 100, "11")
    }
    assert all(0.04 < claim.values["false_alarms_at_most"] < 0.11 for claim in claims)  # type: ignore[operator]


def test_stations_with_the_same_figures_are_named_in_groups() -> None:
    copied = {**TRUE, STATIONS[9]: TRUE[STATIONS[2]]}
    values = one_claim(screened(calibrated(0), Valley({"north": copied})), "duplicates/mayor/accepted").values
    assert (values["groups"], values["stations"], values["reported"]) == ([["S03", "S10"]], 2, "yes")


def test_a_station_unlike_the_others_of_its_centre_stands_on_the_list() -> None:
    ana, ben = TRUE[STATIONS[5]]["ANA"], TRUE[STATIONS[5]]["BEN"]
    odd = Valley({"north": changed(STATIONS[5], ANA=ben - 80, BEN=ana + 80)})
    found = screened(calibrated(0), odd)
    values = one_claim(found, "homogeneity/mayor/accepted/list").values
    first = table_of(values["listed"])[0]
    assert first["station"] == STATIONS[5]
    assert (whole(values["flagged"]) >= 1, values["tested"]) == (True, 24)
    assert "screens" in {sentence.wording for sentence in found.sentences}


def test_screens_come_last_and_rest_on_what_is_accepted() -> None:
    found = screened(calibrated(0))
    layers = {method.id: method.layer for method in found.methods}
    order = [layers[claim.method] for claim in found.claims]
    assert order.index("screen") == len(order) - order.count("screen")
    assert {claim.collection for claim in found.claims if layers[claim.method] == "screen"} == {"accepted"}


def test_an_empty_count_has_nothing_to_be_screened() -> None:
    assert screened(calibrated(0), Valley({})).claims == ()


def test_stations_that_state_zero_everywhere_do_not_stop_the_screens() -> None:
    nothing = {station: dict.fromkeys(("ANA", "BEN", "C1", "C2", "null"), 0) for station in STATIONS}
    found = screened(calibrated(0), Valley({"north": nothing}))
    assert found.of("certainty") == ()
    assert found.of("fingerprint") == ()
