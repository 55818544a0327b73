"""The key that opens photos sealed on phones: HPKE (RFC 9180) base mode, P-256, in a file only its owner may read."""

import hashlib
import re
from contextlib import suppress
from pathlib import Path

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.asymmetric.ec import SECP256R1, EllipticCurvePrivateKey, generate_private_key
from cryptography.hazmat.primitives.hpke import AEAD, KDF, KEM, Suite
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat, load_pem_private_key

from testigo.core.sealed import SEALED_START, seal_info
from testigo.errors import BadHome, BadPhoto
from testigo.store.blobs_folder import sync_folder
from testigo.store.signer import write_key

_SUITE = Suite(KEM.P256, KDF.HKDF_SHA256, AEAD.AES_128_GCM)


class FileOpener:
    """An `Opener` whose key lies in a PEM file. Older keys beside it open what was sealed for them."""

    def __init__(self, path: Path, origin: str) -> None:
        self._path = path
        self._origin = origin
        self._key = _key_in(path)
        self._keys = {public_bytes(self._key): self._key}
        self._look_again()

    @property
    def public(self) -> bytes:
        """See `ports.Opener`."""
        return public_bytes(self._key)

    def open(self, sealed: bytes) -> bytes:
        """See `ports.Opener`. A key that was made meanwhile is looked for before a photo is refused."""
        tried: set[bytes] = set()
        for _ in range(2):
            for public, key in tuple(self._keys.items()):
                if public not in tried:
                    tried.add(public)
                    with suppress(BadPhoto):
                        return opened_by(key, self._origin, sealed)
            self._look_again()
        raise _sealed_otherwise()

    def _look_again(self) -> None:
        for path in (self._path, *older_keys(self._path)):
            key = _key_in(path)
            self._keys.setdefault(public_bytes(key), key)


def _key_in(path: Path) -> EllipticCurvePrivateKey:
    try:
        key = load_pem_private_key(path.read_bytes(), password=None)
    except (OSError, ValueError) as error:
        raise BadHome(f"{path}: expected the key that opens sealed photos, {error}") from None
    if not isinstance(key, EllipticCurvePrivateKey) or not isinstance(key.curve, SECP256R1):
        raise BadHome(f"{path}: expected a P-256 key, came {type(key).__name__}")
    return key


def older_keys(path: Path) -> tuple[Path, ...]:
    """The files of keys that were in use before: `intake-<8 hexadecimal digits>.pem` beside `intake.pem`."""
    return tuple(sorted(one for one in path.parent.iterdir() if is_older_key(one.name, path)))


def is_older_key(name: str, path: Path) -> bool:
    """Whether a file of this name holds a key that was in use before the one at this path."""
    return re.fullmatch(rf"{re.escape(path.stem)}-[0-9a-f]{{8}}{re.escape(path.suffix)}", name) is not None


def public_bytes(key: EllipticCurvePrivateKey) -> bytes:
    """The public key as `ports.Opener` gives it."""
    return key.public_key().public_bytes(Encoding.X962, PublicFormat.UncompressedPoint)


def opened_by(key: EllipticCurvePrivateKey, origin: str, sealed: bytes) -> bytes:
    """What was sealed for this key and the log of this origin.

    Raises:
        BadPhoto: `sealed`, it does not open.
    """
    try:
        return _SUITE.decrypt(sealed.removeprefix(SEALED_START), key, info=seal_info(origin))
    except (InvalidTag, ValueError):
        raise _sealed_otherwise() from None


def _sealed_otherwise() -> BadPhoto:
    return BadPhoto("sealed", "the photo was sealed for another key, or changed since; it does not open")


def make_intake_key(path: Path) -> None:
    """A new key lies at this path, readable by its owner alone; one that is there already stays."""
    if not path.exists():
        write_key(path, generate_private_key(SECP256R1()), first=True)


def renew_intake_key(path: Path) -> None:
    """A new key lies at this path, and the one before beside it under a name of its own, where it still opens.

    After a crash the old key lies there under one name or both, and the same call goes on.
    """
    old = _key_in(path)
    name = hashlib.sha256(public_bytes(old)).hexdigest()[:8]
    write_key(path.with_name(f"{path.stem}-{name}{path.suffix}"), old)
    write_key(path, generate_private_key(SECP256R1()))
    sync_folder(path.parent)
