from collections import Counter

import pytest

from testigo.errors import BadUsage
from testigo_drill.election import CHOICES, make_election
from testigo_drill.plan import DrillPlan, plan_drill
from testigo_drill.troubles import TROUBLES, Course

SHARES = (0.5, 0.35, 0.15)
SEEDS = range(6)


def plan(seed: int, stations: int = 120) -> DrillPlan:
    return plan_drill(make_election(stations, seed), seed, SHARES)


def courses_of(drill: DrillPlan, what: str) -> list[Course]:
    codes = {code for one in drill.happenings if one.what == what for code in one.stations}
    return [course for course in drill.courses if course.code in codes]


@pytest.mark.parametrize("seed", SEEDS)
def test_every_trouble_happens_and_no_two_hit_the_same_station_or_photo(seed: int) -> None:
    drill = plan(seed)
    assert {(one.kind, one.what) for one in drill.happenings} == {(one.kind, one.what) for one in TROUBLES}
    hit = Counter(code for one in drill.happenings for code in one.stations)
    photos = Counter(name for one in drill.happenings for name in one.photos)
    assert set(hit.values()) == {1}
    assert set(photos.values()) == {1}


@pytest.mark.parametrize("stations", [1, 5, 24, 99])
def test_a_small_drill_has_few_troubles(stations: int) -> None:
    drill = plan(1, stations)
    hit = sum(len(one.stations) for one in drill.happenings)
    assert hit <= stations / 5
    assert sum(course.status is not None for course in drill.courses) == stations


@pytest.mark.parametrize("seed", SEEDS)
def test_every_station_of_the_register_has_one_course(seed: int) -> None:
    election = make_election(120, seed)
    listed = [course.code for course in plan(seed).courses if course.status is not None]
    assert sorted(map(str, listed)) == [station.code for station in election.stations]


@pytest.mark.parametrize("seed", SEEDS)
def test_a_counted_station_has_sound_figures_and_evidence_for_them(seed: int) -> None:
    registered = {station.code: station.registered for station in make_election(120, seed).stations}
    for course in plan(seed).courses:
        if course.status != "counted" or course.figures is None or course.code is None:
            continue
        figures = course.figures
        assert sum(figures.lines) == figures.valid
        assert figures.valid + figures.blank + figures.null == figures.cast <= registered[course.code]
        if course.basis == "sheet":
            assert any(shot.station == course.code and shot.content == "sheet" for shot in course.shots)
            assert all(shot.figures == figures for shot in course.shots)
        else:
            assert course.row is not None
            assert course.row.votes == tuple(figures.of_choices().values())


@pytest.mark.parametrize("seed", SEEDS)
def test_a_quarantined_station_has_the_reason_for_it(seed: int) -> None:
    drill = plan(seed)
    registered = {station.code: station.registered for station in make_election(120, seed).stations}
    for course in drill.courses:
        if course.status != "quarantined" or course.figures is None or course.code is None:
            continue
        figures, votes = course.figures, tuple(course.figures.of_choices().values())
        reasons = (
            sum(figures.lines) != figures.valid,
            figures.valid + figures.blank + figures.null != figures.cast,
            figures.cast > registered[course.code],
            len({shot.figures for shot in course.shots}) > 1,
            course.row is not None and course.row.votes != votes,
        )
        assert any(reasons)


def test_two_sheets_of_one_station_differ_by_choice_and_each_adds_up() -> None:
    for seed in SEEDS:
        (course,) = courses_of(plan(seed), "two sheets of one station with different figures")
        one, two = (shot.figures for shot in course.shots)
        assert one is not None
        assert two is not None
        assert one.of_choices() != two.of_choices()
        assert (sum(two.lines), two.valid, two.cast) == (two.valid, one.valid, one.cast)


def test_an_altered_row_adds_up_and_differs_from_the_sheet() -> None:
    for seed in SEEDS:
        (course,) = courses_of(plan(seed), "votes moved between choices in the table")
        assert course.row is not None
        assert course.figures is not None
        assert sum(course.row.votes) == course.row.valid == course.figures.valid
        assert course.row.votes != tuple(course.figures.of_choices().values())
        assert min(course.row.votes) >= 0


def test_a_station_shown_by_anothers_photo_has_no_sheet_of_its_own() -> None:
    drill = plan(1)
    (happening,) = (one for one in drill.happenings if one.kind == "same-photo-two-stations")
    shown, other = happening.stations
    sent = {name: shot for name, shot in drill.photos if name in happening.photos}
    assert {(shot.station, shot.content, shot.claim) for shot in sent.values()} == {
        (shown, "sheet", shown),
        (shown, "copy", other),
    }
    assert not [shot for _, shot in drill.photos if shot.station == other]


def test_photos_of_troubles_are_mild_and_the_others_have_the_shares_asked_for() -> None:
    drill = plan_drill(make_election(2000, 1), 1, SHARES)
    troubled = {name for one in drill.happenings for name in one.photos}
    assert {shot.grade for name, shot in drill.photos if name in troubled} == {"mild"}
    grades = Counter(shot.grade for name, shot in drill.photos if name not in troubled)
    assert [round(grades[grade] / grades.total(), 1) for grade in ("mild", "medium")] == [0.5, 0.3]
    assert len(drill.rows) / 2000 == pytest.approx(0.85, abs=0.03)


def test_photos_have_names_that_say_nothing() -> None:
    drill = plan(2)
    assert [name for name, _ in drill.photos] == [f"{n:05}.jpg" for n in range(1, len(drill.photos) + 1)]
    stations = [shot.station for _, shot in drill.photos if shot.station]
    assert stations != sorted(stations)


def test_shares_that_are_none_are_refused() -> None:
    with pytest.raises(BadUsage, match="add up to 1"):
        plan_drill(make_election(10, 1), 1, (0.5, 0.5, 0.5))


def test_choices_of_rows_stand_in_the_order_of_the_election() -> None:
    row = plan(1).rows[0]
    assert len(row.votes) == len(CHOICES)
