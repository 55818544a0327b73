"""Real handwriting that nothing was learnt from: six Bolivian sheets and twelve crops of Kenyan forms."""

import json
from collections.abc import Mapping
from pathlib import Path

import pytest

from testigo.core.form import Form, form_from_toml
from testigo.core.ids import FieldId
from testigo.stats.posterior import SheetReading, read_sheet
from testigo.stats.written import field_cells
from testigo.vision.hand import HandReader
from testigo.vision.layout import WrittenPage, layout_of

Labels = Mapping[str, Mapping[str, Mapping[str, Mapping[str, str]]]]


def form_of(project: Path, election: str, form: str) -> Form:
    path = project / "elections" / election / "forms" / form / "form.toml"
    return form_from_toml(path.read_text("utf-8"), path.name)


def sheet_of(form: Form, page: WrittenPage) -> SheetReading:
    return read_sheet(field_cells(page.ink), form.rules)


@pytest.fixture(scope="module")
def bolivia(project: Path, shared_data: Path) -> dict[str, SheetReading]:
    form = form_of(project, "bo-2025", "bo")
    reader = HandReader()
    reader.learn(layout_of(form), (shared_data / "bo-2025" / "reference.png").read_bytes())
    read = {}
    for photo in sorted((shared_data / "bo-2025" / "photos").glob("*.jpg")):
        (page,) = reader.read(photo.read_bytes(), 1)
        read[photo.name] = sheet_of(form, page)
    return read


@pytest.fixture(scope="module")
def bolivian_truth(shared_data: Path) -> dict[str, dict[FieldId, int]]:
    labels: Labels = json.loads((shared_data / "bo-2025" / "labels.json").read_text("utf-8"))
    return {
        Path(name).name: {
            FieldId(field): int(cells.replace("_", "").replace("X", "")) for field, cells in sheet["fields"].items()
        }
        for name, sheet in labels["images"].items()
    }


def test_six_of_six_bolivian_sheets_are_wholly_right_and_at_least_five_are_sure(
    bolivia: dict[str, SheetReading], bolivian_truth: dict[str, dict[FieldId, int]]
) -> None:
    wrong = {
        name: {field: (value, bolivian_truth[name][field]) for field, value in sheet.counts.items()}
        for name, sheet in bolivia.items()
        if any(value != bolivian_truth[name][field] for field, value in sheet.counts.items()) or len(sheet.counts) != 8
    }
    assert wrong == {}
    assert len(bolivia) == 6
    assert sum(sheet.verdict == "sure" for sheet in bolivia.values()) >= 5


def test_kenyan_rows_are_right_in_ten_of_twelve_crops_and_all_others_are_marked(
    project: Path, shared_data: Path
) -> None:
    form = form_of(project, "ke-2022", "ke")
    reader = HandReader()
    reader.learn(layout_of(form), b"")
    labels: Labels = json.loads((shared_data / "ke-2022" / "labels.json").read_text("utf-8"))
    right, unmarked = [], []
    for name, sheet in sorted(labels["images"].items()):
        pages = reader.read((shared_data / "ke-2022" / "photos" / name).read_bytes(), 1)
        found = sheet_of(form, pages[0])
        assert found.verdict != "sure", name
        asked = {FieldId(field): int(value) for field, value in sheet["fields"].items() if field not in sheet["amb"]}
        if {field: found.counts.get(field) for field in asked} == asked:
            right.append(name)
        else:
            looked_at = {cell.field for cell in found.look_at}
            unmarked += [
                (name, field, found.counts.get(field), value)
                for field, value in asked.items()
                if found.counts.get(field) != value and found.verdict != "people" and field not in looked_at
            ]
    assert len(labels["images"]) == 12
    assert len(right) >= 10
    assert unmarked == []
