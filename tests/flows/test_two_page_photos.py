"""Two pages written by hand, photographed apart and read by the real reader: one sheet, or none."""

from collections.abc import Mapping
from pathlib import Path

import cv2
import numpy as np
import pytest

from testigo.core.ids import StationCode
from testigo.core.records import Reading
from testigo.core.state import current_readings, fold
from testigo.flows.intake import files_of, intake
from testigo.flows.publish import BUNDLE, publish
from testigo.flows.read import read
from testigo.flows.seal import seal
from testigo.ports import World
from testigo.tlog.policy import parse_policy
from testigo.verification.folder import FolderFiles
from testigo.verification.run import verify_bundle
from testigo.wiring import make_home, policy_text, reading_by
from testigo_drill.camera import photograph
from testigo_drill.filling import filled
from testigo_drill.hands import HANDS
from testigo_drill.layouts import COLUMN, SLIP, WrittenForm
from testigo_drill.paper import blank_page

STATION = StationCode("010203.01")
ONE = {"A1": 41, "A2": 7, "B1": 58, "B2": 16, "C1": 23, "C2": 5, "D1": 64, "E1": 12}
ONE |= {"valid": 226, "blank": 3, "null": 8, "cast": 237}
TWO = {"n1": 71, "n2": 49, "n3": 68, "n4": 38, "valid": 226, "blank": 3, "null": 8, "cast": 237}
TWO |= {"unused": 113, "received": 350}
WHOLE = ONE | {f"s_{field}": value for field, value in TWO.items()}

pytestmark = pytest.mark.slow


def boxes(form: WrittenForm, page: int, prefix: str) -> str:
    """The form's boxes on a page of COLUMN's paper."""
    across, down = COLUMN.paper[0] / form.paper[0], COLUMN.paper[1] / form.paper[1]
    made = []
    for one in form.fields:
        x, y, w, h = one.box
        place = [round(x * across, 3), round(y * down, 3), round(w * across, 3), round(h * down, 3)]
        made.append(f'[[box]]\nfield = "{prefix}{one.field}"\npage = {page}\nbox_mm = {place}\ncells = {one.cells}\n')
    return "".join(made)


def form_text() -> str:
    names = ", ".join(f'"{field}"' for field in WHOLE)
    rules = [(one.code, one.text) for one in COLUMN.sums]
    rules += [(f"s_{one.code}", " ".join(f"s_{part}" if part.isalnum() else part for part in one.text.split()))
              for one in SLIP.sums]  # fmt: skip
    rules.append(("both", "cast = s_cast"))
    return (
        f'[form]\nid = "double"\nname = "Two pages"\npaper_mm = [210, 297]\npages = 2\nfields = [{names}]\n'
        'reference = "blank-{page}.png"\n[[code]]\nsymbology = "QRCode"\n'
        "pattern = 'WR1\\|(?P<station>[0-9]{6}\\.[0-9]{2})'\n"
        + boxes(COLUMN, 1, "")
        + boxes(SLIP, 2, "s_")
        + "".join(f'[[rule]]\ncode = "{code}"\ntext = "{text}"\n' for code, text in rules)
    )


@pytest.fixture
def world(project: Path, tmp_path: Path) -> World:
    folder = tmp_path / "election"
    place = folder / "forms" / "double"
    place.mkdir(parents=True)
    choices = "".join(
        f'[[contest.choice]]\nid = "{choice}"\nname = "{choice}"\ncolour = "#0072b2"\n'
        for choice in ("A1", "A2", "B1", "B2", "C1", "C2", "D1", "E1")
    )
    (folder / "election.toml").write_text(
        '[election]\nid = "double"\nname = "Two pages"\ndate = "2031-05-04"\norigin = "log.example/double"\n'
        'language = "en"\nlicence = "CC0-1.0"\n[areas]\nnation = "Land"\nlevels = ["ward"]\n[register]\n'
        'file = "stations.csv"\n[station]\npattern = "[0-9]{6}[.][0-9]{2}"\n[[contest]]\nid = "mayor"\n'
        f'name = "Mayor"\nform = "double"\nvalid = "valid"\nblank = "blank"\nnull = ["null"]\n'
        f'cast = "s_cast"\n{choices}'
        '[policy]\n[[policy.basis]]\nid = "photo"\nfrom = "reading"\n'
    )
    (folder / "stations.csv").write_text(f"station,registered,ward,ward_name\n{STATION},400,1,Ward\n")
    (place / "form.toml").write_text(form_text())
    for page, form in ((1, COLUMN), (2, SLIP)):
        picture = cv2.resize(blank_page(form), (1470, 2079), interpolation=cv2.INTER_AREA)
        cv2.imwrite(str(place / f"blank-{page}.png"), picture)
    return make_home(folder, tmp_path / "home", None)[0]


def photo_of(form: WrittenForm, figures: Mapping[str, int], seed: int) -> bytes:
    rng = np.random.default_rng(seed)
    sheet = filled(form, STATION, dict(figures), HANDS["ilse"], rng)
    _, jpeg = cv2.imencode(".jpg", photograph(sheet.picture(), rng, "mild"))
    return jpeg.tobytes()


def taken(world: World, folder: Path, *photos: bytes) -> list[Reading]:
    """The readings in force after these photos came in, each in a run of its own."""
    folder.mkdir()
    with reading_by(world, dask=None, jobs=1) as (reader, executor):
        for number, data in enumerate(photos):
            path = folder / f"{number}.jpg"
            path.write_bytes(data)
            intake(world, files_of([path]), {}, executor, reader, lambda n: None)
            read(world, executor, reader, lambda n: None)
        seal(world)
        publish(world, folder / "site", reader, executor, lambda step: None)
    found = [reading for _, reading in current_readings(fold(world.views.records())).values()]
    return sorted(found, key=lambda one: one.page)


def test_two_photographed_pages_are_read_counted_and_verified_as_one_sheet(world: World, tmp_path: Path) -> None:
    one, two = taken(world, tmp_path / "photos", photo_of(COLUMN, ONE, 1), photo_of(SLIP, TWO, 2))
    assert (one.page, two.page, one.outcome, two.outcome) == (1, 2, "figures", "figures")
    _, result = world.views.results()[STATION, "mayor"]
    assert (result.status, len(result.evidence)) == ("counted", 2)
    assert {**(one.counts or {}), **(two.counts or {})} == WHOLE
    policy = parse_policy(policy_text(world.signer.vkey), where="policy")
    report = verify_bundle(FolderFiles(tmp_path / "photos" / "site" / BUNDLE), policy)
    assert report.exit_code == 0, report.first_wrong


def test_pages_that_contradict_each_other_on_paper_are_not_bent(world: World, tmp_path: Path) -> None:
    wrong = TWO | {"n1": 72, "valid": 227, "cast": 238, "unused": 112}
    one, two = taken(world, tmp_path / "photos", photo_of(COLUMN, ONE, 3), photo_of(SLIP, wrong, 4))
    assert (one.outcome, two.outcome, two.verdict) == ("doubtful", "doubtful", "people")
    assert world.views.results() == {}
