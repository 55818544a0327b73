"""`testigo sample`: the plan, a draw that anybody can make again, and what the drawn stations say."""

import csv
import hashlib
import io
import json
from collections.abc import Callable
from pathlib import Path

import pytest
from town import STATIONS, memory_world, table, write_town

from testigo.cli import app
from testigo.commands.sample import draw_command, estimate_command, plan_command
from testigo.commands.sample_says import say_estimate
from testigo.errors import BadAssessment, BadUsage
from testigo.flows.report import report
from testigo.flows.sample import draw_sample, estimate
from testigo.flows.sample_folder import read_sample
from testigo.flows.sample_plan import Assumed, SamplePlan, plan, to_draw
from testigo.flows.seal import seal
from testigo.ports import World
from testigo.stats.sample import DESIGNS

SEED = "4 6 1 1 3 6"


@pytest.fixture
def town(tmp_path: Path) -> World:
    """Eight stations of 300 voters in two wards; nothing has arrived yet."""
    (tmp_path / "home").mkdir()
    return memory_world(write_town(tmp_path / "election", bases=("photo", "north")), tmp_path / "home")


def rows(folder: Path) -> list[dict[str, str]]:
    return list(csv.DictReader(io.StringIO((folder / "worklist.csv").read_text())))


def arrive(world: World, *stations: str) -> None:
    report(world, "north", f"{'-'.join(stations)}.csv", table(stations))
    seal(world)


def test_anybody_can_draw_again_from_the_seed_and_the_register(town: World, tmp_path: Path) -> None:
    draw_sample(town, tmp_path / "s", seed=SEED, stations=5)
    told = json.loads((tmp_path / "s" / "sample.json").read_text())
    assert [(one["area"], one["stations"], one["drawn"]) for one in told["strata"]] == [("0", 4, 3), ("1", 4, 2)]

    def ticket(station: str) -> str:
        return hashlib.sha256(f"{SEED},{station}".encode()).hexdigest()

    expected = [*sorted(STATIONS[:4], key=ticket)[:3], *sorted(STATIONS[4:], key=ticket)[:2]]
    found = rows(tmp_path / "s")
    assert [row["station"] for row in found] == expected
    assert [row["ticket"] for row in found] == [ticket(station) for station in expected]
    assert [row["order"] for row in found] == ["1", "2", "3", "4", "5"]
    assert found[0]["area_name"] == "Ward 0"


def test_the_sample_names_the_register_that_the_log_holds(town: World, tmp_path: Path) -> None:
    drawn = draw_sample(town, tmp_path / "s", seed=SEED, stations=4, design="simple")
    stations = (tmp_path / "election" / "stations.csv").read_bytes()
    assert drawn.terms.register == hashlib.sha256(stations).hexdigest()
    assert drawn.terms.level is None


@pytest.mark.parametrize("design", DESIGNS)
def test_the_same_draw_writes_the_same_bytes(town: World, tmp_path: Path, design: str) -> None:
    for name in ("one", "two", "one"):
        draw_sample(town, tmp_path / name, seed=SEED, stations=6, design=design)  # type: ignore[arg-type]
    one, two = ({path.name: path.read_bytes() for path in (tmp_path / n).iterdir()} for n in ("one", "two"))
    assert one == two
    assert read_sample(tmp_path / "one", town).drawn == tuple(row["station"] for row in rows(tmp_path / "one"))


@pytest.mark.parametrize(
    ("other", "told"),
    [
        ({"seed": "2"}, "the seed is fixed: expected 4 6 1 1 3 6, came 2"),
        ({"stations": 6}, "the stations is fixed: expected 5, came 6"),
        ({"design": "simple"}, "the design is fixed: expected stratified, came simple"),
    ],
)
def test_nobody_draws_until_a_sample_pleases(town: World, tmp_path: Path, other: dict, told: str) -> None:  # type: ignore[type-arg]
    terms = {"seed": SEED, "stations": 5}
    draw_sample(town, tmp_path / "s", **terms)  # type: ignore[arg-type]
    with pytest.raises(BadAssessment, match=told):
        draw_sample(town, tmp_path / "s", **(terms | other))


def test_a_list_that_was_edited_is_found_out(town: World, tmp_path: Path) -> None:
    drawn = draw_sample(town, tmp_path / "s", seed=SEED, stations=5).drawn
    other = next(station for station in STATIONS if station not in drawn)
    path = tmp_path / "s" / "worklist.csv"
    path.write_text(path.read_text().replace(drawn[0], other))
    with pytest.raises(BadAssessment, match=r"worklist\.csv: it is not what the terms draw from the register"):
        estimate(town, tmp_path / "s")


