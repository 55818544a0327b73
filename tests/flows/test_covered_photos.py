"""Photos of a form with personal data, from intake to a verified bundle: only covered copies leave the home."""

import csv
import hashlib
from dataclasses import dataclass
from pathlib import Path

import cv2
import numpy as np
import pytest

from testigo.core.ids import Digest, StationCode
from testigo.core.reading import MASK_REGIONS
from testigo.core.records import Photo, Reading, Record, Rendition
from testigo.flows.intake import files_of, intake
from testigo.flows.publish import BUNDLE, Publication, publish
from testigo.flows.read import PhotosRead, read
from testigo.flows.seal import seal
from testigo.flows.withhold import withhold
from testigo.ports import World
from testigo.tlog.policy import parse_policy
from testigo.verification.folder import FolderFiles
from testigo.verification.places import object_name
from testigo.verification.report import VerificationReport
from testigo.verification.run import verify_bundle
from testigo.vision.load import decode
from testigo.wiring import make_home, policy_text, reading_by
from testigo_drill.filling import written_page
from testigo_drill.folder import write_drill
from testigo_drill.layouts import COLUMN

STATIONS = 3


@dataclass(frozen=True)
class Night:
    """A drill whose sheets are written by hand and signed, taken in, read and published."""

    world: World
    read: PhotosRead
    publication: Publication
    site: Path

    def of_kind(self, kind: type[Record]) -> list:  # type: ignore[type-arg]
        return [record for _, record in self.world.views.records() if type(record) is kind]

    def verified(self, site: Path | None = None) -> VerificationReport:
        policy = parse_policy(policy_text(self.world.signer.vkey), where="policy")
        return verify_bundle(FolderFiles((site or self.site) / BUNDLE), policy)


