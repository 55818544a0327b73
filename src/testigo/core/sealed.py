"""What a sealed photo begins with, and what its seal is bound to (docs/phone.md)."""

SEALED_START = b"testigo-seal-1\n"
"""The first bytes of a sealed photo. The HPKE ciphertext follows: 65 bytes of ephemeral key, then AES-128-GCM."""


def seal_info(origin: str) -> bytes:
    """HPKE's `info`: a photo sealed for one election's log opens for no other."""
    return SEALED_START + origin.encode()
