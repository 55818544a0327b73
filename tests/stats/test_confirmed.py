"""What speaks a second time for a number, and what only seems to: no figure is sure on the word of a rule that checks
nothing."""

import math

import pytest
from test_posterior import ONE_SUM, SUM, cells, counted, rule, words

from testigo.core.ids import FieldId
from testigo.stats.fields import ValueEvidence
from testigo.stats.posterior import read_sheet


def said(name: str, logs: dict[int, float]) -> ValueEvidence:
    return ValueEvidence(FieldId(name), "words", logs, -3.0)


@pytest.mark.parametrize("text", ["0 * a = 0", "a = a", "2 * a - a = a", "a <= 900"])
def test_a_rule_that_no_figure_can_break_checks_nothing(text: str) -> None:
    assert read_sheet([cells("a", 1, 7)], (rule(text),)).why == "unchecked"


def test_a_sum_that_lets_five_ballots_pass_finds_no_misread_unit() -> None:
    fields = [cells("a", 1, 7), cells("b", 3, 0), cells("sum", 4, 2)]
    sheet = read_sheet(fields, (rule("a + b = sum", tolerance=5),))
    assert (sheet.verdict, sheet.why) == ("look", "unchecked")
    exact = read_sheet([cells("a", 1, 2), *fields[1:]], (rule("a + b = sum", tolerance=5), *SUM))
    assert exact.verdict == "sure"


@pytest.mark.parametrize("logs", [{}, {12: -2.9}, {17: -0.3, 12: -1.0}], ids=["nothing", "hardly", "the other number"])
def test_words_that_do_not_speak_for_the_choice_confirm_nothing(logs: dict[int, float]) -> None:
    assert read_sheet(ONE_SUM, SUM, [said("a", logs)]).why == "unconfirmed"


@pytest.mark.parametrize("logs", [{}, {17: -1.0, 18: -1.1}], ids=["nothing", "two numbers"])
def test_words_that_fit_other_numbers_as_well_do_not_check_a_field(logs: dict[int, float]) -> None:
    assert read_sheet([cells("a", 1, 7)], (), [said("a", logs)]).why in ("unchecked", "doubtful")
    assert read_sheet([cells("a", 1, 7)], (), [words("a", 17)]).verdict == "sure"


CAST = [*ONE_SUM, cells("n", 0, 3), cells("cast", 4, 5)]
TWO_SUMS = (*SUM, rule("a + b + n = cast"))


def test_two_sums_that_one_wrong_figure_would_break_alike_are_one() -> None:
    """If b is wrong on paper by five, both sums are put out by five: one coincidence, not two."""
    sheet = read_sheet(CAST, TWO_SUMS)
    assert (sheet.verdict, sheet.why, counted(sheet)["a"]) == ("look", "unconfirmed", 12)
    assert read_sheet(ONE_SUM, (*SUM, rule("sum = b + a"))).why == "unconfirmed"
    # Words say that b is right: then nothing else is left that breaks both.
    spoken = read_sheet(CAST, TWO_SUMS, [words("b", 30)])
    assert (spoken.verdict, spoken.why) == ("sure", "chosen by sums")
    # Where the sum that both share counts a twice and b once, b cannot make up for a in both.
    twice = [*ONE_SUM, cells("n", 0, 3), cells("cast", 5, 7)]
    assert read_sheet(twice, (*SUM, rule("2 * a + b + n = cast"))).verdict == "sure"


def test_numbers_of_any_size_are_weighed_exactly() -> None:
    large = 10**9
    rules = (rule(f"{large} * a + {large} * b = {large} * sum"), rule("a + c = all"))
    sheet = read_sheet([*ONE_SUM, cells("c", 0, 5), cells("all", 1, 7)], rules)
    assert (sheet.verdict, math.isfinite(sheet.posterior)) == ("sure", True)
