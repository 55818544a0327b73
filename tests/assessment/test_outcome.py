"""Who leads, and what could still change it."""

import numpy as np
from valley import (
    STATIONS,
    TOGETHER,
    TRUE,
    VOTERS,
    Valley,
    changed,
    one_claim,
    only,
    table_of,
    totals_of,
    whole,
    without,
)

from testigo.assessment.claims import Assessment
from testigo.assessment.outcome import seed_of
from testigo.assessment.report import assess


def wordings(assessment: Assessment) -> list[str]:
    return [sentence.wording for sentence in assessment.sentences]


def test_a_collection_with_all_stations_says_complete(full: Assessment) -> None:
    assert "complete" in wordings(full)
    values = one_claim(full, "certainty/mayor/accepted/register").values
    ana, ben, cy = totals_of(STATIONS)
    assert (values["lead"], values["slack"], values["votes"]) == (ana - ben, ana - ben, ana + ben + cy)
    assert (values["missing"], values["stations_missing"], values["share_needed"]) == (0, 0, None)


def test_slack_is_the_lead_less_all_missing_voters() -> None:
    found = assess(Valley({"north": only(STATIONS[:20])}).case())
    values = one_claim(found, "certainty/mayor/accepted/register").values
    ana, ben, _ = totals_of(STATIONS[:20])
    assert values["slack"] == ana - ben - 4 * VOTERS
    assert values["certain"] == ("yes" if ana - ben > 4 * VOTERS else "no")
    assert "open" in wordings(found)
    slacks = {row["cap_ppm"]: row["slack"] for row in table_of(values["caps"])}
    assert slacks == {ppm: ana - ben - 4 * VOTERS * ppm // 10**6 for ppm in (1_000_000, 900_000, 800_000, 700_000)}


def test_an_unread_choice_makes_its_station_missing_never_zero() -> None:
    found = assess(Valley({"north": without(STATIONS[0], "C1")}).case())
    values = one_claim(found, "certainty/mayor/accepted/register").values
    assert (values["stations"], values["stations_missing"], values["missing"]) == (23, 1, VOTERS)
    assert values["lead"] == np.subtract(*totals_of(STATIONS[1:])[:2])


def test_a_quarantined_station_is_missing(mixed: Assessment) -> None:
    values = one_claim(mixed, "certainty/mayor/accepted/register").values
    assert (values["stations"], values["stations_missing"], values["missing"]) == (23, 1, VOTERS)
    wards = table_of(one_claim(mixed, "coverage/mayor/accepted").values["areas"])
    assert [(ward["counted"], ward["expected"]) for ward in wards] == [(11, 12), (12, 12)]


def test_what_others_state_about_a_collection_is_a_claim_about_it_alone(mixed: Assessment) -> None:
    stated = [claim for claim in mixed.of("certainty") if claim.part == "hall"]
    assert [claim.collection for claim in stated] == ["north"]
    values = stated[0].values
    assert (values["missing"], values["missing_of"], values["frame_source"], values["caps"]) == (
        900,
        "votes",
        "town hall",
        [],
    )
    assert values["slack"] == whole(values["lead"]) - 900


def test_a_tie_has_no_leader_and_is_not_called_certain() -> None:
    tie = {station: {"ANA": 5, "BEN": 5, "C1": 0, "C2": 0, "null": 0} for station in STATIONS}
    found = assess(Valley({"north": tie}).case())
    assert found.of("certainty") == ()
    assert not {"lead", "certain", "complete"} & set(wordings(found))
    assert "tie" in wordings(found)


def test_nothing_counted_says_nothing() -> None:
    found = assess(Valley({}).case())
    assert (found.claims, wordings(found)) == ((), ["nothing"])


def test_areas_are_certain_only_where_the_register_knows_them(mixed: Assessment) -> None:
    values = one_claim(mixed, "areas/mayor/accepted/ward").values
    assert (values["areas"], values["known"], values["certain"]) == (2, 2, 1)
    unknown = assess(Valley({"north": only(STATIONS[:20])}, voters=None).case())
    level = one_claim(unknown, "areas/mayor/accepted/ward").values
    assert (level["known"], level["areas"]) == (1, 2)
    assert assess(Valley(expected=30).case()).of("areas") == ()


def test_the_curve_starts_open_ends_as_the_result_and_tells_its_seed(full: Assessment) -> None:
    claim = one_claim(full, "curve/mayor/accepted/register")
    points = claim.values["points"]
    assert isinstance(points, list)
    first, last = points[0], points[-1]
    lead = one_claim(full, "certainty/mayor/accepted/register").values["slack"]
    assert first[0] == 0.0
    assert first[1] <= 0
    assert last == [1.0, lead, lead, lead]
    assert claim.seed == f"{seed_of('valley', 'curve')} (50 orders)"


def test_batches_of_the_curve_hold_what_arrived_with_them(full: Assessment) -> None:
    batches = table_of(one_claim(full, "curve/mayor/accepted/register").values["batches"])
    assert [(row["batch"], row["stations"]) for row in batches] == [(0, 12), (1, 24)]


def test_seeds_differ_by_election_and_method() -> None:
    assert len({seed_of("a", "curve"), seed_of("b", "curve"), seed_of("a", "late")}) == 3


def test_one_changed_vote_changes_the_lead_by_one() -> None:
    more = assess(Valley({"north": changed(STATIONS[3], ANA=TRUE[STATIONS[3]]["ANA"] + 1)}, more=TOGETHER).case())
    lead = one_claim(more, "certainty/mayor/accepted/register").values["lead"]
    ana, ben, _ = totals_of(STATIONS)
    assert lead == ana - ben + 1
