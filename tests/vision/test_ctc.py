"""The recursion over the tree of texts gives the sums that are written out in full."""

from itertools import groupby, product

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from testigo.errors import BadUsage
from testigo.vision.ctc import BLANK, best_text, log_ratios, text_tree

ALPHABET = "ab"
TEXTS = ("", "a", "b", "aa", "ab", "ba", "abb", "aab", "bab", "aaaa")


def frames_of(seed: int, steps: int, letters: int = 2) -> np.ndarray:
    return np.random.default_rng(seed).dirichlet(np.full(letters + 1, 0.4), steps)


def written_out(frames: np.ndarray, alphabet: str) -> dict[str, float]:
    """The probability of every text, by going through all paths."""
    found: dict[str, float] = {}
    for path in product(range(frames.shape[1]), repeat=len(frames)):
        joined = [column for column, _ in groupby(path)]
        text = "".join(alphabet[column - 1] for column in joined if column != BLANK)
        found[text] = found.get(text, 0.0) + float(np.prod(frames[np.arange(len(frames)), path]))
    return found


@given(seed=st.integers(0, 10**6), steps=st.integers(1, 6))
def test_every_text_has_the_sum_over_all_its_paths(seed: int, steps: int) -> None:
    frames = frames_of(seed, steps)
    expected = written_out(frames, ALPHABET)
    found = np.exp(log_ratios(frames, text_tree(TEXTS, ALPHABET))) * frames.max(axis=1).prod()
    assert found == pytest.approx([expected.get(text, 0.0) for text in TEXTS], rel=1e-9, abs=1e-15)
    assert sum(expected.values()) == pytest.approx(1)


def test_three_letters_are_summed_as_two_are() -> None:
    frames, texts = frames_of(5, 5, 3), ("abc", "cab", "cc", "acb")
    expected = written_out(frames, "abc")
    found = np.exp(log_ratios(frames, text_tree(texts, "abc"))) * frames.max(axis=1).prod()
    assert found == pytest.approx([expected[text] for text in texts])


def test_a_text_does_not_depend_on_the_others() -> None:
    frames = frames_of(3, 12)
    together = log_ratios(frames, text_tree(TEXTS, ALPHABET))
    alone = [log_ratios(frames, text_tree((text,), ALPHABET))[0] for text in TEXTS]
    assert together == pytest.approx(alone)


def test_a_doubled_letter_needs_a_blank_between() -> None:
    sure = np.array([[0.0, 1, 0], [0, 1, 0]])
    assert log_ratios(sure, text_tree(("a", "aa"), ALPHABET)).tolist() == [0.0, -np.inf]
    parted = np.array([[0.0, 1, 0], [1, 0, 0], [0, 1, 0]])
    assert log_ratios(parted, text_tree(("a", "aa"), ALPHABET)).tolist() == [-np.inf, 0.0]


def test_the_best_path_is_read_by_joining_and_dropping() -> None:
    steps = [1, 1, 0, 1, 2, 2, 0]
    assert best_text(np.eye(3)[steps], ALPHABET) == "aab"


def test_a_long_line_stays_within_numbers() -> None:
    frames = np.tile([[0.2, 0.5, 0.3]], (900, 1))
    assert np.isfinite(log_ratios(frames, text_tree(("a", "ab" * 100), ALPHABET))).any()


def test_letters_and_frames_that_do_not_fit_are_refused() -> None:
    with pytest.raises(BadUsage, match="'ax'"):
        text_tree(("ax",), ALPHABET)
    with pytest.raises(BadUsage, match="frames"):
        log_ratios(np.zeros((0, 3)), text_tree(("a",), ALPHABET))
