"""Photos that come sealed: opened on the server alone, promised by the hash of the photo, refused where they differ."""

import hashlib
import stat
from pathlib import Path

import pytest
from cryptography.hazmat.primitives.asymmetric.ec import SECP256R1, EllipticCurvePublicKey
from cryptography.hazmat.primitives.hpke import AEAD, KDF, KEM, Suite
from sending import PhoneReader, begun, patch, photo, photos_held, promise_in, sent, spooled, state
from served import Served

from testigo.core.ids import Digest
from testigo.core.sealed import SEALED_START, seal_info
from testigo.errors import BadHome, BadPhoto
from testigo.store.opener import FileOpener, make_intake_key
from testigo.store.signer import make_key
from testigo.wiring import INTAKE_KEY_FILE, photo_opener

ORIGIN = "log.example/town"


def sealed(data: bytes, key: bytes, origin: str = ORIGIN) -> bytes:
    recipient = EllipticCurvePublicKey.from_encoded_point(SECP256R1(), key)
    suite = Suite(KEM.P256, KDF.HKDF_SHA256, AEAD.AES_128_GCM)
    return SEALED_START + suite.encrypt(data, recipient, info=seal_info(origin))


def sha256(data: bytes) -> str:
    return hashlib.sha256(data).hexdigest()


def test_a_sealed_photo_lies_in_the_spool_sealed_and_is_promised_by_its_own_hash(phones: Served) -> None:
    phone, data = phones.invited("volunteer"), photo(1)
    came = sealed(data, phones.opener.public)
    path = begun(phone, len(came), {"sha256": sha256(data), "station": "T3"})
    assert patch(phone, path, 0, came[:3000]).status == 204
    (part,) = (phones.world.home / "spool").iterdir()
    assert part.read_bytes() == came[:3000]
    assert data[200:260] not in part.read_bytes()
    assert patch(phone, path, 3000, came[3000:]).status == 204
    assert promise_in(phones, state(phone, path)).sha256 == sha256(data)
    (record,) = photos_held(phones)
    assert (record.sha256, record.station) == (sha256(data), "T3")
    assert phones.world.blobs.open(Digest(sha256(data))) == data
    assert spooled(phones) == {}


def test_sealed_or_not_the_same_photo_gets_the_same_promise(phones: Served) -> None:
    phone, data = phones.invited("volunteer"), photo(1)
    assert sent(phone, sealed(data, phones.opener.public)) == sent(phone, data)
    assert len(photos_held(phones)) == 1


@pytest.mark.parametrize(
    ("harm", "code"),
    [
        (lambda came: came[:-1] + bytes([came[-1] ^ 1]), "sealed"),
        (lambda came: came[:-17], "sealed"),
        (lambda came: SEALED_START + b"\4" + bytes(64) + came[80:], "sealed"),
        (lambda came: SEALED_START + b"\4", "sealed"),
        (lambda came: SEALED_START[:-1] + b"\r" + came[len(SEALED_START) :], "foreign"),
    ],
    ids=["a bit", "the end", "no point", "nothing", "another beginning"],
)
def test_what_does_not_open_is_refused_and_nothing_of_it_is_kept(
    phones: Served, reader: PhoneReader, harm, code: str
) -> None:  # type: ignore[no-untyped-def]
    phone = phones.invited("volunteer")
    came = harm(sealed(photo(1), phones.opener.public))
    path = begun(phone, len(came), {"sha256": sha256(photo(1))})
    patch(phone, path, 0, came)
    told = state(phone, path)
    assert (told["state"], told["code"], told["promise"]) == ("refused", code, None)
    assert (photos_held(phones), spooled(phones), reader.asked) == ([], {}, 0)


def test_a_photo_sealed_for_another_election_or_key_is_refused(phones: Served, tmp_path: Path) -> None:
    make_intake_key(tmp_path / "other.pem")
    other = FileOpener(tmp_path / "other.pem", ORIGIN)
    phone = phones.invited("volunteer")
    for came in (sealed(photo(1), phones.opener.public, "log.example/else"), sealed(photo(1), other.public)):
        assert sent(phone, came)["code"] == "sealed"


def test_another_photo_than_announced_or_no_photo_inside_is_refused(phones: Served) -> None:
    phone, key = phones.invited("volunteer"), phones.opener.public
    assert sent(phone, sealed(photo(1), key), {"sha256": sha256(photo(2))})["code"] == "changed"
    assert sent(phone, sealed(b"a text", key))["code"] == "foreign"
    # A seal in a seal is no photo.
    assert sent(phone, sealed(sealed(photo(1), key), key))["code"] == "foreign"


def test_the_key_is_made_once_for_its_owner_alone_and_for_older_homes_too(phones: Served) -> None:
    path = phones.world.home / INTAKE_KEY_FILE
    assert stat.S_IMODE(path.stat().st_mode) == 0o600
    assert photo_opener(phones.world).public == phones.opener.public
    path.unlink()
    assert photo_opener(phones.world).public != phones.opener.public
    assert stat.S_IMODE(path.stat().st_mode) == 0o600


def test_a_key_of_another_kind_is_not_taken_for_it(tmp_path: Path) -> None:
    make_key(tmp_path / "log.pem")
    with pytest.raises(BadHome, match="P-256"):
        FileOpener(tmp_path / "log.pem", ORIGIN)
    make_intake_key(tmp_path / "intake.pem")
    with pytest.raises(BadPhoto):
        FileOpener(tmp_path / "intake.pem", ORIGIN).open(b"")


def test_the_page_brings_the_public_key(phones: Served) -> None:
    text = phones.anyone().get("/c/?lang=en").text
    assert phones.opener.public.hex() in text
    assert "PRIVATE" not in text
