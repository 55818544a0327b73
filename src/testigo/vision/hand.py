"""Reads the figures on forms: pages are found in a photo, flattened, cut into cells, and cells read."""

from collections.abc import Sequence
from itertools import groupby

import numpy as np

from testigo.core.ids import FieldId
from testigo.stats.fields import ValueEvidence
from testigo.vision.cells import Cell, cut_cells
from testigo.vision.digits import CLASSES, DigitReader
from testigo.vision.free_figures import column_ink
from testigo.vision.layout import Ink, Layout, WrittenPage
from testigo.vision.load import Pixels, decode, plain_jpeg
from testigo.vision.mask import covered_copy
from testigo.vision.page import FoundPage, NotThisForm, Reference, find_pages, flatten, reference_of
from testigo.vision.strips import StripReader
from testigo.vision.tallies import tally_evidence
from testigo.vision.words import WordReader, lexicon_of


class HandReader:
    """Knows blanks of forms, and reads photos of filled ones. Made once in a process; the model is loaded once."""

    def __init__(self, *, words: bool = False) -> None:
        """With `words`, figures in words are read as well.

        Raises:
            BadUsage: `words`, and the recogniser is not installed.
        """
        self._words = WordReader() if words else None
        self._references: list[Reference] = []
        self._cropped: list[Layout] = []
        self._digits = DigitReader()
        self._strips = StripReader()

    def learn(self, layout: Layout, blank: bytes) -> None:
        """From now on pages of this layout are looked for; `blank` is the picture of an empty page.

        A cropped layout needs none: every photo is taken to show it.

        Raises:
            BadPhoto: the picture does not decode.
        """
        if layout.cropped:
            self._cropped.append(layout)
        else:
            self._references.append(reference_of(decode(blank, colour="bgr"), layout))

    def read(self, data: bytes, orient: int) -> tuple[WrittenPage, ...]:
        """The pages in a stripped photo; none where no known form is seen, which is never forced.

        Raises:
            BadPhoto: the photo does not decode.
        """
        photo = decode(data, orient=orient, colour="bgr")
        found = self.find(photo)
        return self._written(photo, found, [flatten(photo, page) for page in found])

    def look(self, data: bytes, orient: int) -> tuple[tuple[WrittenPage, ...], bytes | None]:
        """What `read` gives, and the photo's public copy, in which personal data is covered, as `mask` makes it.

        The copy is None where no page of a form with personal regions is found, or one cannot be located well enough.

        Raises:
            BadPhoto: the photo does not decode.
        """
        photo = decode(data, orient=orient, colour="bgr")
        found = self.find(photo)
        personal = {one.layout.form for one in self._references if one.layout.personal}
        flats = [flatten(photo, page) for page in found]
        any_personal = any(one.reference.layout.form in personal for one in found)
        return self._written(photo, found, flats), covered_copy(photo, found, flats) if any_personal else None

    def straightened(self, data: bytes, orient: int) -> tuple[tuple[str, int, bytes], ...]:
        """Form, page and a JPEG without metadata of every page in the photo, straight and upright; cropped ones whole.

        Raises:
            BadPhoto: the photo does not decode.
        """
        photo = decode(data, orient=orient, colour="bgr")
        flat = [(page.reference.layout, flatten(photo, page)) for page in self.find(photo)]
        flat += [(layout, photo) for layout in self._cropped]
        return tuple((layout.form, layout.page, plain_jpeg(pixels)) for layout, pixels in flat)

    def _written(self, photo: Pixels, found: tuple[FoundPage, ...], flats: Sequence[Pixels]) -> tuple[WrittenPage, ...]:
        pages = [self._page(flat, page) for page, flat in zip(found, flats, strict=True)]
        for layout in self._cropped:
            columns = self._columns(photo, layout)
            if columns:
                pages.append(WrittenPage(layout.form, layout.page, columns, self._said(photo, layout)))
        return tuple(pages)

    def find(self, photo: Pixels) -> tuple[FoundPage, ...]:
        """Where pages that are known stand in the photo."""
        found = find_pages(photo, tuple(self._references)) if self._references else ()
        return () if isinstance(found, NotThisForm) else found

    def _page(self, flat: Pixels, page: FoundPage) -> WrittenPage:
        layout = page.reference.layout
        boxes = ink_of(cut_cells(flat, page.reference.printed, layout), self._digits)
        ink, outline = boxes + self._columns(flat, layout), tuple((float(x), float(y)) for x, y in page.corners)
        return WrittenPage(layout.form, layout.page, ink, self._said(flat, layout), outline)

    def _columns(self, flat: Pixels, layout: Layout) -> tuple[tuple[FieldId, Ink], ...]:
        return tuple(field for column in layout.columns for field in column_ink(flat, column, self._strips))

    def _said(self, flat: Pixels, layout: Layout) -> tuple[ValueEvidence, ...]:
        """What words and tallies say of the page's figures, where there are any."""
        height, width = flat.shape[:2]
        found = []
        for place in layout.words:
            left, upper, right, lower = (round(v) for v in place.rect.in_pixels(width, height))
            strip = np.ascontiguousarray(flat[upper:lower, left:right])
            if place.language is None:
                found.append(tally_evidence(strip, place.field))
            elif self._words is not None:
                lexicon = lexicon_of(place.language, min(10**place.digits, 10_000) - 1)
                found.append(self._words.evidence(strip, place.field, lexicon))
        return tuple(one for one in found if one is not None)


def ink_of(cells: Sequence[Cell], reader: DigitReader) -> tuple[tuple[FieldId, Ink], ...]:
    """What the reader sees in all boxed cells of one page, field by field in their order."""
    logs = reader.read(np.stack([cell.pixels for cell in cells])) if cells else np.zeros((0, CLASSES))
    return tuple(
        (field, tuple(tuple(map(float, row)) for _, row in group))
        for field, group in groupby(zip(cells, logs, strict=True), lambda one: one[0].field)
    )
