"""Every election folder of the project loads whole, and a mistake in one is told by file and key."""

from pathlib import Path

import pytest

from testigo.core.election import Election, election_from_toml
from testigo.core.form import Form, form_from_toml, read_code
from testigo.core.register import register_from_csv
from testigo.core.rows import station_template
from testigo.errors import BadElection

ELECTIONS = Path(__file__).resolve().parents[2] / "elections"
FOLDERS = sorted(path.parent for path in ELECTIONS.glob("*/election.toml"))


def load(folder: Path) -> tuple[Election, dict[str, Form]]:
    election = election_from_toml((folder / "election.toml").read_text(encoding="utf-8"), "election.toml")
    forms = {
        path.parent.name: form_from_toml(path.read_text(encoding="utf-8"), path.parent.name)
        for path in sorted(folder.glob("forms/*/form.toml"))
    }
    return election, forms


def test_the_real_elections_are_there() -> None:
    assert {"bo-2025", "ve-2024"} <= {folder.name for folder in FOLDERS}


@pytest.mark.parametrize("folder", FOLDERS, ids=lambda folder: folder.name)
def test_an_election_folder_loads_and_its_parts_fit_together(folder: Path) -> None:
    election, forms = load(folder)
    assert election.id == folder.name
    assert {name: form.id for name, form in forms.items()} == {name: name for name in forms}
    for contest in election.contests:
        on_form = set(forms[contest.form].fields)
        for choice in contest.choices:
            assert choice.id in on_form or set(choice.lines) <= on_form, choice.id
        colours = [choice.colour for choice in contest.choices]
        assert len(set(colours)) == len(colours)
    for source in election.sources:
        station_template(source)
    for form in forms.values():
        width, height = form.paper_mm
        regions = [box.box_mm for box in form.boxes] + [region.box_mm for region in form.personal]
        for x, y, w, h in regions + [code.region_mm for code in form.codes if code.region_mm]:
            assert min(x, y) >= 0
            assert x + w <= width
            assert y + h <= height
        for code in form.codes:
            listed = [field for _, members in code.lists for field in members]
            assert len(set(listed)) == len(listed)
    if election.register.file is not None:
        text = (folder / election.register.file).read_text(encoding="utf-8")
        assert register_from_csv(text, election, election.register.file).stations


def test_the_venezuelan_code_says_its_38_lines_in_ballot_order() -> None:
    election, forms = load(ELECTIONS / "ve-2024")
    text = "010101001.01.1.0001!" + ",".join(map(str, range(1, 39))) + "!3!4"
    content = read_code(forms["ve"], "QRCode", text)
    assert content is not None
    lines = [line for choice in election.contests[0].choices for line in choice.lines]
    assert content.station == "010101001.01"
    assert list(content.counts.items()) == [*zip(lines, range(1, 39), strict=True), ("null", 3), ("invalid", 4)]
    assert [len(choice.lines) for choice in election.contests[0].choices] == [13, 6, 1, 4, 6, 1, 2, 3, 1, 1]


@pytest.mark.parametrize(
    "text",
    [
        "010101001.01.1.0001!" + ",".join(["1"] * 37) + "!0!0",
        "010101001.01.1.0001!" + ",".join(["1"] * 38) + "!0",
        "010101001.01.2.0001!" + ",".join(["1"] * 38) + "!0!0",
        "10101001.01.1.0001!" + ",".join(["1"] * 38) + "!0!0",
        "010101001.01.1.0001!" + ",".join(["-1"] * 38) + "!0!0",
    ],
)
def test_a_code_of_another_shape_is_no_code_of_the_venezuelan_form(text: str) -> None:
    _, forms = load(ELECTIONS / "ve-2024")
    assert read_code(forms["ve"], "QRCode", text) is None


def test_the_bolivian_codes_name_the_station_and_no_figures() -> None:
    election, forms = load(ELECTIONS / "bo-2025")
    for symbology, text in (("QRCode", "0320101020127940020206001|1000551|123311"), ("Code128", "1000551")):
        content = read_code(forms["bo"], symbology, text)
        assert content is not None
        assert (content.station, dict(content.counts)) == ("1000551", {})
        assert election.station_pattern.fullmatch(content.station)


def test_the_policy_of_venezuela_prefers_the_later_table_then_the_photo() -> None:
    election, _ = load(ELECTIONS / "ve-2024")
    assert [basis.id for basis in election.policy.bases] == [
        "organisers-v2", "organisers-v1", "photo-code", "third-party-qr",
    ]  # fmt: skip
    assert election.policy.disagreement == "precedence"
    assert [
        (a.id, a.stations_ppm, sum(a.votes.values()) + sum(g[2] for g in a.groups)) for a in election.announced
    ] == [
        ("bulletin-1", 800_000, 10_058_774),
        ("bulletin-2", 968_700, 12_335_884),
    ]


