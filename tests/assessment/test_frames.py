"""How many voters are missing: said only where the register or somebody says it."""

import pytest
from valley import STATIONS, TRUE, VOTERS, Valley, only

from testigo.assessment.case import ACCEPTED, Case
from testigo.assessment.frames import Missing, missing_of
from testigo.assessment.report import assess

FRAME = """
[assess]
[[assess.frame]]
id = "{id}"
name = "Voters of the valley"
registered = {voters}
source = "town hall"
"""


def missing(case: Case) -> tuple[Missing, ...]:
    return missing_of(case, case.collections(case.election.contests[0])[ACCEPTED])


def test_a_complete_register_says_who_is_missing() -> None:
    (found,) = missing(Valley({"north": only(STATIONS[:20])}).case())
    assert (found.frame, found.stations, found.registered, found.exact) == ("register", 4, 4 * VOTERS, True)


def test_a_complete_register_is_believed_before_others_statements() -> None:
    (found,) = missing(Valley({"north": TRUE}, more=FRAME.format(id="hall", voters=99_999)).case())
    assert (found.frame, found.registered, found.stations) == ("register", 0, 0)


@pytest.mark.parametrize(
    "valley",
    [
        Valley({"north": only(STATIONS[:20])}, voters=None),
        Valley(expected=30),
        Valley(expected=30, voters=None),
    ],
)
def test_without_a_complete_register_and_without_statements_nothing_is_claimed(valley: Valley) -> None:
    case = valley.case()
    assert missing(case) == ()
    found = assess(case)
    assert not {"certainty", "curve", "certificate"} & {claim.method for claim in found.claims}
    assert "frame-unknown" in [sentence.wording for sentence in found.sentences]


def test_where_no_station_of_the_register_is_missing_nobody_needs_to_know_the_voters() -> None:
    case = Valley(voters=None).case()
    (found,) = missing(case)
    assert (found.frame, found.stations, found.registered, found.exact) == ("register", 0, 0, True)
    assert "complete" in [sentence.wording for sentence in assess(case).sentences]


def test_a_stated_number_of_voters_is_a_frame_less_those_collected() -> None:
    valley = Valley({"north": only(STATIONS[:20])}, more=FRAME.format(id="hall", voters=18_000), expected=30)
    (found,) = missing(valley.case())
    assert found == Missing("hall", "Voters of the valley", "town hall", 10, 18_000 - 20 * VOTERS, exact=True)


def test_where_collected_stations_have_unknown_voters_their_ballots_count_and_it_is_told() -> None:
    case = Valley(more=FRAME.format(id="hall", voters=18_000), expected=30, voters=None).case()
    (found,) = missing(case)
    ballots = sum(sum(sheet.values()) for sheet in TRUE.values())
    assert (found.registered, found.exact) == (18_000 - ballots, False)


def test_a_frame_with_fewer_voters_than_were_collected_is_no_frame() -> None:
    case = Valley(more=FRAME.format(id="hall", voters=24 * VOTERS - 1), expected=30).case()
    assert missing(case) == ()
    assert [claim for claim in assess(case).claims if claim.part.startswith("hall")] == []


def test_every_frame_is_told_by_itself() -> None:
    two = FRAME.format(id="hall", voters=18_000) + FRAME.format(id="press", voters=20_000).replace("[assess]\n", "")
    case = Valley(more=two, expected=30).case()
    assert [one.frame for one in missing(case)] == ["hall", "press"]
    found = {claim.part for claim in assess(case).of("certainty") if claim.collection == ACCEPTED}
    assert found == {"hall", "press"}
