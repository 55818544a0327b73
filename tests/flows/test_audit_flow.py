"""`testigo audit`: the draw can be made again by anybody, and the papers decide."""

import csv
import hashlib
import io
import json
import re
from collections.abc import Callable, Mapping
from pathlib import Path

import pytest
from town import STATIONS, Figures, memory_world, table, write_town

from testigo.commands.audit import (
    draw_command,
    plan_command,
    plan_json,
    say_plan,
    say_status,
    status_command,
    status_json,
)
from testigo.errors import BadAssessment, BadUsage
from testigo.flows.audit import Status, draw, status
from testigo.flows.audit_plan import plan
from testigo.flows.report import report
from testigo.flows.seal import seal
from testigo.ports import World

SEED = "4 6 1 1 3 6"
STATED: Figures = (280, 11, 5, 7, 30)
DrawOn = Callable[..., Path]


def sealed_town(tmp_path: Path, *, official: bool = False, stations: tuple[str, ...] = STATIONS) -> World:
    """Ana has 280 and Ben 11 votes of 300 registered voters at each of these stations, as one source states."""
    folder = write_town(tmp_path / "election", bases=("photo", "north"))
    if official:
        toml = folder / "election.toml"
        toml.write_text(toml.read_text().replace('id = "south"\n', 'id = "south"\nkind = "official"\n', 1))
    (tmp_path / "home").mkdir()
    world = memory_world(folder, tmp_path / "home")
    report(world, "south" if official else "north", "a.csv", table(dict.fromkeys(stations, STATED)))
    seal(world)
    return world


@pytest.fixture
def town(tmp_path: Path) -> World:
    return sealed_town(tmp_path)


@pytest.fixture
def drawn(town: World, tmp_path: Path) -> Path:
    """An audit of the claim that Ana leads, by the test that needs fewest draws."""
    draw(town, tmp_path / "audit", seed=SEED, of="digitisation", test="kaplan-markov")
    return tmp_path / "audit"


def rows(folder: Path, name: str = "findings.csv") -> list[list[str]]:
    return list(csv.reader(io.StringIO((folder / name).read_text())))


def fill(folder: Path, papers: Mapping[str, tuple[str, ...]], delimiter: str = ",") -> Status:
    """Fills in these stations, everywhere else nothing, and asks for the status."""
    header, *lines = rows(folder)
    filled = [[line[0], *papers.get(line[0], ("",) * (len(header) - 1))] for line in lines]
    (folder / "findings.csv").write_text("\n".join(delimiter.join(line) for line in [header, *filled]) + "\n")
    return status(folder)


def agreeing(folder: Path) -> dict[str, tuple[str, ...]]:
    return {line[0]: ("280", "11") for line in rows(folder)[1:]}


def test_the_plan_tells_the_draws_of_every_claim(town: World, capsys: pytest.CaptureFixture[str]) -> None:
    found = plan(town, "digitisation", contest=None, withins=[1000, 2], risks=[0.05], both=False)
    assert (found.leader, found.rival, found.margin, found.full) == ("ANA", "BEN", 8 * 269, 8)
    # U = 8 * (269 + 300) / 2152 = 2.115; ln 0.05 / ln(1 - 1/U) = 4.7.
    assert [(one.within, one.kaplan_markov) for one in found.sizes] == [(None, 5), (1000, 13), (2, 6817)]
    say_plan(found)
    told = capsys.readouterr().out
    assert "ANA leads BEN by 2,152 votes at 8 stations" in told
    assert told.count("full count (8)") == 4
    assert json.loads(json.dumps(plan_json(found)))["sizes"][0]["kaplan_markov"] == 5


def test_without_limits_the_plan_shows_shares_of_the_margin(town: World) -> None:
    found = plan(town, "digitisation", contest=None, withins=[], risks=[0.1, 0.05], both=True)
    assert [one.within for one in found.sizes] == [w for w in (None, 2152, 1076, 538, 215, 22) for _ in range(2)]


def test_anybody_can_draw_again_from_the_seed_and_the_table_of_stations(drawn: Path) -> None:
    audit = json.loads((drawn / "audit.json").read_text())
    _, *stations = rows(drawn, "stations.csv")
    total = int(stations[-1][-1])
    assert total == audit["sum_of_sizes"]
    assert hashlib.sha256((drawn / "stations.csv").read_bytes()).hexdigest() == audit["stations"]["sha256"]
    for one in audit["draws"]:
        ticket = hashlib.sha256(f"{SEED},{one['draw']}".encode()).hexdigest()
        value = int(ticket, 16) * total >> 256
        station = next(line[0] for line in stations if int(line[-1]) > value)
        assert one == {"draw": one["draw"], "ticket": ticket, "value": value, "station": station}
    assert [line[0] for line in rows(drawn)[1:]] == list(dict.fromkeys(one["station"] for one in audit["draws"]))


