"""Photographs of sheets filled in by hand: the truth is true, seeds decide everything, and groups share nothing."""

import itertools
import json
import tomllib
from pathlib import Path

import cv2
import numpy as np
import pytest

from testigo.core.form import form_from_toml
from testigo.errors import BadUsage
from testigo.vision.cells import cut_cells
from testigo.vision.layout import layout_of
from testigo.vision.load import decode
from testigo.vision.page import find_pages, flatten, reference_of
from testigo_drill.ballots import true_figures
from testigo_drill.damage import DAMAGES, damaged, damaged_jpeg
from testigo_drill.election import make_election
from testigo_drill.filling import cell_box, filled, written_page
from testigo_drill.folder import write_drill
from testigo_drill.hands import HANDS, TEST_HANDS, TUNE_HANDS, Hand
from testigo_drill.layouts import FORMS, TEST_FORMS, TUNE_FORMS, form_toml
from testigo_drill.paper import blank_page
from testigo_drill.plan import as_written, plan_drill
from testigo_drill.written import GROUPS, Group, plan_written, sheet_of, take, truth_of

pytestmark = pytest.mark.slow

DEMO = Path(__file__).parents[2] / "elections" / "demo"
FORMER_TEST_KEY = 0x7E
each_group = pytest.mark.parametrize("group", ["tune", "test"])


def test_nothing_that_is_tuned_on_is_measured_on() -> None:
    tune, test = (plan_written(group, 120, 1) for group in ("tune", "test"))
    assert not {job.hand for job in tune} & {job.hand for job in test}
    assert not {job.form for job in tune} & {job.form for job in test}
    ways = [{(n, way) for job in jobs for n, ways in enumerate(HANDS[job.hand].ways) for way in ways}
            for jobs in (tune, test)]  # fmt: skip
    assert not ways[0] & ways[1]
    keys = [GROUPS[group][0] for group in ("tune", "test")]
    assert len({*keys, FORMER_TEST_KEY}) == 3
    assert not {str(sheet_of(job)[0].figures) for job in tune[:20]} & {
        str(sheet_of(job)[0].figures) for job in test[:20]
    }


@each_group
def test_every_hand_meets_every_form_and_every_grade(group: Group) -> None:
    hands, forms = (TUNE_HANDS, TUNE_FORMS) if group == "tune" else (TEST_HANDS, TEST_FORMS)
    for grades in ((0, 1, 2, 3, 4), (0, 4), (1, 2, 3, 4)):
        jobs = plan_written(group, len(hands) * len(forms) * len(grades), 2, grades=grades)
        met = {(job.hand, job.form, job.grade) for job in jobs}
        assert met == {(hand.name, form.id, grade) for hand in hands for form in forms for grade in grades}
        assert {job.hand for job in jobs[: len(hands)]} == {hand.name for hand in hands}
        assert {job.form for job in jobs[: len(hands)]} == {form.id for form in forms}


def test_a_larger_plan_begins_with_a_smaller_one_and_another_seed_is_another_plan() -> None:
    few, many, other = (plan_written("test", n, s, broken=0.3, corrected=0.3) for n, s in ((9, 1), (40, 1), (9, 2)))
    assert many[:9] == few
    assert {sheet_of(job)[0].station for job in few}.isdisjoint(sheet_of(job)[0].station for job in other)


@each_group
def test_sheets_obey_or_break_their_sums_as_told(group: Group) -> None:
    jobs = plan_written(group, 45, 5, broken=0.3, tampered=0.3, corrected=0.3)
    assert {job.kind for job in jobs} == {"sound", "broken", "tampered"}
    assert {job.corrections for job in jobs} == {0, 1, 2}
    for job in jobs:
        sheet, cell = sheet_of(job)
        assert (sheet.broken == ()) == (job.kind == "sound")
        assert (cell is not None) == (job.kind == "tampered")
        assert sheet.broken == FORMS[job.form].broken(sheet.figures)
        assert len(sheet.doubtful) == job.corrections
        assert cell not in sheet.doubtful


def test_a_job_decides_its_photograph() -> None:
    job, other = plan_written("test", 2, 4, tampered=1.0)
    first, again = take(job), take(job)
    assert first.jpeg == again.jpeg
    assert first.figures == again.figures
    assert first.jpeg != take(other).jpeg
    truth = json.loads(json.dumps(truth_of(first)))
    assert truth["figures"] == first.sheet.figures
    assert truth["broken"]
    assert truth["replaced"] == list(first.cell or ())


@pytest.mark.parametrize(
    ("asked", "came"),
    [({"photos": -1}, "-1"), ({"broken": 0.7, "tampered": 0.7}, "0.7"), ({"grades": (5,)}, "5"), ({"grades": ()}, "")],
)
def test_a_plan_that_makes_no_sense_is_refused(asked: dict[str, object], came: str) -> None:
    given = {"photos": 3} | asked
    with pytest.raises(BadUsage, match=f"expected .*{came}"):
        plan_written("test", seed=1, **given)  # type: ignore[arg-type]


