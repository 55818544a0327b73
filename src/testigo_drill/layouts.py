"""Forms that are filled in by hand, with sums of different structure; where everything stands on them is said here.

Thresholds may be tuned on `TUNE_FORMS`; what is told of the reader is measured on `TEST_FORMS`, which it never saw and
by which no reader was chosen.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from types import MappingProxyType
from typing import Literal

from testigo.errors import BadUsage

Box = tuple[float, float, float, float]
Corners = Literal["squares", "crosses", "brackets", "rings", "triangles", "bars"]
Labels = Literal["line", "dots", "table"]


@dataclass(frozen=True, slots=True)
class FieldBox:
    """A field: its printed label, its cells' common box (x, y, width, height in millimetres), and how many they are."""

    field: str
    label: str
    box: Box
    cells: int


@dataclass(frozen=True, slots=True)
class Sum:
    """The fields `parts` add up to the fields `whole`."""

    code: str
    parts: tuple[str, ...]
    whole: tuple[str, ...]

    @property
    def text(self) -> str:
        """The rule as form.toml has it."""
        return f"{' + '.join(self.parts)} = {' + '.join(self.whole)}"

    def holds(self, figures: Mapping[str, int]) -> bool:
        """Whether it is so with these figures."""
        return sum(figures[part] for part in self.parts) == sum(figures[part] for part in self.whole)


@dataclass(frozen=True, slots=True)
class WrittenForm:
    """A printed page for figures written by hand; all lengths in millimetres from the upper left corner.

    `headings` are printed words with their place and size, `frames` printed frames, `code` is where the station's QR
    code stands, `personal` where names and signatures do. `labels_at` is how far left of a box its label begins; labels
    stand on a line, before dots that lead to the box, or in a cell of a table. `ink` and `tint` are the colours of
    lines and of headings' backgrounds (blue, green, red); `corners` says by what marks the page can be told from the
    table.
    """

    id: str
    name: str
    paper: tuple[float, float]
    fields: tuple[FieldBox, ...]
    sums: tuple[Sum, ...]
    headings: tuple[tuple[str, float, float, float], ...]
    frames: tuple[Box, ...]
    code: Box
    personal: Box
    labels_at: float
    ink: tuple[int, int, int]
    tint: tuple[int, int, int]
    corners: Corners
    labels: Labels = "line"

    def box(self, field: str) -> FieldBox:
        """Where a field stands.

        Raises:
            BadUsage: the form has no such field.
        """
        for one in self.fields:
            if one.field == field:
                return one
        raise BadUsage(f"form {self.id}: expected one of its fields, came {field}")

    def broken(self, figures: Mapping[str, int]) -> tuple[str, ...]:
        """The codes of the sums that do not hold with these figures."""
        return tuple(one.code for one in self.sums if not one.holds(figures))


def form_toml(form: WrittenForm) -> str:
    """The text of the form's form.toml; its reference is `blank.png`."""
    names = ", ".join(f'"{one.field}"' for one in form.fields)
    parts = [
        f'[form]\nid = "{form.id}"\nname = "{form.name}"\npaper_mm = [{form.paper[0]:g}, {form.paper[1]:g}]\n'
        f'pages = 1\nfields = [{names}]\nreference = "blank.png"\n',
        "# The code says which station the sheet is of, and none of its figures.\n"
        "[[code]]\nsymbology = \"QRCode\"\npattern = 'WR1\\|(?P<station>[0-9]{6}\\.[0-9]{2})'\n"
        f"region_mm = {_numbers(form.code)}\n",
    ]
    parts += [
        f'[[box]]\nfield = "{one.field}"\nbox_mm = {_numbers(one.box)}\ncells = {one.cells}\n' for one in form.fields
    ]
    parts += [f'[[rule]]\ncode = "{one.code}"\ntext = "{one.text}"\n' for one in form.sums]
    parts.append(f'[[personal]]\nwhat = "names and signatures"\nbox_mm = {_numbers(form.personal)}\n')
    return "\n".join(parts)


def _numbers(box: Box) -> str:
    return "[" + ", ".join(f"{part:g}" for part in box) + "]"


def _rows(
    named: str, x: float, y: float, *, pitch: float, cell: tuple[float, float], cells: int, gap: float = 0.0
) -> tuple[FieldBox, ...]:
    """Boxes below each other for `field: label; field: label ...`; an empty part leaves `gap` millimetres free."""
    boxes = []
    for part in named.split(";"):
        if not part.strip():
            y += gap
            continue
        field, label = part.split(":")
        boxes.append(FieldBox(field.strip(), label.strip(), (x, y, cells * cell[0], cell[1]), cells))
        y += pitch
    return tuple(boxes)


