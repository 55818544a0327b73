"""Photos that were cut out by hand, of a form with personal data: they are read, held, and told to be held.

Nothing proves where such a photo was cut, so nobody knows where its personal regions are: no copy can be covered.
"""

import hashlib
import io
from dataclasses import dataclass
from pathlib import Path

import cv2
import numpy as np
import pytest
import segno
from numpy.typing import NDArray
from town import STATIONS, write_town

from testigo.commands.photos import read_command
from testigo.core.records import Photo, Reading, Record, Rendition
from testigo.flows.intake import files_of, intake
from testigo.flows.publish import publish
from testigo.ports import World
from testigo.wiring import make_home, reading_by

FORM = r"""
[form]
id = "sheet"
name = "A row of figures, cut out"
paper_mm = [60, 100]
photos = "cropped"
fields = ["ANA", "BEN", "X1", "X2", "YES", "mvalid", "cvalid"]
[[code]]
symbology = "QRCode"
pattern = 'TOWN\|(?P<station>T[1-9])'
[[column]]
fields = ["ANA", "BEN", "mvalid"]
box_mm = [0, 40, 60, 60]
rows = 3
[[rule]]
code = "M"
text = "ANA + BEN = mvalid"
"""
JPEG = b"\xff\xd8"
PERSONAL = """
[[personal]]
what = "name of the clerk"
box_mm = [0, 0, 60, 10]
"""


def cut_out(station: str) -> bytes:
    """A photo of a strip of paper: the station's code above three rows of figures in thin type."""
    paper: NDArray[np.uint8] = np.full((1000, 600, 3), 250, np.uint8)
    code = io.BytesIO()
    segno.make(f"TOWN|{station}").save(code, kind="png", scale=6)
    drawn = cv2.imdecode(np.frombuffer(code.getvalue(), np.uint8), cv2.IMREAD_COLOR)
    assert drawn is not None
    paper[100 : 100 + drawn.shape[0], 100 : 100 + drawn.shape[1]] = drawn
    for row, figures in enumerate(("012", "030", "042")):
        cv2.putText(paper, " ".join(figures), (120, 520 + 190 * row), cv2.FONT_HERSHEY_DUPLEX, 3, (90, 40, 20), 6)
    return cv2.imencode(".jpg", paper)[1].tobytes()


@dataclass(frozen=True)
class Night:
    """A town's cut-out photos, read at the command line and published; `told` is what the command said."""

    world: World
    told: str
    site: Path

    def of_kind(self, kind: type[Record]) -> list[Record]:
        return [record for _, record in self.world.views.records() if type(record) is kind]


def night_of(folder: Path, form: str, capsys: pytest.CaptureFixture[str]) -> Night:
    election = write_town(folder / "election")
    (election / "forms" / "sheet" / "form.toml").write_text(form)
    world, _ = make_home(election, folder / "home", None)
    (folder / "photos").mkdir()
    for station in STATIONS[:2]:
        (folder / "photos" / f"{station}.jpg").write_bytes(cut_out(station))
    with reading_by(world, dask=None, jobs=1) as (reader, executor):
        intake(world, files_of([folder / "photos"]), {}, executor, reader, lambda n: None)
    capsys.readouterr()
    read_command(home=folder / "home", jobs=1)
    told = capsys.readouterr().out
    with reading_by(world, dask=None, jobs=1) as (reader, executor):
        publish(world, folder / "site", reader, executor, lambda step: None)
    return Night(world, told, folder / "site")


def published(site: Path) -> set[str]:
    """The hashes of all files that are published."""
    return {hashlib.sha256(path.read_bytes()).hexdigest() for path in site.rglob("*") if path.is_file()}


@pytest.mark.slow
def test_photos_cut_out_of_a_form_with_personal_data_are_read_and_held(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    night = night_of(tmp_path, FORM + PERSONAL, capsys)
    readings = [one for one in night.of_kind(Reading) if isinstance(one, Reading)]
    assert {one.station for one in readings} == set(STATIONS[:2])
    assert {one.verdict for one in readings} <= {"sure", "look", "people"}
    assert all(one.counts or one.proposed for one in readings)
    assert "2 photos are held and not published: personal data may stand in them" in night.told
    assert "public copy" not in night.told
    assert night.of_kind(Rendition) == []
    masters = {one.sha256 for one in night.of_kind(Photo) if isinstance(one, Photo)}
    assert len(masters) == 2
    assert not masters & published(night.site)
    files = [path for path in night.site.rglob("*") if path.is_file()]
    assert [path for path in files if path.read_bytes().startswith(JPEG)] == []
    pages = "".join(path.read_text("utf-8") for path in (night.site / "s").rglob("*.html"))
    assert pages.count("Held, not published: personal data may stand where it could not be covered.") == 2


@pytest.mark.slow
def test_the_same_photos_of_a_form_without_personal_data_are_shown_as_they_came(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    night = night_of(tmp_path, FORM, capsys)
    assert "held" not in night.told
    masters = {one.sha256 for one in night.of_kind(Photo) if isinstance(one, Photo)}
    assert len(masters) == 2
    assert masters <= published(night.site)