@pytest.mark.parametrize("channels", [1, 3])
def test_each_grade_of_damage_is_smaller_and_worse(channels: int) -> None:
    sheet, _ = sheet_of(plan_written("tune", 1, 1)[0])
    page = np.asarray(sheet.picture() if channels == 3 else sheet.picture()[:, :, 0])
    lost = []
    for grade, damage in enumerate(DAMAGES):
        seen = damaged(page, grade, np.random.default_rng(1))
        assert seen.shape == (round(page.shape[0] * damage.scale), round(page.shape[1] * damage.scale), *page.shape[2:])
        back = cv2.resize(seen, page.shape[1::-1], interpolation=cv2.INTER_CUBIC)
        lost.append(float(np.abs(back.astype(float) - page).mean()))
        assert damaged_jpeg(page, grade, np.random.default_rng(1))[:2] == b"\xff\xd8"
    assert lost == sorted(lost)
    assert lost[0] < 1


def test_there_is_no_sixth_grade_of_damage() -> None:
    with pytest.raises(BadUsage, match="from 0 to 4, came 5"):
        damaged(np.zeros((9, 9), np.uint8), 5, np.random.default_rng(1))


def test_a_written_drill_has_its_form_its_blank_and_a_truth_that_demands_no_reading(tmp_path: Path) -> None:
    write_drill(tmp_path, 120, 7, demo_folder=DEMO, photos=False, written=True)
    election = tomllib.loads((tmp_path / "election" / "election.toml").read_text("utf-8"))
    assert {contest["form"] for contest in election["contest"]} == {"column"}
    assert [path.name for path in (tmp_path / "election" / "forms").iterdir()] == ["column"]
    form = form_from_toml((tmp_path / "election" / "forms" / "column" / "form.toml").read_text("utf-8"), "form.toml")
    blank = cv2.imread(str(tmp_path / "election" / "forms" / "column" / str(form.reference)))
    assert blank is not None
    assert np.array_equal(blank, blank_page(FORMS["column"]))
    truth = json.loads((tmp_path / "truth.json").read_text("utf-8"))
    assert truth["drill"]["written"] is True
    assert set(truth["statuses"]) == {"counted", "counted-if-read", "quarantined-if-read", "missing"}
    with pytest.raises(BadUsage, match="the same drill"):
        write_drill(tmp_path, 120, 7, demo_folder=DEMO, photos=False)


def test_figures_that_stations_wrote_fit_their_boxes() -> None:
    plan = plan_drill(make_election(2000, 3), 3, (0.5, 0.35, 0.15))
    form = FORMS["column"]
    for course in as_written(plan).courses:
        for shot in course.shots:
            if shot.figures is not None:
                figures = shot.figures.by_field()
                assert all(0 <= figures[one.field] < 10**one.cells for one in form.fields)


def test_stations_of_a_drill_are_written_by_hands_that_nothing_is_measured_on() -> None:
    form = FORMS["slip"]
    figures = true_figures(form, np.random.default_rng(1))

    def page(hand: Hand, station: str) -> bytes:
        rng = np.random.default_rng(2)
        corrections = int(rng.random() < 0.05)
        return filled(form, station, figures, hand, rng, corrections=corrections).picture().tobytes()

    for number in range(4):
        station = f"0102{number:02}.01"
        drawn = written_page(form, station, figures, 1, np.random.default_rng(2)).tobytes()
        assert drawn in {page(hand, station) for hand in TUNE_HANDS}


@pytest.mark.slow
def test_a_written_drill_is_made_photo_by_photo_and_again_the_same(tmp_path: Path) -> None:
    for name in ("one", "two"):
        write_drill(tmp_path / name, 3, 3, demo_folder=DEMO, written=True, workers=1)
    photos = sorted((tmp_path / "one" / "photos").iterdir())
    assert photos
    for path in photos:
        assert path.read_bytes() == (tmp_path / "two" / "photos" / path.name).read_bytes()


@pytest.mark.slow
@each_group
def test_photographed_pages_are_found_with_ink_in_the_cells_that_were_written(group: Group) -> None:
    references = []
    for form in FORMS.values():
        references.append(reference_of(blank_page(form), layout_of(form_from_toml(form_toml(form), form.id))))
    told = []
    for job in plan_written(group, 10, 11):
        written = take(job)
        found = find_pages(decode(written.jpeg, colour="bgr"), references)
        assert isinstance(found, tuple), job
        (page,) = found
        assert page.reference.layout.form == job.form
        flat = flatten(decode(written.jpeg, colour="bgr"), page)
        marks = {(cell.field, cell.index): cell.mark for cell in written.sheet.cells}
        for cell in cut_cells(flat, page.reference.printed, page.reference.layout):
            told.append((cell.mark == "empty") == (marks[str(cell.field), cell.index] == ""))
    assert sum(told) > 0.97 * len(told)


def test_cells_of_a_field_stand_side_by_side() -> None:
    for form in FORMS.values():
        for one in form.fields:
            edges = [cell_box(form, one.field, index) for index in range(one.cells)]
            assert all(abs(a[2] - b[0]) <= 1 and a[1] == b[1] for a, b in itertools.pairwise(edges))
