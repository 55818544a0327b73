"""One digit, or what is none, as ink: a hand's slant, size and pressure on a shape from fonts, MNIST or strokes."""

from dataclasses import dataclass
from itertools import pairwise

import cv2
import numpy as np
from numpy.typing import NDArray

from training.sources import Mask
from training.strokes import Pen, any_shape, pen_of, slashed

_TALL = 72
_ALIKE = 12


@dataclass(frozen=True, slots=True)
class Sources:
    """Digits by hand (ten tuples of pictures), fonts and typefaces (each ten pictures), and for every picture by
    hand which of its digit are most like it, itself among them (`alike_of`)."""

    mnist: tuple[tuple[Mask, ...], ...]
    fonts: tuple[tuple[Mask, ...], ...]
    typefaces: tuple[tuple[Mask, ...], ...]
    alike: tuple[NDArray[np.int64], ...]


def alike_of(mnist: tuple[tuple[Mask, ...], ...]) -> tuple[NDArray[np.int64], ...]:
    """For every digit (n, 12): the pictures that are nearest to each one, by the squared difference when blurred."""
    found = []
    for pictures in mnist:
        flat = np.stack([cv2.GaussianBlur(one, (0, 0), 1.0).ravel() for one in pictures])
        squares = (flat**2).sum(axis=1)
        away = squares[:, None] + squares[None] - 2 * flat @ flat.T
        np.fill_diagonal(away, -1.0)
        found.append(np.argpartition(away, _ALIKE, axis=1)[:, :_ALIKE])
    return tuple(found)


@dataclass(frozen=True, slots=True)
class Writer:
    """What a hand keeps for a page: slant, size in parts of a cell's height, darkness 0 to 1, breadth of the pen.

    `font` is -1 where it writes no font; `pen` its own ways, None where it writes digits of MNIST and others mixed:
    always much the same, those of `pools`, or any, where that is None; `slash` how often its nought has a slash.
    """

    slant: float
    size: float
    aspect: float
    dark: float
    breadth: float
    drift: float
    font: int
    pen: Pen | None
    pools: tuple[tuple[Mask, ...], ...] | None
    slash: float


def writer(sources: Sources, rng: np.random.Generator) -> Writer:
    """A hand. Most write upright and dark; some do not."""
    kind = rng.random()
    mixed = 0.15 <= kind <= 0.7
    return Writer(
        slant=float(rng.normal(0.05, 0.16)),
        size=float(np.clip(rng.normal(0.66, 0.15), 0.35, 1.05)),
        aspect=float(np.exp(rng.normal(0, 0.16))),
        dark=float(rng.uniform(0.35, 1.0)),
        breadth=float(rng.uniform(0.25, 0.62)),
        drift=float(rng.uniform(0.02, 0.16)),
        font=int(rng.integers(len(sources.fonts))) if kind < 0.15 else -1,
        pen=pen_of(rng) if kind > 0.7 else None,
        pools=_pools(sources, rng) if mixed and rng.random() < 0.75 else None,
        slash=float(rng.uniform(0.4, 1)) if rng.random() < 0.14 else 0.0,
    )


def printer(sources: Sources, rng: np.random.Generator) -> Writer:
    """What prints figures into a form before it is filled in: a typeface, upright and even."""
    face = sources.typefaces[int(rng.integers(len(sources.typefaces)))]
    return Writer(
        slant=0.0,
        size=float(rng.uniform(0.38, 0.85)),
        aspect=float(np.exp(rng.normal(0, 0.1))),
        dark=float(rng.uniform(0.7, 1.0)),
        breadth=float(rng.uniform(0.25, 0.55)),
        drift=float(rng.uniform(0.0, 0.06)),
        font=-1,
        pen=None,
        pools=tuple((digit,) for digit in face),
        slash=0.0,
    )


def _pools(sources: Sources, rng: np.random.Generator) -> tuple[tuple[Mask, ...], ...]:
    """For every digit the pictures of one who writes it always much the same."""
    pen, pools = pen_of(rng), []
    for digit in range(10):
        kind = rng.random()
        if kind < 0.85:
            like = sources.alike[digit][int(rng.integers(len(sources.mnist[digit])))]
            pools.append(tuple(sources.mnist[digit][n] for n in like.tolist()))
        elif kind < 0.92:
            pools.append((sources.fonts[int(rng.integers(len(sources.fonts)))][digit],))
        else:
            pools.append(tuple(pen.draw(digit, rng) for _ in range(4)))
    return tuple(pools)


def digit_of(digit: int, sources: Sources, hand: Writer, rng: np.random.Generator) -> Mask:
    """A digit as the hand would write it, 72 pixels high, ink 1 on paper 0."""
    ink = _digit(digit, sources, hand, rng)
    return slashed(ink, rng) if digit == 0 and rng.random() < hand.slash else ink


def _digit(digit: int, sources: Sources, hand: Writer, rng: np.random.Generator) -> Mask:
    if hand.pen is not None:
        return hand.pen.draw(digit, rng)
    if hand.font >= 0:
        return _even(sources.fonts[hand.font][digit], hand, rng)
    if hand.pools is not None:
        pool = hand.pools[digit]
        return _even(pool[int(rng.integers(len(pool)))], hand, rng)
    kind = rng.random()
    if kind < 0.65:
        pictures = sources.mnist[digit]
        return _even(pictures[int(rng.integers(len(pictures)))], hand, rng)
    if kind < 0.8:
        return _even(sources.fonts[int(rng.integers(len(sources.fonts)))][digit], hand, rng)
    return any_shape(digit, rng)


