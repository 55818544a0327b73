"""How well texts of a lexicon explain what a text recogniser saw, by connectionist temporal classification (CTC).

A recogniser of this kind gives, for each step along a line of text, probabilities of its letters and of `blank`. A
text is said by every sequence of steps that gives it once repeated letters are joined and blanks are dropped; its
probability is the sum over all of them (Graves, Fernández, Gomez, Schmidhuber, 2006, equations 3 and 6 to 8). Here the
forward recursion runs over the tree of all texts at once, so that beginnings that they share are worked out once.
"""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from testigo.errors import BadUsage

Floats = NDArray[np.float64]
Ints = NDArray[np.intp]

BLANK = 0
"""The column of blanks; the letter at place i of an alphabet has column i + 1."""


@dataclass(frozen=True, eq=False, slots=True)
class TextTree:
    """Texts as a tree of letters. Node 0 is the empty text; a node's parent has a smaller number.

    `parents` and `letters` are by node, letters as columns of frames; `ends` are the texts' nodes, in their order.
    """

    parents: Ints
    letters: Ints
    ends: Ints


def text_tree(texts: Sequence[str], alphabet: str) -> TextTree:
    """The tree of the texts.

    Raises:
        BadUsage: a text has a letter that the alphabet has not.
    """
    nodes: dict[tuple[int, int], int] = {}
    parents, letters, ends = [0], [BLANK], []
    for text in texts:
        at = 0
        for letter in text:
            column = alphabet.find(letter) + 1
            if column == 0:
                raise BadUsage(f"expected letters of {alphabet!r}, came {text!r}")
            known = nodes.get((at, column))
            if known is None:
                known = nodes[at, column] = len(parents)
                parents.append(at)
                letters.append(column)
            at = known
        ends.append(at)
    return TextTree(np.array(parents, np.intp), np.array(letters, np.intp), np.array(ends, np.intp))


def log_ratios(frames: Floats, tree: TextTree) -> Floats:
    """For each text ln P(text | frames) - ln P(best single path | frames); -inf where it cannot be said.

    `frames` are probabilities (steps, 1 + letters), not logarithms. The best path is the most probable column of every
    step: what the recogniser reads when nothing is asked of it. So the ratio is about 0 for a text that it reads itself
    and over 0 where many paths say a text.
    """
    if frames.ndim != 2 or not len(frames):
        raise BadUsage(f"expected frames (steps, letters), came {frames.shape}")
    # Divided by each step's best, what matters stays near 1; a text below 1e-300 of the best path is impossible.
    steps = frames / frames.max(axis=1, keepdims=True)
    parents, letters = tree.parents, tree.letters
    # A letter after the same letter needs a blank between.
    skips = (letters != letters[parents]).astype(np.float64)
    in_letter, in_blank = np.zeros(len(parents)), np.zeros(len(parents))
    in_blank[0] = 1.0
    for step in steps:
        before = in_blank[parents] + skips * in_letter[parents]
        in_blank = (in_blank + in_letter) * step[BLANK]
        in_letter = (in_letter + before) * step[letters]
        # The empty text has no letter to be in.
        in_letter[0] = 0.0
    with np.errstate(divide="ignore"):
        found: Floats = np.log((in_letter + in_blank)[tree.ends])
    return found


def best_text(frames: Floats, alphabet: str) -> str:
    """What the recogniser reads when nothing is asked of it: the best path, repeats joined, blanks dropped."""
    path = frames.argmax(axis=1)
    kept = [column for at, column in enumerate(path) if column != BLANK and (at == 0 or path[at - 1] != column)]
    return "".join(alphabet[column - 1] for column in kept)