_CHOICES = (
    "A1: 1  ALDER  first list; A2: 2  ALDER  second list; B1: 3  BIRCH  first list; B2: 4  BIRCH  second list;"
    "C1: 5  CEDAR  first list; C2: 6  CEDAR  second list; D1: 7  DAMSON; E1: 8  ELM;;"
)
_CASTING = (
    Sum("cast", ("valid", "blank", "null"), ("cast",)),
    Sum("papers", ("cast", "unused"), ("received",)),
)

COLUMN = WrittenForm(
    "column",
    "Tally sheet with one column of choices",
    (210, 297),
    _rows(_CHOICES + "valid: VALID VOTES; blank: BLANK BALLOTS; null: NULL BALLOTS; cast: BALLOTS CAST",
          150, 66, pitch=12.5, cell=(11, 9), cells=3, gap=6),
    (Sum("valid", ("A1", "A2", "B1", "B2", "C1", "C2", "D1", "E1"), ("valid",)), _CASTING[0]),
    (("POLLING STATION TALLY SHEET", 20, 24, 5.6),
     ("Demonstration. Not an election. One digit in each box.", 20, 32, 3.4),
     ("Station", 20, 46, 4), ("CHOICE", 22, 61, 4), ("VOTES", 158, 61, 4), ("MEMBERS OF THE STATION", 22, 240, 3.4)),
    ((15, 54, 180, 112), (15, 168, 180, 62), (15, 233, 180, 48)),
    (158, 12, 36, 36),
    (15, 233, 180, 48),
    128,
    (20, 20, 20),
    (232, 232, 232),
    "squares",
)  # fmt: skip
"""Candidates add up to the valid votes, valid, blank and null to the ballots cast: a tree of two sums."""

BLOCKS = WrittenForm(
    "blocks",
    "Tally sheet with lists in two blocks",
    (216, 330),
    _rows("a1: Aspen; a2: Acacia; a3: Almond; a4: Apple; a5: Ash; a: LIST A;;"
          "b1: Beech; b2: Bamboo; b3: Banyan; b4: Box; b: LIST B",
          72, 74, pitch=12, cell=(8, 8.6), cells=4, gap=14)
    + _rows("c1: Cherry; c2: Citron; c3: Clove; c4: Cork; c: LIST C;;"
            "valid: Valid votes; blank: Blank; null: Null; cast: Ballots cast; unused: Unused; received: Received",
            172, 74, pitch=12, cell=(8, 8.6), cells=4, gap=14),
    (Sum("a", ("a1", "a2", "a3", "a4", "a5"), ("a",)), Sum("b", ("b1", "b2", "b3", "b4"), ("b",)),
     Sum("c", ("c1", "c2", "c3", "c4"), ("c",)), Sum("valid", ("a", "b", "c"), ("valid",)), *_CASTING),
    (("RECORD OF THE COUNT", 14, 26, 8), ("Assembly - lists and totals", 14, 35, 4), ("Demonstration.", 14, 43, 3.4),
     ("STATION", 14, 53, 4), ("LIST A", 14, 68, 5), ("LIST C", 114, 68, 5), ("LIST B", 14, 154, 5),
     ("TOTALS", 114, 142, 5), ("NAMES, DOCUMENTS AND SIGNATURES", 14, 240, 3.4)),
    ((10, 60, 97, 84), (10, 146, 97, 76), (110, 60, 97, 72), (110, 134, 97, 88), (10, 230, 197, 88)),
    (170, 14, 34, 34),
    (10, 230, 197, 88),
    58,
    (112, 72, 30),
    (246, 236, 222),
    "brackets",
)  # fmt: skip
"""Subtotals by list, a grand total, ballots cast and unused make those received: a deeper tree; four cells a figure."""

_AGES = ("18 to 34", "35 to 59", "60 and over")
_GRID = tuple(
    FieldBox(f"{side}{row}", _AGES[row - 1] if side == "w" else "", (x, 66 + 13 * (row - 1), 28.5, 9.5), 3)
    for row in (1, 2, 3)
    for side, x in (("w", 52), ("m", 87), ("t", 122))
)
_FEET = tuple(
    FieldBox(field, label, (x, 109, 28.5, 9.5), 3)
    for field, label, x in (("women", "TOTAL", 52), ("men", "", 87), ("voters", "", 122))
)

