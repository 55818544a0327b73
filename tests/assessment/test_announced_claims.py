"""Bulletins beside the sheets: a true one is never called impossible, a false one is where it is."""

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from valley import (
    FALSE_BULLETIN,
    STATIONS,
    TRUE_BULLETINS,
    VOTERS,
    Valley,
    bulletin,
    one_claim,
    only,
    table_of,
    totals_of,
    whole,
)

from testigo.assessment.claims import Assessment
from testigo.assessment.report import assess

IMPOSSIBLE = {"inside", "needed", "needed-by-register", "certificate", "percent-first"}


def impossible(found: Assessment) -> set[str]:
    return IMPOSSIBLE & {sentence.wording for sentence in found.sentences}


def test_nothing_about_true_bulletins_is_impossible(full: Assessment) -> None:
    assert impossible(full) == set()
    assert {whole(claim.values["least_wrong"]) for claim in full.of("certificate")} == {0}
    assert all(whole(claim.values["over"]) <= 0 for claim in full.of("inside"))
    assert all(whole(claim.values["short"]) <= 0 for claim in full.of("needed"))
    fits = {sentence.wording for sentence in full.sentences if sentence.wording.endswith("-fits")}
    assert len(fits) == 3


@settings(max_examples=12, deadline=None)
@given(
    st.lists(st.sampled_from(STATIONS), min_size=18, max_size=18, unique=True),
    st.lists(st.sampled_from(STATIONS), min_size=15, max_size=24, unique=True),
)
def test_true_totals_of_any_18_stations_fit_whatever_is_documented(inside: list[str], seen: list[str]) -> None:
    told = bulletin("evening", totals_of(inside), ppm=750_000)  # type: ignore[arg-type]
    found = assess(Valley({"north": only(seen)}, more=told).case())  # type: ignore[arg-type]
    assert impossible(found) == set()
    assert {claim.values["least_wrong"] for claim in found.of("certificate") if claim.values["cap_ppm"] == 10**6} == {0}


def test_a_false_bulletin_contains_less_than_it_must(mixed: Assessment) -> None:
    values = one_claim(mixed, "inside/mayor/accepted/evening/ANA").values
    assert values["over"] == whole(values["least"]) - 1000 > 0
    assert {"inside", "certificate"} <= impossible(mixed)


def test_a_false_bulletin_needs_more_than_missing_stations_can_hold(mixed: Assessment) -> None:
    values = one_claim(mixed, "needed/mayor/accepted/evening/BEN").values
    assert (values["by_register"], values["limited_by"]) == (VOTERS, "register")
    assert values["short"] == whole(values["needed"]) - VOTERS > 0


def test_a_cap_on_turnout_never_makes_fewer_votes_wrong(mixed: Assessment) -> None:
    found = {claim.part: whole(claim.values["least_wrong"]) for claim in mixed.of("certificate", "mayor")}
    by_cap = [found[f"evening/register/{cap}"] for cap in (1_000_000, 900_000, 800_000, 700_000)]
    assert by_cap == sorted(by_cap)


def test_a_bulletin_without_coverage_has_no_stations_to_leave_out() -> None:
    found = assess(Valley({"north": only(STATIONS[:20])}, more=bulletin("evening", (5000, 100, 100))).case())
    assert (found.of("inside"), found.of("certificate")) == ((), ())
    assert {claim.values["left"] for claim in found.of("needed")} == {None}


def test_a_coverage_that_no_number_of_stations_has_gives_no_certificate() -> None:
    found = assess(Valley(more=bulletin("evening", (5000, 100, 100), ppm=800_000)).case())
    assert found.of("certificate") == ()
    assert len(found.of("inside")) == 3


def test_nobody_knows_what_undocumented_stations_hold_where_the_number_of_stations_is_unknown() -> None:
    found = assess(Valley(voters=None, expected=30, more=FALSE_BULLETIN).case())
    assert {claim.values["by_register"] for claim in found.of("needed")} == {None}


@pytest.mark.parametrize(("printed", "agrees"), [("57.25", "rounded"), ("57.26", "no"), ("57.2", "cut")])
def test_printed_shares_are_worked_out_anew(printed: str, agrees: str) -> None:
    ana, ben, cy = totals_of(STATIONS)
    exact = f"{100 * ana / (ana + ben + cy):.2f}"
    assert exact == "57.25"
    found = assess(Valley(more=bulletin("night", (ana, ben, cy), shares=f'shares = {{ ANA = "{printed}" }}')).case())
    (row,) = table_of(one_claim(found, "hygiene/mayor/night").values["shares"])
    assert (row["choice"], row["printed"], row["agrees"]) == ("ANA", printed, agrees)


def test_a_later_bulletin_that_takes_votes_back_is_told() -> None:
    ana, ben, cy = totals_of(STATIONS)
    told = bulletin("evening", (ana, ben, cy), ppm=750_000) + bulletin("night", (ana - 1, ben, cy), ppm=1_000_000)
    grown = one_claim(assess(Valley(more=told).case()), "hygiene/mayor/night").values["growth"]
    assert isinstance(grown, dict)
    assert (grown["since"], grown["fallen"], grown["added"]) == ("evening", ["ANA"], {"ANA": -1, "BEN": 0, "others": 0})


def test_votes_worked_out_from_percentages_are_seen() -> None:
    total = 10_058_774
    votes = (5_150_092, 4_445_978, 462_704)
    found = assess(Valley(more=bulletin("night", votes)).case())
    values = one_claim(found, "percent-first/mayor/night").values
    assert (values["total"], values["decimals"]) == (total, 1)
    assert whole(values["one_in"]) > whole(values["corrected_one_in"]) > 1_000_000
    assert "percent-first" in impossible(found)


def test_bulletins_stand_beside_what_is_accepted_and_sources_taken_together_only(mixed: Assessment) -> None:
    assert {claim.collection for claim in mixed.of("inside")} == {"accepted", "together"}


def test_true_bulletins_need_no_sheets_to_be_told() -> None:
    found = assess(Valley({}, more=TRUE_BULLETINS).case())
    assert {claim.method for claim in found.claims} == {"hygiene", "percent-first"}
