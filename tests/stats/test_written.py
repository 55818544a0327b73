"""A reading of codes is completed by the boxes of its form; only what is sure counts as figures."""

from dataclasses import replace

import numpy as np

from testigo.core.form import Form, form_from_toml
from testigo.core.ids import Digest, FieldId, StationCode
from testigo.core.records import Reading
from testigo.stats.written import with_figures

FORM = form_from_toml(
    """
    [form]
    id = "small"
    name = "Small"
    paper_mm = [100, 100]
    fields = ["a", "b", "sum"]
    [[rule]]
    code = "S"
    text = "a + b = sum"
    """,
    "form.toml",
)
STATION = Reading(Digest("0" * 64), "codes+digits", "1", "station", "", "small", 1, StationCode("7"))


def ink(number: int, sure: float = 0.97, digits: int = 2) -> tuple[tuple[float, ...], ...]:
    """Cells that say this number, each digit with this probability."""
    rows = np.full((digits, 14), (1 - sure) / 13)
    for place, digit in enumerate(f"{number:0{digits}d}"):
        rows[place, int(digit)] = sure
    return tuple(tuple(row) for row in np.log(rows).tolist())


def sheet(a: int, b: int, total: int, sure: float = 0.97) -> list[tuple[FieldId, tuple[tuple[float, ...], ...]]]:
    return [(FieldId(name), ink(value, sure)) for name, value in (("a", a), ("b", b), ("sum", total))]


def test_clear_figures_that_add_up_are_sure() -> None:
    found = with_figures(STATION, FORM, sheet(12, 30, 42))
    assert (found.outcome, found.verdict) == ("figures", "sure")
    assert found.counts == {"a": 12, "b": 30, "sum": 42}
    assert found.ppm is not None
    assert min(found.ppm.values()) > 990_000
    assert (found.proposed, found.cells) == (None, ())


def test_figures_that_break_a_sum_on_paper_are_proposed_and_never_counted() -> None:
    found = with_figures(STATION, FORM, sheet(12, 30, 52, sure=0.999))
    assert (found.outcome, found.verdict, found.counts) == ("doubtful", "people", None)
    assert found.proposed == {"a": 12, "b": 30, "sum": 52}
    assert found.cells


def test_a_reading_with_figures_of_a_code_stays_as_it_is() -> None:
    coded = replace(STATION, outcome="figures", counts={FieldId("a"): 1})
    assert with_figures(coded, FORM, sheet(12, 30, 42)) == coded


def test_a_page_of_another_form_or_without_ink_changes_nothing() -> None:
    other: Form = replace(FORM, id="other")
    assert with_figures(STATION, other, sheet(12, 30, 42)) == STATION
    assert with_figures(STATION, FORM, []) == STATION
    assert with_figures(replace(STATION, outcome="nothing", form=None), FORM, sheet(1, 2, 3)).outcome == "nothing"


def test_a_rule_that_names_a_figure_without_a_place_on_the_page_is_not_asked() -> None:
    text = """
    [form]
    id = "small"
    name = "Small"
    paper_mm = [100, 100]
    fields = ["a", "b", "sum", "registered"]
    [[rule]]
    code = "S"
    text = "a + b = sum"
    [[rule]]
    code = "T"
    text = "sum <= registered"
    """
    form = form_from_toml(text, "form.toml")
    found = with_figures(STATION, form, sheet(12, 30, 42))
    assert found == with_figures(STATION, FORM, sheet(12, 30, 42))
    assert found.counts == {"a": 12, "b": 30, "sum": 42}
    broken = with_figures(STATION, form, sheet(12, 30, 52, sure=0.999))
    assert (broken.outcome, broken.counts) == ("doubtful", None)


PLACES = """
    [form]
    id = "small"
    name = "Small"
    paper_mm = [100, 100]
    photos = "cropped"
    fields = ["a", "b", "sum"]
    [[box]]
    field = "a"
    box_mm = [0, 0, 10, 10]
    [[box]]
    field = "b"
    box_mm = [0, 10, 10, 10]
    [[column]]
    fields = ["sum"]
    box_mm = [0, 20, 10, 10]
    rows = 1
    [[rule]]
    code = "S"
    text = "a + b = sum"
    """


def test_a_sheet_whose_figure_was_not_found_in_its_place_is_never_sure() -> None:
    form = form_from_toml(PLACES, "form.toml")
    assert with_figures(STATION, form, sheet(12, 30, 42)).outcome == "figures"
    for missing in range(3):
        ink_left = [one for place, one in enumerate(sheet(12, 30, 42, sure=0.9999)) if place != missing]
        found = with_figures(STATION, form, ink_left)
        assert (found.outcome, found.verdict, found.counts) == ("doubtful", "look", None)
        assert found.proposed == {
            field: n for field, n in (("a", 12), ("b", 30), ("sum", 42)) if field != sheet(0, 0, 0)[missing][0]
        }