def _even(picture: Mask, hand: Writer, rng: np.random.Generator) -> Mask:
    """Sharp strokes of the hand's breadth, whatever the resolution of the source."""
    scale = _TALL / picture.shape[0]
    size = max(8, round(picture.shape[1] * scale)), _TALL
    large = cv2.resize(picture, size, interpolation=cv2.INTER_CUBIC)
    large = cv2.copyMakeBorder(large, 8, 8, 8, 8, cv2.BORDER_CONSTANT, value=0)
    smooth = cv2.GaussianBlur(large, (0, 0), max(0.6, 0.35 * scale))
    level = 0.75 - hand.breadth + rng.normal(0, 0.03)
    ink = np.clip((smooth - level) / 0.25 + 0.5, 0, 1)
    rows, columns = np.flatnonzero(ink.max(axis=1) > 0.5), np.flatnonzero(ink.max(axis=0) > 0.5)
    if rows.size < 10 or columns.size < 3:
        return np.asarray(large, np.float32)
    return np.asarray(ink[rows[0] : rows[-1] + 1, columns[0] : columns[-1] + 1], np.float32)


def put(
    layer: Mask, ink: Mask, centre: tuple[float, float], height: float, hand: Writer, rng: np.random.Generator
) -> None:
    """Draws the ink on the layer, so high in pixels, around a centre; darker ink stays."""
    scale = height / ink.shape[0] * float(np.exp(rng.normal(0, 0.09)))
    stretch = hand.aspect * float(np.exp(rng.normal(0, 0.1)))
    angle = float(rng.normal(0, 0.07))
    slant = hand.slant + float(rng.normal(0, 0.06))
    turn = np.array([[np.cos(angle), -np.sin(angle)], [np.sin(angle), np.cos(angle)]])
    linear = scale * turn @ np.array([[stretch, -slant], [0, 1.0]])
    reach = int(np.ceil(np.abs(linear) @ (ink.shape[1] / 2, ink.shape[0] / 2)).max()) + 2
    x, y = round(centre[0]), round(centre[1])
    x0, y0, x1, y1 = (
        max(0, x - reach),
        max(0, y - reach),
        min(layer.shape[1], x + reach),
        min(layer.shape[0], y + reach),
    )
    if x1 <= x0 or y1 <= y0:
        return
    shift = np.array(centre) - (x0, y0) - linear @ (ink.shape[1] / 2, ink.shape[0] / 2)
    soft = cv2.GaussianBlur(ink, (0, 0), 0.45 / scale) if scale < 0.8 else ink
    patch = cv2.warpAffine(soft, np.hstack([linear, shift[:, None]]), (x1 - x0, y1 - y0))
    dark = hand.dark * float(np.clip(rng.normal(1, 0.08), 0.6, 1.1))
    here = layer[y0:y1, x0:x1]
    np.maximum(here, np.clip(patch * dark, 0, 1), out=here)


def line(
    layer: Mask,
    start: tuple[float, float],
    end: tuple[float, float],
    hand: Writer,
    rng: np.random.Generator,
    breadth: float,
) -> None:
    """A stroke of the pen from one place to another, not quite straight."""
    middle = (np.array(start) + end) / 2 + rng.normal(0, 0.04 * np.hypot(end[0] - start[0], end[1] - start[1]), 2)
    steps = np.linspace(0, 1, 16)[:, None]
    curve = (1 - steps) ** 2 * start + 2 * steps * (1 - steps) * middle + steps**2 * np.array(end)
    room = round(breadth) + 2
    x0, y0 = (int(v) for v in np.maximum(curve.min(axis=0) - room, 0))
    x1, y1 = (int(v) for v in np.maximum(curve.max(axis=0) + room, 0))
    here = layer[y0:y1, x0:x1]
    if here.size == 0:
        return
    canvas = np.zeros(here.shape, np.uint8)
    points = np.rint((curve - (x0, y0)) * 8).astype(np.int32)
    cv2.polylines(canvas, [points], False, 255, max(1, round(breadth)), cv2.LINE_AA, 3)
    np.maximum(here, canvas.astype(np.float32) / 255 * min(1.0, hand.dark * 1.05), out=here)


def specks(layer: Mask, box: tuple[float, float, float, float], rng: np.random.Generator) -> None:
    """Dust and spilt dots that are no figure."""
    left, upper, right, lower = box
    for _ in range(int(rng.integers(1, 4))):
        x, y = rng.uniform(left, right), rng.uniform(upper, lower)
        cv2.circle(layer, (round(x), round(y)), int(rng.integers(1, 3)), float(rng.uniform(0.15, 0.7)), -1, cv2.LINE_AA)


def scribble(
    layer: Mask, box: tuple[float, float, float, float], hand: Writer, rng: np.random.Generator, breadth: float
) -> None:
    """Ink over and over, of which nobody knows what it says."""
    left, upper, right, lower = box
    count = int(rng.integers(6, 14))
    points: NDArray[np.float64] = np.column_stack([rng.uniform(left, right, count), rng.uniform(upper, lower, count)])
    for start, end in pairwise(points):
        line(layer, (start[0], start[1]), (end[0], end[1]), hand, rng, breadth)