def test_the_log_the_totals_and_the_claim_are_committed_to(town: World, drawn: Path) -> None:
    terms = json.loads((drawn / "audit.json").read_text())["terms"]
    head = town.journal.heads()[-1]
    assert (terms["log"]["size"], terms["log"]["root"]) == (head.size, head.root.hex())
    assert (terms["of"], terms["contest"], terms["risk"], terms["seed"]) == ("digitisation", "mayor", "0.05", SEED)


def test_the_worksheet_shows_stations_and_tickets_and_no_reported_figure(drawn: Path) -> None:
    page = (drawn / "worksheet.html").read_text()
    audit = json.loads((drawn / "audit.json").read_text())
    for one in audit["draws"]:
        assert one["ticket"] in page
        assert f">{one['station']}<" in page
    assert "Ward" in page
    assert re.findall(r">(?:280|11|2152)<", page) == []


def test_two_draws_of_the_same_log_are_the_same_bytes(town: World, drawn: Path, tmp_path: Path) -> None:
    again = tmp_path / "again"
    draw(town, again, seed=SEED, of="digitisation", test="kaplan-markov")
    assert {p.name: p.read_bytes() for p in again.iterdir()} == {p.name: p.read_bytes() for p in drawn.iterdir()}


def test_papers_that_agree_end_the_audit(drawn: Path, capsys: pytest.CaptureFixture[str]) -> None:
    before = fill(drawn, {})
    assert (before.seen, before.advice, before.running.more) == ((), "go on", 5)
    say_status(before)
    assert "Go on: about 5 more draws if no paper differs." in capsys.readouterr().out
    after = fill(drawn, agreeing(drawn))
    assert [one.error for one in after.seen] == [0] * 5
    assert after.running.kaplan_markov[-1] == pytest.approx((1 - 2152 / 4552) ** 5)
    say_status(after)
    assert "Stop: the limit is met after 5 draws." in capsys.readouterr().out
    told = json.loads(json.dumps(status_json(after)))
    assert (told["advice"], len(told["draws"])) == ("stop", 5)


def test_draws_count_in_their_order_up_to_the_first_paper_that_was_not_looked_up(drawn: Path) -> None:
    papers = agreeing(drawn)
    skipped = list(papers)[1]
    found = fill(drawn, {station: paper for station, paper in papers.items() if station != skipped})
    order = json_stations(drawn)
    assert [one.station for one in found.seen] == order[: order.index(skipped)]
    assert found.ahead == len(papers) - 1 - len({one.station for one in found.seen})


def json_stations(folder: Path) -> list[str]:
    return [one["station"] for one in json.loads((folder / "audit.json").read_text())["draws"]]


def test_votes_that_the_paper_does_not_have_raise_the_p_value(drawn: Path) -> None:
    papers = agreeing(drawn)
    first = json_stations(drawn)[0]
    found = fill(drawn, {**papers, first: ("200", "91")})
    assert found.seen[0].error == 160
    assert found.seen[0].taint == pytest.approx(160 / 569)
    assert found.advice == "go on"


def test_a_missing_paper_is_the_worst_case_and_a_full_count_for_kaplan_markov(drawn: Path) -> None:
    found = fill(drawn, {**agreeing(drawn), json_stations(drawn)[0]: ("Missing", "")})
    assert (found.seen[0].error, found.seen[0].taint) == (None, 1.0)
    assert (found.running.more, found.advice) == (None, "full count")


def test_a_table_saved_with_semicolons_is_read(drawn: Path) -> None:
    assert fill(drawn, agreeing(drawn), delimiter=";").advice == "stop"


@pytest.mark.parametrize(
    ("cells", "told"),
    [
        (("280", ""), "line 2, column BEN: expected a whole number up to 999999999 or missing, the cell is empty"),
        (("2x0", "11"), "line 2, column ANA: expected a whole number up to 999999999 or missing, came '2x0'"),
        (("280", "9999999999"), "line 2, column BEN: expected a whole number"),
        (("missing", "11"), "line 2, column BEN: the paper is missing, yet there is '11'"),
        (("280", "11", "3"), "line 2: expected 3 cells, came 4"),
        (("280", "50"), "line 2: the votes of .* add up to 330, expected 300 at most"),
    ],
)
def test_a_cell_that_cannot_be_is_named_by_line_and_column(drawn: Path, cells: tuple[str, ...], told: str) -> None:
    with pytest.raises(BadAssessment, match=told):
        fill(drawn, {json_stations(drawn)[0]: cells})