@pytest.mark.parametrize(
    ("old", "new", "told"),
    [
        ('"seed": "4', '"seed": "5', r"worklist\.csv: it is not what the terms draw"),
        ('"election": "town"', '"election": "city"', "it is of another election: expected town, came city"),
        ('"design": "stratified"', '"design": "hearsay"', "expected the file that `testigo sample draw` wrote"),
        ('"stations": 5', '"stations": 9', "expected 2 to 8 stations, came 9"),
        ('"drawn": 2', '"drawn": 3', r"sample\.json: it is not what the terms draw"),
    ],
)
def test_terms_that_were_changed_are_found_out(town: World, tmp_path: Path, old: str, new: str, told: str) -> None:
    draw_sample(town, tmp_path / "s", seed=SEED, stations=5)
    path = tmp_path / "s" / "sample.json"
    assert old in path.read_text()
    path.write_text(path.read_text().replace(old, new, 1))
    with pytest.raises(BadAssessment, match=told):
        estimate(town, tmp_path / "s")


def test_a_sample_of_all_stations_gives_the_totals_by_chance_alone(town: World, tmp_path: Path) -> None:
    draw_sample(town, tmp_path / "s", seed=SEED, stations=8)
    arrive(town, *STATIONS)
    found = estimate(town, tmp_path / "s")
    # ANA has 20 + n and BEN 30 - n votes at station n: 196 and 204 of 400.
    assert [share.value for share in found.found.shares] == pytest.approx([0.49, 0.51])
    assert found.found.lead.low == pytest.approx(found.found.lead.high) == pytest.approx(0.02)
    assert (found.layer, found.missing, found.expected) == ("design", (), 8)
    assert estimate(town, tmp_path / "s", contest="council").choices == ("X", "YES")


def test_only_drawn_stations_are_looked_at(town: World, tmp_path: Path) -> None:
    drawn = draw_sample(town, tmp_path / "s", seed=SEED, stations=5).drawn
    arrive(town, *drawn)
    before = estimate(town, tmp_path / "s")
    arrive(town, *(station for station in STATIONS if station not in drawn))
    assert estimate(town, tmp_path / "s") == before