CROSSED = WrittenForm(
    "crossed",
    "Sheet of voters by sex and age, and of votes",
    (297, 210),
    _GRID + _FEET
    + _rows("p1: 1  Heron; p2: 2  Otter; p3: 3  Lynx; p4: 4  Stork; p5: 5  Hare;;"
            "valid: VALID; blank: BLANK; null: NULL; cast: CAST",
            246, 60, pitch=12.4, cell=(9.5, 9), cells=3, gap=5),
    (*(Sum(f"age{row}", (f"w{row}", f"m{row}"), (f"t{row}",)) for row in (1, 2, 3)),
     *(Sum(whole, (f"{side}1", f"{side}2", f"{side}3"), (whole,)) for side, whole in (("w", "women"), ("m", "men"))),
     Sum("ages", ("t1", "t2", "t3"), ("voters",)), Sum("sexes", ("women", "men"), ("voters",)),
     Sum("valid", ("p1", "p2", "p3", "p4", "p5"), ("valid",)), _CASTING[0], Sum("turnout", ("cast",), ("voters",))),
    (("VOTERS AND VOTES", 16, 26, 8), ("Demonstration. Not an election.", 16, 34, 3.4), ("Station", 16, 45, 4),
     ("WOMEN", 57, 61, 3.6), ("MEN", 95, 61, 3.6), ("BOTH", 129, 61, 3.6), ("VOTES", 250, 55, 4),
     ("THE BOARD: NAMES AND SIGNATURES", 16, 138, 3.4)),
    ((12, 54, 146, 70), (200, 47, 82, 138), (12, 130, 146, 65)),
    (236, 9, 34, 34),
    (12, 130, 146, 65),
    36,
    (60, 60, 150),
    (228, 230, 246),
    "crosses",
)  # fmt: skip
"""Voters add up by rows and by columns: the sums run in a circle."""

SLIP = WrittenForm(
    "slip",
    "Small slip of a count",
    (148, 210),
    _rows("n1: North; n2: East; n3: South; n4: West;; valid: Valid; blank: Blank; null: Null; cast: Cast;;"
          "unused: Left over; received: Received",
          96, 44, pitch=11, cell=(10, 8.4), cells=3, gap=4),
    (Sum("valid", ("n1", "n2", "n3", "n4"), ("valid",)), *_CASTING),
    (("COUNT SLIP", 14, 22, 5.4), ("Demonstration.", 14, 30, 3.4), ("Station", 14, 38, 3.6),
     ("SIGNED BY", 14, 176, 3.4)),
    ((10, 41, 128, 128), (10, 170, 128, 26)),
    (106, 9, 30, 30),
    (10, 170, 128, 26),
    76,
    (40, 70, 30),
    (226, 240, 228),
    "squares",
)  # fmt: skip
"""A small tree of three sums."""

_LISTS = ("Amber", "Basalt", "Coral", "Dolomite", "Emerald", "Flint", "Garnet", "Hematite", "Ivory")

FLAT = WrittenForm(
    "flat",
    "Result card with two separate checks",
    (182, 257),
    _rows(";".join(f"k{row}: {row:02} {name}" for row, name in enumerate(_LISTS, 1))
          + "; white: White; spoilt: Spoilt; urn: IN THE URN",
          128, 53, pitch=9, cell=(12, 8), cells=3)
    + _rows("handed: Handed out; returned: Returned; kept: Left over; sent: SENT",
            128, 174, pitch=9, cell=(12, 8), cells=3),
    (Sum("urn", (*(f"k{row}" for row in range(1, 10)), "white", "spoilt"), ("urn",)),
     Sum("sent", ("handed", "returned", "kept"), ("sent",))),
    (("Result card", 16, 22, 6.4), ("Demonstration. Not an election.", 16, 29, 3.2), ("Station", 16, 38, 4),
     ("I  BALLOTS", 18, 49, 4), ("II  PAPERS", 18, 171, 4), ("Signed by the board", 16, 218, 3.4)),
    ((12, 213, 158, 32),),
    (130, 12, 34, 34),
    (12, 213, 158, 32),
    112,
    (48, 40, 150),
    (226, 226, 250),
    "rings",
    "table",
)  # fmt: skip
"""One long sum of the ballots and one of the papers, which have no field in common: nothing confirms the other."""

_DAYS = (("f", 80), ("s", 120), ("u", 160), ("t", 206))
_ROWS = (("p1", "Anchor"), ("p2", "Bell"), ("p3", "Compass"), ("p4", "Drum"), ("no", "None of them"))


