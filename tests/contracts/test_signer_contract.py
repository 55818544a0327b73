"""What every `Signer` promises: one key, and signatures that its public key verifies."""

import os
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from threading import Barrier

import pytest

from testigo.errors import BadHome
from testigo.ports import Signer
from testigo.store.memory import MemorySigner
from testigo.store.opener import make_intake_key
from testigo.store.signer import FileSigner, make_key
from testigo.tlog.note import format_note, key_id_of, open_note, parse_vkey


def test_a_signed_note_opens_with_the_public_key(signer: Signer) -> None:
    text = b"log.example/1\n0\n47DEQpj8HBSa+/TImW+5JCeuQeRkm5NMpJWZG3hSuFU=\n"
    name, key_id = key_id_of(signer.vkey)
    note = format_note(text, [(name, key_id, signer.sign(text))])
    opened = open_note(note, [parse_vkey(signer.vkey)])
    assert name == "log.example/1"
    assert [one.key for one in opened.verified] == [parse_vkey(signer.vkey)]


def test_the_same_text_has_the_same_signature(signer: Signer) -> None:
    assert signer.sign(b"text\n") == signer.sign(b"text\n")
    assert signer.sign(b"text\n") != signer.sign(b"test\n")
    assert len(signer.sign(b"")) == 64


def test_a_signer_in_memory_has_the_key_of_its_seed() -> None:
    assert MemorySigner("log.example/1", bytes(32)).vkey == MemorySigner("log.example/1", bytes(32)).vkey
    assert MemorySigner("log.example/1", bytes(32)).vkey != MemorySigner("log.example/1", bytes(31) + b"\1").vkey


def test_a_key_file_is_made_once_and_only_its_owner_reads_it(tmp_path: Path) -> None:
    path = tmp_path / "keys" / "log.pem"
    make_key(path)
    first = path.read_bytes()
    make_key(path)
    assert (path.read_bytes(), path.stat().st_mode & 0o777) == (first, 0o600)
    assert [one.name for one in path.parent.iterdir()] == ["log.pem"]


@pytest.mark.parametrize("make", [make_key, make_intake_key])
def test_of_two_that_make_a_key_at_once_both_have_the_same(tmp_path: Path, make: Callable[[Path], None]) -> None:
    """Two servers start together: what either signs, the key that is kept must verify."""
    at_once = Barrier(4)

    def made(path: Path) -> bytes:
        at_once.wait()
        make(path)
        return path.read_bytes()

    with ThreadPoolExecutor(4) as executor:
        for number in range(50):
            path = tmp_path / str(number) / "promise.pem"
            assert len(set(executor.map(made, [path] * 4))) == 1
            assert [one.name for one in path.parent.iterdir()] == ["promise.pem"]


def test_a_file_system_without_second_names_holds_a_key_too(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(os, "link", raising(PermissionError(1, "Operation not permitted")))
    make_key(tmp_path / "log.pem")
    FileSigner(tmp_path / "log.pem", "log.example/1")
    assert [one.name for one in tmp_path.iterdir()] == ["log.pem"]


def raising(error: Exception) -> Callable[..., None]:
    def raises(*_: object) -> None:
        raise error

    return raises


@pytest.mark.parametrize("content", [None, b"", b"-----BEGIN PRIVATE KEY-----\nAAAA\n-----END PRIVATE KEY-----\n"])
def test_a_file_that_is_no_key_is_refused_by_name(tmp_path: Path, content: bytes | None) -> None:
    path = tmp_path / "log.pem"
    if content is not None:
        path.write_bytes(content)
    with pytest.raises(BadHome, match=r"log\.pem"):
        FileSigner(path, "log.example/1")
