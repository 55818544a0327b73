"""The map with real boundaries: where areas lie, what they are filled with, and where it stands on the board."""

import json
import re
import subprocess
import sys
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from math import cos, sin, tau
from pathlib import Path
from types import ModuleType
from xml.etree import ElementTree

import pytest
from served import served

from testigo.core.boundaries import Land, Ring
from testigo.core.ids import AreaId
from testigo.errors import BadElection
from testigo.flows.board import AreaRow
from testigo.flows.publish import publish
from testigo.flows.report import report
from testigo.web.land import HIGH, WIDE, LandMap, step_of
from testigo.wiring import make_home

SVG = "{http://www.w3.org/2000/svg}"
TABLE = """
[boundaries]
level = "ward"
code = "WARD"
licence = "CC0-1.0"
attribution = "Survey <of> the town"
"""


def square(west: float, south: float, side: float = 1.0) -> Ring:
    east, north = west + side, south + side
    return ((west, south), (east, south), (east, north), (west, north), (west, south))


def row(code: str, received: int, expected: int | None) -> AreaRow:
    return AreaRow(AreaId(code), f"Ward {code}", expected, received, 0, 0)


def parsed(text: str) -> ElementTree.Element:
    return ElementTree.fromstring(str.replace(text, "<svg ", '<svg xmlns="http://www.w3.org/2000/svg" ', 1))


def spots(way: str) -> list[tuple[int, int]]:
    """The corners of a path's first ring."""
    x, y, *steps = map(int, re.findall(r"-?\d+", way.split("z")[0]))
    found = [(x, y)]
    for dx, dy in zip(steps[::2], steps[1::2], strict=True):
        found.append((found[-1][0] + dx, found[-1][1] + dy))
    return found


def ways(map_: LandMap, *rows: AreaRow) -> list[list[tuple[int, int]]]:
    drawn = parsed(map_.drawn(rows, "map"))
    return [spots(one.attrib["d"]) for one in drawn.iter(f"{SVG}path")]


def test_degrees_of_longitude_are_as_narrow_as_they_are_there() -> None:
    (ring,) = ways(LandMap([Land(AreaId("1"), (square(10, 59.5),))]), row("1", 1, 2))
    xs, ys = [x for x, _ in ring], [y for _, y in ring]
    assert (max(ys) - min(ys), min(xs), min(ys)) == (HIGH, 0, 0)
    assert max(xs) == pytest.approx(HIGH / 2, abs=1)


def test_neighbours_share_every_corner_and_north_is_above() -> None:
    land = [Land(AreaId("1"), (square(0, 0),)), Land(AreaId("2"), (square(1, 0),)), Land(AreaId("3"), (square(0, 1),))]
    one, east, north = (set(ring) for ring in ways(LandMap(land), *(row(str(n), 0, 1) for n in (1, 2, 3))))
    assert len(one & east) == len(one & north) == 2
    assert max(x for x, _ in east) > max(x for x, _ in one)
    assert min(y for _, y in north) < min(y for _, y in one)


def test_a_country_on_both_sides_of_the_date_line_is_in_one_piece() -> None:
    land = [Land(AreaId("1"), (square(178, 0),)), Land(AreaId("2"), (square(-180, 0),))]
    one, two = ways(LandMap(land), row("1", 0, 1), row("2", 0, 1))
    assert max(x for x, _ in one) < min(x for x, _ in two) < WIDE


def test_an_area_too_small_for_the_grid_is_still_there() -> None:
    land = [Land(AreaId("1"), (square(0, 0, 10),)), Land(AreaId("2"), (square(4, 4, 1e-6),))]
    _, dot = ways(LandMap(land), row("1", 0, 1), row("2", 0, 1))
    assert len(set(dot)) == 4


def test_a_map_of_many_corners_is_drawn_on_a_coarser_grid_and_stays_small() -> None:
    circle = [(cos(n / 30_000 * tau), sin(n / 30_000 * tau) + (n % 2) * 0.01) for n in range(100_000)]
    land = [Land(AreaId("1"), ((*circle, circle[0]),)), Land(AreaId("2"), (square(2, 0),))]
    drawn = LandMap(land).drawn([row("1", 1, 2), row("2", 1, 2)], "map")
    assert len(drawn) < 300_000
    assert all(x % 2 == 0 and y % 2 == 0 for ring in map(spots, re.findall(' d="([^"]+)', drawn)) for x, y in ring)


def test_fills_grow_with_the_share_and_what_nobody_knows_is_hatched() -> None:
    steps = [step_of(row("1", received, 1000)) for received in (0, 1, 249, 250, 500, 750, 999, 1000, 1001)]
    assert steps == [f"step{n}" for n in (0, 1, 1, 2, 3, 4, 4, 5, 5)]
    assert [step_of(row("1", 3, expected)) for expected in (None, 0)] == ["unknown", "unknown"]


