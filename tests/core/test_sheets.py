"""Which photos of a sheet are keyed together: every photo is seen, a page is never left out that is there."""

from itertools import permutations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from testigo.core.form import Form, form_from_toml
from testigo.core.ids import Digest, FieldId, StationCode
from testigo.core.records import Photo, Reading
from testigo.core.sheets import Shot, Unit, pages_shown, read_surely, units_of

BOX = '[[box]]\nfield = "{0}"\npage = {1}\nbox_mm = [0, {1}0, 9, 9]\n'
FORM: Form = form_from_toml(
    '[form]\nid = "s"\nname = "s"\npaper_mm = [99, 99]\npages = 2\nfields = ["a", "b"]\nreference = "b-{page}.png"\n'
    + BOX.format("a", 1)
    + BOX.format("b", 2)
    + '[[rule]]\ncode = "R"\ntext = "a = b"\n',
    "form.toml",
)


def shot(name: str, *pages: int, read: bool = False, keyed: tuple[str, ...] | None = None) -> Shot:
    beside = None if keyed is None else tuple(map(Digest, keyed))
    return Shot(Digest(name), frozenset(pages), read, beside)


def unit(photo: str, *beside: str, whole: bool = True, read: bool = False) -> Unit:
    return Unit(Digest(photo), tuple(map(Digest, beside)), whole, read)


def test_two_pages_are_keyed_together_and_the_first_page_leads() -> None:
    assert units_of([shot("a", 2), shot("b", 1)], FORM) == (unit("b", "a"),)


def test_a_page_alone_is_keyed_alone_and_said_not_to_be_whole() -> None:
    assert units_of([shot("a", 2)], FORM) == (unit("a", whole=False),)


def test_every_retake_is_keyed_with_the_other_page() -> None:
    assert units_of([shot("a", 1), shot("b", 1), shot("c", 2)], FORM) == (unit("a", "c"), unit("b", "c"))
    assert units_of([shot("a", 1), shot("b", 1), shot("c", 2), shot("d", 2)], FORM) == (unit("a", "c"), unit("b", "d"))


def test_what_somebody_keyed_stays_together_until_a_page_comes_that_it_lacks() -> None:
    keyed = shot("b", 1, keyed=("d",))
    found = units_of([shot("a", 1), keyed, shot("c", 2), shot("d", 2)], FORM)
    assert found == (unit("b", "d"), unit("a", "c"))
    assert units_of([shot("a", 2), shot("b", 1, keyed=())], FORM) == (unit("b", "a"),)
    assert units_of([shot("b", 1, keyed=("gone",)), shot("c", 2)], FORM) == (unit("b", "c"),)


def test_a_page_that_a_machine_read_is_shown_beside_one_that_waits() -> None:
    assert units_of([shot("a", 1, read=True), shot("b", 2)], FORM) == (unit("b", "a"),)


@given(st.lists(st.tuples(st.sampled_from([(1,), (2,), (1, 2)]), st.booleans()), max_size=6))
def test_no_photo_is_left_out_and_no_order_matters(made: list[tuple[tuple[int, ...], bool]]) -> None:
    shots = [shot(f"p{n}", *pages, read=read) for n, (pages, read) in enumerate(made)]
    found = units_of(shots, FORM)
    assert {photo for one in found for photo in (one.photo, *one.beside)} == {one.photo for one in shots}
    for turned in list(permutations(shots))[:6]:
        assert units_of(turned, FORM) == found


def photo(page: int) -> Photo:
    return Photo(Digest("p"), 1, "image/jpeg", 1, 1, 1, "test", page)


def reading(page: int = 1, **counts: int) -> Reading:
    said = {FieldId(field): value for field, value in counts.items()} or None
    outcome = "figures" if counts else "nothing"
    return Reading(Digest(f"p{page}"), "r", "1", outcome, "0", "s", page, StationCode("T1"), counts=said)


@pytest.mark.parametrize(
    ("claimed", "read", "pages"),
    [(2, reading(1, a=1), {1}), (1, reading(2), {2}), (2, reading(), {2}), (37, reading(), {1})],
    ids=["figures", "code", "sender", "page of a long scan"],
)
def test_a_photo_shows_the_pages_that_were_read_else_named(claimed: int, read: Reading, pages: set[int]) -> None:
    assert pages_shown(FORM, photo(claimed), read) == pages


def test_nobody_keys_pages_that_a_machine_read_to_one_sheet_whose_sums_hold() -> None:
    one, two = (Digest("1"), reading(1, a=5)), (Digest("2"), reading(2, b=5))
    assert read_surely(FORM, [one, two]) == {"p1", "p2"}
    assert read_surely(FORM, [one]) == frozenset()
    assert read_surely(FORM, [one, (Digest("2"), reading(2, b=6))]) == frozenset()
    assert read_surely(FORM, [one, two, (Digest("3"), reading(2, b=6))]) == frozenset()
