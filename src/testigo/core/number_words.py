"""Numbers written in words, in Spanish and in English, read leniently; `number_spelling` writes them.

Two styles are known: the number ("ciento veintitrés", "one hundred and twenty-three") and its digits one by one ("cero
siete cuatro", "one two three"). Case, accents, hyphens, commas and spaces do not matter when reading: people split
words and run them together.
"""

import unicodedata
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Final, Literal, NamedTuple

Language = Literal["es", "en"]

LANGUAGES: Final[tuple[Language, ...]] = ("es", "en")
MOST: Final = 999_999
MOST_DIGITS: Final = 6

Kind = Literal["unit", "teen", "tens", "hundreds", "hundred", "thousand", "and", "article"]


@dataclass(frozen=True, slots=True)
class _Word:
    """A word of a language as it is read: lower case, no accents. `value` is 0 where the kind has none."""

    text: str
    kind: Kind
    value: int = 0


class _Said(NamedTuple):
    """What a beginning of a number says: thousands and the rest, and what may come next.

    `thousands` is None where no thousand was said. `joined` holds after an "and" that wants more.
    """

    thousands: int | None
    value: int
    after: Literal["nothing", "article", "unit", "ten", "tens", "hundreds", "all"]
    joined: bool


_NOTHING: Final = _Said(None, 0, "nothing", False)


def _kinds(kind: Kind, first: int, step: int, texts: str) -> tuple[_Word, ...]:
    """Words of values that rise by `step`; variants of one value are joined by a stroke."""
    return tuple(
        _Word(text, kind, first + step * place)
        for place, variants in enumerate(texts.split())
        for text in variants.split("|")
    )


_SPANISH: Final = (
    *_kinds("unit", 0, 1, "cero uno|un|una dos tres cuatro cinco seis siete ocho nueve"),
    *_kinds("teen", 10, 1, "diez|dieci once doce trece catorce quince"),
    *_kinds("tens", 20, 10, "veinte|veinti treinta cuarenta cincuenta sesenta setenta ochenta noventa"),
    *_kinds("hundreds", 100, 100, "cien|ciento doscientos|doscientas trescientos|trescientas"),
    *_kinds("hundreds", 400, 100, "cuatrocientos|cuatrocientas quinientos|quinientas seiscientos|seiscientas"),
    *_kinds("hundreds", 700, 100, "setecientos|setecientas ochocientos|ochocientas novecientos|novecientas"),
    *(_Word(text, "hundred") for text in ("cientos", "cientas")),
    _Word("mil", "thousand"),
    *(_Word(text, "and") for text in ("y", "i")),
)
_ENGLISH: Final = (
    *_kinds("unit", 0, 1, "zero|nought|oh one two three four five six seven eight nine"),
    *_kinds("teen", 10, 1, "ten eleven twelve thirteen fourteen fifteen sixteen seventeen eighteen nineteen"),
    *_kinds("tens", 20, 10, "twenty thirty forty|fourty fifty sixty seventy eighty ninety"),
    _Word("hundred", "hundred"),
    _Word("thousand", "thousand"),
    _Word("and", "and"),
    _Word("a", "article"),
)
_WORDS: Final = {"es": _SPANISH, "en": _ENGLISH}


def plain(text: str) -> str:
    """The text as it is compared: lower case, without accents, spaces, hyphens, commas and points."""
    letters = unicodedata.normalize("NFKD", text.casefold())
    return "".join(one for one in letters if not unicodedata.combining(one) and one not in " \t\n-,.’'")


def number_of(text: str, language: Language) -> int | None:
    """The number from 0 to 999,999 that the words say, in either style; None where they say none.

    Noughts may lead a number that is spelled digit by digit, up to six digits.
    """
    letters = plain(text)
    said = _digits_said(letters, language) | _numbers_said(letters, language)
    # No text says two numbers: a digit after a digit is no number of the other style.
    return said.pop() if len(said) == 1 else None


def _digits_said(letters: str, language: Language) -> set[int]:
    """The number that the letters say digit by digit, if any."""
    begun: list[set[str]] = [{""}] + [set() for _ in letters]
    units = [word for word in _WORDS[language] if word.kind == "unit"]
    for place in range(len(letters)):
        for word in units:
            if begun[place] and letters.startswith(word.text, place):
                begun[place + len(word.text)] |= {digits + str(word.value) for digits in begun[place]}
    return {int(digits) for digits in begun[-1] if 1 <= len(digits) <= MOST_DIGITS}


def _numbers_said(letters: str, language: Language) -> set[int]:
    """The numbers that the letters say as a number; words may be cut and joined anywhere."""
    begun: list[set[_Said]] = [{_NOTHING}] + [set() for _ in letters]
    for place in range(len(letters)):
        for word in _WORDS[language]:
            if begun[place] and letters.startswith(word.text, place):
                begun[place + len(word.text)] |= {more for said in begun[place] for more in _then(said, word)}
    return {
        1000 * (said.thousands or 0) + said.value
        for said in begun[-1]
        if not said.joined and (said.thousands is not None or said.after != "nothing") and said.after != "article"
    }


def _then(said: _Said, word: _Word) -> Iterator[_Said]:
    """What is said when this word comes next; nothing where it cannot."""
    thousands, value, after, joined = said
    match word.kind:
        case "unit" if word.value and after in ("nothing", "tens", "hundreds"):
            yield _Said(thousands, value + word.value, "unit" if after == "nothing" else "all", False)
        case "unit" if word.value >= 6 and after == "ten":
            yield _Said(thousands, value + word.value, "all", False)
        case "teen" if after in ("nothing", "hundreds"):
            # "Diez y seis": only ten goes on, and only to what has no word of its own.
            ten = word.text in ("diez", "dieci")
            yield _Said(thousands, value + word.value, "ten" if ten else "all", False)
        case "tens" if after in ("nothing", "hundreds"):
            yield _Said(thousands, value + word.value, "tens", False)
        case "hundreds" if after == "nothing":
            yield _Said(thousands, value + word.value, "hundreds", False)
        case "hundred" if after == "unit" and not joined:
            yield _Said(thousands, 100 * value, "hundreds", False)
        case "hundred" if after == "article":
            yield _Said(thousands, 100, "hundreds", False)
        case "thousand" if thousands is None and not joined:
            yield _Said(value or 1, 0, "nothing", False)
        case "and" if not joined and (after in ("ten", "tens", "hundreds") or (after == "nothing" and thousands)):
            yield _Said(thousands, value, after, True)
        case "article" if after == "nothing" and not joined:
            yield _Said(thousands, 0, "article", False)
