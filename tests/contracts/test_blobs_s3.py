"""What a bucket does that a folder does not: lines that break, keys that are refused, a store that is not there."""

import os
import pickle
import signal
import subprocess
import sys
from hashlib import sha256

import pytest

from object_store import ObjectStore, cut_line
from testigo.core.ids import Digest
from testigo.errors import BadUsage, CannotWrite
from testigo.store.blobs_s3 import Place, S3Blobs, place_of

PHOTO = b"a photo of a sheet " * 4000
DIGEST = Digest(sha256(PHOTO).hexdigest())
PATH = f"night/{DIGEST[:2]}/{DIGEST[2:4]}/{DIGEST}"


def sentence_of(error: CannotWrite) -> str:
    """What a person is told; one sentence, and never a key."""
    said = str(error)
    assert "\n" not in said
    assert not any(os.environ.get(name) and os.environ[name] in said for name in ("AWS_SECRET_ACCESS_KEY",))
    return said


@pytest.mark.parametrize(
    ("url", "place"),
    [
        ("s3://count-2030", Place("count-2030", "")),
        ("s3://count-2030/", Place("count-2030", "")),
        ("s3://count.2030/night/one", Place("count.2030", "night/one")),
        ("s3://count-2030/night/", Place("count-2030", "night")),
    ],
)
def test_an_address_names_a_bucket_and_a_prefix(url: str, place: Place) -> None:
    assert place_of(url) == place


@pytest.mark.parametrize(
    "url",
    ["", "s3://", "s3://a", "s3:///x", "s3://Bucket", "s3://key:secret@bucket/x", "s3://bucket/../x", "s3://bucket/.x",
     "s3://bucket//x", "s3://bucket/a b", "s3://bucket/x?versionId=1", "s3://bucket/ä", "http://bucket/x", "bucket"],
)  # fmt: skip
def test_another_address_is_refused_and_not_repeated(url: str) -> None:
    with pytest.raises(BadUsage, match="expected s3://BUCKET") as refused:
        S3Blobs(url)
    assert "secret@" not in str(refused.value)


def test_names_in_the_bucket_are_those_of_the_folder(reached: ObjectStore) -> None:
    bucket = reached.new_bucket()
    S3Blobs(f"s3://{bucket}/night/").put(PHOTO)
    assert reached.held(bucket) == {PATH: PHOTO}


def test_what_is_held_is_never_written_over(reached: ObjectStore) -> None:
    bucket = reached.new_bucket()
    reached.overwrite(bucket, PATH, b"there before")
    assert S3Blobs(f"s3://{bucket}/night").put(PHOTO) == DIGEST
    assert reached.held(bucket) == {PATH: b"there before"}


def test_other_things_in_the_bucket_are_no_blobs(reached: ObjectStore) -> None:
    bucket = reached.new_bucket()
    blobs = S3Blobs(f"s3://{bucket}/night")
    blobs.put(PHOTO)
    for name in ("night/readme.txt", f"night/ab/cd/{DIGEST}", f"night/{DIGEST}", f"other/{PATH}", f"{PATH}/x"):
        reached.overwrite(bucket, name, b"x")
    assert list(blobs.all()) == [DIGEST]


@pytest.mark.slow
def test_more_names_than_one_page_of_a_listing_holds_come_all_and_sorted(reached: ObjectStore) -> None:
    bucket = reached.new_bucket()
    names = sorted(sha256(str(n).encode()).hexdigest() for n in range(1100))
    for name in names:
        reached.fill(bucket, f"{name[:2]}/{name[2:4]}/{name}")
    assert list(S3Blobs(f"s3://{bucket}").all()) == names


def test_a_write_that_is_cut_is_tried_again(reached: ObjectStore, monkeypatch: pytest.MonkeyPatch) -> None:
    bucket = reached.new_bucket()
    with cut_line(reached.port) as line:
        monkeypatch.setenv("AWS_ENDPOINT_URL", f"http://127.0.0.1:{line.port}")
        line.cut_puts = 1
        assert S3Blobs(f"s3://{bucket}/night").put(PHOTO) == DIGEST
        assert line.puts == 2
    assert reached.held(bucket) == {PATH: PHOTO}


@pytest.mark.slow
def test_a_write_that_fails_leaves_nothing_half(reached: ObjectStore, monkeypatch: pytest.MonkeyPatch) -> None:
    bucket = reached.new_bucket()
    with cut_line(reached.port) as line:
        monkeypatch.setenv("AWS_ENDPOINT_URL", f"http://127.0.0.1:{line.port}")
        blobs = S3Blobs(f"s3://{bucket}/night")
        line.cut_puts = 99
        with pytest.raises(CannotWrite, match="does not answer") as failed:
            blobs.put(PHOTO)
        assert sentence_of(failed.value).startswith(f"s3://{bucket}/night: ")
        assert reached.held(bucket) == {}
        line.cut_puts = 0
        assert blobs.put(PHOTO) == DIGEST
    assert reached.held(bucket) == {PATH: PHOTO}


