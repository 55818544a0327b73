"""The log's Ed25519 key in a file that only its owner may read."""

import errno
import os
from pathlib import Path

from cryptography.hazmat.primitives.asymmetric.ec import EllipticCurvePrivateKey
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from cryptography.hazmat.primitives.serialization import (
    Encoding,
    NoEncryption,
    PrivateFormat,
    PublicFormat,
    load_pem_private_key,
)

from testigo.errors import BadHome
from testigo.store.blobs_folder import write_whole
from testigo.tlog.note import ED25519, format_vkey

_NO_SECOND_NAMES = (errno.EPERM, errno.EOPNOTSUPP, errno.ENOSYS, errno.EMLINK)
"""What a file system says that has no second name for a file, as that of many memory sticks."""


class FileSigner:
    """A `Signer` whose key lies in a PEM file."""

    def __init__(self, path: Path, name: str) -> None:
        try:
            key = load_pem_private_key(path.read_bytes(), password=None)
        except (OSError, ValueError) as error:
            raise BadHome(f"{path}: expected the log's private key, {error}") from None
        if not isinstance(key, Ed25519PrivateKey):
            raise BadHome(f"{path}: expected an Ed25519 key, came {type(key).__name__}")
        self._key = key
        self._name = name

    @property
    def vkey(self) -> str:
        """See `ports.Signer`."""
        return format_vkey(self._name, ED25519, self._key.public_key().public_bytes(Encoding.Raw, PublicFormat.Raw))

    def sign(self, text: bytes) -> bytes:
        """See `ports.Signer`."""
        return self._key.sign(text)


def make_key(path: Path) -> None:
    """A new key lies at this path, readable by its owner alone; one that is there already stays."""
    if not path.exists():
        write_key(path, Ed25519PrivateKey.generate(), first=True)


def write_key(path: Path, key: Ed25519PrivateKey | EllipticCurvePrivateKey, *, first: bool = False) -> None:
    """The key lies at this path in PEM, not encrypted, whole or not at all, readable by its owner alone.

    With `first` a key that is there stays, also one that another process wrote a moment ago.
    """
    pem = key.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption())
    path.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
    write_whole(path, pem, 0o600, place=_name_once if first else Path.replace)


def _name_once(aside: Path, path: Path) -> None:
    """The file is called `path` unless another one is; `aside` is its name no more."""
    try:
        os.link(aside, path)
    except FileExistsError:
        pass
    except OSError as error:
        if error.errno not in _NO_SECOND_NAMES:
            raise
        aside.replace(path)
        return
    aside.unlink()
