"""Transcriptions beside each other: what two sources say of the stations that both have."""

import pytest
from valley import STATIONS, TRUE, Valley, changed, one_claim, only, table_of, whole, without

from testigo.assessment.claims import Assessment
from testigo.assessment.report import assess


def test_two_copies_agree_everywhere() -> None:
    values = one_claim(assess(Valley({"north": TRUE, "south": TRUE}).case()), "agreement/mayor/north/south").values
    assert (values["common"], values["differ"], values["cells_differ"], values["rate"]) == (24, 0, 0, 0.0)
    assert (values["low"], values["listed"], values["margin_abs"]) == (0.0, [], 0)


def test_every_cell_that_differs_is_listed_with_both_figures(mixed: Assessment) -> None:
    values = one_claim(mixed, "agreement/mayor/north/south").values
    assert (values["common"], values["differ"], values["cells"], values["cells_differ"]) == (20, 1, 60, 1)
    ben = TRUE[STATIONS[0]]["BEN"]
    assert table_of(values["listed"]) == ({"station": "S01", "choice": "BEN", "here": ben, "there": 131},)
    assert (values["margin_net"], values["margin_abs"]) == (ben - 131, abs(ben - 131))
    assert {row["choice"]: row["differ"] for row in table_of(values["fields"])} == {"ANA": 0, "BEN": 1, "CY": 0}


def test_the_rate_lies_within_its_interval(mixed: Assessment) -> None:
    for claim in mixed.of("agreement"):
        low, rate, high = (claim.values[key] for key in ("low", "rate", "high"))
        assert 0 <= low <= rate <= high <= 1  # type: ignore[operator]


def test_every_pair_of_sources_is_compared_once(mixed: Assessment) -> None:
    assert [(claim.collection, claim.part) for claim in mixed.of("agreement")] == [
        ("north", "south"),
        ("north", "east"),
        ("south", "east"),
    ]


def test_sources_without_a_common_station_are_not_compared() -> None:
    found = assess(Valley({"north": only(STATIONS[:5]), "south": only(STATIONS[5:])}).case())
    assert found.of("agreement") == ()


def test_a_choice_that_one_source_lacks_is_no_difference() -> None:
    found = assess(Valley({"north": TRUE, "south": without(STATIONS[2], "BEN")}).case())
    values = one_claim(found, "agreement/mayor/north/south").values
    assert (values["common"], values["differ"]) == (23, 0)


@pytest.mark.parametrize("by", [-3, 5])
def test_an_error_in_favour_of_the_leader_is_a_larger_margin_there(by: int) -> None:
    south = changed(STATIONS[7], ANA=TRUE[STATIONS[7]]["ANA"] + by)
    values = one_claim(assess(Valley({"north": TRUE, "south": south}).case()), "agreement/mayor/north/south").values
    assert (whole(values["margin_net"]), whole(values["margin_abs"])) == (by, abs(by))
