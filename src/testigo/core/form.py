"""A form: the layout of a sheet, the codes printed on it and the sums that must hold."""

import re
from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass

from testigo.core.arithmetic import Rule, Weight, parse_rule
from testigo.core.ids import Counts, FieldId, StationCode
from testigo.core.keys import Keys, keys_of
from testigo.core.number_words import LANGUAGES, Language
from testigo.core.records import MAX_COUNT
from testigo.errors import BadElection

_FIELD = re.compile(r"[A-Za-z_][A-Za-z0-9_.]*")
_PICTURE = re.compile(r"[A-Za-z0-9_-]+(?:\{page\})?\.png")
_PLACE = re.compile(r"\{(\w+)\}")

MOST_CELLS = 9
"""A figure has at most so many digits."""
LEAST_SHAPE, MOST_SHAPE = 0.5, 2.5
"""How wide cells that are read may be, of their height: in narrower ones the neighbours' digits are seen, in wider ones
the digit is too small."""


@dataclass(frozen=True, slots=True)
class CodeGrammar:
    """What a printed code says: a pattern whose group `station` names the station and whose other groups are fields.

    `lists` names the groups that hold several fields, separated by commas, in this order. `region_mm` is where the
    code stands on the paper (x, y, width, height), None if anywhere. `station_as` rewrites the station's group into
    the register's spelling, with the pattern's groups in braces.
    """

    symbology: str
    pattern: re.Pattern[str]
    lists: tuple[tuple[str, tuple[FieldId, ...]], ...] = ()
    station_as: str = "{station}"
    region_mm: tuple[float, ...] | None = None
    page: int = 1


@dataclass(frozen=True, slots=True)
class CodeContent:
    """What was understood of a code's text, and the page on which such a code stands."""

    station: StationCode
    counts: Counts
    page: int = 1


@dataclass(frozen=True, slots=True)
class Box:
    """Where a field's cells stand on the paper: x, y, width, height in millimetres from the upper left corner."""

    field: FieldId
    page: int
    box_mm: tuple[float, ...]
    cells: int = 1

    @property
    def shape(self) -> float:
        """The width of a cell by its height."""
        return self.box_mm[2] / self.cells / self.box_mm[3] if self.box_mm[3] > 0 else 0.0

    @property
    def fits_digits(self) -> bool:
        """Whether a cell has room for one digit and no second one."""
        return LEAST_SHAPE <= self.shape <= MOST_SHAPE


@dataclass(frozen=True, slots=True)
class Column:
    """Figures in a column without boxes: the written rows from the top are these fields, `digits` to each.

    `box_mm` is the column in millimetres, which has `rows` printed rows, written or not, all of one height. A row that
    is struck out is passed over.
    """

    fields: tuple[FieldId, ...]
    page: int
    box_mm: tuple[float, ...]
    rows: int
    digits: int


@dataclass(frozen=True, slots=True)
class WordsBox:
    """Where a field's figure stands a second time, in words of `language`, or as tally marks (None); millimetres."""

    field: FieldId
    page: int
    box_mm: tuple[float, ...]
    language: Language | None


@dataclass(frozen=True, slots=True)
class PersonalRegion:
    """A part of the paper that shows personal data and must be masked in public copies; millimetres."""

    what: str
    page: int
    box_mm: tuple[float, ...]


@dataclass(frozen=True, slots=True)
class Form:
    """The layout of one kind of sheet. `paper_mm` is width and height; counts on it are in ballots.

    `reference` names the picture of a blank (PNG, beside form.toml) by which pages are found in photos, `{page}` in it
    stands for a page's number; None where the figures of such sheets are not read from their boxes. `cropped` says that
    a photo shows the form's paper and nothing else, cut out by hand: then no reference is needed to find it.
    """

    id: str
    name: str
    paper_mm: tuple[float, ...]
    pages: int
    fields: tuple[FieldId, ...]
    codes: tuple[CodeGrammar, ...]
    boxes: tuple[Box, ...]
    rules: tuple[Rule, ...]
    personal: tuple[PersonalRegion, ...]
    reference: str | None = None
    columns: tuple[Column, ...] = ()
    cropped: bool = False
    words: tuple[WordsBox, ...] = ()

    @property
    def by_hand(self) -> bool:
        """Whether figures are read from where they are written, not only from codes."""
        return self.reference is not None or self.cropped

    def page_of(self) -> Mapping[FieldId, int]:
        """The page of every field whose place is known: where it is written, else where a code states it."""
        found: dict[FieldId, int] = {}
        for code in self.codes:
            named = [*code.pattern.groupindex, *(field for _, fields in code.lists for field in fields)]
            for field in self.fields:
                if field in named:
                    found.setdefault(field, code.page)
        found |= {field: column.page for column in self.columns for field in column.fields}
        return found | {box.field: box.page for box in self.boxes}

    def blanks(self) -> tuple[tuple[int, str | None], ...]:
        """Every page whose figures are read where they are written, with the name of its blank's picture.

        The name is None where photos show nothing but the page.
        """
        if not self.by_hand:
            return ()
        name = self.reference
        return tuple(
            (page, None if name is None else name.replace("{page}", str(page))) for page in range(1, self.pages + 1)
        )


