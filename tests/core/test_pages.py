"""Pages of one sheet in separate photos: one set of counts where nothing disagrees, never a mixture of two sheets."""

from collections.abc import Mapping
from itertools import permutations

import pytest

from testigo.core.decision import decide
from testigo.core.dossier import DESK_SOURCE, PHOTO_SOURCE, Dossier, Evidence, Outcome
from testigo.core.election import election_from_toml
from testigo.core.form import form_from_toml
from testigo.core.ids import Digest, FieldId, StationCode
from testigo.core.pages import pages_in, put_together
from testigo.core.register import Station

ELECTION = election_from_toml(
    """
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
    form = "double"
    null = ["null"]
    cast = "cast"
    [[contest.choice]]
    id = "ANA"
    name = "Ana"
    colour = "#0072b2"
    [[contest.choice]]
    id = "BEN"
    name = "Ben"
    colour = "#d55e00"
    [policy]
    [[policy.basis]]
    id = "desk"
    from = "entry"
    [[policy.basis]]
    id = "photo"
    from = "reading"
    """,
    "election.toml",
)
FORM = form_from_toml(
    """
    [form]
    id = "double"
    name = "A sheet of two pages"
    paper_mm = [210, 297]
    pages = 2
    fields = ["ANA", "BEN", "null", "cast"]
    [[code]]
    symbology = "QRCode"
    pattern = 'ONE\\|(?P<station>T[1-9])\\|(?P<ANA>[0-9]+)\\|(?P<BEN>[0-9]+)'
    [[code]]
    symbology = "QRCode"
    pattern = 'TWO\\|(?P<station>T[1-9])\\|(?P<all>[0-9,]+)'
    lists = { all = ["null", "cast"] }
    page = 2
    [[rule]]
    code = "S"
    text = "ANA + BEN + null = cast"
    """,
    "form.toml",
)
FORMS = {"double": FORM}
ONE, TWO = {"ANA": 20, "BEN": 30}, {"null": 1, "cast": 51}
STATION = Station(StationCode("T1"), ("0",), 300)


def said(name: str, counts: Mapping[str, int], *, kind: str = "reading", form: str | None = "double") -> Evidence:
    source = PHOTO_SOURCE if kind == "reading" else DESK_SOURCE if kind == "entry" else "north"
    figures = {FieldId(field): value for field, value in counts.items()}
    return Evidence(Digest(name), kind, source, figures, form, Digest(f"photo {name}"))


def decided(*evidence: Evidence) -> Outcome:
    return decide(Dossier(STATION, evidence, ()), ELECTION.contests[0], ELECTION, FORMS)


def failed(outcome: Outcome) -> dict[str, str]:
    return {finding.code: finding.saw for finding in outcome.findings}


def test_a_form_says_on_which_page_each_field_stands() -> None:
    assert FORM.page_of() == {"ANA": 1, "BEN": 1, "null": 2, "cast": 2}
    assert pages_in(FORM, ["cast", "somewhere"]) == {2}


def test_two_pages_in_two_photos_are_one_result_that_names_both() -> None:
    found = decided(said("a", ONE), said("b", TWO))
    assert (found.status, found.basis, found.counts) == ("counted", "photo", {**ONE, **TWO})
    assert found.evidence == ("a", "b")
    assert "SU-FORM" in found.passed


def test_a_sum_that_fails_over_the_pages_holds_the_station() -> None:
    found = decided(said("a", ONE), said("b", {**TWO, "cast": 52}))
    assert (found.status, found.counts["cast"]) == ("quarantined", 52)  # type: ignore[index]
    assert failed(found)["SU-FORM"].startswith("S: ")


@pytest.mark.parametrize(("page", "absent"), [(ONE, "null, cast"), (TWO, "ANA, BEN")])
def test_a_page_that_is_missing_is_absent_and_never_zero(page: Mapping[str, int], absent: str) -> None:
    found = decided(said("a", page))
    assert (found.status, found.counts) == ("quarantined", page)
    assert failed(found)["CO-FIELD"] == f"absent: {absent}"
    assert "SU-FORM" in found.not_evaluable


def test_a_retake_that_says_the_same_changes_nothing() -> None:
    for pages in permutations([said("a", ONE), said("b", TWO), said("c", ONE)]):
        found = decided(*sorted(pages, key=lambda one: one.digest))
        assert (found.status, found.counts, found.evidence) == ("counted", {**ONE, **TWO}, ("a", "b"))
        assert failed(found) == {}


def test_two_sets_that_agree_are_two_pieces_of_evidence() -> None:
    found = decided(said("a", ONE), said("b", TWO), said("c", ONE), said("d", TWO))
    assert (found.status, found.evidence) == ("counted", ("a", "b", "c", "d"))


def test_two_sets_that_disagree_are_never_mixed() -> None:
    other_one, other_two = {"ANA": 25, "BEN": 30}, {"null": 1, "cast": 56}
    pages = [said("a", ONE), said("b", other_two), said("c", other_one), said("d", TWO)]
    found = decided(*pages)
    assert found.status == "quarantined"
    assert found.counts in (ONE, other_one, TWO, other_two)
    told = [finding.saw for finding in found.findings if finding.code == "CP-PHOTOS"]
    assert told == ["photo against photo: ANA 20 and 25", "photo against photo: cast 56 and 51"]
    assert put_together(pages, FORMS)[0] == tuple(pages)


def test_a_sheet_with_all_its_pages_goes_before_many_photos_of_one_page() -> None:
    whole = said("z", {**ONE, **TWO})
    found = decided(said("a", ONE), said("b", ONE), said("c", ONE), whole)
    assert (found.status, found.evidence) == ("counted", ("z",))


def test_a_page_that_differs_from_a_photo_of_both_pages_holds_the_station() -> None:
    found = decided(said("a", {"ANA": 21, "BEN": 30}), said("z", {**ONE, **TWO}))
    assert (found.status, found.evidence) == ("quarantined", ("z",))
    assert failed(found)["CP-PHOTOS"] == "photo against photo: ANA 20 and 21"


def test_what_people_keyed_and_what_a_machine_read_are_not_mixed() -> None:
    found = decided(said("a", ONE, kind="entry"), said("b", TWO))
    assert (found.status, found.basis, found.counts) == ("quarantined", "desk", ONE)


def test_pages_that_people_keyed_apart_are_put_together_too() -> None:
    found = decided(said("a", ONE, kind="entry"), said("b", TWO, kind="entry"))
    assert (found.status, found.basis, found.counts) == ("counted", "desk", {**ONE, **TWO})


def test_rows_of_tables_and_sheets_of_one_page_are_left_as_they_are() -> None:
    for one in (said("a", ONE, kind="report", form=None), said("a", ONE, form="another")):
        assert put_together([one, said("b", TWO)], FORMS) == ((one, said("b", TWO)), ())


def test_a_contest_whose_figures_are_all_on_one_page_does_not_wait_for_the_other() -> None:
    mayor = ELECTION.contests[0]
    alone = type(mayor)(mayor.id, mayor.name, mayor.form, mayor.choices, None, None, (), None)
    found = decide(Dossier(STATION, (said("a", ONE),), ()), alone, ELECTION, FORMS)
    assert (found.status, found.counts) == ("counted", ONE)
