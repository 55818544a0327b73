"""Venezuela 2024: `examples/ve-2024-assess.sh` prints the values that were measured and published, to the digit."""

import json
import os
import subprocess
from pathlib import Path

import pytest

pytestmark = pytest.mark.slow
Claims = dict[str, dict[str, object]]
HEARD = "Comando ConVzla"


@pytest.fixture(scope="module")
def printed(project: Path, shared_data: Path, tmp_path_factory: pytest.TempPathFactory) -> tuple[str, Claims]:
    """What the script printed, and the values of its claims by their ids."""
    work = tmp_path_factory.mktemp("assess")
    path = f"{project / '.venv' / 'bin'}{os.pathsep}{os.environ['PATH']}"
    ran = subprocess.run(
        ["bash", str(project / "examples" / "ve-2024-assess.sh"), str(shared_data / "ve-2024"), str(work)],
        capture_output=True,
        text=True,
        check=False,
        stdin=subprocess.DEVNULL,
        env={**os.environ, "PATH": path},
    )
    assert ran.returncode == 0, ran.stdout[-3000:] + ran.stderr[-3000:]
    claims = json.loads((work / "assessment" / "assessment.json").read_text("utf-8"))["claims"]
    return ran.stdout, {claim["id"]: claim["values"] for claim in claims}


@pytest.mark.parametrize(
    ("collection", "frame", "slack"),
    [
        ("organisers-v1", "all", 267_776),
        ("organisers-v1", "domestic", 336_987),
        ("organisers-v1", "carter-center", 338_457),
        ("organisers", "domestic", 639_031),
        ("organisers", "all", 569_820),
        ("third-party-qr", "moe-colombia", 629_420),
    ],
)
def test_the_lead_outlasts_all_voters_of_the_missing_stations(
    printed: tuple[str, Claims], collection: str, frame: str, slack: int
) -> None:
    text, claims = printed
    assert claims[f"certainty/president/{collection}/{frame}"]["slack"] == slack
    assert f"+{slack:,}" in text


def test_the_result_was_certain_after_four_fifths_of_the_stations(printed: tuple[str, Claims]) -> None:
    caps = printed[1]["curve/president/organisers-v1/domestic"]["caps"]
    assert isinstance(caps, list)
    assert [round(100 * cap["median"], 1) for cap in caps[:3]] == pytest.approx([80.4, 78.8, 77.0], abs=0.15)


def test_the_bulletins_and_the_sheets_cannot_both_be_true(printed: tuple[str, Claims]) -> None:
    text, claims = printed
    first = claims["inside/president/organisers/bulletin-1/EG"]
    second = claims["inside/president/organisers/bulletin-2/EG"]
    assert (first["least"], first["announced"], first["over"]) == (4_785_356, 4_445_978, 339_378)
    assert (second["least"], second["announced"], second["over"]) == (6_844_160, 5_326_104, 1_518_056)
    assert [round(float(str(one["most_coverage"])), 4) for one in (first, second)] == [0.7694, 0.8472]
    needed = claims["needed/president/organisers/bulletin-2/NM"]
    assert (needed["needed"], needed["left"]) == (3_092_586, 2_062_084)
    assert round(float(str(needed["per_station"])), 1) == 624.6
    for number in (4_785_356, 4_445_978, 6_844_160, 5_326_104, 3_092_586, 2_062_084):
        assert f"{number:,}" in text


@pytest.mark.parametrize(("bulletin", "least"), [("bulletin-2", 1_683_598), ("bulletin-1", 283_769)])
def test_at_least_so_many_votes_of_a_bulletin_must_be_wrong(
    printed: tuple[str, Claims], bulletin: str, least: int
) -> None:
    text, claims = printed
    assert claims[f"certificate/president/organisers/{bulletin}/domestic/1000000"]["least_wrong"] == least
    assert f"{least:,}" in text


def test_the_first_bulletin_was_worked_out_from_percentages(printed: tuple[str, Claims]) -> None:
    text, claims = printed
    first, second = (claims[f"percent-first/president/bulletin-{n}"] for n in (1, 2))
    assert (first["decimals"], first["hits"], first["one_in"]) == (1, 376_479, 134_375_310)
    assert first["residuals"] == pytest.approx([-0.288, -0.108, 0.396], abs=0.0005)
    assert (second["decimals"], second["one_in"]) == (None, None)
    assert "134,375,310" in text


def test_the_second_bulletin_does_not_add_up_to_what_it_printed(printed: tuple[str, Claims]) -> None:
    values = printed[1]["hygiene/president/bulletin-2"]
    assert values["sum_of_shares"] == 99.99
    shares = values["shares"]
    assert isinstance(shares, list)
    assert [(one["choice"], one["agrees"]) for one in shares] == [("NM", "rounded"), ("EG", "rounded"), ("otros", "no")]
    assert round(shares[2]["worked_out"], 4) == 4.8714


def test_ten_or_fifteen_sheets_would_confirm_who_leads(printed: tuple[str, Claims]) -> None:
    text, claims = printed
    sizes = claims["audit-size/president/organisers-v2/outcome"]["sizes"]
    assert isinstance(sizes, list)
    assert [(one["risk"], one["kaplan_markov"]) for one in sizes] == [(0.05, 10), (0.01, 15)]
    limits = claims["audit-size/president/organisers-v2/digitisation"]["limits"]
    assert isinstance(limits, list)
    found = {limit["within"]: limit["sizes"][0]["kaplan_markov"] for limit in limits}
    assert found == {3_987_338: 10, 1_000_000: 44, 100_000: 445, 10_000: 4_455}
    assert "10 / 13" in text


def test_the_transcriptions_differ_at_seven_stations(printed: tuple[str, Claims]) -> None:
    values = printed[1]["agreement/president/organisers-v2/third-party-qr"]
    assert (values["common"], values["differ"], values["cells_differ"]) == (21_937, 7, 13)
    assert [round(float(str(values[key])), 6) for key in ("low", "high")] == [0.000128, 0.000657]
    assert (values["margin_net"], values["margin_abs"]) == (2, 6)
    same = printed[1]["agreement/president/organisers-v2/organisers-v1"]
    assert (same["common"], same["differ"]) == (24_530, 0)


def test_the_sums_are_those_that_were_published(printed: tuple[str, Claims]) -> None:
    claims = printed[1]
    carter, moe = claims["certainty/president/organisers-v1/all"], claims["certainty/president/third-party-qr/all"]
    assert (carter["lead"], carter["votes"], carter["stations"]) == (3_915_001, 10_659_128, 24_532)
    assert (moe["lead"], moe["votes"], moe["stations"]) == (3_500_797, 9_515_322, 21_952)


def test_the_sentences_come_in_both_languages(printed: tuple[str, Claims]) -> None:
    text = printed[0]
    assert "1. In the 25,090 stations counted González leads Maduro by 3,990,468 votes." in text
    assert "--- en frases sencillas\n1. En las 25.090 mesas" in text
