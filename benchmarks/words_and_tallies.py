"""How many words and tally marks are read right: `words_and_tallies.py [STRIPS]`. All strips are drawn, none is real.

Words: numbers 0 to 999 in Spanish and English, as numbers and digit by digit, in five drawn faces and three grades of
damage: scored over the lexicon, beside the same recogniser read freely (PP-OCR, from the package rapidocr). Tallies: 1
to 60 marks in groups of five, and how many of those counted with a probability over 0.9 are wrong.
"""

import sys
from pathlib import Path
from time import perf_counter

import numpy as np

from testigo.core.ids import FieldId
from testigo.core.number_spelling import spell, spell_digits
from testigo.core.number_words import LANGUAGES, Language, number_of, plain
from testigo.vision.ctc import best_text
from testigo.vision.tallies import tally_counts
from testigo.vision.words import ALPHABET, WordReader, evidence_of, is_installed, lexicon_of

sys.path.insert(0, str(Path(__file__).resolve().parents[1] / "tests" / "vision"))

from drawn_strip import FACES, tally_strip, word_strip

SHORT, USUAL = 10, 200
SURE = 0.9


def words(reader: WordReader, language: Language, style: str, damage: float, strips: int) -> None:
    """Prints one line: strips read right over the lexicon, freely, and their ratio."""
    rng = np.random.default_rng([LANGUAGES.index(language), style == "digits", int(10 * damage)])
    lexicon = lexicon_of(language, 999)
    right = free = 0
    started = perf_counter()
    for turn in range(strips):
        number = int(rng.integers(1000))
        told = spell(number, language) if style == "number" else spell_digits(number, language, 3)
        text = " ".join(plain(word) for word in told.replace("-", " ").split())
        frames = reader.frames(word_strip(text, rng, FACES[turn % len(FACES)], damage))
        found = evidence_of(frames, FieldId("field"), lexicon)
        right += found is not None and max(found.logs, key=found.logs.__getitem__, default=-1) == number
        free += number_of(best_text(frames, ALPHABET), language) == number
    each = 1000 * (perf_counter() - started) / strips
    ratio = f"{right / free:.2f}" if free else "?"
    print(f"words {language} {style:<7} {damage:>6.1f} {right:>9}/{strips} {free:>9}/{strips} {ratio:>9} {each:>9.1f}")


def tallies(damage: float, strips: int) -> int:
    """Prints one line, and gives how many sure counts were wrong."""
    rng = np.random.default_rng([7, int(10 * damage)])
    right = sure = wrong = 0
    started = perf_counter()
    for turn in range(strips):
        count = int(rng.integers(1, 61))
        found = tally_counts(tally_strip(count, rng, damage, lines=turn % 2 == 1)) or {-1: 1.0}
        best = max(found, key=found.__getitem__)
        right += best == count
        sure += found[best] > SURE
        wrong += found[best] > SURE and best != count
    each = 1000 * (perf_counter() - started) / strips
    print(f"tallies          {damage:>6.1f} {right:>9}/{strips} {sure:>9}/{strips} {wrong:>9} {each:>9.1f}")
    return wrong


def main() -> int:
    strips = SHORT if "--short" in sys.argv else int(sys.argv[1]) if len(sys.argv) > 1 else USUAL
    if is_installed():
        reader = WordReader()
        print("                 damage  by lexicon   read freely     ratio  ms/strip")
        for language in LANGUAGES:
            for style in ("number", "digits"):
                for damage in (0.0, 0.5, 0.9):
                    words(reader, language, style, damage, strips)
    else:
        print("words: the package rapidocr, which has the recogniser, is not installed: left out")
    print("                 damage   right         over 0.9     wrong  ms/strip")
    return 0 if sum(tallies(damage, strips) for damage in (0.0, 0.3, 0.6, 0.9)) <= strips // 50 else 1


if __name__ == "__main__":
    sys.exit(main())