def top_of_a_sheet(station: str) -> bytes:
    """The upper third of a sheet: the code that names the station, and too little of the page to find it."""
    figures = {one.field: 0 for one in COLUMN.fields}
    page = written_page(COLUMN, station, figures, 1, np.random.default_rng(1))
    _, jpeg = cv2.imencode(".jpg", page[: page.shape[0] // 3])
    return jpeg.tobytes()


@pytest.fixture(scope="module")
def night(tmp_path_factory: pytest.TempPathFactory, project: Path) -> Night:
    folder = tmp_path_factory.mktemp("signed")
    write_drill(folder, STATIONS, 1, demo_folder=project / "elections" / "demo", written=True, workers=1)
    world, _ = make_home(folder / "election", folder / "home", None)
    (folder / "photos" / "top.jpg").write_bytes(top_of_a_sheet(min(world.register.stations)))
    with reading_by(world, dask=None, jobs=1) as (reader, executor):
        with (folder / "claims.csv").open(newline="") as file:
            claims = {row["file"]: StationCode(row["station"]) for row in csv.DictReader(file)}
        intake(world, files_of([folder / "photos"]), claims, executor, reader, lambda n: None)
        done = read(world, executor, reader, lambda n: None)
        seal(world)
        made = publish(world, folder / "site", reader, executor, lambda step: None)
    return Night(world, done, made, folder / "site")


@pytest.mark.slow
def test_the_form_of_the_drill_shows_personal_data(night: Night) -> None:
    assert [bool(form.personal) for form in night.world.forms.values()] == [True]


@pytest.mark.slow
def test_every_photo_whose_page_is_found_has_a_covered_copy_and_the_others_are_held(night: Night) -> None:
    photos, readings, copies = (night.of_kind(kind) for kind in (Photo, Reading, Rendition))
    assert len(photos) == len(readings) >= STATIONS + 1
    assert night.read.shown == {"covered": len(copies), "held": len(photos) - len(copies)}
    assert len(copies) == STATIONS - 1
    assert {copy.mask for copy in copies} == {MASK_REGIONS}
    assert not {copy.sha256 for copy in copies} & {photo.sha256 for photo in photos}
    assert {copy.photo for copy in copies} < {photo.sha256 for photo in photos}
    for copy in copies:
        data = night.world.blobs.open(copy.sha256)
        assert (len(data), hashlib.sha256(data).hexdigest()) == (copy.size, copy.sha256)


@pytest.mark.slow
def test_a_photo_whose_page_is_not_found_is_held_even_when_its_code_names_the_station(night: Night) -> None:
    """One of the drill is dark, blurred and far away; of another only the top is there."""
    shown = {copy.photo for copy in night.of_kind(Rendition)}
    held = [(one.outcome, one.form) for one in night.of_kind(Reading) if one.photo not in shown]
    assert sorted(held, key=str) == [("nothing", None), ("station", "column")]


@pytest.mark.slow
def test_no_photo_itself_is_anywhere_in_what_is_published(night: Night) -> None:
    masters = {photo.sha256 for photo in night.of_kind(Photo)}
    pictures = {}
    for path in sorted(night.site.rglob("*")):
        if path.is_file():
            data = path.read_bytes()
            assert hashlib.sha256(data).hexdigest() not in masters, path
            if data.startswith((b"\xff\xd8", b"\x89PNG")):
                pictures[path.relative_to(night.site).as_posix()] = data
    copies = night.of_kind(Rendition)
    objects = {f"{BUNDLE}/{object_name(copy.sha256)}" for copy in copies}
    blanks = {f"{BUNDLE}/data/register/forms/column/blank.png"}
    assert set(pictures) == objects | blanks | {f"t/{copy.photo}.jpg" for copy in copies}


@pytest.mark.slow
def test_a_thumbnail_is_made_of_the_covered_copy(night: Night) -> None:
    for copy in night.of_kind(Rendition):
        small = decode((night.site / f"t/{copy.photo}.jpg").read_bytes())
        whole = decode(night.world.blobs.open(copy.sha256))
        grey = [float((np.abs(picture.astype(int) - 128).max(axis=2) <= 6).mean()) for picture in (small, whole)]
        assert grey[1] > 0.15
        assert grey[0] == pytest.approx(grey[1], abs=0.05)
        reduced = cv2.resize(whole, small.shape[1::-1], interpolation=cv2.INTER_AREA)
        assert np.abs(reduced.astype(int) - small).mean() < 6


@pytest.mark.slow
def test_the_bundle_verifies_and_pages_name_the_photos_themselves(night: Night) -> None:
    report = night.verified()
    assert report.first_wrong is None, report.first_wrong
    assert report.exit_code == 0
    pages = "".join(path.read_text("utf-8") for path in (night.site / "s").rglob("*.html"))
    for copy in night.of_kind(Rendition):
        assert f'<code dir="ltr">{copy.photo}</code>' in pages
        assert object_name(copy.sha256) in pages
    assert "Held, not published: personal data may stand where it could not be covered." in pages


@pytest.mark.slow
def test_reading_the_same_photos_elsewhere_gives_the_same_copies(night: Night) -> None:
    photos = night.world.views.photos()
    with reading_by(night.world, dask=None, jobs=1) as (reader, _):
        for copy in night.of_kind(Rendition)[:2]:
            again = reader.read(night.world.blobs.open(copy.photo), photos[copy.photo].orient).covered
            assert again == night.world.blobs.open(copy.sha256)


@pytest.mark.slow
def test_a_bundle_with_a_photo_itself_in_it_is_refused(night: Night, tmp_path: Path) -> None:
    copy = night.of_kind(Rendition)[0]
    files = FolderFiles(night.site / BUNDLE)
    site = tmp_path / "site"
    for name in files.names():
        (site / BUNDLE / name).parent.mkdir(parents=True, exist_ok=True)
        (site / BUNDLE / name).write_bytes(files.read(name))
    place = site / BUNDLE / object_name(copy.sha256)
    place.write_bytes(night.world.blobs.open(copy.photo))
    refused = night.verified(site).first_wrong
    assert refused is not None
    assert refused.name == "objects"
    assert object_name(copy.sha256) in refused.culprits[0]


@pytest.mark.slow
def test_a_covered_photo_can_still_be_withheld(night: Night, tmp_path: Path) -> None:
    copy = night.of_kind(Rendition)[-1]
    assert withhold(night.world, Digest(copy.photo), "privacy") == copy.photo
    with reading_by(night.world, dask=None, jobs=1) as (reader, executor):
        publish(night.world, tmp_path / "site", reader, executor, lambda step: None)
    assert night.verified(tmp_path / "site").exit_code == 0
    assert not (tmp_path / "site" / BUNDLE / object_name(copy.sha256)).exists()
    assert not (tmp_path / "site" / f"t/{copy.photo}.jpg").exists()