def test_labels_stand_where_they_have_room() -> None:
    land = [Land(AreaId("1"), (square(0, 0, 9),)), Land(AreaId("2"), (square(9, 0, 0.3),))]
    drawn = parsed(LandMap(land).drawn([row("1", 1, 4), row("2", 1, 4)], 'the "map"'))
    assert [text.text for text in drawn.iter(f"{SVG}text")] == ["Ward 1", "25%"]
    assert [title.text for title in drawn.iter(f"{SVG}title")] == ["Ward 1: 1 / 4", "Ward 2: 1 / 4"]
    assert (drawn.attrib["role"], drawn.attrib["aria-label"]) == ("img", 'the "map"')
    long = AreaRow(AreaId("1"), "x" * 200, None, 1, 0, 0)
    told = [text.text for text in parsed(LandMap(land).drawn([long], "map")).iter(f"{SVG}text")]
    assert (told[0][-2:], told[1]) == ("x…", "?")  # type: ignore[index]
    hole = (square(0, 0, 9), square(1, 1, 7))
    (text, *_) = parsed(LandMap([Land(AreaId("1"), hole)]).drawn([row("1", 1, 4)], "map")).iter(f"{SVG}text")
    assert not HIGH / 9 < int(text.attrib["x"]) < HIGH * 8 / 9


@pytest.fixture
def write(town: ModuleType, tmp_path: Path) -> Callable[..., Path]:
    """Writes the town with these features, of code and its place."""

    def made(*codes: str) -> Path:
        folder: Path = town.write_town(tmp_path / "election")
        (folder / "election.toml").write_text((folder / "election.toml").read_text() + TABLE)
        features = [
            {"properties": {"WARD": code}, "geometry": {"type": "Polygon", "coordinates": [square(n, 5)]}}
            for n, code in enumerate(codes)
        ]
        whole = {"type": "FeatureCollection", "features": features}
        (folder / "boundaries.geojson").write_text(json.dumps(whole))
        return folder

    return made


def test_the_board_shows_the_map_below_its_table_with_where_it_comes_from(
    town: ModuleType, write: Callable[..., Path], tmp_path: Path
) -> None:
    world, _ = make_home(write("1", "0"), tmp_path / "home", None)
    report(world, "north", "a.csv", town.table(town.STATIONS[:3]))
    with served(world, town.TextReader()) as server:
        steward = server.invited("steward")
        board, wall = steward.get("/board").text, steward.get("/board/wall").text
    for page in (board, wall):
        drawn = parsed(
            page[page.index('<svg class="land" viewBox="-8') : page.index("</svg>", page.index("<figure"))] + "</svg>"
        )
        assert [one.attrib["class"] for one in drawn.iter(f"{SVG}path")] == ["step4", "step0"]
        assert "Survey &lt;of&gt; the town" in page
        assert "style=" not in page
    assert board.index("<caption>") < board.index('<svg class="tiles"') < board.index('<svg class="land"')


def test_the_boundaries_are_a_file_of_the_log_and_setup_refuses_wrong_ones(
    write: Callable[..., Path], tmp_path: Path
) -> None:
    with pytest.raises(BadElection, match=r"boundaries\.geojson: property WARD: .* missing 0"):
        make_home(write("1"), tmp_path / "home", None)
    assert not (tmp_path / "home").exists()


def test_an_election_that_names_boundaries_needs_the_file(write: Callable[..., Path], tmp_path: Path) -> None:
    folder = write("0", "1")
    (folder / "boundaries.geojson").unlink()
    with pytest.raises(BadElection, match=r"boundaries\.geojson: expected this file of the election, it is missing"):
        make_home(folder, tmp_path / "home", None)


def test_a_bundle_with_boundaries_verifies_with_the_program_that_travels_in_it(
    town: ModuleType, write: Callable[..., Path], tmp_path: Path
) -> None:
    world, _ = make_home(write("0", "1"), tmp_path / "home", None)
    with ThreadPoolExecutor(1) as executor:
        publish(world, tmp_path / "site", town.TextReader(), executor, lambda step: None)
    bundle = tmp_path / "site" / "bundle"
    assert [path.name for path in bundle.rglob("*.geojson")] == ["boundaries.geojson"]
    command = [sys.executable, "-I", "verify_alone.py", ".", "--policy", str(tmp_path / "home" / "policy.txt")]
    ran = subprocess.run(command, cwd=bundle, capture_output=True, text=True, check=False)
    assert ran.returncode == 0, ran.stdout
