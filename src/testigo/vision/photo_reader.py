"""`ports.Reader`: photos are stripped here and decoded in a child process that a hostile photo may kill."""

import threading
from collections.abc import Mapping, Sequence
from contextlib import ExitStack
from types import TracebackType
from typing import Self

import cv2
import numpy as np

from testigo.core.form import CodeGrammar, Form
from testigo.errors import BadPhoto
from testigo.ports import CodeSeen, InkSeen, PageSeen, Sight, StraightPage
from testigo.vision.child import ReadingChild
from testigo.vision.codes import Code
from testigo.vision.layout import WrittenPage, layout_of
from testigo.vision.strip import is_pdf, strip
from testigo.vision.stripped import Stripped
from testigo.vision.views import Region
from testigo.vision.words import is_installed

Blanks = Mapping[tuple[str, int], bytes]
ROOM_MM = 15.0
"""So far from its place in form.toml the middle of a code may lie: paper bends, and a place is drawn by hand."""


class PhotoReader:
    """Strips files, and reads the codes of masters, for the forms of one election. One photo at a time.

    `blanks` are pictures of empty pages by form and page: what is written on these pages is read as well.
    """

    def __init__(self, forms: Mapping[str, Form], blanks: Blanks) -> None:
        layouts = [(layout_of(forms[name], page), picture) for (name, page), picture in sorted(blanks.items())]
        self._child = ReadingChild(blanks=layouts, with_words=is_installed())
        self._by_hand = bool(blanks)
        self._forms = forms
        self._wanted = wanted_symbologies(forms)
        self._regions = code_regions(forms)

    def __enter__(self) -> Self:
        self._child.__enter__()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._child.__exit__(kind, error, trace)

    def masters(self, data: bytes) -> tuple[Stripped, ...]:
        """See `ports.Reader`."""
        if is_pdf(data):
            return tuple(strip(page) for page in self._child.render_pdf(data))
        master = strip(data)
        self._child.check(master.data)
        return (master,)

    def read(self, data: bytes, orient: int) -> Sight:
        """See `ports.Reader`."""
        try:
            reading = self._child.read(data, orient, wanted=self._wanted, regions=self._regions)
        except BadPhoto:
            return Sight((), 0)
        codes = tuple(CodeSeen(code.symbology, code.text) for code in reading.codes)
        if not self._by_hand:
            return Sight(codes, reading.phash)
        try:
            found, covered = self._child.figures(data, orient)
        except BadPhoto:
            # The photo is too much for the reader of figures; its codes count all the same.
            return Sight(codes, reading.phash)
        return Sight(
            codes,
            reading.phash,
            tuple(_page_seen(page, reading.codes, self._forms[page.form]) for page in found),
            covered,
        )

    def thumbnail(self, data: bytes, orient: int, width: int) -> bytes:
        """See `ports.Reader`."""
        return self._child.thumbnail(data, orient, width=width)

    def straightened(self, data: bytes, orient: int) -> tuple[StraightPage, ...]:
        """See `ports.Reader`."""
        if not self._by_hand:
            return ()
        return tuple(StraightPage(form, page, jpeg) for form, page, jpeg in self._child.straightened(data, orient))


class PhotoReaders:
    """One `PhotoReader` for each thread that asks; all their child processes end with the context."""

    def __init__(self, forms: Mapping[str, Form], blanks: Blanks) -> None:
        self._forms = forms
        self._blanks = blanks
        self._own = threading.local()
        self._open = ExitStack()
        self._lock = threading.Lock()

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._open.close()

    def masters(self, data: bytes) -> tuple[Stripped, ...]:
        """See `ports.Reader`."""
        return self._mine().masters(data)

    def read(self, data: bytes, orient: int) -> Sight:
        """See `ports.Reader`."""
        return self._mine().read(data, orient)

    def thumbnail(self, data: bytes, orient: int, width: int) -> bytes:
        """See `ports.Reader`."""
        return self._mine().thumbnail(data, orient, width)

    def straightened(self, data: bytes, orient: int) -> tuple[StraightPage, ...]:
        """See `ports.Reader`."""
        return self._mine().straightened(data, orient)

    def _mine(self) -> PhotoReader:
        reader: PhotoReader | None = getattr(self._own, "reader", None)
        if reader is None:
            with self._lock:
                reader = self._open.enter_context(PhotoReader(self._forms, self._blanks))
            self._own.reader = reader
        return reader


def _page_seen(page: WrittenPage, codes: Sequence[Code], form: Form) -> PageSeen:
    ink = tuple(InkSeen(field, rows) for field, rows in page.ink)
    on_it = tuple(CodeSeen(code.symbology, code.text) for code in codes if lies_on(code, page, form))
    return PageSeen(page.form, page.page, ink, page.evidence, on_it)


def lies_on(code: Code, page: WrittenPage, form: Form) -> bool:
    """Whether a code lies on a page, about where the form prints it if it says so: a corner of another sheet can lie on
    this one with a code of its own."""
    if not page.outline or not page.shows(*code.centre):
        return not page.outline
    own = [one for one in form.codes if (one.symbology, one.page) == (code.symbology, page.page)]
    width, height = form.paper_mm
    paper = np.array([[0, 0], [width, 0], [width, height], [0, height]], np.float32)
    to_paper = cv2.getPerspectiveTransform(np.array(page.outline, np.float32), paper)
    (((x, y),),) = cv2.perspectiveTransform(np.array([[code.centre]], np.float32), to_paper)
    return not own or any(one.region_mm is None or _is_near(one.region_mm, x, y) for one in own)


def _is_near(region_mm: tuple[float, ...], x: float, y: float) -> bool:
    left, upper, width, height = region_mm
    return -ROOM_MM <= x - left <= width + ROOM_MM and -ROOM_MM <= y - upper <= height + ROOM_MM


def wanted_symbologies(forms: Mapping[str, Form]) -> frozenset[str]:
    """The kinds of code without which a sheet is not read: those that carry figures, or all where none does."""
    grammars = [grammar for form in forms.values() for grammar in form.codes]
    telling = frozenset(grammar.symbology for grammar in grammars if _has_figures(grammar))
    return telling or frozenset(grammar.symbology for grammar in grammars)


def _has_figures(grammar: CodeGrammar) -> bool:
    return bool(grammar.lists) or bool(set(grammar.pattern.groupindex) - {"station"})


def code_regions(forms: Mapping[str, Form]) -> tuple[Region, ...]:
    """Where the forms print their codes: boxes (x0, y0, x1, y1) in fractions of the page."""
    regions = []
    for form in forms.values():
        width, height = form.paper_mm
        for grammar in form.codes:
            if grammar.region_mm is not None:
                x, y, w, h = grammar.region_mm
                regions.append((x / width, y / height, (x + w) / width, (y + h) / height))
    return tuple(regions)
