"""What an assessment looks at: what is accepted, every source, and sources taken together."""

from collections.abc import Mapping

from valley import SOURCES, STATIONS, TOGETHER, TRUE, Valley, changed, only

from testigo.assessment.case import Case
from testigo.assessment.columns import Figures


def collections(case: Case) -> Mapping[str, Figures]:
    return case.collections(case.election.contests[0])


def test_collections_are_what_is_accepted_then_sources_together_then_sources(mixed_case: Case) -> None:
    assert list(collections(mixed_case)) == ["accepted", "together", "north", "south", "east"]
    assert mixed_case.names()["together"] == "North and south"


def test_quarantined_stations_are_missing_from_what_is_accepted(mixed_case: Case) -> None:
    statuses = [result.status for result in mixed_case.results.values()]
    assert (statuses.count("quarantined"), statuses.count("counted")) == (1, 23)
    found = collections(mixed_case)
    assert (len(found["accepted"].rows), len(found["south"].rows)) == (23, 24)
    assert 0 not in found["accepted"].rows


def test_sources_taken_together_have_all_that_any_of_them_has(mixed_case: Case) -> None:
    found = collections(mixed_case)
    assert (len(found["north"].rows), len(found["together"].rows)) == (20, 24)
    assert found["together"].votes[0, 1] == TRUE[STATIONS[0]]["BEN"] != found["south"].votes[0, 1]


def test_a_collection_whose_sources_say_nothing_is_not_there() -> None:
    case = Valley({"east": TRUE}, more=TOGETHER).case()
    assert list(collections(case)) == ["east"]


def test_an_election_without_evidence_has_no_collections() -> None:
    case = Valley({}).case()
    assert (collections(case), case.arrivals, case.sources) == ({}, {}, {})


def test_sources_stand_in_the_order_of_the_election() -> None:
    case = Valley(dict.fromkeys(reversed(SOURCES), TRUE)).case()
    assert tuple(case.sources) == SOURCES


def test_a_station_arrives_with_its_first_evidence() -> None:
    one, two = Valley({"north": TRUE}).case(), Valley({"north": TRUE, "south": changed(STATIONS[0], BEN=131)}).case()
    assert set(one.arrivals.values()) == {0, 1}
    assert len([batch for batch in one.arrivals.values() if batch == 0]) == 12
    for station in STATIONS:
        numbers = [number for number, digest in enumerate(two.digests) if digest in digests_of(two, station)]
        assert two.arrivals[station] == (0 if min(numbers) < two.ends[0] else 1)


def digests_of(case: Case, station: str) -> set[str]:
    return {one.digest for code, dossier in case.held.items() if code == station for one in dossier.evidence}


def test_stations_without_evidence_never_arrive() -> None:
    assert set(Valley({"north": only(STATIONS[:3])}).case().arrivals) == set(STATIONS[:3])
