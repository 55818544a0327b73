"""Photos on their way from phones: tus 1.0.0, and at its end a signed promise or the reason why there is none.

Who may, how much and where is decided before a byte of a body is read. An offset that was told is synced to the disk.
"""

import asyncio
import os
import re
import threading
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime, timedelta

from starlette.concurrency import run_in_threadpool
from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import Route

from testigo.core.ids import Digest
from testigo.errors import BadPhoto, BadUsage, CannotWrite, NotAllowed, TooMany
from testigo.flows.receive import Sent
from testigo.private import Upload
from testigo.web.bodies import IDLE_S, WHOLE_S
from testigo.web.chunks import take_chunk
from testigo.web.deployment import Deployment, hidden
from testigo.web.outcome import received_by, refusal_text, told_upload
from testigo.web.rates import MANY_PHOTOS, Rates
from testigo.web.spool import Part, Spool
from testigo.web.sweeping import SWEEP_S, sweep
from testigo.web.tus import (
    OPTIONS,
    UPLOADS,
    body_length_of,
    checksum_of,
    date_text,
    length_of,
    offset_of,
    sent_in,
    spoken,
)

_ID = re.compile(r"[A-Za-z0-9_-]{43}")
"""256 random bits in base64url; other addresses are no uploads."""
_ROUNDED_S = 600


@dataclass(frozen=True, slots=True)
class Limits:
    """What one server takes at once. `creations_each` is of one address in ten minutes, and high: many phones share
    the address of their network. A body may pause for `idle_s` seconds and take `whole_s`.
    """

    open_each: int = 4
    spool_bytes: int = 20_000_000_000
    chunks_at_once: int = 200
    smallest_chunk: int = 1024
    hours: int = 24
    creations_each: int = 600
    idle_s: float = IDLE_S
    whole_s: float = WHOLE_S


LIMITS = Limits()


def upload_routes(deployment: Deployment, limits: Limits = LIMITS) -> list[Route]:
    """The routes of `core/roles.py` that a phone sends photos by."""
    uploads = Uploads(deployment, limits)
    one = UPLOADS + "/{id}"
    return [
        Route(UPLOADS, _options, methods=["OPTIONS"], name="upload options"),
        Route(one, _options, methods=["OPTIONS"], name="upload options"),
        Route(UPLOADS, spoken(uploads.create), methods=["POST"], name="upload create"),
        # Before the state: a route for GET answers HEAD as well.
        Route(one, spoken(uploads.head), methods=["HEAD"], name="upload head"),
        Route(one, spoken(uploads.patch), methods=["PATCH"], name="upload patch"),
        Route(one, spoken(uploads.end), methods=["DELETE"], name="upload end"),
        Route(one, spoken(uploads.state, versioned=False), methods=["GET"], name="upload state"),
    ]


async def _options(_: Request) -> Response:
    return Response(status_code=204, headers=OPTIONS)


