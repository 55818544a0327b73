"""`publish`: the same log gives the same bytes, the bundle verifies, and nothing is replaced by half a publication."""

import errno
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from pathlib import Path

import pytest
from town import STATIONS, TextReader, sheet, table

from testigo.core.ids import Digest
from testigo.errors import BadUsage, BrokenStore
from testigo.flows.publish import BUNDLE, Publication, publish
from testigo.flows.report import report
from testigo.flows.staging import MARK
from testigo.flows.withhold import withhold
from testigo.ports import World
from testigo.store.memory import MemoryBlobs
from testigo.tlog.policy import parse_policy
from testigo.verification.folder import FolderFiles
from testigo.verification.run import verify_bundle
from testigo.wiring import policy_text


def publish_to(world: World, out: Path) -> Publication:
    with ThreadPoolExecutor(2) as executor:
        return publish(world, out, TextReader(), executor, lambda step: None)


def bytes_below(folder: Path) -> dict[str, bytes]:
    return {path.relative_to(folder).as_posix(): path.read_bytes() for path in folder.rglob("*") if path.is_file()}


def verified(world: World, out: Path) -> int:
    """The exit code of a verification that trusts the world's key."""
    policy = parse_policy(policy_text(world.signer.vkey), where="policy")
    return verify_bundle(FolderFiles(out / BUNDLE), policy).exit_code


@pytest.fixture
def filled(home_world: World, photograph: Callable[..., object]) -> World:
    """Figures for all stations but one, photos of three."""
    report(home_world, "north", "a.csv", table(STATIONS[:7], "T9,1,1,1,1,1,2,3"))
    photograph(home_world, {f"{station}.jpg": sheet(station) for station in ("T1", "T5", "T6")})
    return home_world


def test_the_same_log_gives_the_same_bytes(filled: World, tmp_path: Path) -> None:
    first = publish_to(filled, tmp_path / "one")
    again = publish_to(filled, tmp_path / "two")
    assert first == again
    one = bytes_below(tmp_path / "one")
    assert one == bytes_below(tmp_path / "two")
    assert first.files == len(one) - len([MARK])


def test_what_is_published_verifies_with_the_key_alone(filled: World, tmp_path: Path) -> None:
    made = publish_to(filled, tmp_path / "site")
    assert verified(filled, tmp_path / "site") == 0
    assert made.head == filled.journal.heads()[-1]
    report(filled, "north", "b.csv", table({"T1": (1, 2, 3, 4, 5)}))
    later = publish_to(filled, tmp_path / "site")
    assert (verified(filled, tmp_path / "site"), later.head.size > made.head.size) == (0, True)
    assert later.totals != made.totals


def test_an_empty_election_is_published_too(world: World, tmp_path: Path) -> None:
    publish_to(world, tmp_path / "site")
    assert verified(world, tmp_path / "site") == 0


def test_a_folder_with_other_files_is_not_replaced(filled: World, tmp_path: Path) -> None:
    (tmp_path / "site").mkdir()
    (tmp_path / "site" / "letter.txt").write_text("dear")
    (tmp_path / "file").write_text("dear")
    for out in (tmp_path / "site", tmp_path / "file"):
        with pytest.raises(BadUsage, match="came something else; nothing is lost"):
            publish_to(filled, out)
    assert bytes_below(tmp_path / "site") == {"letter.txt": b"dear"}
    assert (tmp_path / "file").read_text() == "dear"


@pytest.mark.slow
@pytest.mark.parametrize("room", [0, 40])
def test_a_full_disk_leaves_the_earlier_publication_as_it_was(
    filled: World, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, room: int
) -> None:
    publish_to(filled, tmp_path / "site")
    before = bytes_below(tmp_path / "site")
    report(filled, "north", "b.csv", table(STATIONS))
    write, written = Path.write_bytes, []

    def write_some(path: Path, data: bytes) -> int:
        if "site.part" in path.as_posix():
            if len(written) == room:
                raise OSError(errno.ENOSPC, "No space left on device")
            written.append(path)
        return write(path, data)

    monkeypatch.setattr(Path, "write_bytes", write_some)
    with pytest.raises(OSError, match=r"No space left on device: '.*site'"):
        publish_to(filled, tmp_path / "site")
    monkeypatch.undo()
    assert bytes_below(tmp_path / "site") == before
    assert [path.name for path in tmp_path.glob("site*")] == ["site"]
    publish_to(filled, tmp_path / "site")
    assert verified(filled, tmp_path / "site") == 0


@pytest.mark.slow
def test_any_error_leaves_the_earlier_publication_as_it_was(filled: World, tmp_path: Path) -> None:
    publish_to(filled, tmp_path / "site")
    before = bytes_below(tmp_path / "site")
    report(filled, "north", "b.csv", table(STATIONS))
    with pytest.raises(BrokenStore):
        publish_to(replace(filled, blobs=_Damaged()), tmp_path / "site")
    assert bytes_below(tmp_path / "site") == before
    publish_to(filled, tmp_path / "site")
    assert [path.name for path in tmp_path.glob("site*")] == ["site"]


class _Damaged(MemoryBlobs):
    """Blobs that hold other bytes than they took in."""

    def open(self, digest: Digest) -> bytes:
        """See `ports.Blobs`."""
        raise BrokenStore(f"blobs: expected {digest}")


@pytest.mark.slow
def test_a_publication_that_was_stopped_between_two_renames_is_put_back(filled: World, tmp_path: Path) -> None:
    publish_to(filled, tmp_path / "site")
    before = bytes_below(tmp_path / "site")
    (tmp_path / "site").rename(tmp_path / "site.old")
    (tmp_path / "site.part").mkdir()
    (tmp_path / "site.part" / "half.html").write_text("<p>")
    publish_to(filled, tmp_path / "site")
    assert bytes_below(tmp_path / "site") == before
    assert [path.name for path in tmp_path.glob("site*")] == ["site"]


def test_a_withheld_photo_is_not_published(filled: World, tmp_path: Path) -> None:
    publish_to(filled, tmp_path / "site")
    photos = sorted(filled.views.photos())
    assert [photo for photo in photos if any(photo in name for name in bytes_below(tmp_path / "site"))] == photos
    withhold(filled, photos[0], "privacy")
    publish_to(filled, tmp_path / "site")
    files = bytes_below(tmp_path / "site")
    assert not [name for name, data in files.items() if photos[0] in name or filled.blobs.open(photos[0]) in data]
    assert verified(filled, tmp_path / "site") == 0


def test_a_publication_without_a_reader_has_no_thumbnails(filled: World, tmp_path: Path) -> None:
    with ThreadPoolExecutor(1) as executor:
        publish(filled, tmp_path / "site", None, executor, lambda step: None)
    assert not (tmp_path / "site" / "t").exists()
    assert verified(filled, tmp_path / "site") == 0
