"""A photo is shown as it came only where nothing on it is personal; else covered, or not at all."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from testigo.core.form import Form, PersonalRegion
from testigo.core.ids import Digest
from testigo.core.reading import Showing, showing
from testigo.core.records import Reading

SIGNATURES = (PersonalRegion("signatures", 1, (10, 10, 20, 20)),)
NAMES = ("open", "signed", "cut")


def form_of(name: str, *, personal: bool, cropped: bool = False) -> Form:
    return Form(name, name, (100, 100), 1, (), (), (), (), SIGNATURES if personal else (), cropped=cropped)


FORMS = {
    "open": form_of("open", personal=False),
    "signed": form_of("signed", personal=True),
    "cut": form_of("cut", personal=True, cropped=True),
}


def reading_of(form: str | None) -> Reading:
    return Reading(Digest("0" * 64), "codes", "1", "nothing", "0" * 16, form)


@pytest.mark.parametrize(
    ("form", "pages", "covered", "expected"),
    [
        (None, (), False, "held"),
        (None, ("signed",), True, "held"),
        ("unknown", (), True, "held"),
        ("open", (), False, "open"),
        ("open", ("open",), False, "open"),
        ("open", ("open", "signed"), True, "covered"),
        ("open", ("open", "signed"), False, "held"),
        ("open", ("signed",), True, "held"),
        ("signed", (), False, "held"),
        ("signed", ("signed",), False, "held"),
        ("signed", ("signed",), True, "covered"),
        ("signed", ("open",), True, "held"),
        ("cut", ("cut",), True, "held"),
    ],
)
def test_how_a_photo_is_shown(form: str | None, pages: tuple[str, ...], covered: bool, expected: Showing) -> None:
    assert showing(reading_of(form), pages, FORMS, covered=covered) == expected


@given(st.sampled_from((None, *NAMES)), st.sets(st.sampled_from(NAMES)), st.booleans())
def test_a_photo_with_a_personal_form_in_it_is_never_shown_as_it_came(
    form: str | None, pages: set[str], covered: bool
) -> None:
    how = showing(reading_of(form), pages, FORMS, covered=covered)
    if any(FORMS[name].personal for name in (*pages, *([form] if form else []))):
        assert how != "open"
    if how == "covered":
        assert covered
