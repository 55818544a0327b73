"""Boundaries are joined by code, one to one, or refused with what is wrong and where."""

import json
from typing import Any

import pytest

from testigo.core import boundaries as module
from testigo.core.boundaries import boundaries_of
from testigo.core.ids import AreaId
from testigo.core.places import BoundaryRules
from testigo.errors import BadElection

AREAS = tuple(AreaId(code) for code in ("01", "02", "99"))
RULES = BoundaryRules("state", "CODE", "CC0-1.0", "Survey of Examplia", ("99",))


def square(west: float, south: float, side: float = 1.0) -> list[list[float]]:
    east, north = west + side, south + side
    return [[west, south], [east, south], [east, north], [west, north], [west, south]]


def feature(code: object, west: float = 0.0, **geometry: object) -> dict[str, Any]:
    shape = {"type": "Polygon", "coordinates": [square(west, 40.0)]} | geometry
    return {"type": "Feature", "properties": {"CODE": code, "NAME": "Same name"}, "geometry": shape}


def collection(*features: object, **more: object) -> bytes:
    return json.dumps({"type": "FeatureCollection", "features": list(features), **more}).encode()


def read(data: bytes, rules: BoundaryRules = RULES, areas: tuple[AreaId, ...] = AREAS) -> tuple[module.Land, ...]:
    return boundaries_of(data, rules, areas, "boundaries.geojson")


def test_features_are_joined_by_code_in_any_order() -> None:
    parts = {"type": "MultiPolygon", "coordinates": [[square(5, 40), square(5.2, 40.2, 0.2)], [square(8, 40)]]}
    land = read(collection(feature("02", **parts), feature("01")))
    assert [(one.area, len(one.rings)) for one in land] == [("01", 1), ("02", 3)]
    assert land[0].rings[0][2] == (1.0, 41.0)


def test_codes_may_be_numbers_and_areas_of_a_lower_level() -> None:
    areas = (AreaId("1/11"), AreaId("2/21"))
    rules = BoundaryRules("district", "CODE", "CC0-1.0", "Survey", ())
    assert [one.area for one in read(collection(feature(21), feature(11)), rules, areas)] == list(areas)
    with pytest.raises(BadElection, match="several areas of the level district of the code 11"):
        read(collection(feature(11)), rules, (AreaId("1/11"), AreaId("2/11")))


WRONG: dict[str, tuple[bytes, str]] = {
    "missing": (collection(feature("01")), "property CODE: expected the code of every state once, came: missing 02"),
    "doubled": (collection(feature("01"), feature("02"), feature("02")), "came: doubled 02"),
    "unknown": (collection(feature("01"), feature("02"), feature("7")), "unknown to the register 7"),
    "names are no codes": (collection(feature("Same name"), feature("02")), "unknown to the register Same name; missi"),
    "without land": (collection(feature("01"), feature("02"), feature("99")), "unknown to the register 99"),
    "no code": (collection({"properties": {}}), r"features\[0\]: properties.CODE: expected an area's code, came None"),
    "metres": (
        collection(feature("01", coordinates=[[[500000, 4649776]] * 4]), feature("02")),
        r"features\[0\] \(CODE 01\): expected degrees of WGS84, came 500000, 4649776",
    ),
    "other system": (
        collection(feature("01"), feature("02"), crs={"properties": {"name": "urn:ogc:def:crs:EPSG::25830"}}),
        "crs: expected longitude and latitude of WGS84, came .*25830",
    ),
    "lines": (collection(feature("01", type="LineString"), feature("02")), "expected a Polygon or MultiPolygon"),
    "open ring": (collection(feature("01", coordinates=[square(0, 0)[:4]]), feature("02")), "whose last is the first"),
    "no place": (collection(feature("01", coordinates=[[["a", "b"]] * 4]), feature("02")), "expected positions"),
    "no number": (b'{"type": "FeatureCollection", "features": [NaN]}', "NaN is no number"),
    "no JSON": (b'{"type": ', "expected GeoJSON"),
    "nothing": (collection(), "expected a list of 1 to 5,000"),
    "one feature": (json.dumps(feature("01")).encode(), "expected a FeatureCollection"),
    "deep": (b"[" * 100_000, "expected GeoJSON"),
}


@pytest.mark.parametrize("wrong", WRONG)
def test_what_is_wrong_is_told_with_its_place(wrong: str) -> None:
    data, told = WRONG[wrong]
    with pytest.raises(BadElection, match=f"^boundaries.geojson: .*{told}"):
        read(data)


def test_an_older_file_may_name_wgs84() -> None:
    crs = {"type": "name", "properties": {"name": "urn:ogc:def:crs:OGC:1.3:CRS84"}}
    assert len(read(collection(feature("01"), feature("02"), crs=crs))) == 2


def test_sizes_have_limits(monkeypatch: pytest.MonkeyPatch) -> None:
    data = collection(feature("01"), feature("02"))
    for limit, told in (("MOST_BYTES", "at most 9 bytes"), ("MOST_POINTS", "simplify"), ("MOST_AREAS", "1 to 1")):
        with monkeypatch.context() as patch:
            patch.setattr(module, limit, 1 if limit == "MOST_AREAS" else 9)
            with pytest.raises(BadElection, match=told):
                read(data)


def test_areas_said_to_be_without_land_must_exist() -> None:
    with pytest.raises(BadElection, match="the register has no state 98"):
        read(collection(feature("01")), BoundaryRules("state", "CODE", "", "", ("98",)))
