"""Forms that are filled in by hand, with sums of different structure; where everything stands on them is said here.

Thresholds may be tuned on `TUNE_FORMS`; what is told of the reader is measured on `TEST_FORMS`, which it never saw.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from types import MappingProxyType

from testigo.errors import BadUsage

Box = tuple[float, float, float, float]


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
    code stands, `personal` where names and signatures do. `labels_at` is how far left of a box its label begins.
    `ink` and `tint` are the colours of lines and of headings' backgrounds (blue, green, red); `corners` says by what
    marks the page can be told from the table: squares, crosses, or brackets.
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
    corners: str

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
"""A small tree of three sums, for tuning."""

TUNE_FORMS: tuple[WrittenForm, ...] = (SLIP,)
TEST_FORMS: tuple[WrittenForm, ...] = (COLUMN, BLOCKS, CROSSED)
FORMS: Mapping[str, WrittenForm] = MappingProxyType({form.id: form for form in TUNE_FORMS + TEST_FORMS})
"""All forms by their id."""
