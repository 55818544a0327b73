import ast
import io
from pathlib import Path

import numpy as np
import pytest
import zxingcpp
from numpy.typing import NDArray
from PIL import Image, ImageOps

import testigo_drill
from testigo.core.form import read_code
from testigo.core.ids import FieldId, StationCode
from testigo.flows.folder import read_folder
from testigo_drill.camera import GRADES, Grade, encode_jpeg, photograph
from testigo_drill.canaries import CANARIES
from testigo_drill.election import make_election
from testigo_drill.sheet import PIXELS_PER_MM, blank_sheet, code_text, print_sheet, read_layout
from testigo_drill.shots import open_studio, shot_of

DEMO = Path(__file__).resolve().parents[2] / "elections" / "demo"
LAYOUT = read_layout(DEMO / "forms" / "drill" / "form.toml")
STATIONS = make_election(40, seed=9).stations


def texts(data: bytes) -> list[str]:
    """What zxing-cpp alone reads in a file, without any preparation."""
    with Image.open(io.BytesIO(data)) as image:
        upright = np.asarray(ImageOps.exif_transpose(image).convert("L"))
    return [code.text for code in zxingcpp.read_barcodes(upright)]


def page() -> NDArray[np.uint8]:
    station = STATIONS[0]
    return print_sheet(blank_sheet(LAYOUT), LAYOUT, station.code, station.registered, station.figures)


def test_mild_photos_are_read_without_any_preparation() -> None:
    studio = open_studio(LAYOUT, seed=4)
    for station in STATIONS[:20]:
        assert texts(studio.take(shot_of(station))) == [code_text(station.code, station.figures)]


def test_the_code_says_station_and_figures_under_the_forms_grammar() -> None:
    station = STATIONS[0]
    content = read_code(read_folder(DEMO).forms["drill"], "QRCode", code_text(station.code, station.figures))
    assert content is not None
    assert content.station == StationCode(station.code)
    assert content.counts == {FieldId(name): ballots for name, ballots in station.figures.by_field().items()}


def test_the_printed_figures_and_the_code_stand_where_the_form_says() -> None:
    blank, filled = blank_sheet(LAYOUT), page()
    for x, y, wide, high in [*(box for _, box in LAYOUT.boxes), LAYOUT.code]:
        part = np.s_[
            round(y * PIXELS_PER_MM) : round((y + high) * PIXELS_PER_MM),
            round(x * PIXELS_PER_MM) : round((x + wide) * PIXELS_PER_MM),
        ]
        assert (blank[part] != filled[part]).any()
        blank[part] = filled[part]
    below_the_head = round(80 * PIXELS_PER_MM)
    assert (blank[below_the_head:] == filled[below_the_head:]).all()


@pytest.mark.parametrize("grade", GRADES)
def test_a_photo_has_the_size_of_a_phones_and_is_the_same_again(grade: Grade) -> None:
    one, two = (photograph(page(), np.random.default_rng(5), grade) for _ in range(2))
    assert sorted(one.shape) == [3, 1600, 2200]
    assert (one == two).all()


@pytest.mark.slow
def test_metadata_holds_the_canaries_and_an_orientation_that_shows_the_photo_as_taken() -> None:
    photo = photograph(page(), np.random.default_rng(1), "mild")
    seen = set()
    for seed in range(12):
        data = encode_jpeg(photo, np.random.default_rng(seed), "mild", exif=True)
        assert all(canary in data for canary in CANARIES)
        with Image.open(io.BytesIO(data)) as image:
            seen.add(image.getexif().get(0x0112))
            upright = np.asarray(ImageOps.exif_transpose(image))[:, :, ::-1].astype(int)
        assert upright.shape == photo.shape
        assert np.abs(upright - photo).mean() < 5
    assert len(seen) > 1
    bare = encode_jpeg(photo, np.random.default_rng(1), "mild", exif=False)
    assert not any(canary in bare for canary in CANARIES)


def test_what_is_far_out_of_focus_or_something_else_shows_no_code_of_the_form() -> None:
    studio = open_studio(LAYOUT, seed=4)
    assert texts(studio.take(shot_of(STATIONS[0], content="blurred"))) == []


def test_the_drill_and_the_reader_never_import_each_other() -> None:
    package = Path(str(testigo_drill.__file__)).parent
    assert not {name for name in imports(package) if name.startswith("testigo.") and name != "testigo.errors"}
    assert not {name for name in imports(package.parent / "testigo" / "vision") if name.startswith("testigo_drill")}


def imports(package: Path) -> set[str]:
    nodes = [node for path in package.rglob("*.py") for node in ast.walk(ast.parse(path.read_text("utf-8")))]
    named = {node.module or "" for node in nodes if isinstance(node, ast.ImportFrom)}
    return named | {alias.name for node in nodes if isinstance(node, ast.Import) for alias in node.names}
