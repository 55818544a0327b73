"""Paths never collide or climb, numbers are written as the language does, bars stay within their box."""

import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from testigo.core.ids import AreaId, StationCode
from testigo.site.charts import percent_of
from testigo.site.numbers import direction_of, numbers_of
from testigo.site.paths import area_page, path_safe, root_of, station_page


@given(st.text(), st.text())
def test_two_codes_never_share_a_file_name(a: str, b: str) -> None:
    assert (path_safe(a) == path_safe(b)) == (a == b)


@given(st.text(min_size=1, max_size=400))
def test_a_file_name_needs_no_quoting_and_cannot_climb(code: str) -> None:
    name = path_safe(code)
    assert re.fullmatch(r"[A-Za-z0-9_][A-Za-z0-9_.-]{0,120}", name)
    assert ".." not in name


def test_usual_codes_stay_readable() -> None:
    assert station_page(StationCode("010101001.01")) == "s/010101001.01.html"
    assert station_page(StationCode("../a b")) == "s/_2E_2E_2Fa_20b.html"
    assert path_safe("index.html") == "index_2Ehtml"


def test_an_area_below_the_last_page_is_a_section_of_its_parents_page() -> None:
    assert area_page(AreaId(""), 2) == "index.html"
    assert area_page(AreaId("1/22"), 2) == "a/1/22/index.html"
    assert area_page(AreaId("1/22/0 3"), 2) == "a/1/22/index.html#g-0_203"
    assert root_of("a/1/22/index.html") == "../../../"


@pytest.mark.parametrize(
    ("language", "whole", "share", "signed"),
    [
        ("en", "7,303,480", "67.08%", "−1,204"),
        ("es", "7.303.480", "67,08%", "−1.204"),
        ("es_VE", "7.303.480", "67,08%", "−1.204"),
        ("fr", "7\u202f303\u202f480", "67,08%", "−1\u202f204"),
        ("xx", "7,303,480", "67.08%", "−1,204"),
    ],
)
def test_numbers_follow_the_language(language: str, whole: str, share: str, signed: str) -> None:
    numbers = numbers_of(language)
    assert numbers.whole(7_303_480) == whole
    assert numbers.share(7_303_480, 10_887_262) == share
    assert numbers.signed(-1204) == signed


def test_shares_are_rounded_half_up_and_a_share_of_nothing_is_empty() -> None:
    numbers = numbers_of("en")
    assert [numbers.share(1, 8), numbers.share(1, 3), numbers.share(3, 3)] == ["12.50%", "33.33%", "100.00%"]
    assert numbers.share(1, 20_000) == "0.01%"
    assert numbers.share(0, 0) == ""
    assert numbers.ppm(968_700) == "96.87%"


def test_four_languages_run_from_right_to_left() -> None:
    languages = ("ar", "fa", "he", "ur", "ar-LY", "en", "es")
    assert [direction_of(language) for language in languages] == ["rtl"] * 5 + ["ltr"] * 2


@given(st.integers(-5, 10**9), st.integers(0, 10**9))
def test_a_bar_stays_within_its_box(part: int, whole: int) -> None:
    assert 0 <= float(percent_of(part, whole).removesuffix("%")) <= 100
