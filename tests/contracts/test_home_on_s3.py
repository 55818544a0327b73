"""A home whose photos lie in a bucket: set up, opened again, and what its folder holds then."""

import subprocess
import sys
from pathlib import Path

import pytest

from object_store import ObjectStore
from testigo.errors import BadHome, BadUsage, CannotWrite
from testigo.wiring import make_home, open_home


def test_a_home_keeps_its_bytes_in_the_bucket_and_no_credentials(
    project: Path, tmp_path: Path, reached: ObjectStore
) -> None:
    bucket, home = reached.new_bucket(), tmp_path / "home"
    world, _ = make_home(project / "elections" / "demo", home, None, blobs=f"s3://{bucket}/demo")
    digest = world.blobs.put(b"a photo")
    assert (home / "blobs.txt").read_text() == f"s3://{bucket}/demo\n"
    assert not (home / "blobs").exists()
    assert open_home(home).blobs.open(digest) == b"a photo"
    assert f"demo/{digest[:2]}/{digest[2:4]}/{digest}" in reached.held(bucket)
    kept = b"".join(path.read_bytes() for path in home.rglob("*") if path.is_file())
    assert reached.key.encode() not in kept
    assert reached.secret.encode() not in kept


@pytest.mark.slow
def test_commands_say_in_one_sentence_what_is_missing(
    project: Path, tmp_path: Path, reached: ObjectStore, monkeypatch: pytest.MonkeyPatch
) -> None:
    def told(*arguments: str) -> tuple[int, str]:
        command = [sys.executable, "-m", "testigo", *arguments, "--home", str(tmp_path / "home")]
        ran = subprocess.run(command, capture_output=True, text=True, check=False)
        return ran.returncode, ran.stderr

    setup = ("setup", str(project / "elections" / "demo"), "--blobs")
    assert told(*setup, "s3://not-made-yet/demo") == (
        74,
        "testigo: s3://not-made-yet/demo: there is no such bucket; make it first; what was taken in before is safe: "
        "mend this and try again\n",
    )
    assert told(*setup, f"s3://{reached.new_bucket()}/demo")[0] == 0
    monkeypatch.delenv("AWS_SECRET_ACCESS_KEY")
    code, sentence = told("serve", "--port", "0")
    assert (code, sentence.count("\n")) == (3, 1)
    assert "expected AWS_SECRET_ACCESS_KEY in the environment" in sentence
    assert told("tabulate")[0] == 0


def test_a_setup_whose_bucket_is_missing_goes_on_when_it_is_there(
    project: Path, tmp_path: Path, reached: ObjectStore
) -> None:
    election, home, bucket = project / "elections" / "demo", tmp_path / "home", reached.new_bucket()
    with pytest.raises(CannotWrite, match="there is no such bucket"):
        make_home(election, home, None, blobs="s3://not-made-yet/demo")
    with pytest.raises(BadHome, match="expected a home"):
        open_home(home)
    world, _ = make_home(election, home, None, blobs=f"s3://{bucket}/demo")
    assert list(open_home(home).blobs.all()) == list(world.blobs.all()) != []


def test_a_home_does_not_change_its_bucket_unseen(project: Path, tmp_path: Path, reached: ObjectStore) -> None:
    election, bucket = project / "elections" / "demo", reached.new_bucket()
    make_home(election, tmp_path / "home", None, blobs=f"s3://{bucket}/demo")
    make_home(election, tmp_path / "home", None, blobs=f"s3://{bucket}/demo")
    with pytest.raises(BadHome, match=f"it keeps its photos in s3://{bucket}/demo"):
        make_home(election, tmp_path / "home", None, blobs=f"s3://{bucket}/other")
    make_home(election, tmp_path / "folder", None)
    with pytest.raises(BadHome, match="it keeps its photos in its own folder"):
        make_home(election, tmp_path / "folder", None, blobs=f"s3://{bucket}/demo")


def test_a_wrong_address_leaves_no_home(project: Path, tmp_path: Path) -> None:
    with pytest.raises(BadUsage, match="expected s3://BUCKET"):
        make_home(project / "elections" / "demo", tmp_path / "home", None, blobs="https://bucket.example/x")
    assert not (tmp_path / "home").exists()
