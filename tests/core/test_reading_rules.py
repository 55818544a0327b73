"""How sure a reading must be belongs to the election, and a mistake in it is told by file and key."""

import pytest

from testigo.core.election import ReadingRules, election_from_toml
from testigo.errors import BadElection

ELECTION = """
[election]
id = "town"
name = "The town"
date = "2031-05-04"
origin = "log.example/town"
language = "en"
licence = "CC0-1.0"
[areas]
nation = "The town"
levels = ["ward"]
[register]
file = "stations.csv"
[station]
pattern = "T[1-9]"
[[contest]]
id = "mayor"
name = "Mayor"
form = "sheet"
[[contest.choice]]
id = "ANA"
name = "Ana"
colour = "#0072b2"
[policy]
[[policy.basis]]
id = "photo"
from = "reading"
"""


def rules(section: str) -> ReadingRules:
    return election_from_toml(ELECTION + section, "election.toml").reading


def test_without_the_section_the_usual_rules_hold() -> None:
    assert rules("") == rules("[reading]") == ReadingRules(sure_ppm=900_000, least_ratio_ppm=100_000)


def test_each_rule_can_be_given_alone() -> None:
    assert rules("[reading]\nsure_ppm = 995000") == ReadingRules(995_000, 100_000)
    assert rules("[reading]\nleast_ratio_ppm = 500000") == ReadingRules(900_000, 500_000)


@pytest.mark.parametrize("sure", [500_000, 999_999])
@pytest.mark.parametrize("ratio", [1, 1_000_000])
def test_the_ends_of_the_ranges_are_within_them(sure: int, ratio: int) -> None:
    assert rules(f"[reading]\nsure_ppm = {sure}\nleast_ratio_ppm = {ratio}") == ReadingRules(sure, ratio)


@pytest.mark.parametrize(
    ("sure", "ratio"), [(499_999, 100_000), (1_000_000, 100_000), (-1, 100_000), (900_000, 0), (900_000, 1_000_001)]
)
def test_a_number_beyond_its_range_is_told_with_both_ranges_and_what_came(sure: int, ratio: int) -> None:
    with pytest.raises(BadElection) as caught:
        rules(f"[reading]\nsure_ppm = {sure}\nleast_ratio_ppm = {ratio}")
    assert str(caught.value) == (
        "election.toml: reading: expected sure_ppm from 500000 to 999999 and least_ratio_ppm from 1 to 1000000, "
        f"came {sure} and {ratio}"
    )


@pytest.mark.parametrize(
    ("section", "sentence"),
    [
        ("[reading]\nsure_ppm = 0.9", "reading: sure_ppm: expected a whole number, came 0.9"),
        ('[reading]\nleast_ratio_ppm = "0.1"', "reading: least_ratio_ppm: expected a whole number, came '0.1'"),
        ("[reading]\nsure_ppm = true", "reading: sure_ppm: expected a whole number, came True"),
        ("[reading]\nsure = 900000", "reading: unknown key sure"),
        ("[[reading]]\nsure_ppm = 900000", "reading"),
    ],
)
def test_a_mistake_in_the_section_is_told_with_file_and_key(section: str, sentence: str) -> None:
    with pytest.raises(BadElection) as caught:
        rules(section)
    assert str(caught.value).startswith(f"election.toml: {sentence}")
