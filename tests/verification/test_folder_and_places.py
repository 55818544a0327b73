import hashlib

import pytest

from testigo.verification.folder import FolderFiles
from testigo.verification.places import is_clean


def test_a_folder_lists_its_regular_files_only(tmp_path):
    (tmp_path / "data").mkdir()
    (tmp_path / "data" / "a").write_bytes(b"one")
    (tmp_path / "z").write_bytes(b"two")
    (tmp_path / "data" / "link").symlink_to("a")
    files = FolderFiles(tmp_path)
    assert files.names() == ("data/a", "z")
    assert files.read("data/a") == b"one"
    assert files.size("z") == 3
    assert files.sha256("z") == hashlib.sha256(b"two").hexdigest()


@pytest.mark.parametrize("name", ["data/link", "../outside", "/etc/hostname", "data/../z", ""])
def test_a_folder_reads_nothing_that_it_does_not_list(tmp_path, name):
    (tmp_path / "z").write_bytes(b"two")
    files = FolderFiles(tmp_path)
    for ask in (files.read, files.size, files.sha256):
        with pytest.raises(KeyError):
            ask(name)


@pytest.mark.parametrize("name", ["election.toml", "forms/ve/form.toml", "a/b-c/d_e.csv"])
def test_plain_paths_are_clean(name):
    assert is_clean(name)


@pytest.mark.parametrize(
    "name", ["", "/a", "a//b", "../a", "a/../b", ".a", "a/.b", "a\\b", "a b", "a\n", "a/", "forms/ñ", "a:b", "C:/a"]
)
def test_paths_that_could_leave_their_folder_are_not(name):
    assert not is_clean(name)
