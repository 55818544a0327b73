"""A form that is written as TOML is the same form when it is read again."""

import re
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from testigo.core.arithmetic import parse_rule
from testigo.core.form import Box, CodeGrammar, Column, Form, PersonalRegion, form_from_toml
from testigo.core.form_text import form_to_toml
from testigo.core.ids import FieldId
from testigo.flows.folder import read_folder

words = st.text(st.characters(codec="utf-8"), max_size=12)
millimetres = st.one_of(st.integers(0, 400).map(float), st.floats(0, 400, allow_subnormal=False))
boxes_mm = st.tuples(millimetres, millimetres, millimetres, millimetres)
NAMES = tuple(map(FieldId, ("a", "B.2", "_c", "valid", "Z9", "free1", "free2")))


@st.composite
def boxes(draw: st.DrawFn, name: FieldId, pages: int) -> Box:
    """A box whose cells can be read: neither too wide nor too narrow for a digit."""
    cells, high, shape = draw(st.integers(1, 6)), draw(st.floats(1, 40)), draw(st.floats(0.6, 2.4))
    x, y = draw(millimetres), draw(millimetres)
    return Box(name, draw(st.integers(1, pages)), (x, y, cells * high * shape, high), cells)


@st.composite
def forms(draw: st.DrawFn) -> Form:
    pages = draw(st.integers(1, 3))
    page = st.integers(1, pages)
    reference = draw(st.sampled_from([None, "blank-{page}.png" if pages > 1 else "blank.png"]))
    code = CodeGrammar(
        draw(words),
        re.compile("(?P<station>[0-9]+)" + re.escape(draw(words)) + "(?P<lines>.*)"),
        draw(st.sampled_from([(), (("lines", NAMES[:2]),)])),
        draw(st.sampled_from(["{station}", "{station}-{lines}"])),
        draw(st.none() | boxes_mm),
        draw(page),
    )
    rule = parse_rule(
        draw(words),
        "a + 2 * B.2 - _c <= valid + 3",
        "",
        tolerance=draw(st.integers(0, 9)),
        law=draw(st.none() | words),
        weight=draw(st.sampled_from(["hold", "warn"])),
    )
    return Form(
        draw(words),
        draw(words),
        (draw(millimetres), draw(millimetres)),
        pages,
        NAMES,
        (code,) * draw(st.integers(0, 2)),
        tuple(draw(boxes(name, pages)) for name in NAMES[:5]),
        (rule,) * draw(st.integers(0, 2)),
        draw(st.lists(st.builds(PersonalRegion, words, page, boxes_mm), max_size=2).map(tuple)),
        reference,
        (Column(NAMES[5:], draw(page), draw(boxes_mm), draw(st.integers(2, 9)), draw(st.integers(1, 9))),)
        * draw(st.integers(0, 1)),
        draw(st.booleans()),
    )


@given(forms(), st.text(st.characters(categories=("L", "N", "Zs")), max_size=30))
def test_a_form_written_and_read_is_the_same_form(form: Form, note: str) -> None:
    assert form_from_toml(form_to_toml(form, note=note), "form.toml") == form


@pytest.mark.parametrize("election", ["demo", "ve-2024", "bo-2025"])
def test_the_forms_of_the_elections_come_back(project: Path, election: str) -> None:
    for form in read_folder(project / "elections" / election).forms.values():
        text = form_to_toml(form)
        assert form_from_toml(text, "form.toml") == form
        assert form_to_toml(form_from_toml(text, "form.toml")) == text
        assert max(map(len, text.splitlines())) < 400
