"""Words as evidence: the number that is written is the likeliest, and what is no number speaks for none."""

import numpy as np
import pytest
from drawn_strip import FACES, word_strip

from testigo.core.ids import FieldId
from testigo.core.number_spelling import spell, spell_digits
from testigo.core.number_words import Language, plain
from testigo.errors import BadUsage
from testigo.stats.fields import CLASSES, FieldCells, ValueEvidence, field_values
from testigo.vision.words import (
    ALPHABET,
    MISTAKEN,
    WordReader,
    _columns,
    evidence_of,
    is_installed,
    lexicon_of,
    merged,
)

FIELD = FieldId("A")
installed = pytest.mark.skipif(not is_installed(), reason="the package rapidocr, which has the model, is not installed")


def frames_of(text: str, sureness: float = 0.9) -> np.ndarray:
    """Frames of a recogniser that reads this text: each letter for two steps, a blank after it."""
    columns = [column for letter in text for column in (*[ALPHABET.find(letter) + 1] * 2, 0)]
    frames = np.full((len(columns), 1 + len(ALPHABET)), (1 - sureness) / len(ALPHABET))
    frames[np.arange(len(columns)), columns] = sureness
    return frames


def best_of(found: ValueEvidence | None) -> int:
    assert found is not None
    return max(found.logs, key=lambda number: found.logs[number])


@pytest.mark.parametrize("language", ["es", "en"])
@pytest.mark.parametrize("number", [0, 3, 16, 21, 100, 123, 507, 999])
def test_the_number_that_is_read_is_the_likeliest(language: Language, number: int) -> None:
    lexicon = lexicon_of(language, 999)
    for text in (plain(spell(number, language)), plain(spell_digits(number, language, 3))):
        found = evidence_of(frames_of(text), FIELD, lexicon)
        assert found is not None
        assert (best_of(found), found.source) == (number, "words")
        assert found.logs[number] - found.otherwise > np.log(100)


def test_a_letter_that_was_misread_leaves_the_number_the_likeliest() -> None:
    found = evidence_of(frames_of("cientoveintitnes"), FIELD, lexicon_of("es", 999))
    assert best_of(found) == 123


def test_words_never_rule_a_number_out() -> None:
    found = evidence_of(frames_of("dos", 0.999), FIELD, lexicon_of("es", 999))
    assert found is not None
    assert found.logs[2] - found.otherwise <= np.log(1000 / MISTAKEN) + 1e-9
    assert np.isfinite(found.otherwise)


def test_a_text_that_is_no_number_hardly_speaks() -> None:
    found = evidence_of(frames_of("queseyoperro"), FIELD, lexicon_of("es", 999))
    assert found is not None
    assert max(found.logs.values(), default=found.otherwise) - found.otherwise < np.log(2)


def test_an_empty_strip_is_no_evidence() -> None:
    frames = np.full((40, 27), 1e-4)
    frames[:, 0] = 0.9974
    assert evidence_of(frames, FIELD, lexicon_of("es", 999)) is None


def test_words_settle_a_digit_that_was_open() -> None:
    """3 or 5 by the ink, five by the words; and words do not outvote ink that is plain."""

    def cells(three: float, five: float) -> FieldCells:
        row = np.full(len(CLASSES), (1 - three - five) / (len(CLASSES) - 2))
        row[3], row[5] = three, five
        return FieldCells(FIELD, np.log(row[None]))

    words = evidence_of(frames_of("cinco"), FIELD, lexicon_of("es", 999))
    assert words is not None
    assert field_values(cells(0.5, 0.45)).most_probable == 3
    assert field_values(cells(0.5, 0.45), [words]).most_probable == 5
    assert field_values(cells(1 - 2e-9, 1e-9), [words]).most_probable == 3


def test_signs_of_the_recogniser_become_letters_without_case_and_accents() -> None:
    columns = _columns(["A", "á", "-", "7", "b", "漢"])
    assert [signs.tolist() for signs in columns[:3]] == [[0, 7, 3], [1, 2], [5]]
    seen = np.array([[0.1, 0.2, 0.3, 0.1, 0.1, 0.1, 0.05, 0.05]])
    frames = merged(seen, columns)
    assert frames.sum() == pytest.approx(1)
    assert frames[0, 1] / frames[0, 2] == pytest.approx(5, rel=0.01)


def test_a_lexicon_has_a_limit() -> None:
    with pytest.raises(BadUsage, match="9,999"):
        lexicon_of("es", 10_000)


@pytest.mark.skipif(is_installed(), reason="the model is installed")
def test_without_the_model_a_reader_says_what_to_install() -> None:
    with pytest.raises(BadUsage, match="rapidocr"):
        WordReader()


@installed
@pytest.mark.slow
@pytest.mark.parametrize("language", ["es", "en"])
def test_drawn_words_are_read(language: Language) -> None:
    reader, lexicon, rng = WordReader(), lexicon_of(language, 999), np.random.default_rng(4)
    right = 0
    for turn in range(40):
        number = int(rng.integers(1000))
        text = plain_words(spell(number, language)) if turn % 2 else spell_digits(number, language, 3)
        strip = word_strip(text, rng, FACES[turn % len(FACES)], damage=0.3)
        found = reader.evidence(strip, FIELD, lexicon)
        right += found is not None and max(found.logs, key=found.logs.__getitem__, default=-1) == number
    assert right >= 37


@installed
def test_a_blank_strip_is_no_evidence() -> None:
    blank = np.full((60, 600), 255, np.uint8)
    assert WordReader().evidence(blank, FIELD, lexicon_of("es", 999)) is None


def plain_words(text: str) -> str:
    return " ".join(plain(word) for word in text.replace("-", " ").split())
