"""Six scanned sheets of the Bolivian run-off of 2025: every station is known from its codes alone."""

import json
from pathlib import Path

import pytest

from testigo.vision.reader import CodeReader
from testigo.vision.strip import strip

MESAS = ("100344", "1000551", "1004621", "5018381", "7031061", "8002381")
REGIONS = ((0.114, 0.085, 0.169, 0.16), (0.045, 0.224, 0.169, 0.307), (0.755, 0.057, 0.874, 0.14))


@pytest.mark.parametrize("hinted", [True, False], ids=["regions known", "regions unknown"])
@pytest.mark.parametrize("mesa", MESAS)
def test_each_sheet_names_its_station_twice(shared_data: Path, mesa: str, *, hinted: bool) -> None:
    folder = shared_data / "bo-2025"
    label = json.loads((folder / "labels.json").read_text(encoding="utf-8"))["images"][f"mesa_{mesa}.jpg"]
    stripped = strip((folder / "photos" / f"mesa_{mesa}.jpg").read_bytes())
    reader = CodeReader(regions=REGIONS if hinted else ())
    reading = reader.read(stripped.data, stripped.orient, frozenset({"QRCode", "Code128"}))
    texts: dict[str, set[str]] = {}
    for code in reading.codes:
        texts.setdefault(code.symbology, set()).add(code.text)
    assert label["code"].replace("-", "") == mesa
    assert texts["Code128"] == {mesa}
    (square,) = texts["QRCode"]
    assert square.split("|")[1:] == [mesa, label["verification_code"]]
