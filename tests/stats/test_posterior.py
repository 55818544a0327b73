"""The reading of a sheet: what it says, how sure it is, and that a sheet wrong on paper is shown as it is."""

import math

import numpy as np
import pytest
from noisy_channel import STRUCTURES, Structure, seen

from testigo.core.arithmetic import Rule, parse_rule
from testigo.core.ids import FieldId
from testigo.errors import BadUsage
from testigo.stats.fields import BLANK, CLASSES, DASH, ILLEGIBLE, FieldCells, ValueEvidence
from testigo.stats.posterior import USUAL, SheetReading, Thresholds, read_sheet

Digit = int | tuple[int, int, float]
"""A class that a cell clearly shows, or two classes with the odds of the second against the first."""


def cells(name: str, *shown: Digit, marks_mean_zero: bool = False) -> FieldCells:
    table = np.full((len(shown), len(CLASSES)), 1e-6)
    for place, one in enumerate(shown):
        if isinstance(one, tuple):
            table[place, one[0]], table[place, one[1]] = 1.0, one[2]
        else:
            table[place, one] = 1.0
    return FieldCells(FieldId(name), np.log(table / table.sum(axis=1, keepdims=True)), marks_mean_zero)


def rule(text: str, **more: int) -> Rule:
    return parse_rule("S", text, "test", tolerance=more.get("tolerance", 0))


def words(name: str, number: int, sure: float = 0.99) -> ValueEvidence:
    return ValueEvidence(FieldId(name), "words", {number: math.log(sure)}, math.log((1 - sure) / 100))


SUM = (rule("a + b = sum"),)


def counted(sheet: SheetReading) -> dict[str, int]:
    return {str(field): number for field, number in sheet.counts.items()}


def test_clear_figures_that_obey_the_sums_are_sure() -> None:
    sheet = read_sheet([cells("a", 1, 2), cells("b", 3, 0), cells("sum", 4, 2)], SUM)
    assert (sheet.verdict, sheet.why, sheet.changes, sheet.look_at, sheet.broken) == ("sure", "read", (), (), ())
    assert counted(sheet) == {"a": 12, "b": 30, "sum": 42}
    assert sheet.free_counts == sheet.map_counts == sheet.counts
    assert min(sheet.marginals.values()) > 0.999
    assert sheet.second < 1e-4
    assert sheet.breaking < 1e-4


def test_the_sums_choose_between_digits_that_the_ink_leaves_open() -> None:
    sheet = read_sheet(
        [cells("a", 1, (7, 2, 0.6)), cells("b", 3, 0), cells("sum", 4, 2), cells("c", 0, 5), cells("all", 1, 7)],
        (*SUM, rule("a + c = all")),
    )
    assert (sheet.verdict, sheet.why) == ("sure", "chosen by sums")
    assert counted(sheet) == {"a": 12, "b": 30, "sum": 42, "c": 5, "all": 17}
    assert sheet.free_counts[FieldId("a")] == 17
    (change,) = sheet.changes
    assert (change.field, change.cell, change.free, change.chosen) == ("a", 1, "7", "2")
    assert change.ratio == pytest.approx(0.6)
    assert change.field_ratio == pytest.approx(0.6, abs=1e-3)
    rule_broken, other = sheet.broken
    assert (rule_broken.code, rule_broken.left, rule_broken.right, rule_broken.holds_back) == ("S", 47, 42, True)
    assert (other.left, other.right) == (22, 17)


ONE_SUM = (cells("a", 1, (7, 2, 0.3)), cells("b", 3, 0), cells("sum", 4, 2))
"""Only the sum tells that the open digit of a is a 2, and the ink prefers 7."""


def test_a_choice_against_the_ink_that_no_further_sum_confirms_is_shown_and_looked_at() -> None:
    sheet = read_sheet(ONE_SUM, SUM)
    assert (sheet.verdict, sheet.why) == ("look", "unconfirmed")
    assert counted(sheet) == {"a": 12, "b": 30, "sum": 42}
    assert ("a", 1) in {(one.field, one.cell) for one in sheet.look_at}
    loose = Thresholds(unconfirmed_ratio=0.25)
    assert read_sheet(ONE_SUM, SUM, (), loose).why == "chosen by sums"


def test_a_second_sum_or_words_that_agree_confirm_the_choice() -> None:
    second = [*ONE_SUM, cells("c", 0, 5), cells("all", 1, 7)]
    confirmed = read_sheet(second, (*SUM, rule("a + c = all")))
    assert (confirmed.verdict, confirmed.why, counted(confirmed)["a"]) == ("sure", "chosen by sums", 12)
    # A sum that does not tell of the chosen field confirms nothing.
    assert read_sheet(second, (*SUM, rule("c + 12 = all"))).why == "unconfirmed"
    assert read_sheet(ONE_SUM, SUM, [words("a", 12, 0.5)]).why in ("read", "chosen by sums")
    assert read_sheet(ONE_SUM, SUM, [words("b", 30)]).why == "unconfirmed"


