"""A photo from a browser without JavaScript: one form, and a page with the promise.

The pass comes first and is looked at before more is read. The photo is in memory alone until it is stripped, since
here nobody has taken out where it was made.
"""

import asyncio
import re
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime, timedelta

from python_multipart.exceptions import FormParserError
from python_multipart.multipart import MultipartParser, parse_options_header
from starlette.concurrency import run_in_threadpool
from starlette.requests import ClientDisconnect, Request
from starlette.responses import Response
from starlette.routing import Route

from testigo.core.ids import Digest
from testigo.errors import BadPhoto, BadUsage, NotAllowed, TooMany
from testigo.flows.invite import PASS_DAYS, PASS_UPLOADS, is_volunteers
from testigo.flows.receive import check_beginning
from testigo.web.bodies import pieces_of
from testigo.web.deployment import Deployment, hidden
from testigo.web.outcome import received_by
from testigo.web.pages import page
from testigo.web.rates import MANY_PHOTOS, Rates
from testigo.web.tus import MOST_BYTES, sent_of

_PASS, _PHOTO = "pass", "photo"
_MOST = {_PASS: 128, "station": 64, "page": 8, _PHOTO: MOST_BYTES}
"""The fields of the form, and how many bytes each may have."""
_AT_ONCE = 8
_POSTS_EACH = 120
_NUMBER = re.compile(r"[0-9]{1,2}")
NO_FORM = "the form: %(why)s"


def plain_routes(deployment: Deployment) -> list[Route]:
    """The route that the form without JavaScript posts to."""
    return [Route("/c/plain", PlainForm(deployment).answer, methods=["POST"], name="upload plain")]


class PlainForm:
    """The form of one server process."""

    def __init__(self, deployment: Deployment) -> None:
        self._deployment = deployment
        self._rates = Rates(_POSTS_EACH, lambda: deployment.token().encode())
        self._under_way = 0
        self._receiving = ThreadPoolExecutor(1, thread_name_prefix="receiving")

    async def answer(self, request: Request) -> Response:
        """The page with the promise."""
        now = self._deployment.clock()
        self._rates.check(request, self._deployment, MANY_PHOTOS)
        if self._under_way >= _AT_ONCE:
            raise TooMany("many photos are coming in just now; try again in a minute")
        self._under_way += 1
        try:
            owner, fields = await self._filled(request)
            station, number = _text(fields, "station"), _text(fields, "page") or "1"
            data = bytes(fields.get(_PHOTO, b""))
            if not data:
                raise BadUsage("expected a photo; choose one before you send the form")
            check_beginning(data)
            sent = sent_of(
                None, station or None, int(number) if _NUMBER.fullmatch(number) else 0, 1,
                self._deployment.world.register,
            )  # fmt: skip
            if not await run_in_threadpool(self._deployment.private.spend, owner, now):
                raise _no_pass()
            loop = asyncio.get_running_loop()
            received = await loop.run_in_executor(self._receiving, received_by, self._deployment, data, sent)
        finally:
            self._under_way -= 1
        by = datetime.fromtimestamp(received.deadline, UTC).strftime("%Y-%m-%d %H:%M UTC")
        return page(
            request, self._deployment, "plain.html", note=received.note, sha256=received.sha256, by=by,
            given=_text(fields, _PASS), left=self._deployment.private.passes_left(owner, now) or 0,
        )  # fmt: skip

    async def _filled(self, request: Request) -> tuple[Digest, dict[str, bytearray]]:
        """Whose pass stands in the form, and its fields. Nothing behind a pass that is none is kept."""
        form, owner = _Form(request.headers.get("content-type", "")), None
        try:
            async for piece in pieces_of(request):
                form.take(piece)
                if owner is None and _PASS in form.ended:
                    owner = await run_in_threadpool(self._owner, _text(form.fields, _PASS))
        except (ClientDisconnect, TimeoutError):
            raise BadUsage("the form did not come to its end; send it again") from None
        if owner is None or not form.whole:
            raise BadUsage("the form did not come to its end; send it again")
        return owner, form.fields

    def _owner(self, given: str) -> Digest:
        """Under which name a pass is kept. An invitation becomes a pass of the same letters, to be used again."""
        private, now, secret = self._deployment.private, self._deployment.clock(), hidden(given)
        if is_volunteers(given):
            left = private.enrol(secret, secret, PASS_UPLOADS, now, now + timedelta(days=PASS_DAYS))
        else:
            left = private.passes_left(secret, now)
        if not left:
            raise _no_pass()
        return secret


class _Form:
    """A form as it comes: its `fields`, which of them have `ended`, and whether it came `whole`."""

    def __init__(self, content_type: str) -> None:
        kind, options = parse_options_header(content_type)
        if kind != b"multipart/form-data" or not options.get(b"boundary"):
            raise BadUsage("Content-Type: expected multipart/form-data with a boundary")
        self.fields: dict[str, bytearray] = {}
        self.ended: set[str] = set()
        self.whole = False
        self._name = ""
        self._header = self._value = b""
        try:
            self._parser = MultipartParser(
                options[b"boundary"],
                {
                    "on_part_begin": self._begin, "on_header_field": self._header_name,
                    "on_header_value": self._header_value, "on_header_end": self._header_end,
                    "on_headers_finished": self._open, "on_part_data": self._data, "on_part_end": self._end,
                    "on_end": self._finish,
                },
            )  # fmt: skip
        except FormParserError as error:
            raise BadUsage(NO_FORM, why=error) from None

    def take(self, piece: bytes) -> None:
        """Reads on.

        Raises:
            BadUsage: it is no form, or none of ours.
        """
        try:
            self._parser.write(piece)
        except FormParserError as error:
            raise BadUsage(NO_FORM, why=error) from None

    def _begin(self) -> None:
        self._name, self._header, self._value = "", b"", b""

    def _header_name(self, data: bytes, start: int, end: int) -> None:
        self._header += data[start:end]

    def _header_value(self, data: bytes, start: int, end: int) -> None:
        self._value += data[start:end]

    def _header_end(self) -> None:
        if self._header.lower() == b"content-disposition":
            # The name of a file stands here as well, and goes no further.
            self._name = parse_options_header(self._value)[1].get(b"name", b"").decode("latin-1")
        self._header = self._value = b""

    def _open(self) -> None:
        if self._name not in _MOST or self._name in self.fields:
            raise BadUsage(NO_FORM, why=f"expected the fields {', '.join(_MOST)}, each once")
        if self._name != _PASS and _PASS not in self.ended:
            raise BadUsage(NO_FORM, why="expected the pass as its first field")
        self.fields[self._name] = bytearray()

    def _data(self, data: bytes, start: int, end: int) -> None:
        field = self.fields[self._name]
        field += data[start:end]
        if len(field) > _MOST[self._name]:
            most = f"{_MOST[self._name]:,} bytes"
            raise (
                BadPhoto("huge", f"at most {most} are taken")
                if self._name == _PHOTO
                else BadUsage("%(name)s: expected at most %(most)s", name=self._name, most=most)
            )

    def _end(self) -> None:
        self.ended.add(self._name)

    def _finish(self) -> None:
        self.whole = True


def _text(fields: dict[str, bytearray], name: str) -> str:
    return fields.get(name, bytearray()).decode("utf-8", "replace").strip()


def _no_pass() -> NotAllowed:
    return NotAllowed("this pass has no photos left, has run out, or never was one; ask for another invitation")