def form_from_toml(text: str, where: str) -> Form:
    """The form that a `form.toml` describes.

    Raises:
        BadElection: names the file, the key, what was expected and what came.
    """
    keys = keys_of(text, where)
    head = keys.table("form")
    form_id, name = head.text("id"), head.text("name")
    paper, pages = head.numbers("paper_mm"), head.number("pages", 1)
    fields = tuple(FieldId(field) for field in head.texts("fields"))
    reference = head.optional_text("reference")
    photos = head.text("photos", "whole")
    head.finish()
    if reference is not None and not _PICTURE.fullmatch(reference):
        raise BadElection(f"{where}: form.reference: expected the name of a PNG file beside it, came {reference!r}")
    if reference is not None and (pages > 1) != ("{page}" in reference):
        raise BadElection(
            f"{where}: form.reference: expected {{page}} in the name where a form has several pages, and only there, "
            f"came {reference!r}"
        )
    if photos not in ("whole", "cropped"):
        raise BadElection(f"{where}: form.photos: expected whole or cropped, came {photos!r}")
    odd = [field for field in fields if not _FIELD.fullmatch(field)]
    if odd:
        raise BadElection(f"{where}: form.fields: expected letters, digits, _ and . of ASCII, came {', '.join(odd)}")
    if len(paper) != 2 or len(set(fields)) != len(fields):
        raise BadElection(f"{where}: form: expected paper_mm = [width, height] and every field once")
    codes = tuple(_code(part, frozenset(fields)) for part in keys.tables("code"))
    boxes = tuple(_box(part, frozenset(fields)) for part in keys.tables("box"))
    columns = tuple(_column(part, frozenset(fields)) for part in keys.tables("column"))
    rules = tuple(_rule(part, frozenset(fields)) for part in keys.tables("rule"))
    personal = tuple(_personal(part) for part in keys.tables("personal"))
    words = tuple(_words(part, frozenset(fields), tallies=False) for part in keys.tables("words"))
    words += tuple(_words(part, frozenset(fields), tallies=True) for part in keys.tables("tallies"))
    keys.finish()
    form = Form(
        form_id, name, paper, pages, fields, codes, boxes, rules, personal, reference, columns, photos == "cropped",
        words,
    )  # fmt: skip
    for number, box in enumerate(boxes, 1):
        if form.by_hand and not box.fits_digits:
            raise BadElection(
                f"{where}: box[{number}]: expected cells {LEAST_SHAPE} to {MOST_SHAPE} times as wide as high, one for "
                f"each digit, came {box.shape:.1f}; a figure without boxes of its own is a [[column]]"
            )
    if form.by_hand and not boxes and not columns:
        raise BadElection(f"{where}: form: expected boxes ([[box]]) or columns ([[column]]) to be read, there are none")
    placed = Counter([box.field for box in boxes] + [field for column in columns for field in column.fields])
    loose = [box.field for box in words if box.field not in placed]
    if loose:
        raise BadElection(
            f"{where}: expected words and tallies beside digits of the same field, {', '.join(loose)} has none"
        )
    twice = [field for field, times in placed.items() if times > 1]
    if twice:
        raise BadElection(f"{where}: expected every field in one place, came {', '.join(twice)} in more than one")
    return form


def _code(keys: Keys, fields: frozenset[FieldId]) -> CodeGrammar:
    symbology, pattern_text = keys.text("symbology"), keys.text("pattern")
    try:
        pattern = re.compile(pattern_text)
    except (re.error, OverflowError, RecursionError) as error:
        raise BadElection(f"{keys.where}: pattern: expected a regular expression, {error}") from None
    lists = tuple((group, tuple(FieldId(f) for f in named)) for group, named in keys.text_map("lists").items())
    station_as = keys.text("station_as", "{station}")
    region = keys.numbers("region_mm") if "region_mm" in keys.rest() else None
    page = keys.number("page", 1)
    keys.finish()
    known = set(pattern.groupindex)
    named_fields = [field for _, members in lists for field in members]
    for field in named_fields:
        if field not in fields:
            raise BadElection(f"{keys.where}: lists: expected fields of the form, came {field}")
    for group, _ in lists:
        if group not in known:
            raise BadElection(f"{keys.where}: lists.{group}: the pattern has no group of this name")
    unknown = set(_PLACE.findall(station_as)) - known
    if unknown or not _PLACE.search(station_as):
        raise BadElection(f"{keys.where}: station_as: expected groups of the pattern in braces, came {station_as!r}")
    return CodeGrammar(symbology, pattern, lists, station_as, region, page)


