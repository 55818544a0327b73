"""A form that nobody prepared: 15 figures in two blocks, two sums; its blank, sheets, photos, and its election."""

import cv2
import numpy as np
from numpy.typing import NDArray

Pixels = NDArray[np.uint8]

WIDTH, HEIGHT = 1260, 1782
"""Of A4 in portrait, 6 pixels a millimetre."""
LINES = ("alder", "birch", "cedar", "damson", "elm", "fir", "gorse", "hazel", "ivy", "juniper", "kapok")
FIELDS = (*LINES, "valid", "blank", "null", "cast")
CELLS = 3
_LEFT, _WIDE, _HIGH = 720, 66, 54
_TOPS = (*(330 + 72 * row for row in range(11)), *(1230 + 54 * row for row in range(4)))
SIGNATURES = (100, 1520, 1160, 1720)
"""Left, upper, right and lower edge in pixels."""
CODE = (900, 60, 1180, 190)

TRUTH = {
    "alder": 128, "birch": 74, "cedar": 9, "damson": 31, "elm": 250, "fir": 6, "gorse": 17, "hazel": 3, "ivy": 45,
    "juniper": 80, "kapok": 12, "valid": 655, "blank": 14, "null": 21, "cast": 690,
}  # fmt: skip


def column(first: int, last: int) -> tuple[int, int, int, int]:
    """Left, upper, right and lower edge, in pixels, of the cells of these rows."""
    return _LEFT, _TOPS[first], _LEFT + CELLS * _WIDE, _TOPS[last] + _HIGH


def cell(field: str, index: int) -> tuple[int, int, int, int]:
    """Left, upper, right and lower edge of a cell in pixels."""
    x, y = _LEFT + index * _WIDE, _TOPS[FIELDS.index(field)]
    return x, y, x + _WIDE, y + _HIGH


def blank() -> Pixels:
    """The empty form: rows with room between them, then a block of four totals without."""
    paper = np.full((HEIGHT, WIDTH), 250, np.uint8)
    cv2.rectangle(paper, (50, 50), (WIDTH - 50, HEIGHT - 50), 30, 2)
    cv2.putText(paper, "RECORD OF THE COUNT", (100, 140), cv2.FONT_HERSHEY_DUPLEX, 1.6, 20, 3)
    cv2.putText(paper, "Municipal election, sheet of one station", (100, 200), cv2.FONT_HERSHEY_SIMPLEX, 0.9, 50, 2)
    cv2.rectangle(paper, (100, 240), (WIDTH - 100, 300), 190, -1)
    cv2.putText(paper, "BALLOT LINE                       VOTES", (120, 282), cv2.FONT_HERSHEY_SIMPLEX, 1.0, 20, 2)
    for field, top in zip(FIELDS, _TOPS, strict=True):
        words = field.upper() if field in LINES else f"TOTAL {field.upper()} VOTES"
        cv2.putText(paper, words, (120, top + 38), cv2.FONT_HERSHEY_SIMPLEX, 1.0, 25, 2)
        cv2.line(paper, (110, top + _HIGH - 4), (_LEFT - 30, top + _HIGH - 4), 120, 1)
        for index in range(CELLS):
            x = _LEFT + index * _WIDE
            cv2.rectangle(paper, (x, top), (x + _WIDE, top + _HIGH), 40, 2)
    draw = np.random.default_rng(4)
    for row in range(8):
        letters = "".join(chr(97 + int(n)) for n in draw.integers(0, 26, 14))
        cv2.putText(paper, letters, (950, 380 + 110 * row), cv2.FONT_HERSHEY_PLAIN, 1.5, 70, 1)
    left, upper, right, lower = SIGNATURES
    cv2.putText(paper, "MEMBERS OF THE STATION", (left, upper - 16), cv2.FONT_HERSHEY_SIMPLEX, 0.8, 30, 2)
    cv2.rectangle(paper, (left, upper), (right, lower), 60, 2)
    for part in range(1, 3):
        x = left + (right - left) * part // 3
        cv2.line(paper, (x, upper), (x, lower), 90, 1)
    return paper


def filled(figures: dict[str, int], *, seed: int = 1) -> Pixels:
    """The form in colour with these figures in blue ink, leading noughts written, and three scrawled signatures."""
    page = cv2.cvtColor(blank(), cv2.COLOR_GRAY2BGR)
    draw = np.random.default_rng(seed)
    for field, number in figures.items():
        for index, sign in enumerate(f"{number:0{CELLS}}"):
            left, _, _, lower = cell(field, index)
            dx, dy = (int(n) for n in draw.integers(-4, 5, 2))
            place = (left + 20 + dx, lower - 13 + dy)
            cv2.putText(page, sign, place, cv2.FONT_HERSHEY_SIMPLEX, 1.25, (150, 60, 40), 3, cv2.LINE_AA)
    left, upper, right, lower = SIGNATURES
    for part in range(3):
        x0 = left + (right - left) * part // 3
        x = np.linspace(x0 + 40, x0 + 320, 60)
        y = (upper + lower) / 2 + 40 * np.sin(x / draw.uniform(9, 20)) * draw.uniform(0.5, 1, 60)
        cv2.polylines(page, [np.stack([x, y], 1).astype(np.int32)], False, (120, 50, 30), 3, cv2.LINE_AA)
    return np.asarray(page, np.uint8)


def photographed(page: Pixels, *, seed: int = 1, turned: float = 2.0) -> tuple[bytes, NDArray[np.float64]]:
    """A JPEG of the page on a dark table, a little turned and seen at an angle; and its corners (4, 2) in it."""
    draw = np.random.default_rng(seed)
    height, width = page.shape[:2]
    scene = (round(1.25 * width), round(1.2 * height))
    ends = np.array([[0, 0], [width, 0], [width, height], [0, height]], np.float64)
    turn = cv2.getRotationMatrix2D((width / 2, height / 2), turned, 1.0)
    there = ends @ turn[:, :2].T + turn[:, 2] + draw.uniform(-25, 25, (4, 2))
    there += (np.array(scene) - [width, height]) / 2
    homography = cv2.getPerspectiveTransform(ends.astype(np.float32), there.astype(np.float32))
    table = np.full((scene[1], scene[0], 3), (52, 68, 84), np.uint8)
    lit = cv2.warpPerspective(page, homography, scene, dst=table, borderMode=cv2.BORDER_TRANSPARENT)
    shade = np.linspace(0.82, 1.0, scene[0])[None, :, None]
    noisy = lit * shade + draw.normal(0, 3, lit.shape)
    done, data = cv2.imencode(".jpg", np.clip(noisy, 0, 255).astype(np.uint8), [cv2.IMWRITE_JPEG_QUALITY, 88])
    assert done
    return data.tobytes(), there


def election_toml() -> str:
    """The election whose ballot has these lines, on the form `fourth`."""
    choices = "".join(
        f'[[contest.choice]]\nid = "{line}"\nname = "{line.title()}"\ncolour = "#0072b2"\n\n' for line in LINES
    )
    return f"""[election]
id = "fourth"
name = "Municipal election"
date = "2030-05-05"
origin = "testigo.example/fourth"
language = "en"
licence = "CC-BY-4.0"

[areas]
nation = "The town"
levels = ["ward"]

[register]
file = "stations.csv"

[station]
pattern = '^[0-9]{{4}}$'

[[contest]]
id = "mayor"
name = "Mayor"
form = "fourth"
valid = "valid"
blank = "blank"
null = ["null"]
cast = "cast"

{choices}[policy]
disagreement = "quarantine"

[[policy.basis]]
id = "sheet"
from = "reading"
needs = 1
"""
