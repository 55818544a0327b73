"""A form being drawn: its photos and straight pages, what the decoding process says of them, and its files at last."""

import re
import threading
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from testigo.core.form import Form, form_from_toml
from testigo.core.form_text import form_to_toml
from testigo.designer.ballot import Ballot
from testigo.designer.sketch import Rectangle, Sketch, form_of
from testigo.errors import BadUsage, NotFound
from testigo.verification.places import form_name, reference_name
from testigo.vision.child import ReadingChild
from testigo.vision.layout import layout_of, layout_plain
from testigo.vision.strip import strip
from testigo.vision.stripped import Stripped

MEMORY_BYTES = 3 * 1024 * 1024 * 1024
"""Address space of the process that decodes: it holds a blank, a photo and the digit model at once."""
MOST_SAMPLES = 40
_SHOWN_WIDTH = 1600
_NOTE = "Drawn with `testigo form new`; it may be changed by hand."

Reply = dict[str, object]


@dataclass(frozen=True, slots=True)
class Sample:
    """A photo on which the form is tried out."""

    name: str
    photo: Stripped


class Draft:
    """Everything that the page asks about. `folder` is the election's; one request at a time reaches the child.

    `photos` are one of each page of the sheet, `station` is the pattern of the election's codes of stations, None where
    it is not known. Nothing is written before `save`.
    """

    def __init__(
        self,
        child: ReadingChild,
        photos: Sequence[Sample],
        samples: Sequence[Sample],
        folder: Path,
        ballots: Sequence[Ballot],
        station: str | None,
    ) -> None:
        self.photos = tuple(photos)
        self.samples = [*photos, *samples]
        self.folder = folder
        self.ballots = tuple(ballots)
        self.kept = b"null"
        self._child = child
        self._station = station
        self._straight: dict[int, bytes] = {}
        self._pictures: dict[tuple[int, int], bytes] = {}
        self._lock = threading.Lock()

    @property
    def pages(self) -> int:
        """How many pages the form has: one for each photo."""
        return len(self.photos)

    def shown(self, page: int) -> bytes:
        """The photo of a page, upright, as a JPEG of moderate size."""
        photo = self._photo(page)
        with self._lock:
            return self._child.thumbnail(photo.data, photo.orient, width=_SHOWN_WIDTH)

    def outline(self, page: int) -> Reply:
        """Where the sheet's corners may be in the photo of a page."""
        photo = self._photo(page)
        return self._ask({"what": "outline", "orient": photo.orient}, photo.data)[0]

    def straighten(self, page: int, corners: object, paper_mm: object) -> Reply:
        """Makes the page straight, from now on the picture on which everything is drawn.

        Raises:
            BadPhoto: the corners make no sheet.
        """
        photo = self._photo(page)
        asked = {"what": "straighten", "orient": photo.orient, "corners": corners, "paper_mm": paper_mm}
        reply, (picture,) = self._ask(asked, photo.data)
        self._straight[page] = picture
        return reply

    def straight(self, page: int) -> bytes:
        """The straight page as a PNG.

        Raises:
            NotFound: its corners were not marked yet.
        """
        if page not in self._straight:
            raise NotFound(f"page {page}: expected its corners to be marked first")
        return self._straight[page]

    def grid(self, page: int, rect: Rectangle) -> Reply:
        """The printed rows and cells in a part of the straight page."""
        return self._ask({"what": "grid", "rect": list(rect)}, self.straight(page))[0]

    def codes(self, page: int) -> list[Reply]:
        """The codes that are seen on the straight page, each with its place and a pattern for codes like it."""
        straight = self.straight(page)
        with self._lock:
            seen = self._child.read(straight)
        return [
            {
                "symbology": code.symbology,
                "text": code.text[:200],
                "rect": [code.box[0] / seen.width, code.box[1] / seen.height,
                         code.box[2] / seen.width, code.box[3] / seen.height],
                "pattern": pattern_like(code.text, self._station),
            }
            for code in seen.codes
        ]  # fmt: skip

    def add_sample(self, name: str, data: bytes) -> int:
        """Takes in another photo to try the form on; gives its number.

        Raises:
            BadPhoto: it is no photo.
            BadUsage: there are too many.
        """
        if len(self.samples) >= MOST_SAMPLES:
            raise BadUsage(f"samples: expected at most {MOST_SAMPLES}")
        photo = strip(data)
        with self._lock:
            self._child.check(photo.data)
        self.samples.append(Sample(name[:80], photo))
        return len(self.samples) - 1

    def read(self, index: int, sketch: Sketch) -> tuple[Form, list[tuple[int, Reply]]]:
        """The form, and what the child says of each of its pages in a sample photo.

        Raises:
            BadElection: a box leaves the paper, or a sum is not understood.
            NotFound: there is no such sample.
        """
        if not 0 <= index < len(self.samples):
            raise NotFound(f"sample {index}: there is none")
        photo = self.samples[index].photo
        form = form_of(sketch, self.pages)
        replies = []
        for page in range(1, self.pages + 1):
            blank = self._blank(form, page)
            asked = {"what": "sample", "layout": layout_plain(layout_of(form, page)), "blank": len(blank)}
            reply, pictures = self._ask({**asked, "orient": photo.orient}, blank + photo.data)
            replies.append((page, reply))
            if pictures:
                self._pictures[index, page] = pictures[0]
        return form, replies

    def picture(self, index: int, page: int) -> bytes:
        """The straight page that was last found in a sample, as a JPEG.

        Raises:
            NotFound: none was found.
        """
        if (index, page) not in self._pictures:
            raise NotFound(f"sample {index}: page {page} was not found in it")
        return self._pictures[index, page]

    def form_file(self, sketch: Sketch) -> Path:
        """Where the form.toml of this form would stand."""
        return self.folder / form_name(sketch.id)

    def save(self, sketch: Sketch) -> tuple[Path, ...]:
        """Writes the blanks, then form.toml, in the folder of the form, over what was there; gives their paths.

        Raises:
            BadElection: the form cannot be read back; nothing was written.
        """
        form = form_of(sketch, self.pages)
        target = self.form_file(sketch)
        text = form_to_toml(form, note=_NOTE)
        form_from_toml(text, str(target))
        blanks = [
            (self.folder / reference_name(form.id, name), self._blank(form, page))
            for page, name in form.blanks()
            if name is not None
        ]
        target.parent.mkdir(parents=True, exist_ok=True)
        for path, data in (*blanks, (target, text.encode())):
            aside = path.with_name(f"{path.name}.new")
            aside.write_bytes(data)
            aside.replace(path)
        return (target, *(path for path, _ in blanks))

    def _blank(self, form: Form, page: int) -> bytes:
        layout = layout_of(form, page)
        width, height = form.paper_mm
        codes = [code.region_mm for code in form.codes if code.page == page and code.region_mm is not None]
        more = [[x / width, y / height, w / width, h / height] for x, y, w, h in codes]
        _, (blank,) = self._ask({"what": "blank", "layout": layout_plain(layout), "more": more}, self.straight(page))
        return blank

    def _photo(self, page: int) -> Stripped:
        if not 1 <= page <= self.pages:
            raise NotFound(f"page {page}: expected 1 to {self.pages}")
        return self.photos[page - 1].photo

    def _ask(self, request: Reply, data: bytes) -> tuple[Reply, tuple[bytes, ...]]:
        with self._lock:
            return self._child.design(request, data)


def pattern_like(text: str, station: str | None) -> str:
    """A regular expression for texts like this one, whose group `station` is what looks like a station's code."""
    core = "" if station is None else station.removeprefix("^").removesuffix("$")
    if core and re.search(core, text):
        return f".*?(?P<station>{core}).*"
    return "(?P<station>.+)"
