"""Figures written in words, as evidence beside the digits: every number of a lexicon is scored, nothing is read freely.

The recogniser is PP-OCR's (PP-OCRv6, Apache-2.0), from the package rapidocr where that is installed. It knows no
Spanish or English numbers, and read freely it is right in two words of three; asked which of a few numbers it sees, it
is right in nearly all. Words that could not be read, or that are no number, speak for no number.
"""

import unicodedata
from collections.abc import Sequence
from dataclasses import dataclass
from functools import lru_cache
from importlib.util import find_spec
from math import log
from pathlib import Path
from string import ascii_lowercase
from typing import Final

import cv2
import numpy as np
import onnxruntime
from numpy.typing import NDArray

from testigo.core.ids import FieldId
from testigo.core.number_spelling import spellings
from testigo.core.number_words import Language
from testigo.errors import BadUsage
from testigo.stats.fields import ValueEvidence
from testigo.vision.ctc import BLANK, TextTree, best_text, log_ratios, text_tree
from testigo.vision.load import Pixels

Floats = NDArray[np.float64]

ALPHABET: Final = ascii_lowercase
WEIGHT: Final = 0.5
"""A step's errors depend on its neighbours', so its logarithm counts half."""
MISTAKEN: Final = 1e-3
"""How probable it is that words were read wholly wrong, or that the writer's words are not the writer's digits."""
_MODEL: Final = "models/PP-OCRv6_rec_small.onnx"
_HEIGHT: Final = 48
_LEAST_WIDTH: Final = 320
_MOST_WIDTH: Final = 2400
_LEAST: Final = 1e-4
"""No letter is impossible at any step: one stray stroke must not rule a number out."""


@dataclass(frozen=True, eq=False, slots=True)
class Lexicon:
    """The numbers from 0 to `most` in a language, with all their spellings: `numbers` says whose each text is."""

    language: Language
    most: int
    numbers: NDArray[np.int64]
    tree: TextTree


@lru_cache(maxsize=8)
def lexicon_of(language: Language, most: int) -> Lexicon:
    """The lexicon of all numbers up to `most`, which is at most 9,999: the words of one sheet's figures."""
    if not 0 <= most <= 9999:
        raise BadUsage(f"expected a lexicon up to 9,999, came {most}")
    told = [
        (number, "".join(words)) for number in range(most + 1) for words in spellings(number, language, len(str(most)))
    ]
    tree = text_tree([text for _, text in told], ALPHABET)
    return Lexicon(language, most, np.array([number for number, _ in told], np.int64), tree)


def evidence_of(
    frames: Floats, field: FieldId, lexicon: Lexicon, *, weight: float = WEIGHT, mistaken: float = MISTAKEN
) -> ValueEvidence | None:
    """What the words of a strip say of the field's number, from the recogniser's frames; None where none are written.

    With r the probability of a number's best spelling over that of what is read freely, at most 1, a number's score is
    s = r^weight, and 1 - (the largest s) is that of a text that is no number. A text that is no number, and words that
    are `mistaken`, speak for all N numbers alike. So, divided by all scores together, the likelihood of a number is

        (1 - mistaken) (s + (no number) / N) / (sum of s + no number) + mistaken / N

    and that of any other number or none is the same with s = 0. Words move the odds of two numbers by N / mistaken at
    most, and hardly where no number explains them.
    """
    if not best_text(frames, ALPHABET):
        return None
    ratios = np.full(lexicon.most + 1, -np.inf)
    np.maximum.at(ratios, lexicon.numbers, log_ratios(frames, lexicon.tree))
    scores = np.exp(weight * np.minimum(ratios, 0.0))
    numberless = 1.0 - float(scores.max())
    together = float(scores.sum()) + numberless
    floor = (1 - mistaken) * numberless / len(scores) / together + mistaken / len(scores)
    likelihoods = (1 - mistaken) * scores / together + floor
    told = {int(number): log(likelihoods[number]) for number in np.flatnonzero(likelihoods > 1.01 * floor)}
    return ValueEvidence(field, "words", told, log(floor))