@pytest.mark.parametrize(
    ("change", "told"),
    [
        (lambda text: text.replace("station,ANA", "station,ANN"), "line 1: expected the columns station,ANA,BEN"),
        (lambda text: text + "T9,1,2\n", "column station: expected a station that was drawn, came 'T9'"),
        (lambda text: text + text.splitlines()[1] + "\n", "stands in line 2 already"),
    ],
)
def test_a_table_of_other_stations_or_columns_is_refused(drawn: Path, change: Callable[[str], str], told: str) -> None:
    path = drawn / "findings.csv"
    path.write_text(change(path.read_text()))
    with pytest.raises(BadAssessment, match=told):
        status(drawn)


def test_more_draws_begin_with_the_same_and_keep_what_was_filled_in(town: World, drawn: Path) -> None:
    before, filled = json_stations(drawn), agreeing(drawn)
    fill(drawn, filled)
    draw(town, drawn, seed=SEED, of="digitisation", test="kaplan-markov", draws=30)
    assert json_stations(drawn)[: len(before)] == before
    assert len(json_stations(drawn)) == 30
    assert {line[0]: tuple(line[1:]) for line in rows(drawn)[1:]} == {
        station: filled.get(station, ("", "")) for station in dict.fromkeys(json_stations(drawn))
    }


@pytest.mark.parametrize(
    ("other", "told"),
    [
        ({"seed": "1"}, "the seed is fixed: expected 4 6 1 1 3 6, came 1"),
        ({"risk": 0.1}, r"the risk is fixed: expected 0\.05, came 0\.1"),
        ({"within": 2000}, "the within is fixed: expected None, came 2000"),
        ({"test": "capped"}, "the test is fixed: expected kaplan-markov, came capped"),
        ({"contest": "council"}, "the contest is fixed: expected mayor, came council"),
    ],
)
def test_another_seed_or_claim_needs_another_folder(town: World, drawn: Path, other: dict, told: str) -> None:  # type: ignore[type-arg]
    terms = {"seed": SEED, "of": "digitisation", "test": "kaplan-markov"}
    with pytest.raises(BadAssessment, match=told):
        draw(town, drawn, **(terms | other))


def test_a_log_that_has_grown_is_refused_by_name(town: World, drawn: Path) -> None:
    assert status(drawn, town).advice == "go on"
    report(town, "north", "b.csv", table({"T1": (250, 11, 5, 7, 30)}))
    with pytest.raises(BadUsage, match="an audit is of a sealed log, and 3 records wait"):
        draw(town, drawn, seed=SEED, of="digitisation", test="kaplan-markov")
    seal(town)
    for ask in (lambda: status(drawn, town), lambda: draw(town, drawn, seed=SEED, of="digitisation")):
        with pytest.raises(BadAssessment, match="the size of the log is fixed: expected"):
            ask()


@pytest.mark.parametrize(
    ("name", "old", "new", "told"),
    [
        ("audit.json", SEED, "1", "draws does not follow"),
        ("audit.json", '"risk": "0.05"', '"risk": "1.5"', "expected the file that `testigo audit draw` wrote"),
        ("audit.json", '"leader": "ANA"', '"leader": "BEN"', "leader does not follow"),
        ("stations.csv", "T1,300,280", "T1,300,290", "does not follow from the terms"),
        ("stations.csv", "T1,300,280", "T1,300,many", "expected the table that `testigo audit draw` wrote"),
    ],
)
def test_a_file_that_was_changed_since_is_found_out(drawn: Path, name: str, old: str, new: str, told: str) -> None:
    path = drawn / name
    assert old in path.read_text()
    path.write_text(path.read_text().replace(old, new))
    with pytest.raises(BadAssessment, match=told):
        status(drawn)


def test_a_folder_without_an_audit_is_named(town: World, tmp_path: Path) -> None:
    with pytest.raises(BadAssessment, match=r"audit\.json: expected this file of an audit, there is none"):
        status(tmp_path / "nothing")
    (tmp_path / "other").mkdir()
    (tmp_path / "other" / "letter.txt").write_text("mine")
    with pytest.raises(BadUsage, match="expected an empty place or an audit, came a folder with other files"):
        draw(town, tmp_path / "other", seed=SEED, of="digitisation")


