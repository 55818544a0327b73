"""Numbers in words: what is spelled is read again, as other people's spelling is."""

import random
from itertools import chain

import pytest
from hypothesis import given
from hypothesis import strategies as st

from testigo.core.number_spelling import spell, spell_digits, spellings
from testigo.core.number_words import LANGUAGES, MOST, Language, number_of, plain
from testigo.errors import BadUsage

LARGE = tuple(random.Random(7).sample(range(10_000, MOST + 1), 1500))
both = pytest.mark.parametrize("language", LANGUAGES)


@both
def test_what_is_spelled_is_read_again(language: Language) -> None:
    assert [n for n in chain(range(10_000), LARGE) if number_of(spell(n, language), language) != n] == []


@both
def test_digits_one_by_one_are_read_again_with_any_leading_noughts(language: Language) -> None:
    for number in range(1000):
        for width in (1, 3, 5):
            assert number_of(spell_digits(number, language, width), language) == number


@both
def test_every_spelling_is_read_as_its_number(language: Language) -> None:
    for number in chain(range(1200), LARGE[:60]):
        ways = spellings(number, language, 4)
        assert len(set(ways)) == len(ways)
        assert {number_of(" ".join(way), language) for way in ways} == {number}, number


@both
def test_no_two_numbers_share_a_spelling(language: Language) -> None:
    ways = [way for number in range(2000) for way in spellings(number, language)]
    assert len(set(ways)) == len(ways)


@both
def test_the_usual_spelling_comes_first(language: Language) -> None:
    for number in range(2000):
        assert "".join(spellings(number, language)[0]) == plain(spell(number, language))


@pytest.mark.slow
@both
def test_another_program_spells_the_same(language: Language) -> None:
    """num2words: its numbers are read, and are spelled as here but where it keeps the end of "uno" before "mil"."""
    num2words = pytest.importorskip("num2words").num2words
    for number in chain(range(10_000), LARGE):
        theirs = num2words(number, lang=language)
        assert number_of(theirs, language) == number
        if language == "en" or number // 1000 % 10 != 1 or number // 1000 % 100 == 11:
            assert plain(theirs) == plain(spell(number, language))


@pytest.mark.parametrize(
    ("number", "language", "expected"),
    [
        (0, "es", "cero"),
        (16, "es", "dieciséis"),
        (22, "es", "veintidós"),
        (100, "es", "cien"),
        (123, "es", "ciento veintitrés"),
        (1000, "es", "mil"),
        (1101, "es", "mil ciento uno"),
        (21_021, "es", "veintiún mil veintiuno"),
        (31_500, "es", "treinta y un mil quinientos"),
        (999_999, "es", "novecientos noventa y nueve mil novecientos noventa y nueve"),
        (0, "en", "zero"),
        (123, "en", "one hundred and twenty-three"),
        (1001, "en", "one thousand and one"),
        (1234, "en", "one thousand two hundred and thirty-four"),
    ],
)
def test_spellings_that_are_known(number: int, language: Language, expected: str) -> None:
    assert spell(number, language) == expected


@pytest.mark.parametrize(
    ("text", "language", "number"),
    [
        ("CERO SIETE CUATRO", "es", 74),
        ("ciento veinti tres", "es", 123),
        ("CIENTOVEINTITRES", "es", 123),
        ("Treintaicinco", "es", 35),
        ("diez y seis", "es", 16),
        ("veinte y uno", "es", 21),
        ("doscientas una", "es", 201),
        ("Dos Cientos", "es", 200),
        ("un mil", "es", 1000),
        ("cien   cinco", "es", 105),
        ("one two three", "en", 123),
        ("one hundred and twenty three", "en", 123),
        ("OneHundredTwentyThree", "en", 123),
        ("a hundred and six", "en", 106),
        ("oh nine", "en", 9),
        ("twelve thousand, three hundred and forty-five.", "en", 12_345),
    ],
)
def test_people_write_as_they_like(text: str, language: Language, number: int) -> None:
    assert number_of(text, language) == number


@pytest.mark.parametrize(
    ("text", "language"),
    [
        ("", "es"),
        ("y", "es"),
        ("123", "es"),
        ("ciento y", "es"),
        ("veinte treinta", "es"),
        ("mil mil", "es"),
        ("one hundred", "es"),
        ("cien perros", "es"),
        ("cero cero cero cero cero cero cero", "es"),
        ("veinte cero", "es"),
        ("a", "en"),
        ("hundred", "en"),
        ("twenty eleven", "en"),
        ("one hundred and", "en"),
    ],
)
def test_what_says_no_number_is_none(text: str, language: Language) -> None:
    assert number_of(text, language) is None


@given(st.text(alphabet="abcdehinorstuvyz -é", max_size=30))
def test_any_text_is_a_number_or_none(text: str) -> None:
    for language in LANGUAGES:
        number = number_of(text, language)
        assert number is None or 0 <= number <= MOST


@given(st.integers(0, MOST), st.sampled_from(LANGUAGES), st.data())
def test_case_accents_and_spaces_do_not_matter(number: int, language: Language, data: st.DataObject) -> None:
    letters = plain(spell(number, language))
    cuts = data.draw(st.sets(st.integers(0, len(letters)), max_size=5))
    text = "".join((" " if place in cuts else "") + letter.upper() for place, letter in enumerate(letters))
    assert number_of(text, language) == number


@pytest.mark.parametrize("number", [-1, MOST + 1])
def test_numbers_out_of_range_are_refused(number: int) -> None:
    for call in (spell, spell_digits, spellings):
        with pytest.raises(BadUsage, match="0 to 999,999"):
            call(number, "en")
