"""The `[assess]` table and the announced shares of election.toml: what they give, and what is refused by name."""

from pathlib import Path

import pytest

from testigo.core.election import election_from_toml
from testigo.core.keys import keys_of
from testigo.core.plan import AssessmentPlan, Collection, Frame, Later, Stated, plan_of
from testigo.errors import BadElection

VENEZUELA = (Path(__file__).resolve().parents[2] / "elections" / "ve-2024" / "election.toml").read_text("utf-8")
SOURCES = ("one", "two")


def plan(text: str) -> AssessmentPlan:
    return plan_of(keys_of(text, "here").table("assess", needed=False), SOURCES)


def test_an_election_without_a_plan_has_the_usual_caps_and_nothing_else() -> None:
    assert plan("") == AssessmentPlan((900_000, 800_000, 700_000), (), (), (), None)


def test_every_key_of_a_plan_is_taken() -> None:
    text = """
    [assess]
    turnout_caps_ppm = [650000]
    [[assess.frame]]
    id = "all"
    name = "everybody"
    registered = 12
    source = "the office"
    [[assess.stated]]
    id = "theirs"
    collection = "both"
    votes = 7
    source = "a paper"
    [[assess.collection]]
    id = "both"
    name = "Both"
    sources = ["two", "one"]
    [assess.later]
    early = "one"
    late = "two"
    """
    assert plan(text) == AssessmentPlan(
        (650_000,),
        (Frame("all", "everybody", 12, "the office"),),
        (Stated("theirs", "both", None, 7, "a paper"),),
        (Collection("both", "Both", ("two", "one")),),
        Later("one", "two"),
    )


@pytest.mark.parametrize(
    ("text", "told"),
    [
        ("[assess]\nturnout_caps_ppm = [1000000]", "turnout_caps_ppm: expected whole numbers between"),
        ("[assess]\nturnout_caps_ppm = [0.9]", "turnout_caps_ppm: expected whole numbers between"),
        ("[assess]\ncap = 1", "unknown key cap"),
        ('[[assess.frame]]\nid = "a"\nname = "A"\nregistered = -1\nsource = "x"', "expected voters, came -1"),
        ('[[assess.frame]]\nid = "A b"\nname = "A"\nregistered = 1\nsource = "x"', "each once; came 'A b'"),
        ('[[assess.stated]]\nid = "a"\ncollection = "one"\nsource = "x"', "either registered or votes"),
        ('[[assess.stated]]\nid = "a"\ncollection = "three"\nvotes = 1\nsource = "x"', "came three"),
        ('[[assess.collection]]\nid = "c"\nname = "C"\nsources = ["three"]', "came ['three']"),
        ('[[assess.collection]]\nid = "one"\nname = "C"\nsources = ["two"]', "one is taken"),
        ('[assess.later]\nearly = "one"\nlate = "three"', "came three"),
    ],
)
def test_a_wrong_plan_is_refused_by_its_key(text: str, told: str) -> None:
    with pytest.raises(BadElection, match=told.replace("[", r"\[").replace("]", r"\]")):
        plan(text)


@pytest.mark.parametrize("line", ['nobody = "1.5"', 'NM = "a half"', 'NM = "51,95"'])
def test_an_announced_share_is_a_percentage_of_what_was_announced(line: str) -> None:
    text = VENEZUELA.replace('NM = "51.95"', line)
    with pytest.raises(BadElection, match=r"announced\[2\]: shares\."):
        election_from_toml(text, "election.toml")