def test_a_net_error_is_audited_in_both_directions(town: World, tmp_path: Path) -> None:
    folder = tmp_path / "net"
    draw(town, folder, seed=SEED, of="digitisation", within=3000, both=True, draws=9)
    papers = {**agreeing(folder), json_stations(folder)[0]: ("0", "0")}
    over = fill(folder, papers)
    assert over.seen[0].taint == pytest.approx(269 / 569)
    under = fill(folder, {**papers, json_stations(folder)[0]: ("291", "0")})
    assert under.seen[0].error == -22
    assert under.seen[0].taint == pytest.approx(22 / 569)


def test_a_claim_that_needs_more_draws_than_stations_is_a_full_count(town: World, tmp_path: Path) -> None:
    with pytest.raises(BadUsage, match="needs more draws than the 8 stations: count all papers"):
        draw(town, tmp_path / "audit", seed=SEED, of="digitisation", within=10)


def test_a_limit_beyond_every_possible_error_leaves_nothing_to_draw(town: World, tmp_path: Path) -> None:
    with pytest.raises(BadUsage, match="--within 5000: all stations together cannot be wrong by so many votes"):
        draw(town, tmp_path / "audit", seed=SEED, of="digitisation", within=5000)


def test_stations_that_the_authority_does_not_state_count_against_its_leader(tmp_path: Path) -> None:
    world = sealed_town(tmp_path, official=True, stations=STATIONS[:6])
    found = plan(world, "south", contest=None, withins=[], risks=[0.05], both=False)
    assert (found.full, found.missing) == (6, 600)
    # U = 6 * 569 / (6 * 269 - 600) = 3.367.
    assert found.sizes[0].kaplan_markov == 9
    audit = draw(world, tmp_path / "audit", seed=SEED, of="south", draws=9)
    assert float(audit.case.bound) == pytest.approx(6 * 569 / 1014)
    assert "Table of the south" in (tmp_path / "audit" / "worksheet.html").read_text()


def test_a_rival_who_could_lead_with_the_missing_stations_is_a_full_count(tmp_path: Path) -> None:
    world = sealed_town(tmp_path, official=True, stations=STATIONS[:3])
    found = plan(world, "south", contest=None, withins=[], risks=[0.05], both=False)
    assert (found.sizes[0].kaplan_markov, found.sizes[0].capped) == (None, None)
    with pytest.raises(BadUsage, match="BEN could lead ANA with the 1500 votes that are missing"):
        draw(world, tmp_path / "audit", seed=SEED, of="south")


def test_a_source_that_is_not_official_is_no_result_to_be_audited(town: World) -> None:
    with pytest.raises(BadUsage, match=r"or a source of kind official .*\(this election has none\); came north"):
        plan(town, "north", contest=None, withins=[], risks=[0.05], both=False)


def test_nothing_sealed_is_nothing_to_audit(tmp_path: Path) -> None:
    (tmp_path / "home").mkdir()
    world = memory_world(write_town(tmp_path / "election"), tmp_path / "home")
    with pytest.raises(BadUsage, match="expected sealed figures of a contest with two choices or more"):
        draw(world, tmp_path / "audit", seed=SEED, of="digitisation")


@pytest.mark.parametrize(("risk", "seed", "told"), [(1.0, SEED, "--risk"), (0.05, " 1", "seed"), (0.05, "", "seed")])
def test_a_risk_or_seed_that_cannot_be_is_refused(
    town: World, tmp_path: Path, risk: float, seed: str, told: str
) -> None:
    with pytest.raises(BadUsage, match=f"{told}: expected"):
        draw(town, tmp_path / "audit", seed=seed, of="digitisation", risk=risk, test="kaplan-markov")
    assert not (tmp_path / "audit").exists()


def test_the_commands_lead_from_one_to_the_next(
    home_world: World, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    report(home_world, "north", "a.csv", table(dict.fromkeys(STATIONS, STATED)))
    seal(home_world)
    home, folder = home_world.home, tmp_path / "audit"
    plan_command(home=home, json_=True)
    assert json.loads(capsys.readouterr().out)["stations"] == 8
    draw_command(folder, seed=SEED, home=home, risk=0.1, test="kaplan-markov")
    assert f"fill in {folder / 'findings.csv'}, then: testigo audit status {folder}" in capsys.readouterr().out
    fill(folder, agreeing(folder))
    status_command(folder, home=home, json_=True)
    assert json.loads(capsys.readouterr().out)["advice"] == "stop"
