"""Which stations are drawn, in how many each area, and how many a margin needs."""

import hashlib
import math
from collections import Counter
from fractions import Fraction

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from testigo.errors import BadUsage
from testigo.stats.sample import (
    DESIGNS,
    Design,
    allocation,
    as_if_voters,
    assumed_scatter,
    draw,
    half_width,
    handbook_voters,
    intraclass,
    needed,
    pilot_of,
    systematic_places,
    two_sided,
)

CODES = tuple(f"S{n:02}" for n in range(40))
AREAS = tuple((f"a{n % 3}", f"b{n % 7}") for n in range(40))
SIZES = st.lists(st.integers(1, 200), min_size=1, max_size=12)


def drawn(design: Design, number: int, seed: str = "dice 3", level: int = 0) -> list[str]:
    return [CODES[pick.row] for pick in draw(design, CODES, AREAS, number, seed, level=level).picks]


@settings(deadline=None)
@given(SIZES, st.data())
def test_an_allocation_hands_out_every_station_and_no_more_than_there_are(
    sizes: list[int], data: st.DataObject
) -> None:
    least = [min(2, size) for size in sizes]
    number = data.draw(st.integers(sum(least), sum(sizes)))
    found = allocation(sizes, number)
    assert sum(found) == number
    assert all(low <= few <= size for low, few, size in zip(least, found, sizes, strict=True))


@settings(deadline=None)
@given(SIZES, st.data())
def test_an_allocation_is_within_one_of_the_proportion_where_nobody_needs_its_least(
    sizes: list[int], data: st.DataObject
) -> None:
    number = data.draw(st.integers(sum(min(2, size) for size in sizes), sum(sizes)))
    quotas = [Fraction(number * size, sum(sizes)) for size in sizes]
    if all(quota >= min(2, size) for quota, size in zip(quotas, sizes, strict=True)):
        assert all(abs(few - quota) < 1 for few, quota in zip(allocation(sizes, number), quotas, strict=True))


def test_seats_go_to_the_largest_remainders() -> None:
    # Quotas 4.7, 4.1, 1.2: the least of 2 goes first, then 8 * 47/88 = 4.27 and 8 * 41/88 = 3.73.
    assert allocation([47, 41, 12], 10) == (4, 4, 2)
    assert allocation([50, 30, 20], 10) == (5, 3, 2)
    assert allocation([10, 10, 10], 7) == (3, 2, 2)


@pytest.mark.parametrize("number", [5, 31])
def test_an_allocation_that_cannot_be_is_refused(number: int) -> None:
    with pytest.raises(BadUsage, match=r"expected 6 to 30 \(at least 2 in each of 3 strata\)"):
        allocation([10, 10, 10], number)


def test_a_simple_sample_are_the_stations_with_the_smallest_tickets() -> None:
    def ticket(station: str) -> str:
        return hashlib.sha256(f"dice 3,{station}".encode()).hexdigest()

    assert drawn("simple", 9) == sorted(CODES, key=ticket)[:9]


def test_a_stratified_sample_are_the_smallest_tickets_of_each_area() -> None:
    sample = draw("stratified", CODES, AREAS, 12, "dice 3")
    assert [(one.name, one.stations, one.drawn) for one in sample.strata] == [
        ("a0", 14, 4),
        ("a1", 13, 4),
        ("a2", 13, 4),
    ]
    alone = drawn("simple", 40)
    for place, stratum in enumerate(sample.strata):
        there = [CODES[pick.row] for pick in sample.picks if pick.stratum == place]
        assert there == [code for code in alone if AREAS[CODES.index(code)][0] == stratum.name][: stratum.drawn]


def test_strata_can_be_made_of_smaller_areas() -> None:
    sample = draw("stratified", CODES, AREAS, 40, "1", level=1)
    assert Counter(one.name for one in sample.strata) == dict.fromkeys({"/".join(area) for area in AREAS}, 1)
    with pytest.raises(BadUsage, match="S00 has no area of level 3"):
        draw("stratified", CODES, AREAS, 12, "1", level=2)


