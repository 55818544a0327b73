"""What somebody drew becomes a form that can be read back, and what is wrong with it is told in words."""

import json
from dataclasses import replace

import pytest
from fourth_form import FIELDS, LINES, election_toml
from hypothesis import given, settings
from hypothesis import strategies as st

from testigo.core.election import election_from_toml
from testigo.core.form import form_from_toml
from testigo.core.form_text import form_to_toml
from testigo.designer.ballot import Figure, ballot_of, forms_of
from testigo.designer.draft import pattern_like
from testigo.designer.faults import fault_of_sum, faults_of
from testigo.designer.sketch import Group, Region, Sketch, Sum, form_of, sketch_from_json
from testigo.errors import BadUsage
from testigo.site.words import words_of
from testigo.vision.layout import layout_of

ENGLISH = words_of("en")

SKETCH = {
    "id": "valley",
    "name": "Valley",
    "paper_mm": [200, 300],
    "groups": [
        {"page": 1, "rect": [0.5, 0.1, 0.2, 0.15], "cells": 3, "gap": 0.25, "free": False, "names": ["a", "b"]},
        {"page": 1, "rect": [0.1, 0.6, 0.2, 0.4], "cells": 2, "gap": 0, "free": True, "names": ["c"]},
    ],
    "sums": [{"code": "total", "text": "a + b = c", "warns": True}],
    "personal": [{"page": 1, "rect": [0, 0, 1, 0.05], "what": "names"}],
    "codes": [{"page": 1, "rect": [0.8, 0.1, 0.1, 0.1], "symbology": "QRCode", "pattern": "(?P<station>[0-9]+)"}],
}


def drawn(**changes: object) -> Sketch:
    return sketch_from_json(json.dumps({**SKETCH, **changes}).encode(), 1)


def test_a_sketch_becomes_boxes_in_millimetres() -> None:
    form = form_of(drawn(), 1)
    assert [(box.field, box.box_mm, box.cells) for box in form.boxes] == [
        ("a", (100, 30, 40, 19.28), 3),
        ("b", (100, 55.71, 40, 19.29), 3),
    ]
    (column,) = form.columns
    assert (column.fields, column.box_mm, column.rows, column.digits) == (("c",), (20, 180, 40, 120), 1, 2)
    assert (form.rules[0].code, form.rules[0].weight) == ("total", "warn")
    assert form.personal[0].box_mm == (0, 0, 200, 15)
    assert form.codes[0].region_mm == (160, 30, 20, 30)
    assert form_from_toml(form_to_toml(form), "form.toml") == form


rectangles = st.tuples(st.floats(0, 0.9), st.floats(0, 0.9), st.floats(0.01, 1), st.floats(0.01, 1)).map(
    lambda r: (r[0], r[1], min(r[2], 1 - r[0]), min(r[3], 1 - r[1]))
)


some_groups = st.tuples(rectangles, st.integers(1, 9), st.floats(0, 0.85), st.booleans(), st.integers(1, 9))


@settings(max_examples=40, deadline=None)
@given(
    st.lists(some_groups, max_size=4),
    st.lists(rectangles, max_size=2),
    st.tuples(st.floats(30, 1200), st.floats(30, 1200)),
)
def test_whatever_is_drawn_on_the_page_is_a_form_that_reads_back(
    groups: list[tuple[tuple[float, ...], int, float, bool, int]],
    personal: list[tuple[float, ...]],
    paper: tuple[float, float],
) -> None:
    sketch = drawn(
        paper_mm=paper,
        groups=[
            {"page": 1, "rect": rect, "cells": cells, "gap": gap, "free": free,
             "names": [f"g{n}.{row}" for row in range(rows)]}
            for n, (rect, cells, gap, free, rows) in enumerate(groups)
        ] or SKETCH["groups"],
        sums=[],
        personal=[{"page": 1, "rect": rect, "what": "x"} for rect in personal],
    )  # fmt: skip
    form = form_of(sketch, 1)
    told = [fault.part for fault in faults_of(sketch, ENGLISH)]
    if all(0.5 <= box.shape <= 2.5 for box in form.boxes):
        assert (form_from_toml(form_to_toml(form), "form.toml"), told) == (form, [])
    else:
        assert told == ["figures"]
    # Everything lies on the paper.
    layout_of(form)