def test_a_write_whose_answer_was_lost_is_held_once(reached: ObjectStore, monkeypatch: pytest.MonkeyPatch) -> None:
    bucket = reached.new_bucket()
    with cut_line(reached.port) as line:
        monkeypatch.setenv("AWS_ENDPOINT_URL", f"http://127.0.0.1:{line.port}")
        line.lost_answers = 1
        assert S3Blobs(f"s3://{bucket}/night").put(PHOTO) == DIGEST
        assert line.puts == 2
    assert reached.held(bucket) == {PATH: PHOTO}


@pytest.mark.slow
def test_a_writer_that_is_killed_leaves_nothing_half(reached: ObjectStore, monkeypatch: pytest.MonkeyPatch) -> None:
    bucket, large = reached.new_bucket(), b"more than sockets hold " * 700_000
    with cut_line(reached.port) as line:
        line.free.clear()
        writer = subprocess.Popen(
            [sys.executable, "-c", f"from testigo.store.blobs_s3 import S3Blobs\n"
             f"S3Blobs('s3://{bucket}/night').put(b'more than sockets hold ' * 700_000)"],
            env=os.environ | {"AWS_ENDPOINT_URL": f"http://127.0.0.1:{line.port}"},
        )  # fmt: skip
        assert line.waiting.wait(20)
        writer.send_signal(signal.SIGKILL)
        writer.wait()
        line.free.set()
    assert reached.held(bucket) == {}
    blobs = S3Blobs(f"s3://{bucket}/night")
    assert blobs.open(blobs.put(large)) == large


def test_a_bucket_that_is_missing_is_told(reached: ObjectStore) -> None:
    blobs = S3Blobs("s3://no-such-bucket/night")
    for ask in (lambda: blobs.put(b""), lambda: blobs.open(DIGEST), lambda: blobs.has(DIGEST), lambda: [*blobs.all()]):
        with pytest.raises(CannotWrite, match="s3://no-such-bucket/night: there is no such bucket; make it"):
            ask()


@pytest.mark.parametrize("name", ["AWS_ACCESS_KEY_ID", "AWS_SECRET_ACCESS_KEY"])
def test_a_wrong_key_is_told(reached: ObjectStore, monkeypatch: pytest.MonkeyPatch, name: str) -> None:
    blobs = S3Blobs(f"s3://{reached.new_bucket()}")
    monkeypatch.setenv(name, "somebody-elses")
    with pytest.raises(CannotWrite, match=r"refuses these credentials \(403 \w+\)") as refused:
        blobs.put(PHOTO)
    assert "somebody-elses" not in sentence_of(refused.value)


@pytest.mark.parametrize("name", ["AWS_ACCESS_KEY_ID", "AWS_SECRET_ACCESS_KEY"])
def test_a_key_that_is_not_given_is_asked_for_by_name(
    reached: ObjectStore, monkeypatch: pytest.MonkeyPatch, name: str
) -> None:
    monkeypatch.delenv(name)
    with pytest.raises(BadUsage, match=f"expected {name} in the environment"):
        S3Blobs("s3://bucket").has(DIGEST)


@pytest.mark.slow
def test_a_store_that_is_down_is_told_and_found_again(reached: ObjectStore, monkeypatch: pytest.MonkeyPatch) -> None:
    bucket = reached.new_bucket()
    with cut_line(reached.port) as line:
        monkeypatch.setenv("AWS_ENDPOINT_URL", f"http://127.0.0.1:{line.port}")
        blobs = S3Blobs(f"s3://{bucket}")
        blobs.put(PHOTO)
        line.close()
        with pytest.raises(CannotWrite, match=f"s3://{bucket}: the object store does not answer; what was taken in"):
            blobs.open(DIGEST)
        with pytest.raises(CannotWrite, match="does not answer"):
            S3Blobs(f"s3://{bucket}").has(DIGEST)


def test_a_copy_for_another_machine_carries_no_credentials(reached: ObjectStore) -> None:
    bucket = reached.new_bucket()
    blobs = S3Blobs(f"s3://{bucket}/night")
    blobs.put(PHOTO)
    packed = pickle.dumps(blobs)
    assert reached.key.encode() not in packed
    assert reached.secret.encode() not in packed
    assert pickle.loads(packed).open(DIGEST) == PHOTO
