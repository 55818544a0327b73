"""The key that opens photos sealed on phones: HPKE (RFC 9180) base mode, P-256, in a file only its owner may read."""

from pathlib import Path

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.asymmetric.ec import SECP256R1, EllipticCurvePrivateKey, generate_private_key
from cryptography.hazmat.primitives.hpke import AEAD, KDF, KEM, Suite
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat, load_pem_private_key

from testigo.core.sealed import SEALED_START, seal_info
from testigo.errors import BadHome, BadPhoto
from testigo.store.signer import write_key

_SUITE = Suite(KEM.P256, KDF.HKDF_SHA256, AEAD.AES_128_GCM)


class FileOpener:
    """An `Opener` whose key lies in a PEM file."""

    def __init__(self, path: Path, origin: str) -> None:
        try:
            key = load_pem_private_key(path.read_bytes(), password=None)
        except (OSError, ValueError) as error:
            raise BadHome(f"{path}: expected the key that opens sealed photos, {error}") from None
        if not isinstance(key, EllipticCurvePrivateKey) or not isinstance(key.curve, SECP256R1):
            raise BadHome(f"{path}: expected a P-256 key, came {type(key).__name__}")
        self._key = key
        self._origin = origin

    @property
    def public(self) -> bytes:
        """See `ports.Opener`."""
        return public_bytes(self._key)

    def open(self, sealed: bytes) -> bytes:
        """See `ports.Opener`."""
        return opened_by(self._key, self._origin, sealed)


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
        raise BadPhoto("sealed", "the photo was sealed for another key, or changed since; it does not open") from None


def make_intake_key(path: Path) -> None:
    """A new key lies at this path, readable by its owner alone; one that is there already stays."""
    if not path.exists():
        write_key(path, generate_private_key(SECP256R1()))
