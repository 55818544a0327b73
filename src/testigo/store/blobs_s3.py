"""Bytes by their hash in a bucket of S3 or a compatible store: `<prefix>/ab/cd/<sha256>`, the names of `blobs_folder`.

One blob is one PUT of its whole length, which the store keeps whole or not at all, and which creates: what is there
already is never written over (`If-None-Match: *`, RFC 9110 section 13.1.2; S3 PutObject, "conditional writes").
"""

import hashlib
import os
import re
import threading
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from datetime import timedelta
from typing import NamedTuple

import obstore
from obstore.exceptions import AlreadyExistsError, BaseError
from obstore.store import S3Store

from testigo.core.ids import Digest
from testigo.errors import BadUsage, BrokenStore, CannotWrite, NotFound

_KEYS = ("AWS_ACCESS_KEY_ID", "AWS_SECRET_ACCESS_KEY")
_ENDPOINTS = ("AWS_ENDPOINT_URL_S3", "AWS_ENDPOINT_URL", "AWS_ENDPOINT")
_URL = re.compile(r"s3://([a-z0-9][a-z0-9.-]{1,61}[a-z0-9])((?:/[A-Za-z0-9_=-][A-Za-z0-9._=-]*)*)/?")
_NAME = re.compile(r"([0-9a-f]{2})/([0-9a-f]{2})/(\1\2[0-9a-f]{60})")
_CODE = re.compile(r"<Code>(\w+)</Code>")
_STATUS = re.compile(r"non-2xx status code: (\d+)")
_RETRIES = 3
_CONNECT_S, _REQUEST_S = 5, 120


class Place(NamedTuple):
    """A bucket, and what the names in it begin with; no prefix is empty."""

    bucket: str
    prefix: str


def place_of(url: str) -> Place:
    """The bucket and prefix of an address, such as `s3://bucket/prefix`.

    Raises:
        BadUsage: it is another kind of address, or holds more than these two.
    """
    found = _URL.fullmatch(url)
    if found is None:
        raise BadUsage(
            "expected s3://BUCKET or s3://BUCKET/PREFIX of letters, digits and - _ = . only; endpoint and credentials "
            "come from AWS_ENDPOINT_URL, AWS_ACCESS_KEY_ID and AWS_SECRET_ACCESS_KEY"
        )
    return Place(found[1], found[2].removeprefix("/"))


class S3Blobs:
    """`Blobs` in a bucket. Every method raises CannotWrite where the store does not answer or refuses, after retries.

    The bucket is looked for at the first use, with the AWS_* variables of the process that uses it: a copy on another
    machine (it can be pickled) holds no credentials and needs its own.
    """

    def __init__(self, url: str) -> None:
        self._url, self._place = url, place_of(url)
        self._lock = threading.Lock()
        self._opened: S3Store | None = None

    def __reduce__(self) -> tuple[type["S3Blobs"], tuple[str]]:
        return S3Blobs, (self._url,)

    def put(self, data: bytes) -> Digest:
        """See `ports.Blobs`. Held durably means that the store has said so (200), or that it holds the name (412)."""
        digest = Digest(hashlib.sha256(data).hexdigest())
        store = self._store()
        # What exists was put before, or by a try of this one whose answer was lost.
        with self._told(), suppress(AlreadyExistsError):
            obstore.put(store, _path(digest), data, mode="create", use_multipart=False)
        return digest

    def open(self, digest: Digest) -> bytes:
        """See `ports.Blobs`."""
        store = self._store()
        with self._told():
            try:
                data = bytes(obstore.get(store, _path(digest)).bytes())
            except FileNotFoundError as error:
                if "NoSuchBucket" in str(error):
                    raise
                raise NotFound(f"blobs: {digest} is not held") from None
        found = hashlib.sha256(data).hexdigest()
        if found != digest:
            raise BrokenStore(f"blobs: expected {digest}, the bucket holds bytes of {found}")
        return data

    def has(self, digest: Digest) -> bool:
        """See `ports.Blobs`."""
        store = self._store()
        with self._told():
            try:
                obstore.head(store, _path(digest))
            except FileNotFoundError:
                return False
        return True

    def all(self) -> Iterator[Digest]:
        """See `ports.Blobs`."""
        store = self._store()
        with self._told():
            paths = [_NAME.fullmatch(str(one["path"])) for page in obstore.list(store) for one in page]
        # Not every compatible store lists in order.
        yield from sorted(Digest(found[3]) for found in paths if found is not None)

    def _store(self) -> S3Store:
        with self._lock:
            if self._opened is None:
                store = _client(self._place)
                with self._told():
                    # A blob that is missing and a bucket that is missing are told apart here only (HEAD has no body).
                    next(iter(obstore.list(store, chunk_size=1)), None)
                self._opened = store
            return self._opened

    @contextmanager
    def _told(self) -> Iterator[None]:
        """What went wrong at the store becomes one sentence."""
        try:
            yield
        except (BaseError, FileNotFoundError) as error:
            raise CannotWrite(
                f"{self._url}: {_cause(str(error))}; what was taken in before is safe: mend this and try again"
            ) from None


def _path(digest: Digest) -> str:
    return f"{digest[:2]}/{digest[2:4]}/{digest}"


def _client(place: Place) -> S3Store:
    missing = [name for name in _KEYS if not os.environ.get(name)]
    if missing:
        raise BadUsage(f"s3://{place.bucket}: expected {' and '.join(missing)} in the environment")
    endpoint = next((os.environ[name] for name in _ENDPOINTS if os.environ.get(name)), None)
    return S3Store(
        place.bucket,
        prefix=place.prefix or None,
        endpoint=endpoint,
        client_options={
            # Only an endpoint that says http:// itself, as inside one machine, goes without TLS.
            "allow_http": endpoint is not None and endpoint.startswith("http://"),
            "connect_timeout": timedelta(seconds=_CONNECT_S),
            "timeout": timedelta(seconds=_REQUEST_S),
        },
        retry_config={"max_retries": _RETRIES, "retry_timeout": timedelta(seconds=_REQUEST_S)},
    )


def _cause(said: str) -> str:
    code, status = _CODE.search(said), _STATUS.search(said)
    told = " ".join(found[1] for found in (status, code) if found is not None)
    if code is not None and code[1] == "NoSuchBucket":
        return "there is no such bucket; make it first"
    if status is not None and status[1] in ("401", "403"):
        return f"the object store refuses these credentials ({told})"
    if status is not None:
        return f"the object store cannot do this now ({told})"
    return "the object store does not answer"