@pytest.mark.parametrize(
    ("old", "new", "sentence"),
    [
        ('language = "es"', 'langage = "es"', "election: expected the key language (a text), it is missing"),
        ('licence = "CC BY 4.0"', 'licence = "CC BY 4.0"\nyear = 2024', "election: unknown key year"),
        ("pad = 12", 'pad = "12"', "station: pad: expected a whole number, came '12'"),
        ('pattern = "^', 'pattern = "(^', "station.pattern: expected a regular expression"),
        ("expected_stations = 30026", "expected = 30026", "register: unknown key expected"),
        ('"third-party-qr"]', '"fourth"]', "register: derive_from: no source is called fourth"),
        ('valid = "VOTOS_VALIDOS"', 'valido = "V"', "source[1]: columns: no field or level is called valido"),
        ('disagreement = "precedence"', 'disagreement = "vote"', "policy: disagreement: expected precedence or"),
        ('from = "reading"', 'from = "rumour"', "policy: basis[3]: from: expected reading, entry or report, came"),
        ("NM = 5150092", "XX = 5150092", "announced[1]: expected choices of the contest, came XX"),
        ('colour = "#d55e00"', 'colour = "red"', "choice[1]: expected an id of letters and digits and a colour"),
        (
            '"LM.AD", "LM.COPEI"',
            '"LM.AD", "LM.AD"',
            "fields of the contests: expected every id once, came twice: LM.AD",
        ),
        ("[areas]", "[area]", "expected the key areas (a table), it is missing"),
        ('id = "ve-2024"', 'id = "ve 2024"', "election: expected id of letters, digits"),
    ],
)
def test_a_mistake_in_an_election_is_told_with_file_and_key(old: str, new: str, sentence: str) -> None:
    text = (ELECTIONS / "ve-2024" / "election.toml").read_text(encoding="utf-8")
    assert old in text
    with pytest.raises(BadElection) as caught:
        election_from_toml(text.replace(old, new, 1), "ve-2024/election.toml")
    assert str(caught.value).startswith("ve-2024/election.toml: ")
    assert sentence in str(caught.value)


@pytest.mark.parametrize(
    ("old", "new", "sentence"),
    [
        ("PDC + LIBRE = validos", "PDC + LIBER = validos", "rule[1]: text: expected fields of the form, came LIBER"),
        ("PDC + LIBRE = validos", "PDC + LIBRE", "rule[1]: expected exactly one of = <= >="),
        ('field = "PDC"', 'field = "PCD"', "box[1]: expected a field of the form"),
        ("box_mm = [117.6, 76.8, 33.9, 7.8]", "box_mm = [117.6, 76.8, 33.9]", "box[1]: expected a field of the form"),
        ("cells = 3", "cell = 3", "box[1]: unknown key cell"),
        (
            "cells = 3",
            "cells = 0",
            "box[1]: expected a field of the form, box_mm = [x, y, width, height] and 1 to 9 cells",
        ),
        ("cells = 3", "cells = 12", "and 1 to 9 cells"),
        ("[[rule]]", "[[rule]]\ntolerance = -1", "rule[1]: tolerance: expected 0 ballots or more, came -1"),
        ("(?P<location>", "(?P<location", "code[1]: pattern: expected a regular expression"),
        ("paper_mm = [297, 206]", "paper_mm = [297]", "form: expected paper_mm = [width, height]"),
    ],
)
def test_a_mistake_in_a_form_is_told_with_file_and_key(old: str, new: str, sentence: str) -> None:
    text = (ELECTIONS / "bo-2025" / "forms" / "bo" / "form.toml").read_text(encoding="utf-8")
    assert old in text
    with pytest.raises(BadElection) as caught:
        form_from_toml(text.replace(old, new, 1), "bo/form.toml")
    assert str(caught.value).startswith("bo/form.toml: ")
    assert sentence in str(caught.value)


@pytest.mark.parametrize(
    ("old", "new", "sentence"),
    [
        ("station,registered", "mesa,registered", "line 1: expected the columns station,registered,department"),
        ("\n1000551,", "\n100055-1,", "line 3: expected a station like"),
        ("\n1000551,", "\n100344,", "line 3: the station 100344 stands here a second time"),
        ("1000551,240", "1000551,many", "line 3: expected a number of registered voters or nothing, came 'many'"),
        ("01,Chuquisaca,01,Oropeza", "01,Chuqisaca,01,Oropeza", "line 4: the area 01 is called 'Chuqisaca' above"),
        ("1000551,240,01", "1000551,240,0/1", "line 3: expected a code without /"),
        ("01,Sucre\n", "01\n", "line 3: expected 8 columns, came 7"),
    ],
)
def test_a_mistake_in_a_register_is_told_with_file_and_line(old: str, new: str, sentence: str) -> None:
    election, _ = load(ELECTIONS / "bo-2025")
    text = (ELECTIONS / "bo-2025" / "stations.csv").read_text(encoding="utf-8")
    assert old in text
    with pytest.raises(BadElection) as caught:
        register_from_csv(text.replace(old, new, 1), election, "stations.csv")
    assert sentence in str(caught.value)