def is_installed() -> bool:
    """Whether the recogniser's model is on this machine."""
    return _model() is not None


class WordReader:
    """Holds the recogniser. Made once in a process, before it gives up its files.

    Raises:
        BadUsage: the package with the model is not installed.
    """

    def __init__(self) -> None:
        path = _model()
        if path is None:
            raise BadUsage("words need the recogniser of the package rapidocr (pip install --no-deps rapidocr)")
        options = onnxruntime.SessionOptions()
        options.intra_op_num_threads = 1
        options.inter_op_num_threads = 1
        options.log_severity_level = 3
        self._session = onnxruntime.InferenceSession(path.read_bytes(), options, providers=["CPUExecutionProvider"])
        self._columns = _columns(self._session.get_modelmeta().custom_metadata_map["character"].splitlines())

    def frames(self, strip: Pixels) -> Floats:
        """Probabilities (steps, 27) of blank and the letters a to z along a strip (grey or colour, dark on light)."""
        (seen,) = self._session.run(None, {self._session.get_inputs()[0].name: _input(strip)})
        return merged(np.asarray(seen[0], np.float64), self._columns)

    def evidence(self, strip: Pixels, field: FieldId, lexicon: Lexicon) -> ValueEvidence | None:
        """What the words of a strip say of the field's number; None where no words are written."""
        return evidence_of(self.frames(strip), field, lexicon)


def merged(seen: Floats, columns: Sequence[NDArray[np.intp]]) -> Floats:
    """Frames over blank and letters, from frames over the recogniser's many signs: `columns` are the signs of each.

    Signs that are no letter and no blank are left out. Each step sums to 1, and no letter has less than about 1e-4.
    """
    together = np.stack([seen[:, signs].sum(axis=1) for signs in columns], axis=1) + _LEAST
    normal: Floats = together / together.sum(axis=1, keepdims=True)
    return normal


def _columns(signs: Sequence[str]) -> tuple[NDArray[np.intp], ...]:
    """For blank and each letter the recogniser's columns: case and accents do not matter, spaces and strokes are blank.

    Its column 0 is its own blank, its last one, which it does not name, is the space.
    """
    found: list[list[int]] = [[0, len(signs) + 1]] + [[] for _ in ALPHABET]
    for column, sign in enumerate(signs, 1):
        letter = unicodedata.normalize("NFKD", sign.casefold())[:1]
        if letter and letter in ALPHABET:
            found[ALPHABET.index(letter) + 1].append(column)
        elif letter and unicodedata.category(letter)[0] in "PZ":
            found[BLANK].append(column)
    return tuple(np.array(columns, np.intp) for columns in found)


def _input(strip: Pixels) -> NDArray[np.float32]:
    """The strip as PP-OCR wants it: 48 pixels high, three channels from -1 to 1, as wide as it is, at least 320."""
    colour = cv2.cvtColor(strip, cv2.COLOR_GRAY2BGR) if strip.ndim == 2 else strip
    height, width = colour.shape[:2]
    wide = min(_MOST_WIDTH, max(8, round(width * _HEIGHT / height)))
    way = cv2.INTER_AREA if height > _HEIGHT else cv2.INTER_LINEAR
    small = cv2.resize(colour, (wide, _HEIGHT), interpolation=way).astype(np.float32)
    padded = np.zeros((1, 3, _HEIGHT, max(wide, _LEAST_WIDTH)), np.float32)
    padded[0, :, :, :wide] = (small / 127.5 - 1).transpose(2, 0, 1)
    return padded


def _model() -> Path | None:
    """The model's file; the package itself is not loaded, for it loads much more."""
    found = find_spec("rapidocr")
    places = [] if found is None else found.submodule_search_locations or []
    return next((path for place in places if (path := Path(place) / _MODEL).is_file()), None)
