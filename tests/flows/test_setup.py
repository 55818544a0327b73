"""`setup`: a home is made once, from one folder, and a setup that was cut short is finished."""

from pathlib import Path

import pytest
from town import STATIONS, write_town

from testigo import wiring
from testigo.core.records import Key, Register
from testigo.errors import BadElection, BadHome
from testigo.flows.seal import seal
from testigo.store.blobs_folder import write_whole
from testigo.tlog.policy import open_checkpoint, parse_policy
from testigo.wiring import POLICY_FILE, make_home, open_home, policy_text, writing


def files_below(folder: Path) -> dict[str, bytes]:
    """Every file of a home but the database's, which rewrites itself."""
    return {
        path.relative_to(folder).as_posix(): path.read_bytes()
        for path in folder.rglob("*")
        if path.is_file() and "sqlite" not in path.name
    }


def test_the_log_begins_with_the_key_and_the_rules_of_the_count(tmp_path: Path) -> None:
    world, prepared = make_home(write_town(tmp_path / "election"), tmp_path / "home", None)
    records = [record for _, record in world.views.records()]
    rules = {record.name: world.blobs.open(record.sha256) for record in records if isinstance(record, Register)}
    assert rules == prepared.files
    assert [record for record in records if isinstance(record, Key)] == [Key("log", world.signer.vkey)]
    assert (len(records), world.journal.waiting(), len(world.journal.heads())) == (4, 0, 1)
    policy = parse_policy((tmp_path / "home" / POLICY_FILE).read_text(), where=POLICY_FILE)
    assert open_checkpoint(world.log.get("checkpoint") or b"", policy)[0].size == 4
    assert list(world.register.stations) == list(STATIONS)


def test_the_same_folder_again_changes_nothing(tmp_path: Path) -> None:
    folder, home = write_town(tmp_path / "election"), tmp_path / "home"
    first = make_home(folder, home, None)[0]
    before, heads = files_below(home), first.journal.heads()
    again = make_home(folder, home, None)[0]
    assert (files_below(home), again.journal.heads(), again.journal.waiting()) == (before, heads, 0)


@pytest.mark.parametrize("name", ["election.toml", "stations.csv", "forms/sheet/form.toml"])
def test_a_home_is_not_set_up_again_from_other_rules(tmp_path: Path, name: str) -> None:
    folder, home = write_town(tmp_path / "election"), tmp_path / "home"
    make_home(folder, home, None)
    before = files_below(home)
    text = (folder / name).read_text()
    (folder / name).write_text(text + ("T9,300,1,Ward 1\n" if name == "stations.csv" else "# more\n"))
    with pytest.raises(BadHome, match=f"it was set up from another {name}"):
        make_home(folder, home, None)
    assert files_below(home) == before


def test_a_folder_with_other_files_is_not_made_a_home(tmp_path: Path) -> None:
    (tmp_path / "home").mkdir()
    (tmp_path / "home" / "letter.txt").write_text("dear")
    with pytest.raises(BadHome, match="a folder with other files"):
        make_home(write_town(tmp_path / "election"), tmp_path / "home", None)
    assert files_below(tmp_path / "home") == {"letter.txt": b"dear"}


@pytest.mark.parametrize("writes", range(5))
def test_a_setup_that_was_cut_short_is_finished(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, writes: int) -> None:
    folder, home = write_town(tmp_path / "election"), tmp_path / "home"
    done: list[Path] = []

    def write_some(path: Path, data: bytes) -> None:
        if len(done) == writes:
            raise OSError(28, "No space left on device")
        write_whole(path, data)
        done.append(path)

    monkeypatch.setattr(wiring, "write_whole", write_some)
    with pytest.raises(OSError, match="No space left"):
        make_home(folder, home, None)
    monkeypatch.undo()
    key = (home / "keys" / "log.pem").read_bytes()
    with pytest.raises(BadHome, match="testigo setup"):
        open_home(home)
    world = make_home(folder, home, None)[0]
    assert (home / "keys" / "log.pem").read_bytes() == key
    assert (home / POLICY_FILE).read_text() == policy_text(world.signer.vkey)
    assert [head.size for head in world.journal.heads()] == [4]
    assert seal(open_home(home)) == world.journal.heads()[-1]


def test_a_place_without_a_home_is_refused(tmp_path: Path) -> None:
    with pytest.raises(BadHome, match="expected a home; `testigo setup"):
        open_home(tmp_path)


@pytest.mark.parametrize("name", ["election.toml", "stations.csv", "forms/sheet/form.toml"])
def test_an_election_folder_that_lacks_a_file_makes_no_home(tmp_path: Path, name: str) -> None:
    folder = write_town(tmp_path / "election")
    (folder / name).unlink()
    with pytest.raises(BadElection, match=name):
        make_home(folder, tmp_path / "home", None)
    assert not (tmp_path / "home").exists()


def test_one_command_at_a_time_writes_in_a_home(tmp_path: Path) -> None:
    make_home(write_town(tmp_path / "election"), tmp_path / "home", None)
    with writing(tmp_path / "home"), pytest.raises(BadHome, match="is writing here"), writing(tmp_path / "home"):
        pass
    with writing(tmp_path / "home"):
        pass


def test_a_rehearsal_has_another_log_and_another_key_and_no_place_for_the_real_election(tmp_path: Path) -> None:
    folder = write_town(tmp_path / "election")
    real, _ = make_home(folder, tmp_path / "real", None)
    rehearsed, _ = make_home(folder, tmp_path / "rehearsal", None, rehearsal=True)
    assert rehearsed.election.rehearsal
    assert rehearsed.election.origin == f"{real.election.origin}/rehearsal"
    assert rehearsed.signer.vkey.split("+")[:2] != real.signer.vkey.split("+")[:2]
    with pytest.raises(BadHome, match="set up from another election"):
        make_home(folder, tmp_path / "rehearsal", None)
    with pytest.raises(BadHome, match="set up from another election"):
        make_home(folder, tmp_path / "real", None, rehearsal=True)