@pytest.mark.parametrize(
    "broken",
    [
        {"groups": [{**SKETCH["groups"][0], "rect": [0.9, 0, 0.2, 0.1]}]},  # type: ignore[dict-item]
        {"groups": [{**SKETCH["groups"][0], "names": []}]},  # type: ignore[dict-item]
        {"groups": [{**SKETCH["groups"][0], "page": 2}]},  # type: ignore[dict-item]
        {"groups": [{**SKETCH["groups"][0], "rect": [0.1, 0.1, float("nan"), 0.1]}]},  # type: ignore[dict-item]
        {"paper_mm": [5, 300]},
        {"groups": [7]},
        {"sums": None},
    ],
)
def test_a_sketch_that_is_none_is_refused(broken: dict[str, object]) -> None:
    with pytest.raises(BadUsage):
        drawn(**broken)


@pytest.mark.parametrize("data", [b"", b"[" * 100_000, b"7", b'{"id": 1}', b"\xff"])
def test_bytes_that_are_no_sketch_are_refused(data: bytes) -> None:
    with pytest.raises(BadUsage):
        sketch_from_json(data, 1)


def test_a_whole_form_has_no_faults() -> None:
    assert faults_of(drawn(), ENGLISH) == ()


@pytest.mark.parametrize(("language", "says"), [("en", "0.5 to 2.5 times"), ("es", "de 0,5 a 2,5 veces")])
def test_cells_of_another_shape_are_told_with_the_numbers_of_the_language(language: str, says: str) -> None:
    flat = Group(1, (0.1, 0.1, 0.8, 0.02), 1, 0.0, False, ("a",))
    (fault,) = faults_of(replace(drawn(), groups=(flat,), sums=()), words_of(language))
    assert says in fault.sentence


def test_every_fault_is_told_at_its_place() -> None:
    group = Group(1, (0.1, 0.1, 0.1, 0.1), 3, 0.0, False, ("a", "a", "ñ"))
    sketch = replace(
        drawn(),
        id="../etc",
        groups=(group,),
        sums=(Sum("x", "a = b", False),),
        codes=(replace(drawn().codes[0], pattern="(?P<station"),),
    )
    assert [(fault.part, fault.index) for fault in faults_of(sketch, ENGLISH)] == [
        ("name", 0), ("name", 1), ("name", 2), ("sum", 0), ("code", 0), ("id", 0),
    ]  # fmt: skip
    assert [fault.part for fault in faults_of(replace(drawn(), groups=(), sums=()), ENGLISH)] == ["figures"]


@pytest.mark.parametrize(
    ("text", "told"),
    [
        ("alder + birch = valid", None),
        ("2 * alder - birch <= valid + 3", None),
        ("alder + brich = valid", "There is no figure called brich. Did you mean birch?"),
        ("alder + zzz = valid", "There is no figure called zzz."),
        ("alder + birch", "Write exactly one of = <= >= such as in A + B = total."),
        ("alder = birch = valid", "Write exactly one of = <= >= such as in A + B = total."),
        ("alder birch = valid", "Put + or - between two figures, and a figure or number after each sign."),
        ("alder + = valid", "Put + or - between two figures, and a figure or number after each sign."),
        ("alder / birch = valid", "/ is not understood: use + - * = <= >=."),
        ("1 = 1", "A sum needs at least one figure."),
        ("  ", "Write a sum such as A + B = total."),
    ],
)
def test_a_sum_is_checked_in_words(text: str, told: str | None) -> None:
    assert fault_of_sum(text, FIELDS, ENGLISH) == told


def test_the_ballot_offers_its_figures_in_order_and_their_sums() -> None:
    election = election_from_toml(election_toml(), "election.toml")
    assert forms_of(election) == ("fourth",)
    ballot = ballot_of(election, "fourth")
    assert tuple(figure.field for figure in ballot.figures) == FIELDS
    assert ballot.figures[0] == Figure(election.contests[0].choices[0].id, "Alder")
    assert ballot.sums == (
        ("valid", f"{' + '.join(LINES)} = valid"),
        ("cast", "valid + blank + null = cast"),
    )


def test_a_code_that_holds_a_station_gets_a_pattern_for_its_like() -> None:
    assert pattern_like("V1|0042|77", "^[0-9]{4}$") == ".*?(?P<station>[0-9]{4}).*"
    assert pattern_like("V1", "^[0-9]{4}$") == pattern_like("0042", None) == "(?P<station>.+)"


def test_a_region_of_a_second_page_stays_there() -> None:
    sketch = sketch_from_json(
        json.dumps({**SKETCH, "personal": [{"page": 2, "rect": [0, 0, 1, 1], "what": "x"}]}).encode(), 2
    )
    assert sketch.personal == (Region(2, (0, 0, 1, 1), "x"),)
    assert form_of(sketch, 2).reference == "blank-{page}.png"
