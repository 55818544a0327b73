"""What the digit reader learns from is not what it is measured on, and the package knows nothing of its training."""

import ast
import importlib.util
import json
from pathlib import Path
from types import ModuleType

import pytest

ROOT = Path(__file__).resolve().parents[2]


@pytest.fixture(scope="module")
def split() -> ModuleType:
    spec = importlib.util.spec_from_file_location("training_split", ROOT / "training" / "split.py")
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


def imported(path: Path) -> set[str]:
    found = set()
    for node in ast.walk(ast.parse(path.read_text("utf-8"))):
        if isinstance(node, ast.Import):
            found |= {alias.name.split(".")[0] for alias in node.names}
        elif isinstance(node, ast.ImportFrom) and node.module:
            found.add(node.module.split(".")[0])
    return found


def test_every_part_has_a_seed_of_its_own_and_only_learnt_parts_are_learnt(split: ModuleType) -> None:
    seeds = [seed for seed, *_ in split.PARTS.values()]
    assert len(set(seeds)) == len(seeds)
    assert set(split.PARTS) - set(split.LEARNT) == {"held_out", "measured"}


def test_some_fonts_are_never_learnt_from(split: ModuleType) -> None:
    names = [name for name in json.loads((ROOT / "training" / "packages.json").read_text("utf-8")) if "/" in name]
    apart = split.held_out_fonts(names)
    assert 5 <= len(apart) < len(names) / 4
    assert apart == split.held_out_fonts(sorted(names, reverse=True))


def test_training_knows_nothing_of_the_drill_and_the_drill_nothing_of_training() -> None:
    for path in (ROOT / "training").glob("*.py"):
        assert "testigo_drill" not in imported(path), path.name
    for package in ("testigo", "testigo_drill"):
        for path in (ROOT / "src" / package).rglob("*.py"):
            assert not imported(path) & {"training", "torch", "onnx", "fontTools"}, path.name


def test_every_package_that_is_learnt_from_is_named_by_version_and_hash() -> None:
    for listed in ("packages.json", "typefaces.json"):
        for name, one in json.loads((ROOT / "training" / listed).read_text("utf-8")).items():
            assert set(one) == {"version", "integrity"}, name
            assert one["integrity"].startswith("sha512-"), name


def test_the_models_are_small_enough_to_travel_with_the_package() -> None:
    models = list((ROOT / "src" / "testigo" / "vision").glob("*.onnx"))
    assert {model.name for model in models} == {"digits.onnx", "rows.onnx"}
    assert sum(model.stat().st_size for model in models) < 2_000_000