def test_a_systematic_sample_is_spread_over_the_list_of_areas_from_the_start_of_the_seed() -> None:
    along = sorted(CODES, key=lambda code: (AREAS[CODES.index(code)], code))
    start = int(hashlib.sha256(b"dice 3,1").hexdigest(), 16) * 40 // 2**256
    sample = draw("systematic", CODES, AREAS, 7, "dice 3")
    assert sample.start == start
    assert drawn("systematic", 7) == [along[(start + 40 * i) // 7] for i in range(7)]


@settings(deadline=None)
@given(st.integers(1, 60), st.data())
def test_every_place_has_the_same_chance_in_a_systematic_sample(stations: int, data: st.DataObject) -> None:
    number = data.draw(st.integers(1, stations))
    samples = [systematic_places(stations, number, start) for start in range(stations)]
    assert all(len(set(one)) == number and one == sorted(one) for one in samples)
    assert Counter(place for one in samples for place in one) == dict.fromkeys(range(stations), number)


@settings(deadline=None)
@given(st.sampled_from(DESIGNS), st.integers(6, 40), st.permutations(range(40)))
def test_the_order_in_which_stations_are_given_changes_nothing(design: Design, number: int, order: list[int]) -> None:
    other = draw(design, [CODES[n] for n in order], [AREAS[n] for n in order], number, "7")
    assert [CODES[order[pick.row]] for pick in other.picks] == drawn(design, number, "7")
    assert len(set(drawn(design, number, "7"))) == number


def test_a_larger_simple_sample_begins_with_the_smaller_one() -> None:
    assert drawn("simple", 20)[:8] == drawn("simple", 8)


@pytest.mark.parametrize("design", DESIGNS)
def test_stations_are_drawn_as_often_as_one_another(design: Design) -> None:
    found = Counter(code for seed in range(1500) for code in drawn(design, 10, f"{seed}"))
    # Stratified 4, 3, 3 of 14, 13, 13; otherwise 10 of 40. Standard error .012, the largest of 40 below 4 of them.
    expected = dict.fromkeys(CODES, 10 / 40)
    if design == "stratified":
        expected = {code: 4 / 14 if area[0] == "a0" else 3 / 13 for code, area in zip(CODES, AREAS, strict=True)}
    assert {code: found[code] / 1500 for code in CODES} == pytest.approx(expected, abs=0.047)


@pytest.mark.parametrize("seed", ["", " 1", "a\tb"])
def test_a_seed_that_cannot_be_copied_from_paper_is_no_seed(seed: str) -> None:
    with pytest.raises(BadUsage, match="seed: expected"):
        drawn("simple", 9, seed)


@pytest.mark.parametrize("number", [1, 41])
def test_a_number_that_the_stations_do_not_have_is_refused(number: int) -> None:
    with pytest.raises(BadUsage, match="expected 2 to 40 stations"):
        drawn("simple", number)
    with pytest.raises(BadUsage, match="every station once"):
        draw("simple", ["A", "A", "B"], [()] * 3, 2, "1")


def test_the_half_width_is_that_of_the_formula_and_nothing_where_all_are_drawn() -> None:
    assert half_width(0.13647, 971, 25_073) == pytest.approx(
        1.959964 * math.sqrt((1 - 971 / 25_073) / 971) * 0.13647, rel=1e-6
    )
    assert half_width(0.2, 50, 50) == 0


@settings(deadline=None)
@given(st.floats(0.01, 1), st.integers(3, 50_000), st.floats(0.001, 0.2))
def test_the_number_needed_is_the_least_that_meets_the_margin(scatter: float, stations: int, margin: float) -> None:
    found = needed(lambda _: scatter, stations, margin)
    assert half_width(scatter, found, stations) <= margin
    assert found == 2 or half_width(scatter, found - 1, stations) > margin


def test_the_handbook_formula_gives_its_number_of_voters_and_not_its_misprint() -> None:
    assert round(handbook_voters(0.5, 0.0032, 14_570_774, 2.58)) == 160_717


def test_stations_whose_voters_are_drawn_one_by_one_have_a_design_effect_of_one() -> None:
    rng = np.random.default_rng(1)
    valid = np.full(20_000, 300, np.int64)
    first = rng.binomial(300, 0.4, 20_000).astype(np.int64)
    pilot = pilot_of(first, 0 * first, valid, np.zeros(20_000, np.int64))
    assert (pilot.votes, round(pilot.value, 2)) == (300, 0.4)
    # The variance of 20,000 draws is known to 1%, three standard errors 3%.
    assert pilot.design_effect == pytest.approx(1, abs=0.03)
    assert [pilot.scatter(design, 200) for design in DESIGNS] == pytest.approx(
        [pilot.scatter("simple", 1)] * 3, rel=0.03
    )
    assert half_width(pilot.scatter("simple", 1), 100, 10**9) == pytest.approx(
        as_if_voters(pilot.voter, 100 * 300), rel=0.02
    )


def test_what_is_assumed_gives_back_what_it_was_worked_out_from() -> None:
    scatter = assumed_scatter(0.24, 434, 36.6)
    assert scatter**2 * 434 / 0.24 == pytest.approx(36.6)
    assert intraclass(36.6, 434) == pytest.approx(35.6 / 433)
    assert intraclass(1, 434) == 0


def test_areas_that_differ_make_stratified_and_systematic_samples_better() -> None:
    area = np.repeat(np.arange(10), 50).astype(np.int64)
    valid = np.full(500, 200, np.int64)
    first = (100 + 5 * area + np.tile([-3, 3], 250)).astype(np.int64)
    pilot = pilot_of(first, 0 * first, valid, area)
    assert pilot.scatter("stratified", 50) < pilot.scatter("simple", 50) / 4
    assert pilot.scatter("systematic", 50) < pilot.scatter("simple", 50) / 2


def test_what_cannot_be_planned_is_refused() -> None:
    three, none = np.full(3, 5, np.int64), np.zeros(5, np.int64)
    with pytest.raises(BadUsage, match="four stations with votes or more, came 3"):
        pilot_of(three, 0 * three, three, 0 * three)
    with pytest.raises(BadUsage, match="all votes are for one choice"):
        pilot_of(none + 9, none, none + 9, none)
    with pytest.raises(BadUsage, match="margin: expected"):
        needed(lambda _: 0.1, 100, 0.0)
    with pytest.raises(BadUsage, match="confidence: expected"):
        two_sided(95.0)