def test_two_fields_chosen_by_two_sums_are_not_confirmed_by_them() -> None:
    fields = [
        cells("a", 1, (7, 2, 0.6)),
        cells("b", 3, (6, 0, 0.6)),
        cells("c", 1, 0),
        cells("s", 2, 2),
        cells("t", 4, 0),
    ]
    rules = (rule("a + c = s"), rule("b + c = t"))
    sheet = read_sheet(fields, rules)
    assert (sheet.why, counted(sheet)) == ("unconfirmed", {"a": 12, "b": 30, "c": 10, "s": 22, "t": 40})
    third = read_sheet([*fields, cells("u", 4, 2)], (*rules, rule("a + b = u")))
    assert (third.verdict, third.why) == ("sure", "chosen by sums")


def test_a_wrong_cell_for_which_another_open_one_makes_up_by_chance_is_not_repaired() -> None:
    """The paper says 14 + 12 = 22; the ink of 22 leaves 26 open, which would make the sum hold."""
    fields = [cells("a", 1, 4), cells("b", 1, 2), cells("sum", 2, (2, 6, 0.19))]
    sheet = read_sheet(fields, SUM)
    assert sheet.posterior > 0.9
    assert (sheet.verdict, sheet.why) == ("look", "unconfirmed")
    assert [(one.left, one.right) for one in sheet.broken] == [(26, 22)]
    assert ("sum", 1) in {(one.field, one.cell) for one in sheet.look_at}


def test_a_sheet_that_the_ink_says_is_wrong_is_shown_as_it_is_with_the_broken_sum() -> None:
    sheet = read_sheet([cells("a", 1, (7, 2, 0.01)), cells("b", 3, 0), cells("sum", 4, 2)], SUM)
    assert (sheet.verdict, sheet.why) == ("people", "broken")
    assert counted(sheet) == {"a": 17, "b": 30, "sum": 42}
    assert sheet.map_counts[FieldId("a")] == 12
    assert [(one.left, one.right) for one in sheet.broken] == [(47, 42)]
    assert any((one.field, one.cell) == ("a", 1) for one in sheet.look_at)


def test_several_changes_together_must_be_left_open_by_the_ink() -> None:
    each = 0.2
    sheet = read_sheet([cells("a", 1, (7, 2, each)), cells("b", 3, (6, 0, each)), cells("sum", 4, 2)], SUM)
    assert sheet.map_counts == {"a": 12, "b": 30, "sum": 42}
    assert len(sheet.changes) == 2
    assert all(change.field_ratio >= USUAL.likelihood_ratio for change in sheet.changes)
    assert sheet.verdict == "people"
    loose = Thresholds(likelihood_ratio=each * each * 0.9)
    again = read_sheet([cells("a", 1, (7, 2, each)), cells("b", 3, (6, 0, each)), cells("sum", 4, 2)], SUM, (), loose)
    assert again.why != "broken"


def test_two_readings_that_obey_the_sums_are_doubtful_at_the_cells_that_differ() -> None:
    open_two = [cells("a", 1, (2, 3, 0.8)), cells("b", 3, 0), cells("sum", 4, (2, 3, 0.9))]
    sheet = read_sheet(open_two, SUM)
    assert (sheet.verdict, sheet.why) == ("look", "doubtful")
    assert {(one.field, one.cell) for one in sheet.look_at} == {("a", 1), ("sum", 1)}
    assert [one.doubt for one in sheet.look_at] == pytest.approx([0.72 / 1.72] * 2, abs=1e-3)
    assert sheet.posterior == pytest.approx(1 / 1.72, abs=1e-3)
    assert sheet.second == pytest.approx(0.72 / 1.72, abs=1e-3)


def test_too_many_cells_to_look_at_are_for_people() -> None:
    faint: list[Digit] = [(2, 3, 0.9), (2, 3, 0.9), (2, 3, 0.9), (2, 3, 0.9)]
    assert read_sheet([cells("a", *faint)], ()).verdict == "look"
    assert read_sheet([cells("a", *faint), cells("b", *faint)], ()).verdict == "people"


@pytest.mark.parametrize("nothing", [BLANK, DASH, ILLEGIBLE])
def test_a_field_that_says_no_number_is_absent_and_the_sheet_is_incomplete(nothing: int) -> None:
    sheet = read_sheet([cells("a", 1, 2), cells("b", nothing, nothing), cells("sum", 4, 2)], SUM)
    assert (sheet.verdict, sheet.why) == ("look", "incomplete")
    assert counted(sheet) == {"a": 12, "sum": 42}
    assert {(one.field, one.cell) for one in sheet.look_at} == {("b", 0), ("b", 1)}


