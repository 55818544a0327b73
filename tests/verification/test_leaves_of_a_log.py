import hashlib
from dataclasses import dataclass, field

from hypothesis import given, settings
from hypothesis import strategies as st

from testigo.tlog.merkle import levels_of, root_of
from testigo.tlog.note import Checkpoint
from testigo.tlog.tiles import entry_tiles, hash_tiles
from testigo.verification.leaves import check_root, check_tiles, current_names, hashes_of, read_entries


@dataclass
class Files:
    held: dict[str, bytes] = field(default_factory=dict)

    def names(self):
        return tuple(sorted(self.held))

    def read(self, name):
        return self.held[name]

    def sha256(self, name):
        return hashlib.sha256(self.held[name]).hexdigest()

    def size(self, name):
        return len(self.held[name])


def log_of(size):
    entries = [b"entry %d" % number for number in range(size)]
    tiles = hash_tiles(hashes_of(entries))
    bundles = entry_tiles(lambda start, stop: entries[start:stop], size)
    return entries, Files({f"data/log/{path}": data for path, data in (*tiles, *bundles)})


@settings(max_examples=20, deadline=None)
@given(st.integers(0, 1200))
def test_a_log_of_any_size_reads_back_and_its_files_are_exactly_the_current_ones(size):
    entries, files = log_of(size)
    step, read = read_entries(files, size)
    assert (step.state, list(read)) == ("ok", entries)
    hashes = hashes_of(entries)
    assert check_root(files, hashes, levels_of(hashes), Checkpoint("o", size, root_of(hashes))).state == "ok"
    assert check_tiles(files, entries, levels_of(hashes)).state == "ok"
    assert set(files.held) == current_names(size)


@settings(max_examples=40, deadline=None)
@given(st.data())
def test_any_flipped_bit_of_any_file_of_the_log_is_found_and_its_file_named(data):
    entries, files = log_of(700)
    signed = Checkpoint("o", 700, root_of(hashes_of(entries)))
    name = data.draw(st.sampled_from(sorted(files.held)))
    broken = bytearray(files.held[name])
    broken[data.draw(st.integers(0, len(broken) - 1))] ^= 1 << data.draw(st.integers(0, 7))
    files.held[name] = bytes(broken)
    step, read = read_entries(files, 700)
    if step.state == "ok":
        hashes = hashes_of(read)
        steps = (check_root(files, hashes, levels_of(hashes), signed), check_tiles(files, read, levels_of(hashes)))
        step = next(step for step in steps if step.state != "ok")
    assert step.state == "failed"
    assert step.culprits[0].startswith(name)


def test_tiles_of_an_earlier_size_may_lie_beside_those_of_today():
    entries, files = log_of(700)
    older = {name: data for name, data in log_of(300)[1].held.items() if name not in files.held}
    assert older
    files.held.update(older)
    assert check_tiles(files, entries, levels_of(hashes_of(entries))).state == "ok"


def test_tiles_of_a_later_size_may_not():
    entries, files = log_of(300)
    files.held.update({name: data for name, data in log_of(700)[1].held.items() if name not in files.held})
    step = check_tiles(files, entries, levels_of(hashes_of(entries)))
    assert step.state == "failed"
    assert step.culprits[0].startswith("data/log/tile/0/001")
