"""Whose figures those on the pages of a photo are, and when they may count without a person."""

import re
from dataclasses import replace
from math import log

import pytest
from ink import ink

from testigo.core.form import CodeGrammar, Form, form_from_toml
from testigo.core.ids import Digest, FieldId, StationCode
from testigo.core.records import Reading
from testigo.flows.handwriting import with_pages
from testigo.ports import CodeSeen, PageSeen
from testigo.stats.fields import ValueEvidence
from testigo.stats.posterior import Thresholds

CODE = r"""
        [[code]]
        symbology = "QRCode"
        pattern = '(?P<station>T[0-9])'
        page = %d
"""


def form_of(name: str, *, pages: int = 1, coded: tuple[int, ...] = ()) -> Form:
    picture = "blank-{page}.png" if pages > 1 else "blank.png"
    return form_from_toml(
        f"""
        [form]
        id = "{name}"
        name = "A form"
        paper_mm = [100, 100]
        pages = {pages}
        fields = ["a", "b", "sum"]
        reference = "{picture}"
        [[box]]
        field = "a"
        box_mm = [0, 0, 20, 10]
        cells = 2
        [[box]]
        field = "b"
        box_mm = [0, 20, 20, 10]
        cells = 2
        [[box]]
        field = "sum"
        page = {pages}
        box_mm = [0, 40, 20, 10]
        cells = 2
        [[rule]]
        code = "S"
        text = "a + b = sum"
        """
        + "".join(CODE % page for page in coded),
        "form.toml",
    )


FORMS = {name: form_of(name, coded=(1,)) for name in ("one", "other")}
FORMS |= {"two": form_of("two", pages=2, coded=(1, 2)), "first coded": form_of("first coded", pages=2, coded=(1,))}
T1, T2 = CodeSeen("QRCode", "T1"), CodeSeen("QRCode", "T2")
NOTHING = Reading(Digest("0" * 64), "codes+digits", "1", "nothing", "0" * 16)
CODED = replace(NOTHING, outcome="station", form="one", station=StationCode("T1"))
CODED_TWO = replace(CODED, form="two")
CLAIM = StationCode("T7")
USUAL = Thresholds()
WHOLE = {"a": 12, "b": 30, "sum": 42}


def page_of(form: str = "one", *fields: str, page: int = 1, sure: float = 0.99, total: int = 42) -> PageSeen:
    figures = {**WHOLE, "sum": total}
    return PageSeen(form, page, tuple(ink(field, figures[field], sure) for field in fields or figures), codes=(T1,))


def test_a_printed_code_and_clear_figures_that_add_up_count() -> None:
    found = with_pages(CODED, None, [page_of()], FORMS, USUAL)
    assert (found.outcome, found.verdict, found.station, found.counts) == ("figures", "sure", "T1", WHOLE)
    assert (found.proposed, found.cells) == (None, ())
    assert found.ppm is not None
    assert found.ppm.keys() == WHOLE.keys()


def test_what_a_code_names_goes_before_what_the_sender_says() -> None:
    assert with_pages(CODED, CLAIM, [page_of()], FORMS, USUAL).station == "T1"


def test_figures_are_only_proposed_where_nothing_but_the_sender_names_the_station() -> None:
    found = with_pages(NOTHING, CLAIM, [page_of()], FORMS, USUAL)
    assert (found.form, found.station) == ("one", CLAIM)
    assert (found.outcome, found.verdict, found.counts, found.proposed) == ("doubtful", "look", None, WHOLE)


def test_figures_of_no_station_are_not_kept() -> None:
    assert with_pages(NOTHING, None, [page_of()], FORMS, USUAL) == NOTHING


def test_a_photo_in_which_no_page_is_found_keeps_the_reading_of_its_codes() -> None:
    for reading in (CODED, NOTHING):
        assert with_pages(reading, CLAIM, [], FORMS, USUAL) == reading


def test_figures_of_a_code_are_never_replaced_by_handwriting() -> None:
    coded = replace(CODED, outcome="figures", counts={FieldId("a"): 99})
    assert with_pages(coded, None, [page_of()], FORMS, USUAL) == coded


def test_pages_of_another_form_than_the_code_names_are_not_read() -> None:
    assert with_pages(CODED, CLAIM, [page_of("other")], FORMS, USUAL) == CODED


def test_pages_of_two_forms_without_a_code_are_nobodys_and_with_one_its_own_are_read() -> None:
    both = [page_of("one"), page_of("other", total=41)]
    assert with_pages(NOTHING, CLAIM, both, FORMS, USUAL) == NOTHING
    assert with_pages(CODED, None, both, FORMS, USUAL) == with_pages(CODED, None, both[:1], FORMS, USUAL)