def _box(keys: Keys, fields: frozenset[FieldId]) -> Box:
    box = Box(FieldId(keys.text("field")), keys.number("page", 1), keys.numbers("box_mm"), keys.number("cells", 1))
    keys.finish()
    if box.field not in fields or len(box.box_mm) != 4 or not 1 <= box.cells <= MOST_CELLS:
        raise BadElection(
            f"{keys.where}: expected a field of the form, box_mm = [x, y, width, height] and 1 to {MOST_CELLS} cells"
        )
    return box


def _column(keys: Keys, fields: frozenset[FieldId]) -> Column:
    named = tuple(FieldId(field) for field in keys.texts("fields"))
    page, box_mm = keys.number("page", 1), keys.numbers("box_mm")
    rows, digits = keys.number("rows"), keys.number("digits", 3)
    keys.finish()
    if not named or not set(named) <= fields or len(box_mm) != 4 or rows < len(named) or not 1 <= digits <= MOST_CELLS:
        raise BadElection(
            f"{keys.where}: expected fields of the form, box_mm = [x, y, width, height], at least as many rows as "
            f"fields, and 1 to {MOST_CELLS} digits"
        )
    return Column(named, page, box_mm, rows, digits)


def _words(keys: Keys, fields: frozenset[FieldId], *, tallies: bool) -> WordsBox:
    language: Language | None = None
    if not tallies:
        named = keys.text("language")
        language = next((one for one in LANGUAGES if one == named), None)
        if language is None:
            raise BadElection(f"{keys.where}: language: expected {' or '.join(LANGUAGES)}, came {named!r}")
    box = WordsBox(FieldId(keys.text("field")), keys.number("page", 1), keys.numbers("box_mm"), language)
    keys.finish()
    if box.field not in fields or len(box.box_mm) != 4:
        raise BadElection(f"{keys.where}: expected a field of the form and box_mm = [x, y, width, height]")
    return box


def _rule(keys: Keys, fields: frozenset[FieldId]) -> Rule:
    weight = keys.text("weight", "hold")
    if weight not in ("hold", "warn"):
        raise BadElection(f"{keys.where}: weight: expected hold or warn, came {weight}")
    kept: Weight = "hold" if weight == "hold" else "warn"
    rule = parse_rule(
        keys.text("code"),
        keys.text("text"),
        keys.where,
        tolerance=keys.number("tolerance", 0),
        law=keys.optional_text("law"),
        weight=kept,
    )
    keys.finish()
    unknown = sorted(rule.fields - fields)
    if unknown:
        raise BadElection(f"{keys.where}: text: expected fields of the form, came {', '.join(unknown)}")
    if rule.tolerance < 0:
        raise BadElection(f"{keys.where}: tolerance: expected 0 ballots or more, came {rule.tolerance}")
    return rule


def _personal(keys: Keys) -> PersonalRegion:
    region = PersonalRegion(keys.text("what"), keys.number("page", 1), keys.numbers("box_mm"))
    keys.finish()
    return region


def read_code(form: Form, symbology: str, text: str) -> CodeContent | None:
    """What this code's text says under the form's grammars; None when it is no code of this form."""
    for grammar in form.codes:
        found = grammar.pattern.fullmatch(text) if grammar.symbology == symbology else None
        if found is None:
            continue
        groups = found.groupdict()
        station = StationCode(_filled(grammar.station_as, groups))
        counts = _figures(grammar, form, groups)
        if counts is not None:
            return CodeContent(station, counts, grammar.page)
    return None


def _filled(template: str, groups: Mapping[str, str | None]) -> str:
    return _PLACE.sub(lambda place: groups[place[1]] or "", template)


def _figures(grammar: CodeGrammar, form: Form, groups: dict[str, str | None]) -> Counts | None:
    counts: dict[FieldId, int] = {}
    lists = dict(grammar.lists)
    for group, text in groups.items():
        if text is None:
            continue
        if group in lists:
            parts = text.split(",")
            if len(parts) != len(lists[group]):
                return None
            counts.update(zip(lists[group], map(int, parts), strict=True))
        elif group in form.fields:
            counts[FieldId(group)] = int(text)
    return counts if all(value <= MAX_COUNT for value in counts.values()) else None
