"""Tally marks: plain ones are counted, others leave several counts open. All strips here are synthetic."""

import numpy as np
import pytest
from drawn_strip import tally_strip, word_strip

from testigo.core.ids import FieldId
from testigo.vision.tallies import MISTAKEN, tally_counts, tally_evidence


def counted(strip: np.ndarray) -> tuple[int, float]:
    """The likeliest count and its probability."""
    found = tally_counts(strip)
    assert found is not None
    assert sum(found.values()) == pytest.approx(1, abs=1e-4)
    best = max(found, key=lambda count: found[count])
    return best, found[best]


@pytest.mark.parametrize("count", range(1, 21))
def test_marks_with_room_between_are_counted(count: int) -> None:
    """The drawing of each count is one where no two strokes touch but by the one across."""
    told = [counted(tally_strip(count, np.random.default_rng([3, count, turn]))) for turn in range(5)]
    assert sum(best == count for best, _ in told) >= 4


@pytest.mark.slow
@pytest.mark.parametrize("lines", [False, True])
@pytest.mark.parametrize("damage", [0.0, 0.3, 0.6])
def test_most_strips_are_counted_and_none_is_surely_wrong(damage: float, lines: bool) -> None:
    rng = np.random.default_rng([8, int(10 * damage), lines])
    right, surely_wrong = 0, []
    for _ in range(40):
        count = int(rng.integers(1, 61))
        best, part = counted(tally_strip(count, rng, damage, lines=lines))
        right += best == count
        if best != count and part > 0.9:
            surely_wrong.append((count, best, part))
    assert surely_wrong == []
    assert right >= 34


def test_strokes_that_were_not_struck_across_are_not_a_group_of_five() -> None:
    best, part = counted(tally_strip(4, np.random.default_rng(1)))
    assert (best, part > 0.9) == (4, True)
    best, part = counted(tally_strip(5, np.random.default_rng(1)))
    assert (best, part > 0.9) == (5, True)


def test_colour_and_brightness_do_not_matter() -> None:
    strip = tally_strip(13, np.random.default_rng(2))
    darker = (strip * 0.6 + 20).astype(np.uint8)
    colour = np.stack([strip] * 3, axis=2)
    assert counted(darker)[0] == counted(colour)[0] == counted(strip)[0] == 13


@pytest.mark.parametrize("tone", [255, 200])
def test_an_empty_strip_is_no_count_and_no_zero(tone: int) -> None:
    noise = np.random.default_rng(1).normal(tone - 10, 3, (60, 500))
    strip = np.clip(noise, 0, 255).astype(np.uint8)
    assert tally_counts(strip) is None
    assert tally_evidence(strip, FieldId("A")) is None


def test_printed_lines_alone_are_no_marks() -> None:
    strip = np.full((60, 500), 250, np.uint8)
    strip[3:5] = strip[55:57] = 90
    assert tally_counts(strip) is None


def test_evidence_never_rules_a_number_out() -> None:
    found = tally_evidence(tally_strip(13, np.random.default_rng(2)), FieldId("A"))
    assert found is not None
    assert (found.field, found.source, max(found.logs, key=lambda n: found.logs[n])) == ("A", "tallies", 13)
    assert found.logs[13] - found.otherwise <= np.log(1000 / MISTAKEN)
    assert found.otherwise == pytest.approx(np.log(MISTAKEN / 1000))


def test_words_are_no_sure_count() -> None:
    for face, text in enumerate(("no hubo", "ninguno", "ciento veinte", "nulo")):
        found = tally_counts(word_strip(text, np.random.default_rng(face), face))
        assert found is None or max(found.values()) < 0.9