def test_dashes_are_zero_where_the_form_says_so() -> None:
    fields = [cells("a", 4, 2), cells("b", DASH, DASH, marks_mean_zero=True), cells("sum", 4, 2)]
    sheet = read_sheet(fields, SUM)
    assert (sheet.verdict, counted(sheet)) == ("sure", {"a": 42, "b": 0, "sum": 42})


def test_rules_with_tolerance_constants_and_inequalities_are_evidence_too() -> None:
    fields = [cells("a", 1, (7, 2, 0.6)), cells("b", 3, 0), cells("sum", 4, 2)]
    assert counted(read_sheet(fields, (rule("a + b <= sum"),)))["a"] == 12
    assert counted(read_sheet(fields, (rule("a + b + 1 = sum", tolerance=1),)))["a"] == 12
    assert counted(read_sheet(fields, (rule("a <= 15"),)))["a"] == 12
    assert counted(read_sheet(fields, (rule("a + b = sum", tolerance=5),)))["a"] == 17


def test_a_rule_that_only_warns_is_told_and_decides_nothing() -> None:
    warn = parse_rule("W", "a + b = sum", "test", weight="warn")
    sheet = read_sheet([cells("a", 1, 7), cells("b", 3, 0), cells("sum", 4, 2)], (warn,))
    assert (sheet.verdict, sheet.why) == ("look", "unchecked")
    assert [(one.code, one.holds_back) for one in sheet.broken] == [("W", False)]


def test_a_rule_of_a_field_that_was_not_read_is_not_asked() -> None:
    fields = [cells("a", 1, 2), cells("b", 3, 0)]
    assert read_sheet(fields, SUM) == read_sheet(fields, ())


def test_words_that_agree_with_open_cells_make_them_sure() -> None:
    open_cell = [cells("a", 1, (7, 2, 0.9))]
    assert read_sheet(open_cell, ()).why == "doubtful"
    sheet = read_sheet(open_cell, (), [words("a", 12)])
    assert (sheet.verdict, counted(sheet)) == ("sure", {"a": 12})


def test_words_are_weighed_with_the_sums() -> None:
    fields = [cells("a", 1, (7, 2, 0.02)), cells("b", 3, 0), cells("sum", 4, 2)]
    assert read_sheet(fields, SUM).why == "broken"
    assert counted(read_sheet(fields, SUM, [words("a", 12)]))["a"] == 12


@pytest.mark.parametrize("sure", [0.95, 0.999_999_999])
def test_words_that_contradict_clear_digits_are_told_whichever_is_stronger(sure: float) -> None:
    sheet = read_sheet([cells("a", 1, 7)], (), [words("a", 85, sure)])
    assert (sheet.why, sheet.verdict) == ("contradicted", "look")


def test_words_and_a_code_that_contradict_each_other_are_told() -> None:
    code = ValueEvidence(FieldId("a"), "code", {18: 0.0}, -30.0)
    sheet = read_sheet([cells("a", 1, (7, 8, 0.9))], (), [words("a", 17, 0.9999), code])
    assert sheet.why == "contradicted"


def test_words_that_name_no_number_change_nothing() -> None:
    fields = [cells("a", 1, 7)]
    silent = ValueEvidence(FieldId("a"), "words", {}, -3.0)
    assert read_sheet(fields, (), [silent]).counts == read_sheet(fields, ()).counts
    assert read_sheet(fields, (), [silent]).why == "unchecked"


def test_evidence_of_no_field_and_fields_that_stand_twice_are_refused() -> None:
    with pytest.raises(BadUsage, match="came a, b"):
        read_sheet([cells("a", 1)], (), [words("b", 1)])
    with pytest.raises(BadUsage, match="every field once"):
        read_sheet([cells("a", 1), cells("a", 1)], ())


@pytest.mark.parametrize("structure", STRUCTURES, ids=lambda one: one.name)
def test_the_same_cells_give_the_same_reading(structure: Structure) -> None:
    rng = np.random.default_rng(4)
    fields = seen(structure, structure.sheet(rng), rng, 0.1)
    assert read_sheet(fields, structure.rules, seed=3) == read_sheet(fields, structure.rules, seed=3)


def test_a_figure_that_no_sum_and_no_words_say_again_is_never_sure() -> None:
    rules = (parse_rule("S", "a + b = sum", "test"), parse_rule("L", "spoilt <= sum", "test"))
    sheet = [cells("a", 1, 7), cells("b", 3, 0), cells("sum", 4, 7), cells("spoilt", 0, 2)]
    assert (read_sheet(sheet, rules).verdict, read_sheet(sheet, rules).why) == ("look", "unchecked")
    words = ValueEvidence(FieldId("spoilt"), "words", {2: 0.0}, -8.0)
    assert read_sheet(sheet, rules, [words]).verdict == "sure"
