"""What every `Opener` promises: it opens what was sealed for it and its election, and nothing else."""

import pytest
from cryptography.hazmat.primitives.asymmetric.ec import SECP256R1, EllipticCurvePublicKey
from cryptography.hazmat.primitives.hpke import AEAD, KDF, KEM, Suite

from testigo.core.sealed import SEALED_START, seal_info
from testigo.errors import BadPhoto
from testigo.ports import Opener


def sealed(opener: Opener, data: bytes, origin: str) -> bytes:
    recipient = EllipticCurvePublicKey.from_encoded_point(SECP256R1(), opener.public)
    suite = Suite(KEM.P256, KDF.HKDF_SHA256, AEAD.AES_128_GCM)
    return SEALED_START + suite.encrypt(data, recipient, info=seal_info(origin))


def test_what_was_sealed_opens(opener: Opener) -> None:
    assert len(opener.public) == 65
    for data in (b"", b"a photo", bytes(70_000)):
        assert opener.open(sealed(opener, data, "log.example/1")) == data


def test_what_was_sealed_for_another_election_or_changed_does_not_open(opener: Opener) -> None:
    came = sealed(opener, b"a photo", "log.example/1")
    harmed = [sealed(opener, b"a photo", "log.example/2"), came[:-1], came[:40], b"", SEALED_START, came + b"\0"]
    harmed += [came[:at] + bytes([came[at] ^ 1]) + came[at + 1 :] for at in (20, 79, 80, len(came) - 1)]
    for one in harmed:
        with pytest.raises(BadPhoto) as refused:
            opener.open(one)
        assert refused.value.cause == "sealed"
