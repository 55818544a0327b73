"""What the tus protocol 1.0.0 says in headers, read strictly, and its answers (https://tus.io/protocols/resumable-upload).

Core with creation, checksum (sha256, and sha1, which the protocol asks of every server), expiration and termination.
There is no concatenation, no deferred length, no upload inside the creation, and nothing can be downloaded.
`Upload-Metadata` (file names) is read by nobody.
"""

import base64
import json
import re
from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass
from datetime import datetime
from email.utils import format_datetime

from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import JSONResponse, Response

from testigo.core.ids import Digest, StationCode
from testigo.core.register import StationRegister
from testigo.errors import BadPhoto, BadUsage, TestigoError
from testigo.flows.receive import Sent
from testigo.web.bodies import whole_of
from testigo.web.sentences import told_sentence

VERSION = "1.0.0"
UPLOADS = "/api/uploads"
MOST_BYTES = 20_000_000
MOST_METADATA = 256
MOST_JSON = 512
MOST_PAGES = 20
_CHECKSUM_MISMATCH = 460
_DIGITS = re.compile(r"0|[1-9][0-9]{0,15}")
_CHECKSUM_BYTES: Mapping[str, int] = {"sha256": 32, "sha1": 20}
_HEX64 = re.compile(r"[0-9a-f]{64}")
_KNOWN_KEYS = frozenset({"sha256", "station", "page", "orient"})
_OVERRIDDEN = frozenset({"PATCH", "DELETE", "HEAD"})
_CODES: Mapping[int, str] = {
    408: "slow", 409: "offset", 410: "gone", 412: "version", 413: "huge", 415: "foreign", 423: "busy", 460: "checksum",
    503: "busy",
}  # fmt: skip

OPTIONS: Mapping[str, str] = {
    "Tus-Resumable": VERSION,
    "Tus-Version": VERSION,
    "Tus-Max-Size": str(MOST_BYTES),
    "Tus-Extension": "creation,checksum,expiration,termination",
    "Tus-Checksum-Algorithm": "sha256,sha1",
}

Answer = Callable[[Request], Awaitable[Response]]


def spoken(answer: Answer, *, versioned: bool = True) -> Answer:
    """The handler; what is raised becomes JSON with its status. One of tus (`versioned`) sees its version alone."""

    async def answered(request: Request) -> Response:
        try:
            if versioned:
                _check_version(request)
            response = await answer(request)
        except HTTPException as error:
            told = {"code": _CODES.get(error.status_code, "http"), "sentence": error.detail}
            response = JSONResponse(told, error.status_code, dict(error.headers or {}))
        except TestigoError as error:
            code = error.cause if isinstance(error, BadPhoto) else error.code
            response = JSONResponse({"code": code, "sentence": told_sentence(error)}, error.http_status)
        response.headers["Tus-Resumable"] = VERSION
        return response

    return answered


def told_by_tus(path: str, answer: Response) -> Response:
    """An answer that was given before a handler of tus could give one, with the header that tus asks of all."""
    if _is_tus(path):
        answer.headers["Tus-Resumable"] = VERSION
    return answer


def meant_method(path: str, method: str, override: str | None) -> str:
    """The method of a request for uploads: where a network lets only POST through, `X-HTTP-Method-Override` says it."""
    return override if method == "POST" and _is_tus(path) and override in _OVERRIDDEN else method


def _is_tus(path: str) -> bool:
    return path == UPLOADS or path.startswith(UPLOADS + "/")


def _check_version(request: Request) -> None:
    if request.headers.get("tus-resumable") != VERSION:
        raise HTTPException(412, f"expected the header Tus-Resumable: {VERSION}", {"Tus-Version": VERSION})


def length_of(request: Request) -> int:
    """The length in bytes that a creation announces.

    Raises:
        BadUsage: it is missing, not a number above 0 in ASCII digits, or something that this server does not do.
        HTTPException: 413, more than `MOST_BYTES`.
    """
    for header in ("upload-defer-length", "upload-concat"):
        if header in request.headers:
            raise BadUsage(f"{header}: this server does not do that; expected Upload-Length alone")
    if sum(map(len, request.headers.getlist("upload-metadata"))) > MOST_METADATA:
        raise BadUsage(f"Upload-Metadata: expected at most {MOST_METADATA} bytes, and better none")
    length = _number(request, "upload-length")
    if length == 0:
        raise BadUsage("Upload-Length: expected at least 1, came 0")
    if length > MOST_BYTES:
        raise HTTPException(413, f"the photo has {length:,} bytes; at most {MOST_BYTES:,} are taken")
    return length


