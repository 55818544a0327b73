"""Numbers spelled out in Spanish and in English: as usual, digit by digit, and in every way that a sheet may show."""

from collections.abc import Iterator
from itertools import product
from typing import Final

from testigo.core.number_words import MOST, Language, plain
from testigo.errors import BadUsage

Words = tuple[str, ...]


def _words(text: str) -> Words:
    return tuple(text.split())


_DIGITS: Final = {
    "es": _words("cero uno dos tres cuatro cinco seis siete ocho nueve"),
    "en": _words("zero one two three four five six seven eight nine"),
}
_ES_SMALL: Final = _words(
    "cero uno dos tres cuatro cinco seis siete ocho nueve diez once doce trece catorce quince dieciséis diecisiete "
    "dieciocho diecinueve veinte veintiuno veintidós veintitrés veinticuatro veinticinco veintiséis veintisiete "
    "veintiocho veintinueve"
)
_ES_TENS: Final = _words("treinta cuarenta cincuenta sesenta setenta ochenta noventa")
_ES_HUNDREDS: Final = _words(
    "ciento doscientos trescientos cuatrocientos quinientos seiscientos setecientos ochocientos novecientos"
)
_EN_SMALL: Final = _words(
    "zero one two three four five six seven eight nine ten eleven twelve thirteen fourteen fifteen sixteen seventeen "
    "eighteen nineteen"
)
_EN_TENS: Final = _words("twenty thirty forty fifty sixty seventy eighty ninety")


def spell(number: int, language: Language) -> str:
    """The number as it is usually written, with accents.

    Raises:
        BadUsage: it is not from 0 to 999,999.
    """
    _check(number)
    return (_spell_spanish if language == "es" else _spell_english)(number)


def spell_digits(number: int, language: Language, width: int = 1) -> str:
    """The digits of the number one by one, with leading noughts up to `width` digits.

    Raises:
        BadUsage: it is not from 0 to 999,999.
    """
    _check(number)
    return " ".join(_DIGITS[language][int(digit)] for digit in f"{number:0{width}d}")


def spellings(number: int, language: Language, width: int = 3) -> tuple[Words, ...]:
    """Every way to spell the number that a sheet may show, as plain words; the usual one first.

    The digit style leads with noughts up to any width from the number's own to `width`. Of the number itself there are
    the feminine, the old ("diez y seis"), the short ("treinta uno", "one hundred one") and "un mil".

    Raises:
        BadUsage: it is not from 0 to 999,999.
    """
    _check(number)
    usual = tuple(plain(word) for word in spell(number, language).replace("-", " ").split())
    ways = dict.fromkeys([usual])
    if number:
        ways |= dict.fromkeys(_all_spanish(number) if language == "es" else _all_english(number))
    own = len(str(number))
    for digits in range(own, max(own, width) + 1):
        ways |= dict.fromkeys([tuple(spell_digits(number, language, digits).split())])
    return tuple(ways)


def _check(number: int) -> None:
    if not 0 <= number <= MOST:
        raise BadUsage(f"expected a number from 0 to {MOST:,}, came {number}")


def _spell_spanish(number: int) -> str:
    thousands, rest = divmod(number, 1000)
    parts = []
    if thousands:
        before = "" if thousands == 1 else _es_below_1000(thousands)
        # "Uno" loses its end before a noun, and "mil" counts as one.
        before = before.removesuffix("veintiuno") + "veintiún" if before.endswith("veintiuno") else before
        before = before.removesuffix("o") if before.endswith("uno") else before
        parts += [before, "mil"] if before else ["mil"]
    if rest or not thousands:
        parts.append(_es_below_1000(rest))
    return " ".join(parts)


def _es_below_1000(number: int) -> str:
    hundreds, rest = divmod(number, 100)
    if number == 100:
        return "cien"
    parts = [_ES_HUNDREDS[hundreds - 1]] if hundreds else []
    if rest >= 30:
        parts.append(_ES_TENS[rest // 10 - 3])
        parts += ["y", _ES_SMALL[rest % 10]] if rest % 10 else []
    elif rest or not hundreds:
        parts.append(_ES_SMALL[rest])
    return " ".join(parts)


def _spell_english(number: int) -> str:
    thousands, rest = divmod(number, 1000)
    parts = [_en_below_1000(thousands), "thousand"] if thousands else []
    if thousands and 0 < rest < 100:
        parts.append("and")
    if rest or not thousands:
        parts.append(_en_below_1000(rest))
    return " ".join(parts)


def _en_below_1000(number: int) -> str:
    hundreds, rest = divmod(number, 100)
    parts = [_EN_SMALL[hundreds], "hundred"] if hundreds else []
    parts += ["and"] if hundreds and rest else []
    if rest >= 20:
        tens = _EN_TENS[rest // 10 - 2]
        parts.append(f"{tens}-{_EN_SMALL[rest % 10]}" if rest % 10 else tens)
    elif rest or not hundreds:
        parts.append(_EN_SMALL[rest])
    return " ".join(parts)


def _all_spanish(number: int) -> Iterator[Words]:
    thousands, rest = divmod(number, 1000)
    first: list[Words] = [()] if not thousands else [("mil",)] if thousands == 1 else []
    first += [(*way, "mil") for way in _es_ways(thousands)] if thousands else []
    for before, after in product(first, _es_ways(rest) if rest else [()]):
        yield before + after


def _es_ways(number: int) -> list[Words]:
    hundreds, rest = divmod(number, 100)
    heads: list[Words] = [()]
    if hundreds == 1:
        heads = [("ciento",), ("cien",)]
    elif hundreds:
        heads = [(_ES_HUNDREDS[hundreds - 1],), (_ES_HUNDREDS[hundreds - 1].removesuffix("os") + "as",)]
    return [head + tail for head, tail in product(heads, _es_tails(rest) if rest else [()])]


def _es_tails(number: int) -> list[Words]:
    """The ways to spell 1 to 99."""
    units = {place: [word] for place, word in enumerate(_DIGITS["es"])} | {1: ["uno", "un", "una"]}
    tens, unit = divmod(number, 10)
    if tens == 0:
        return [(word,) for word in units[unit]]
    if tens == 1:
        return [(plain(_ES_SMALL[number]),)] + ([("diez", "y", units[unit][0])] if unit >= 6 else [])
    name = "veinte" if tens == 2 else _ES_TENS[tens - 3]
    if unit == 0:
        return [(name,)]
    joined = [(f"veinti{word}",) for word in units[unit]] if tens == 2 else []
    return [*joined, *((name, "y", word) for word in units[unit]), *((name, word) for word in units[unit])]


def _all_english(number: int) -> Iterator[Words]:
    thousands, rest = divmod(number, 1000)
    first: list[Words] = [(*way, "thousand") for way in _en_ways(thousands)] if thousands else [()]
    second = _en_ways(rest) if rest else [()]
    if thousands and 0 < rest < 100:
        second = [*(("and", *way) for way in second), *second]
    for before, after in product(first, second):
        yield before + after


def _en_ways(number: int) -> list[Words]:
    hundreds, rest = divmod(number, 100)
    tail: Words = tuple(_en_below_1000(rest).replace("-", " ").split()) if rest else ()
    if not hundreds:
        return [tail]
    heads = [(_EN_SMALL[hundreds], "hundred")] + ([("a", "hundred")] if hundreds == 1 else [])
    joins: list[Words] = [("and",), ()] if rest else [()]
    return [head + join + tail for head, join in product(heads, joins)]
