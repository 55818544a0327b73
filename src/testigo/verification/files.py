"""The files of a bundle as the verifier asks for them."""

from typing import Protocol


class BundleFiles(Protocol):
    """Files by their path from the bundle's root, parts joined by `/`; only regular files count."""

    def names(self) -> tuple[str, ...]:
        """Every path, sorted."""

    def read(self, name: str) -> bytes:
        """The bytes of a file.

        Raises:
            KeyError: the bundle has no such file.
        """

    def sha256(self, name: str) -> str:
        """The hash of a file in hexadecimal, worked out without holding the file in memory.

        Raises:
            KeyError: the bundle has no such file.
        """

    def size(self, name: str) -> int:
        """The length of a file in bytes.

        Raises:
            KeyError: the bundle has no such file.
        """
