"""A seeded photograph of a page, with the truth: table, turn, perspective, shadow, defocus, noise and JPEG."""

from dataclasses import dataclass

import cv2
import numpy as np
from numpy.typing import NDArray

Pixels = NDArray[np.uint8]
Points = NDArray[np.float64]


@dataclass(frozen=True, slots=True)
class Trouble:
    """How hard the photo is: the page's turn in degrees, and how much of each trouble, 0 for none."""

    turn: float = 0.0
    slant: float = 0.04
    shadow: float = 0.35
    blur: float = 0.8
    noise: float = 3.0
    quality: int = 80
    fill: float = 0.85


def photograph(page: Pixels, seed: int, trouble: Trouble, *, side: int = 2000) -> tuple[Pixels, NDArray[np.float64]]:
    """The photo (blue, green, red; its long side has `side` pixels) and what takes the page's pixels to the photo's."""
    draw = np.random.default_rng(seed)
    height, width = page.shape[:2]
    half = np.array([[-width, -height], [width, -height], [width, height], [-width, height]], np.float64) / 2
    angle = np.radians(trouble.turn)
    turned = half @ np.array([[np.cos(angle), np.sin(angle)], [-np.sin(angle), np.cos(angle)]])
    turned += draw.uniform(-trouble.slant, trouble.slant, (4, 2)) * width
    extent = np.ptp(turned, axis=0)
    wide, high = (side, round(side * 0.75)) if extent[0] > extent[1] else (round(side * 0.75), side)
    scale = trouble.fill * min(wide / extent[0], high / extent[1])
    corners = (turned - (turned.max(axis=0) + turned.min(axis=0)) / 2) * scale + (wide / 2, high / 2)
    edges = np.array([[0, 0], [width, 0], [width, height], [0, height]], np.float32)
    there = cv2.getPerspectiveTransform(edges, corners.astype(np.float32)).astype(np.float64)
    colour = cv2.cvtColor(page, cv2.COLOR_GRAY2BGR) if page.ndim == 2 else page
    # Reduced by its area where the photo is coarser than the page, as a lens does.
    shrink = float(np.clip(np.sqrt(cv2.contourArea(corners.astype(np.float32)) / (width * height)), 0.2, 1.0))
    smooth = cv2.GaussianBlur(colour, (0, 0), 0.45 / shrink) if shrink < 0.9 else colour
    photo = wood(draw, wide, high).astype(np.float32)
    inside = cv2.warpPerspective(np.full((height, width), 255, np.uint8), there, (wide, high))[..., None] > 127
    photo = np.where(inside, cv2.warpPerspective(smooth, there, (wide, high), flags=cv2.INTER_LINEAR), photo)
    photo = cv2.GaussianBlur(photo, (0, 0), trouble.blur) * _shade(draw, wide, high, trouble.shadow)[..., None]
    photo += draw.normal(0, trouble.noise, photo.shape)
    _, jpeg = cv2.imencode(".jpg", np.clip(photo, 0, 255).astype(np.uint8), [cv2.IMWRITE_JPEG_QUALITY, trouble.quality])
    return np.asarray(cv2.imdecode(jpeg, cv2.IMREAD_COLOR), np.uint8), there


def wood(draw: np.random.Generator, wide: int, high: int) -> Pixels:
    """A table: grain in waves along one direction, knots of noise, brown."""
    rows, columns = np.mgrid[0:high, 0:wide].astype(np.float32)
    rough = cv2.resize(draw.normal(0, 1, (12, 6)).astype(np.float32), (wide, high), interpolation=cv2.INTER_CUBIC)
    grain = np.sin(rows / 7 + 4 * rough) + 0.6 * np.sin(rows / 2.3 + 9 * rough + columns / 300)
    fine = cv2.GaussianBlur(draw.normal(0, 1, (high, wide)).astype(np.float32), (0, 0), sigmaX=9, sigmaY=0.8)
    tone = 1 + 0.12 * grain + 0.5 * fine
    return np.asarray(np.clip(tone[..., None] * np.array([70, 105, 150], np.float32), 0, 255), np.uint8)


def _shade(draw: np.random.Generator, wide: int, high: int, depth: float) -> NDArray[np.float32]:
    """Light that falls off to one side, and the soft edge of a hand or phone across the page."""
    rows, columns = np.mgrid[0:high, 0:wide].astype(np.float32)
    angle = draw.uniform(0, 2 * np.pi)
    along = (columns / wide - 0.5) * np.cos(angle) + (rows / high - 0.5) * np.sin(angle)
    edge = 1 / (1 + np.exp(-(along - draw.uniform(-0.2, 0.2)) * 40))
    return np.asarray(1 - 0.25 * depth * (along + 0.5) - depth * edge, np.float32)


def displacement(page_to_photo: NDArray[np.float64], in_photo: Points, points: Points) -> NDArray[np.float64]:
    """How far, in pixels of the page, each point of the page would be taken from the wrong place of the photo."""
    back = np.hstack([in_photo, np.ones((len(in_photo), 1))]) @ np.linalg.inv(page_to_photo).T
    return np.linalg.norm(back[:, :2] / back[:, 2:] - points, axis=1)


def grid(width: int, height: int) -> Points:
    """Points all over a page, and its corners."""
    x, y = np.meshgrid(np.linspace(0, width, 12), np.linspace(0, height, 9))
    return np.stack([x.ravel(), y.ravel()], axis=1)
