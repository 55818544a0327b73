"""Photos that come sealed: opened on the server alone, promised by the hash of the photo, refused where they differ."""

import hashlib
import shutil
import stat
from pathlib import Path

import pytest
from cryptography.hazmat.primitives.asymmetric.ec import SECP256R1, EllipticCurvePublicKey
from cryptography.hazmat.primitives.hpke import AEAD, KDF, KEM, Suite
from sending import PhoneReader, begun, patch, photo, photos_held, promise_in, sent, spooled, state
from served import Served, served

from testigo.commands.backup import backup_command, restore_command
from testigo.commands.home import rekey_command
from testigo.core.ids import Digest
from testigo.core.sealed import SEALED_START, seal_info
from testigo.errors import BadHome, BadPhoto
from testigo.store.opener import FileOpener, make_intake_key, older_keys, renew_intake_key
from testigo.store.signer import make_key
from testigo.wiring import INTAKE_KEY_FILE, open_home, photo_opener

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


def test_after_a_new_key_photos_sealed_for_the_old_one_still_arrive(
    phones: Served, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    phone, home, old = phones.invited("volunteer"), phones.world.home, phones.opener.public
    for _ in range(2):
        rekey_command(home=home)
    assert "2 older keys stay" in capsys.readouterr().out
    new = photo_opener(phones.world)
    assert len({old, new.public, *(FileOpener(path, ORIGIN).public for path in (home / "keys").glob("intake-*"))}) == 3
    assert {stat.S_IMODE(path.stat().st_mode) for path in (home / "keys").iterdir()} == {0o600}
    # This server still gives out the old key, and opens what another one, started later, had sealed for the new one.
    for number, key in enumerate((old, new.public)):
        assert sent(phone, sealed(photo(number), key))["state"] == "promised"
    assert sent(phone, sealed(photo(3), new.public, "log.example/else"))["code"] == "sealed"
    phones.stop()
    with served(open_home(home), PhoneReader()) as again:
        other = again.invited("volunteer")
        assert (new.public.hex() in again.anyone().get("/c/").text, old.hex() in again.anyone().get("/c/").text) == (
            True, False,
        )  # fmt: skip
        for number, key in ((4, old), (5, new.public)):
            assert sent(other, sealed(photo(number), key))["state"] == "promised"
        assert len(photos_held(again)) == 4


def test_a_photo_for_a_key_that_was_thrown_away_is_refused(phones: Served) -> None:
    phone, old = phones.invited("volunteer"), phones.opener.public
    rekey_command(home=phones.world.home)
    (kept,) = (phones.world.home / "keys").glob("intake-*.pem")
    phones.stop()
    kept.unlink()
    with served(open_home(phones.world.home), PhoneReader()) as again:
        phone.port = again.port
        assert sent(phone, sealed(photo(1), old))["code"] == "sealed"


def test_a_renewal_that_was_cut_short_loses_no_key(tmp_path: Path) -> None:
    path = tmp_path / "intake.pem"
    make_intake_key(path)
    before = FileOpener(path, ORIGIN).public
    renew_intake_key(path)
    (old,) = older_keys(path)
    # As it lies there before the last step: the same key under both names.
    path.write_bytes(old.read_bytes())
    renew_intake_key(path)
    assert [FileOpener(one, ORIGIN).public for one in older_keys(path)] == [before]
    assert FileOpener(path, ORIGIN).open(sealed(b"a photo", before)) == b"a photo"


def test_a_backup_with_keys_brings_the_older_ones_too(phones: Served, tmp_path: Path) -> None:
    world, old = phones.world, phones.opener.public
    rekey_command(home=world.home)
    backup_command(tmp_path / "one.backup", home=world.home, with_keys=True)
    other = tmp_path / "other"
    for name in ("election", "log", "blobs"):
        shutil.copytree(world.home / name, other / name)
    restore_command(tmp_path / "one.backup", home=other)
    opener = photo_opener(open_home(other))
    assert (opener.public, opener.open(sealed(photo(1), old))) == (photo_opener(world).public, photo(1))