def test_the_same_page_twice_is_of_two_sheets_and_neither_is_read() -> None:
    for reading, claim in ((CODED, None), (NOTHING, CLAIM)):
        found = with_pages(reading, claim, [page_of(), page_of()], FORMS, USUAL)
        assert (found.outcome, found.verdict) == ("doubtful", "people")
        assert (found.counts, found.proposed, found.ppm) == (None, None, None)


def test_the_pages_of_a_sheet_are_weighed_together() -> None:
    first, second = page_of("two", "a", "b"), page_of("two", "sum", page=2)
    for pages in ([first, second], [second, first]):
        found = with_pages(CODED_TWO, None, pages, FORMS, USUAL)
        assert (found.outcome, found.counts, found.page) == ("figures", WHOLE, pages[0].page)
    broken = with_pages(CODED_TWO, None, [first, page_of("two", "sum", page=2, total=52)], FORMS, USUAL)
    assert (broken.outcome, broken.verdict, broken.counts) == ("doubtful", "people", None)


@pytest.mark.parametrize("page", [1, 2])
def test_one_page_of_two_proposes_its_figures_and_counts_none(page: int) -> None:
    fields = ("a", "b") if page == 1 else ("sum",)
    found = with_pages(CODED_TWO, None, [page_of("two", *fields, page=page, sure=0.9999)], FORMS, USUAL)
    assert (found.outcome, found.verdict, found.page, found.counts) == ("doubtful", "look", page, None)
    assert found.proposed == {field: WHOLE[field] for field in fields}


def test_figures_count_only_where_the_code_on_their_own_page_names_the_station() -> None:
    """One sheet's code and another sheet's page can stand in one photo."""
    for codes, outcome in (((T1,), "figures"), ((), "doubtful"), ((CodeSeen("Code128", "T1"),), "doubtful")):
        found = with_pages(CODED, None, [replace(page_of(), codes=codes)], FORMS, USUAL)
        assert (found.outcome, found.station) == (outcome, "T1")
        assert (found.counts or found.proposed) == WHOLE
    assert with_pages(CODED, None, [replace(page_of(), codes=(T2,))], FORMS, USUAL).verdict == "look"


@pytest.mark.parametrize(
    ("form", "codes", "outcome"),
    [
        ("two", ((T1,), (T1,)), "figures"),
        ("two", ((T1,), ()), "doubtful"),
        ("two", ((), (T1,)), "doubtful"),
        ("first coded", ((T1,), ()), "figures"),
        ("first coded", ((T1,), (T1,)), "figures"),
        ("first coded", ((), ()), "doubtful"),
    ],
)
def test_every_page_on_which_a_code_is_printed_is_named_by_its_own(
    form: str, codes: tuple[tuple[CodeSeen, ...], ...], outcome: str
) -> None:
    pages = [replace(page_of(form, "a", "b"), codes=codes[0]), replace(page_of(form, "sum", page=2), codes=codes[1])]
    assert with_pages(replace(CODED, form=form), None, pages, FORMS, USUAL).outcome == outcome


def test_a_page_is_named_by_the_code_of_its_own_page_alone() -> None:
    form = form_of("two", pages=2)
    own = tuple(CodeGrammar("QRCode", re.compile(rf"{page}/(?P<station>T[0-9])"), page=page) for page in (1, 2))
    forms = {"two": replace(form, codes=own)}
    first, second = (CodeSeen("QRCode", f"{page}/T1") for page in (1, 2))
    for of_second, outcome in ((second, "figures"), (first, "doubtful")):
        pages = [replace(page_of("two", "a", "b"), codes=(first,))]
        pages.append(replace(page_of("two", "sum", page=2), codes=(of_second,)))
        assert with_pages(CODED_TWO, None, pages, forms, USUAL).outcome == outcome


def test_figures_that_break_a_sum_are_shown_as_they_are_written_and_go_to_people() -> None:
    found = with_pages(CODED, None, [page_of(total=52, sure=0.999)], FORMS, USUAL)
    assert (found.outcome, found.verdict, found.counts) == ("doubtful", "people", None)
    assert found.proposed == {**WHOLE, "sum": 52}


def test_the_thresholds_of_the_election_decide_what_is_sure() -> None:
    page = page_of(sure=0.9)
    assert with_pages(CODED, None, [page], FORMS, USUAL).outcome == "figures"
    strict = with_pages(CODED, None, [page], FORMS, Thresholds(accept_posterior=999_999))
    assert (strict.outcome, strict.counts, strict.proposed) == ("doubtful", None, WHOLE)
    assert strict.cells


def test_words_that_say_another_number_than_the_digits_make_a_reading_doubtful() -> None:
    page = page_of()
    same, other = (ValueEvidence(FieldId("a"), "words", {said: log(0.99)}, log(1e-5)) for said in (12, 21))
    assert with_pages(CODED, None, [replace(page, evidence=(same,))], FORMS, USUAL).outcome == "figures"
    found = with_pages(CODED, None, [replace(page, evidence=(other,))], FORMS, USUAL)
    assert (found.outcome, found.counts) == ("doubtful", None)
