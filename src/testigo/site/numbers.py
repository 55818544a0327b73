"""How a language writes numbers, and which languages run from right to left."""

from dataclasses import dataclass
from fractions import Fraction

_COMMA = (",", ".")
_DOT = (".", ",")
_SPACE = ("\u202f", ",")

_SEPARATORS = (
    (_COMMA, ("en", "zh", "ja", "ko", "he", "th", "sw", "hi", "bn", "ur", "am")),
    (_DOT, ("es", "pt", "de", "it", "nl", "id", "tr", "el", "da", "ca", "ar", "fa", "ro", "sr", "hr", "vi", "az")),
    (_SPACE, ("fr", "ru", "uk", "be", "bg", "pl", "cs", "sk", "fi", "sv", "nb", "hu", "kk", "ka", "hy")),
)

_RIGHT_TO_LEFT = ("ar", "fa", "he", "ur")


def direction_of(language: str) -> str:
    """`rtl` for languages written from right to left, else `ltr`; a region (`ar-LY`, `ar_LY`) does not matter."""
    return "rtl" if _base(language) in _RIGHT_TO_LEFT else "ltr"


def _base(language: str) -> str:
    return language.replace("_", "-").split("-")[0].lower()


@dataclass(frozen=True, slots=True)
class Numbers:
    """Latin digits with the separators of a language."""

    thousands: str
    decimal: str

    def whole(self, number: int) -> str:
        """A whole number: 7,303,480."""
        text = f"{number:,}"
        return text if self.thousands == "," else text.replace(",", self.thousands)

    def signed(self, number: int) -> str:
        """A difference with its sign: +12, −1,204, 0."""
        return ("+" if number > 0 else "\u2212" if number < 0 else "") + self.whole(abs(number))

    def rounded(self, number: float, decimals: int) -> str:
        """A number with so many decimals, rounded half up as it is written in the base of ten."""
        scaled = int(abs(Fraction(str(number))) * 10**decimals + Fraction(1, 2))
        whole, rest = divmod(scaled, 10**decimals)
        sign = "\u2212" if number < 0 and scaled else ""
        return sign + self.whole(whole) + (f"{self.decimal}{rest:0{decimals}d}" if decimals else "")

    def share(self, part: int, whole: int) -> str:
        """A share in percent with two decimals, rounded half up; empty where the whole is 0."""
        return self._percent((part * 20_000 + whole) // (2 * whole)) if whole else ""

    def ppm(self, parts: int) -> str:
        """Parts per million in percent with two decimals."""
        return self._percent((parts + 50) // 100)

    def _percent(self, hundredths: int) -> str:
        return f"{self.whole(hundredths // 100)}{self.decimal}{hundredths % 100:02d}%"


def numbers_of(language: str) -> Numbers:
    """The separators of this language; those of English where it is not listed."""
    base = _base(language)
    for separators, languages in _SEPARATORS:
        if base in languages:
            return Numbers(*separators)
    return Numbers(*_COMMA)
