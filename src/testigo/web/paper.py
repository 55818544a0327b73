"""The paper on a person's screen: the photo upright, its pages made straight, and where on them each field stands."""

from collections import OrderedDict
from collections.abc import Callable, Mapping
from concurrent.futures import Future
from dataclasses import dataclass
from threading import Lock
from typing import Generic, TypeVar

from starlette.concurrency import run_in_threadpool
from starlette.responses import Response

from testigo.core.form import Form
from testigo.core.ids import Digest, FieldId
from testigo.errors import BadPhoto, NotFound
from testigo.flows.desk_kept import Desk
from testigo.flows.known import Known
from testigo.web.deployment import Deployment

WIDTH = 1600
MOST_KEPT = 64
"""Photos whose pictures stay in memory, some 600 kB each: two people and an adjudicator look at each of them, and each
clerk's browser asks for the next one ahead.
"""
_PRIVATE = {"Cache-Control": "private, max-age=900"}

Pages = Mapping[tuple[str, int], bytes]
T = TypeVar("T")


@dataclass(frozen=True, slots=True)
class FieldPlace:
    """Where a field stands: a page, and a box on it in fractions of its width and height from the upper left corner."""

    page: int
    x: float
    y: float
    w: float
    h: float


def places_of(form: Form) -> dict[FieldId, FieldPlace]:
    """The fields of a form whose place on the paper is known."""
    width, height = form.paper_mm
    found = {}
    for column in form.columns:
        x, y, w, h = column.box_mm
        row = h / column.rows
        for number, field in enumerate(column.fields):
            found[field] = FieldPlace(column.page, x / width, (y + number * row) / height, w / width, row / height)
    for box in form.boxes:
        x, y, w, h = box.box_mm
        found[box.field] = FieldPlace(box.page, x / width, y / height, w / width, h / height)
    return found


class Newest(Generic[T]):
    """What was made last, by the photo's hash. For many threads: what two ask for at once is made once."""

    def __init__(self, most: int) -> None:
        self._most = most
        self._lock = Lock()
        self._kept: OrderedDict[Digest, Future[T]] = OrderedDict()

    def of(self, photo: Digest, make: Callable[[], T]) -> T:
        """What is kept of this photo, or what `make` makes of it; what fails is not kept."""
        with self._lock:
            found = self._kept.get(photo)
            future: Future[T] = Future() if found is None else found
            self._kept[photo] = future
            self._kept.move_to_end(photo)
            if len(self._kept) > self._most:
                self._kept.popitem(last=False)
        if found is None:
            try:
                future.set_result(make())
            except BaseException as error:
                with self._lock:
                    self._kept.pop(photo, None)
                future.set_exception(error)
        return future.result()


class Papers:
    """Answers with the pictures of a photo that waits at a desk. `known` are the sheets whose answers are known."""

    def __init__(self, deployment: Deployment, known: Mapping[Digest, Known]) -> None:
        self._deployment = deployment
        self._known = known
        self._upright: Newest[bytes] = Newest(MOST_KEPT)
        self._straight: Newest[Pages] = Newest(MOST_KEPT)

    async def upright(self, found: Desk, photo: Digest) -> Response:
        """The photo as a JPEG that stands upright, of up to 1600 pixels of width."""
        made = await run_in_threadpool(self._thumbnail, found, photo)
        return Response(made, media_type="image/jpeg", headers=_PRIVATE)

    async def straight(self, found: Desk, photo: Digest, form: Form, page: int) -> Response:
        """A page of this form in the photo, straight; 204 where none is found: then there is the photo as it is."""
        pages = await run_in_threadpool(self.pages, found, photo)
        shown = pages.get((form.id, page))
        if shown is None:
            return Response(status_code=204, headers=_PRIVATE)
        return Response(shown, media_type="image/jpeg", headers=_PRIVATE)

    def pages(self, found: Desk, photo: Digest) -> Pages:
        """The JPEG of each page that the photo shows, or another photo of the same sheet, by form and page."""
        shown: dict[tuple[str, int], bytes] = {}
        for one in reversed(found.together(photo)):
            shown |= self._pages_of(found, one)
        return shown

    def _pages_of(self, found: Desk, photo: Digest) -> Pages:
        open_master, orient = self._master(found, photo)
        return self._straight.of(photo, lambda: self._straightened(open_master(), orient))

    def _thumbnail(self, found: Desk, photo: Digest) -> bytes:
        open_master, orient = self._master(found, photo)
        return self._upright.of(photo, lambda: self._deployment.reader.thumbnail(open_master(), orient, WIDTH))

    def _straightened(self, data: bytes, orient: int) -> Pages:
        try:
            straight = self._deployment.reader.straightened(data, orient)
        except BadPhoto:
            straight = ()
        return {(one.form, one.page): one.jpeg for one in reversed(straight)}

    def _master(self, found: Desk, photo: Digest) -> tuple[Callable[[], bytes], int]:
        """How the photo's bytes are opened, and its orientation. They are megabytes, which a picture that is kept does
        not need; whether there is such a photo, and nobody withheld it, is asked each time."""
        known = self._known.get(photo)
        if known is not None:
            return lambda: known.data, known.orient
        record = found.photos.get(photo)
        if record is None or photo in found.withheld:
            raise NotFound("There is no such photo.")
        return lambda: self._deployment.world.blobs.open(photo), record.orient
