"""The paper on a person's screen: the photo upright, its pages made straight, and where on them each field stands."""

from collections import OrderedDict
from collections.abc import Mapping
from dataclasses import dataclass

from starlette.concurrency import run_in_threadpool
from starlette.responses import Response

from testigo.core.form import Form
from testigo.core.ids import Digest, FieldId
from testigo.errors import BadPhoto, NotFound
from testigo.flows.desk_kept import Desk
from testigo.flows.known import Known
from testigo.web.deployment import Deployment

WIDTH = 1600
MOST_KEPT = 32
"""Photos whose straight pages stay in memory, some 400 kB each: two people and an adjudicator look at each of them."""
_PRIVATE = {"Cache-Control": "private, max-age=900"}

Pages = Mapping[tuple[str, int], bytes]


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


class Papers:
    """Answers with the pictures of a photo that waits at a desk. `known` are the sheets whose answers are known."""

    def __init__(self, deployment: Deployment, known: Mapping[Digest, Known]) -> None:
        self._deployment = deployment
        self._known = known
        self._newest: OrderedDict[Digest, Pages] = OrderedDict()

    async def upright(self, found: Desk, photo: Digest) -> Response:
        """The photo as a JPEG that stands upright, of up to 1600 pixels of width."""
        data, orient = await run_in_threadpool(self._master, found, photo)
        made = await run_in_threadpool(self._deployment.reader.thumbnail, data, orient, WIDTH)
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
        if photo in self._newest:
            self._newest.move_to_end(photo)
            return self._newest[photo]
        data, orient = self._master(found, photo)
        try:
            straight = self._deployment.reader.straightened(data, orient)
        except BadPhoto:
            straight = ()
        pages = {(one.form, one.page): one.jpeg for one in reversed(straight)}
        self._newest[photo] = pages
        while len(self._newest) > MOST_KEPT:
            self._newest.popitem(last=False)
        return pages

    def _master(self, found: Desk, photo: Digest) -> tuple[bytes, int]:
        known = self._known.get(photo)
        if known is not None:
            return known.data, known.orient
        record = found.photos.get(photo)
        if record is None or photo in found.withheld:
            raise NotFound("there is no such photo")
        return self._deployment.world.blobs.open(photo), record.orient