def _of_days(row: str, label: str, y: float) -> tuple[FieldBox, ...]:
    """A row of the cross: three days with three cells, and their total with four."""
    return tuple(
        FieldBox(f"{row}{day}", label if day == "f" else "", (x, y, 34 if day == "t" else 28.5, 10), 3 + (day == "t"))
        for day, x in _DAYS
    )


CROSS = WrittenForm(
    "cross",
    "Sheet of three days of voting, and of who stayed away",
    (279, 216),
    tuple(box for number, (row, label) in enumerate(_ROWS) for box in _of_days(row, label, 62 + 13.5 * number))
    + _of_days("all", "VOTED", 133)
    + (FieldBox("away", "STAYED AWAY", (206, 149, 34, 10), 4), FieldBox("roll", "ON THE ROLL", (206, 163, 34, 10), 4)),
    (*(Sum(row, (f"{row}f", f"{row}s", f"{row}u"), (f"{row}t",)) for row in ("p1", "p2", "p3", "p4", "no", "all")),
     *(Sum(day, tuple(f"{row}{day}" for row, _ in _ROWS), (f"all{day}",)) for day in ("f", "s", "u", "t")),
     Sum("roll", ("allt", "away"), ("roll",))),
    (("VOTES OF THREE DAYS", 18, 28, 7.4), ("Demonstration. Not an election.", 18, 36, 3.4), ("Station", 18, 48, 4.4),
     ("FRIDAY", 85, 57, 4), ("SATURDAY", 122, 57, 4), ("SUNDAY", 165, 57, 4), ("TOGETHER", 211, 57, 4),
     ("Officers: name and signature", 18, 156, 3.4)),
    ((14, 130, 230, 16),),
    (226, 12, 36, 36),
    (14, 150, 124, 50),
    60,
    (70, 92, 16),
    (236, 240, 214),
    "triangles",
)  # fmt: skip
"""Votes by choice and day, totals both ways, and those on the roll: a circle of sums with a tail."""

_NAMES = (
    "Abelo", "Bracca", "Cindel", "Dorvan", "Estrel", "Fabrun", "Gwillo", "Hestor", "Irvane", "Jolcar", "Kendra",
    "Lorvik", "Mirdan", "Nolbeth", "Ostrin", "Pellar", "Quorin", "Rasmel", "Sorvai", "Tembro", "Ulvane", "Vasko",
    "Wendal", "Xanter", "Yorvil", "Zembra", "Altan",
)  # fmt: skip


def _candidates(first: int, last: int) -> str:
    return ";".join(f"c{number}: {number}. {_NAMES[number - 1]}" for number in range(first, last + 1))


LEDGER = WrittenForm(
    "ledger",
    "Ledger of many candidates, carried from column to column",
    (216, 340),
    _rows(_candidates(1, 14) + "; carry: CARRIED", 70, 70, pitch=13.8, cell=(9, 8), cells=3)
    + _rows("brought: BROUGHT;" + _candidates(15, 27) + "; marked: MARKED", 170, 70, pitch=13.8, cell=(9, 8), cells=3)
    + _rows("proxy: by proxy; person: in person", 70, 288, pitch=13.8, cell=(9, 8), cells=3)
    + _rows("empty: unmarked; total: TOTAL", 170, 288, pitch=13.8, cell=(9, 8), cells=3),
    (Sum("carry", tuple(f"c{number}" for number in range(1, 15)), ("carry",)), Sum("brought", ("carry",), ("brought",)),
     Sum("marked", ("brought", *(f"c{number}" for number in range(15, 28))), ("marked",)),
     Sum("total", ("marked", "empty"), ("total",)), Sum("voters", ("proxy", "person"), ("total",))),
    (("Ledger of the count", 14, 26, 7), ("Demonstration. Not an election.", 14, 35, 3.4), ("STATION", 14, 48, 4)),
    ((14, 64, 92, 216), (108, 64, 94, 216), (14, 282, 188, 32)),
    (166, 12, 36, 36),
    (20, 316, 150, 16),
    50,
    (30, 30, 30),
    (225, 225, 225),
    "bars",
    "dots",
)  # fmt: skip
"""Many candidates; the first column's subtotal is carried to the next; who voted is counted a second way."""

TUNE_FORMS: tuple[WrittenForm, ...] = (SLIP, COLUMN, BLOCKS, CROSSED)
TEST_FORMS: tuple[WrittenForm, ...] = (FLAT, CROSS, LEDGER)
FORMS: Mapping[str, WrittenForm] = MappingProxyType({form.id: form for form in TUNE_FORMS + TEST_FORMS})
"""All forms by their id."""
