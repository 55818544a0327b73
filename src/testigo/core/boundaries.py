"""The boundaries of areas from GeoJSON (RFC 7946), joined to the register by code and never by name."""

import json
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import NoReturn

from testigo.core.election import Election
from testigo.core.ids import AreaId, area_of
from testigo.core.places import BoundaryRules
from testigo.core.register import StationRegister
from testigo.errors import BadElection

MOST_BYTES = 20_000_000
MOST_AREAS = 5_000
MOST_POINTS = 1_000_000
_WGS84 = ("CRS84", "4326")
"""How files of the older GeoJSON name the only reference system that RFC 7946 knows."""
_TOLD = 5

Point = tuple[float, float]
Ring = tuple[Point, ...]


@dataclass(frozen=True, slots=True)
class Land:
    """Where an area lies: closed rings of longitude and latitude in degrees (WGS84). A point is inside where a line
    from it crosses an odd number of their edges, so that holes are rings like others.
    """

    area: AreaId
    rings: tuple[Ring, ...]


def boundaries_in(data: bytes, election: Election, register: StationRegister, where: str) -> tuple[Land, ...]:
    """The land of the areas of the level that `[boundaries]` names; none where the election has no such table.

    Raises:
        BadElection: see `boundaries_of`.
    """
    rules = election.places.boundaries
    if rules is None:
        return ()
    depth = election.areas.levels.index(rules.level) + 1
    areas = sorted({area_of(station.areas[:depth]) for station in register.stations.values()})
    return boundaries_of(data, rules, areas, where)


def boundaries_of(data: bytes, rules: BoundaryRules, areas: Sequence[AreaId], where: str) -> tuple[Land, ...]:
    """The land of these areas, which are all of one level, in their order; of those that `rules` say have none, none.

    Raises:
        BadElection: the file is too large, no GeoJSON of polygons in WGS84, or its codes are not those of the areas,
            each of them once; names the file, the place, what was expected and what came.
    """
    if len(data) > MOST_BYTES:
        raise BadElection(f"{where}: expected at most {MOST_BYTES:,} bytes, came {len(data):,}")
    try:
        whole = json.loads(data.decode("utf-8-sig"), parse_constant=_no_number)
    except (ValueError, RecursionError) as error:
        raise BadElection(f"{where}: expected GeoJSON in UTF-8, {error}") from None
    if not isinstance(whole, dict) or whole.get("type") != "FeatureCollection":
        raise BadElection(f"{where}: type: expected a FeatureCollection")
    if "crs" in whole and not any(name in json.dumps(whole["crs"]) for name in _WGS84):
        raise BadElection(
            f"{where}: crs: expected longitude and latitude of WGS84, came {json.dumps(whole['crs'])[:80]}"
        )
    features = whole.get("features")
    if not isinstance(features, list) or not 0 < len(features) <= MOST_AREAS:
        raise BadElection(f"{where}: features: expected a list of 1 to {MOST_AREAS:,}")
    named = [(_code(one, rules.code, f"{where}: features[{n}]"), one, n) for n, one in enumerate(features)]
    wanted = _by_code(areas, rules, where)
    _check_codes([code for code, _, _ in named], wanted, rules, where)
    land, points = {}, 0
    for code, feature, number in named:
        rings = tuple(_rings(feature.get("geometry"), f"{where}: features[{number}] ({rules.code} {code})"))
        points += sum(map(len, rings))
        if points > MOST_POINTS:
            raise BadElection(f"{where}: expected at most {MOST_POINTS:,} positions, came more; simplify the file")
        land[wanted[code]] = Land(wanted[code], rings)
    return tuple(land[area] for area in areas if area in land)


def _by_code(areas: Iterable[AreaId], rules: BoundaryRules, where: str) -> Mapping[str, AreaId]:
    codes = [(area.rpartition("/")[2], area) for area in areas]
    twice = _several(code for code, _ in codes)
    if twice:
        raise BadElection(f"{where}: the register has several areas of the level {rules.level} of the code {twice}")
    strange = sorted(set(rules.without) - {code for code, _ in codes})
    if strange:
        raise BadElection(f"{where}: boundaries.without: the register has no {rules.level} {_told(strange)}")
    return {code: area for code, area in codes if code not in rules.without}


def _check_codes(found: Sequence[str], wanted: Mapping[str, AreaId], rules: BoundaryRules, where: str) -> None:
    wrong = [
        f"{what} {_told(codes)}"
        for what, codes in (
            ("doubled", sorted({code for code, times in Counter(found).items() if times > 1})),
            ("unknown to the register", sorted(set(found) - set(wanted))),
            ("missing", sorted(set(wanted) - set(found))),
        )
        if codes
    ]
    if wrong:
        raise BadElection(
            f"{where}: property {rules.code}: expected the code of every {rules.level} once, came: {'; '.join(wrong)}"
        )


def _several(codes: Iterable[str]) -> str:
    return _told(sorted(code for code, times in Counter(codes).items() if times > 1))


def _told(codes: Sequence[str]) -> str:
    return ", ".join(codes[:_TOLD]) + (f" and {len(codes) - _TOLD} more" if len(codes) > _TOLD else "")


def _code(feature: object, name: str, where: str) -> str:
    properties = feature.get("properties") if isinstance(feature, dict) else None
    code = properties.get(name) if isinstance(properties, dict) else None
    if isinstance(code, bool) or not isinstance(code, str | int) or code == "":
        raise BadElection(f"{where}: properties.{name}: expected an area's code, came {code!r}")
    return str(code)


def _rings(geometry: object, where: str) -> Iterator[Ring]:
    kind = geometry.get("type") if isinstance(geometry, dict) else None
    held = geometry.get("coordinates") if isinstance(geometry, dict) else None
    if kind not in ("Polygon", "MultiPolygon") or not isinstance(held, list) or not held:
        raise BadElection(f"{where}: geometry: expected a Polygon or MultiPolygon, came {kind!r}")
    for polygon in [held] if kind == "Polygon" else held:
        if not isinstance(polygon, list) or not polygon:
            raise BadElection(f"{where}: geometry: expected lists of rings")
        for ring in polygon:
            yield _ring(ring, where)


def _ring(ring: object, where: str) -> Ring:
    if not isinstance(ring, list) or len(ring) < 4 or ring[0] != ring[-1]:
        raise BadElection(f"{where}: geometry: expected rings of 4 positions or more, whose last is the first")
    return tuple(_position(position, where) for position in ring)


def _position(position: object, where: str) -> Point:
    if not isinstance(position, list) or len(position) < 2 or any(type(one) not in (int, float) for one in position):
        raise BadElection(f"{where}: geometry: expected positions [longitude, latitude], came {str(position)[:40]}")
    longitude, latitude = position[:2]
    if not (-180 <= longitude <= 180 and -90 <= latitude <= 90):
        raise BadElection(
            f"{where}: expected degrees of WGS84, came {longitude}, {latitude}: another reference system?"
        )
    return float(longitude), float(latitude)


def _no_number(name: str) -> NoReturn:
    raise ValueError(f"{name} is no number of JSON")