def test_drawn_stations_that_are_missing_take_the_claim_out_of_chance(
    town: World, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    drawn = draw_sample(town, tmp_path / "s", seed=SEED, stations=6, design="simple").drawn
    arrive(town, *drawn[1:])
    found = estimate(town, tmp_path / "s")
    assert (found.layer, found.missing) == ("model", (drawn[0],))
    assert (found.found.drawn, found.found.arrived) == (6, 5)
    assert found.found.worst is not None
    say_estimate(found)
    told = capsys.readouterr().out
    assert "5 of 6 drawn stations arrived, of 8" in told
    assert "Layer 3, model: 1 drawn stations have no accepted result." in told
    assert "Layer 2: at least - at most holds whatever they say" in told


def test_before_two_stations_arrive_nothing_is_estimated(town: World, tmp_path: Path) -> None:
    draw_sample(town, tmp_path / "s", seed=SEED, stations=5)
    with pytest.raises(BadUsage, match="0 of 5 drawn ones arrived"):
        estimate(town, tmp_path / "s")


def planned(world: World, **other: object) -> SamplePlan:
    asked = {"contest": None, "margins": [0.05], "stations": [4, 8], "level": None, "confidence": 0.95}
    return plan(world, **(asked | other))  # type: ignore[arg-type]


def test_the_plan_learns_from_the_results_that_are_held(town: World) -> None:
    arrive(town, *STATIONS)
    found = planned(town)
    assert (found.leader, found.rival, found.frame, found.known, found.votes) == ("BEN", "ANA", 8, 8, 50)
    assert found.share == pytest.approx(0.51)
    # S of BEN's votes 22..29 is sqrt(6), over 50 votes .049; 1.96 * .049 * sqrt(1/4 - 1/8) for 4 of 8 stations.
    four, eight = (one for one in found.widths if one.figure == "share")
    assert four.halves[0] == pytest.approx(1.959964 * 6**0.5 / 50 * (1 / 8) ** 0.5)
    assert eight.halves == (0, 0, 0)
    share, lead = found.needs
    assert share.stations == (3, 4, 3)  # two in each ward are the least
    assert lead.stations[0] > share.stations[0]


def test_the_plan_can_do_with_what_is_supposed(town: World) -> None:
    supposed = Assumed(votes=434.2, share=0.67083, design_effect=36.62)
    found = planned(town, margins=[0.01], stations=[971], frame=25_073, assumed=supposed)
    assert (found.leader, found.known, round(found.alike, 4)) == (None, 0, 0.0822)
    assert [round(100 * half, 2) for one in found.widths for half in one.halves] == [0.84] * 3 + [1.68] * 3
    assert found.needs[0].stations == (696,) * 3


@pytest.mark.parametrize(
    ("other", "told"),
    [
        ({"stations": [9]}, "--stations: expected 2 to 8, came 9"),
        ({"stations": []}, "expected results of mayor at four stations or more to learn from, came 0"),
        ({"stations": [], "level": "street"}, "expected results of mayor"),
        ({"assumed": Assumed(400, 1.2, 30)}, "expected a share between 0 and 1"),
        ({"contest": "queen"}, "--contest: expected one of mayor, council; came queen"),
    ],
)
def test_a_plan_that_cannot_be_is_refused(town: World, other: dict, told: str) -> None:  # type: ignore[type-arg]
    with pytest.raises(BadUsage, match=told):
        planned(town, **other)


@pytest.mark.parametrize(
    ("other", "told"),
    [
        ({"level": "street"}, "--level: expected one of ward; came street"),
        ({"design": "simple", "level": "ward"}, "only a stratified sample is drawn by areas"),
        ({"stations": 3}, r"sample of 3 stations: expected 4 to 8 \(at least 2 in each of 2 strata\)"),
        ({"design": "hearsay"}, "--design: expected one of simple, stratified, systematic; came hearsay"),
        ({"seed": ""}, "seed: expected"),
    ],
)
def test_a_draw_that_cannot_be_is_refused_and_leaves_nothing(
    town: World,
    tmp_path: Path,
    other: dict,  # type: ignore[type-arg]
    told: str,
) -> None:
    with pytest.raises(BadUsage, match=told):
        draw_sample(town, tmp_path / "s", **({"seed": SEED, "stations": 5} | other))
    assert not (tmp_path / "s").exists()
    (tmp_path / "full").mkdir()
    (tmp_path / "full" / "letter.txt").write_text("mine")
    with pytest.raises(BadUsage, match="expected an empty place or a sample"):
        draw_sample(town, tmp_path / "full", seed=SEED, stations=5)


def test_more_are_drawn_where_some_will_not_arrive() -> None:
    assert [to_draw(650, rate, 1_000) for rate in (1.0, 0.65, 0.5)] == [650, 1_000, None]
    with pytest.raises(BadUsage, match="--arrival: expected a rate"):
        to_draw(10, 0.0, 100)


def test_the_commands_lead_from_one_to_the_next(
    home_world: World, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    home, folder = home_world.home, tmp_path / "sample"
    plan_command(home=home, design_effect=30.0, votes=50.0, stations=(5,), margin=(5.0,), json_=True)
    assert json.loads(capsys.readouterr().out)["design_effect"] == 30
    draw_command(folder, seed=SEED, stations=5, home=home)
    told = capsys.readouterr().out
    assert "5 stations of 8, stratified by ward" in told
    assert f"then: testigo sample estimate {folder}" in told
    arrive(home_world, *(row["station"] for row in rows(folder)))
    estimate_command(folder, home=home)
    told = capsys.readouterr().out
    assert "5 of 5 drawn stations arrived, of 8; stratified by ward, seed '4 6 1 1 3 6'" in told
    assert "Layer 2, chance that we chose (design-based probability): 95 of 100 such draws" in told
    estimate_command(folder, home=home, json_=True)
    found = json.loads(capsys.readouterr().out)
    assert (found["layer"], found["seed"], found["stations"]["arrived"]) == ("design", SEED, 5)
    plan_command(home=home, stations=(4,), arrival=0.8)
    told = capsys.readouterr().out
    assert "Learned from 5 stations" in told
    assert "Of the drawn stations 80% are expected to arrive." in told
    with pytest.raises(BadUsage, match="--design-effect and --votes: expected both or neither"):
        plan_command(home=home, votes=3.0)


@pytest.fixture
def typed(home_world: World, capsys: pytest.CaptureFixture[str]) -> Callable[..., str]:
    """What the command line prints for these words."""

    def run(*words: str) -> str:
        app([*words, "--home", str(home_world.home)], exit_on_error=False, result_action="return_value")
        return capsys.readouterr().out

    return run


def test_the_command_line_draws_and_estimates(home_world: World, tmp_path: Path, typed: Callable[..., str]) -> None:
    folder = str(tmp_path / "s")
    assert "6 stations of 8, systematic" in typed(
        "sample", "draw", folder, "--seed", "17", "--stations", "6", "--design", "systematic"
    )
    arrive(home_world, *(row["station"] for row in rows(Path(folder))))
    assert "systematic, seed '17'" in typed("sample", "estimate", folder)
    assert "The lead of" in typed("sample", "plan", "--margin", "5", "2")