def offset_of(request: Request) -> int:
    """The offset in bytes that a chunk begins at.

    Raises:
        BadUsage: the header is missing or no number.
        HTTPException: 415, the body is announced as something else than a chunk.
    """
    if request.headers.get("content-type") != "application/offset+octet-stream":
        raise HTTPException(415, "Content-Type: expected application/offset+octet-stream")
    return _number(request, "upload-offset")


def body_length_of(request: Request) -> int | None:
    """The length of the body in bytes, None where the request does not tell."""
    return None if "content-length" not in request.headers else _number(request, "content-length")


@dataclass(frozen=True, slots=True)
class Checksum:
    """What the bytes of one body must add up to, against faults on the way: an algorithm of hashlib, and its digest."""

    algorithm: str
    digest: bytes


def checksum_of(request: Request) -> Checksum | None:
    """The checksum that a request states for its body, None where it states none.

    Raises:
        BadUsage: another algorithm, or no base64 of so many bytes as it has.
    """
    stated = request.headers.get("upload-checksum")
    if stated is None:
        return None
    algorithm, _, value = stated.partition(" ")
    try:
        digest = base64.b64decode(value, validate=True)
    except ValueError:
        digest = b""
    if not digest or len(digest) != _CHECKSUM_BYTES.get(algorithm):
        raise BadUsage("Upload-Checksum: expected `sha256` or `sha1`, and base64 of 32 or 20 bytes")
    return Checksum(algorithm, digest)


def _number(request: Request, header: str) -> int:
    found = request.headers.getlist(header)
    if len(found) != 1 or not _DIGITS.fullmatch(found[0]):
        raise BadUsage(f"{header}: expected one number in the digits 0 to 9, came {', '.join(found)[:40] or 'none'}")
    return int(found[0])


def mismatch() -> HTTPException:
    """The answer to a body that has another hash than its checksum."""
    return HTTPException(_CHECKSUM_MISMATCH, "the bytes have another hash than Upload-Checksum; nothing was kept")


def date_text(at: datetime) -> str:
    """A time as HTTP spells it (RFC 9110, 5.6.7)."""
    return format_datetime(at, usegmt=True)


async def sent_in(request: Request, register: StationRegister) -> Sent:
    """What a creation's body says of the photo; an empty body says nothing.

    Raises:
        BadUsage: it is longer than `MOST_JSON` bytes, not JSON, or a value is not what was expected.
    """
    stated = body_length_of(request)
    if stated is not None and stated > MOST_JSON:
        raise BadUsage(f"expected at most {MOST_JSON} bytes of JSON, came {stated}")
    body = await whole_of(request, MOST_JSON)
    if not body:
        return Sent()
    if request.headers.get("content-type", "").partition(";")[0].strip() != "application/json":
        raise BadUsage("Content-Type: expected application/json, or no body: the photo comes in the next request")
    try:
        said = json.loads(body)
    except (ValueError, RecursionError):
        raise BadUsage("expected JSON") from None
    if not isinstance(said, dict) or said.keys() - _KNOWN_KEYS:
        raise BadUsage(f"expected a JSON map with keys of {', '.join(sorted(_KNOWN_KEYS))}")
    return sent_of(
        said.get("sha256"), said.get("station"), said.get("page", 1), said.get("orient", 1), register
    )  # fmt: skip


def sent_of(sha256: object, station: object, page: object, orient: object, register: StationRegister) -> Sent:
    """What somebody says of a photo, checked. A text that is no station's number would stand in the public log.

    Raises:
        BadUsage: names the value.
    """
    if sha256 is not None and not (isinstance(sha256, str) and _HEX64.fullmatch(sha256)):
        raise BadUsage("sha256: expected 64 hexadecimal digits in small letters")
    if station is not None and not (isinstance(station, str) and station in register.stations):
        raise BadUsage("station: the register has no station of this number; leave it out if you do not know it")
    if type(page) is not int or not 1 <= page <= MOST_PAGES:
        raise BadUsage("page: expected a number from 1 to %(most)s", most=MOST_PAGES)
    if type(orient) is not int or not 1 <= orient <= 8:
        raise BadUsage("orient: expected a number from 1 to 8")
    return Sent(
        None if sha256 is None else Digest(sha256), None if station is None else StationCode(station), page, orient
    )