class Uploads:
    """The uploads of one server process. What must happen once is decided in the private store and by locks of files,
    so that several processes may serve one home.
    """

    def __init__(self, deployment: Deployment, limits: Limits) -> None:
        self._deployment = deployment
        self._private = deployment.private
        self._limits = limits
        self._spool = Spool(deployment.world.home / "spool")
        self._rates = Rates(limits.creations_each, lambda: deployment.token().encode())
        self._creating = threading.Lock()
        self._chunks = 0
        self._swept = float("-inf")
        # Threads of their own: each has a child process for photos, and there are as many as cores.
        self._receiving = ThreadPoolExecutor(os.cpu_count() or 1, thread_name_prefix="receiving")

    async def create(self, request: Request) -> Response:
        """An address for a new upload."""
        length = length_of(request)
        owner: Digest = request.state.person.secret
        now = self._deployment.clock()
        self._rates.check(request, self._deployment, MANY_PHOTOS)
        self._check_room(owner, length, now)
        sent = await sent_in(request, self._deployment.world.register)
        id_ = self._deployment.token()
        upload = await run_in_threadpool(self._opened, id_, owner, length, sent, now)
        headers = {"Location": f"{UPLOADS}/{id_}", "Upload-Expires": date_text(upload.expires)}
        return Response(status_code=201, headers=headers)

    async def head(self, request: Request) -> Response:
        """How far an upload is."""
        upload = self._known(request)
        return Response(headers=self._standing(upload) | {"Upload-Length": str(upload.length)})

    async def patch(self, request: Request) -> Response:
        """One chunk, kept behind the others; the last one has the photo received."""
        offset, checksum, stated = offset_of(request), checksum_of(request), body_length_of(request)
        self._check_chunk(self._known(request), offset, stated)
        with self._slot(), self._held(request) as (upload, part):
            self._check_chunk(upload, offset, stated)
            if upload.state == "open":
                if not part.cut(offset):
                    raise self._gone(upload, part)
                try:
                    came = await take_chunk(
                        request, part, offset=offset, most=upload.length - offset, checksum=checksum,
                        idle_s=self._limits.idle_s, whole_s=self._limits.whole_s,
                    )  # fmt: skip
                except BadPhoto as error:
                    await run_in_threadpool(self._refuse, upload, part, error)
                    raise HTTPException(415, str(error)) from None
                upload = await run_in_threadpool(self._advanced, upload, part, came)
                if upload.offset == upload.length:
                    await self._finish(upload, part)
            return Response(status_code=204, headers=self._standing(upload))

    async def end(self, request: Request) -> Response:
        """An upload that somebody does not want any more is forgotten, with its promise, which they should keep."""
        with self._held(request) as (upload, part):
            await run_in_threadpool(self._gone, upload, part)
            return Response(status_code=204)

    async def state(self, request: Request) -> Response:
        """What became of an upload. One that came whole and was not received, as after a crash, is received now."""
        upload = self._known(request)
        if upload.state == "open" and upload.offset == upload.length:
            try:
                with self._held(request) as (upload, part):
                    if upload.state == "open":
                        if not part.cut(upload.length):
                            raise self._gone(upload, part)
                        await self._finish(upload, part)
            except HTTPException as error:
                if error.status_code != 423:
                    raise
            upload = self._known(request)
        return JSONResponse(told_upload(upload))

    def _check_room(self, owner: Digest, length: int, now: datetime) -> None:
        if not self._private.passes_left(owner, now):
            raise NotAllowed("this pass has no photos left; ask for another invitation")
        if self._private.open_uploads(owner, now) >= self._limits.open_each:
            raise TooMany(f"{self._limits.open_each} photos are under way; finish or end one of them first")
        if self._private.spool_bytes() + length > self._limits.spool_bytes:
            raise CannotWrite("the server has no room for more photos under way; try again later")

    def _opened(self, id_: str, owner: Digest, length: int, sent: Sent, now: datetime) -> Upload:
        with self._creating:
            if now.timestamp() >= self._swept + SWEEP_S:
                self._swept = now.timestamp()
                sweep(self._private, self._spool, now)
            self._check_room(owner, length, now)
            if not self._private.spend(owner, now):
                raise NotAllowed("this pass has no photos left; ask for another invitation")
            expires = _rounded(now + timedelta(hours=self._limits.hours))
            upload = Upload(hidden(id_), owner, length, sent.sha256, sent.station, sent.page, sent.orient, expires)
            self._private.open_upload(upload)
            return upload

    def _known(self, request: Request) -> Upload:
        """The upload that a request names. Another's, one that never was and one that is over get the same answer."""
        id_: str = request.path_params["id"]
        if not _ID.fullmatch(id_):
            raise HTTPException(404, "there is no such address")
        upload = self._private.upload(hidden(id_))
        if upload is None or upload.owner != request.state.person.secret:
            raise _over()
        if upload.expires < self._deployment.clock():
            part = self._spool.hold(upload.secret)
            if part is not None:
                with part:
                    raise self._gone(upload, part)
            raise _over()
        return upload

    def _gone(self, upload: Upload, part: Part) -> HTTPException:
        part.wipe()
        self._private.drop_upload(upload.secret)
        return _over()

    @contextmanager
    def _held(self, request: Request) -> Iterator[tuple[Upload, Part]]:
        """The upload of a request and its file, which nobody else writes meanwhile."""
        part = self._spool.hold(self._known(request).secret)
        if part is None:
            raise HTTPException(423, "another request is sending this photo; wait for its end")
        with part:
            try:
                # Once more: it may have come to its end before the file was ours.
                upload = self._known(request)
            except HTTPException:
                part.wipe()
                raise
            if upload.state != "open":
                part.wipe()
            yield upload, part

    @contextmanager
    def _slot(self) -> Iterator[None]:
        if self._chunks >= self._limits.chunks_at_once:
            raise HTTPException(503, "many photos are coming in just now; try again in a minute", {"Retry-After": "60"})
        self._chunks += 1
        try:
            yield
        finally:
            self._chunks -= 1

    def _check_chunk(self, upload: Upload, offset: int, stated: int | None) -> None:
        if upload.state == "refused":
            raise HTTPException(415, told_upload(upload)["sentence"] or "")
        if offset != upload.offset:
            headers = {"Upload-Offset": str(upload.offset)}
            raise HTTPException(409, f"expected a chunk from {upload.offset}, came one from {offset}", headers)
        left = upload.length - offset
        if stated is not None and stated > left:
            raise HTTPException(413, f"expected at most {left} bytes more, came {stated}")
        if stated is not None and stated < min(left, self._limits.smallest_chunk):
            raise BadUsage(f"expected a chunk of {min(left, self._limits.smallest_chunk)} bytes or more, came {stated}")

    def _advanced(self, upload: Upload, part: Part, came: int) -> Upload:
        """The upload once its new bytes are on the disk: only then may anybody be told of them."""
        if came:
            part.sync()
            if not self._private.advance(upload.secret, upload.offset, upload.offset + came):
                raise HTTPException(409, "this photo was sent on by another request meanwhile")
        return self._private.upload(upload.secret) or upload

    async def _finish(self, upload: Upload, part: Part) -> None:
        await asyncio.get_running_loop().run_in_executor(self._receiving, self._received, upload, part)

    def _received(self, upload: Upload, part: Part) -> None:
        """Receives the whole photo: afterwards the upload is promised or refused, and its file is gone."""
        sent = Sent(upload.sha256, upload.station, upload.page, upload.orient)
        try:
            received = received_by(self._deployment, part.read(), sent)
        except BadPhoto as error:
            self._refuse(upload, part, error)
        else:
            self._private.finish(upload.secret, "promised", received.note)
            part.wipe()

    def _refuse(self, upload: Upload, part: Part, error: BadPhoto) -> None:
        self._private.finish(upload.secret, "refused", refusal_text(error))
        part.wipe()

    def _standing(self, upload: Upload) -> dict[str, str]:
        return {
            "Upload-Offset": str(upload.offset),
            "Upload-Expires": date_text(upload.expires),
            "Cache-Control": "no-store",
        }


def _over() -> HTTPException:
    return HTTPException(410, "this upload is over, or there never was one")


def _rounded(at: datetime) -> datetime:
    """The end of validity in whole ten minutes, rounded up, so that it does not tell when a photo began to come."""
    return datetime.fromtimestamp(-(-int(at.timestamp()) // _ROUNDED_S) * _ROUNDED_S, at.tzinfo)
