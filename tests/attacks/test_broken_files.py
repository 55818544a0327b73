"""Bundles broken after they were signed: one file in one way, under manifests that list it as it is now."""

import pytest
from bundle_maker import with_new_manifests
from small_election import PHOTOGRAPHED, WITHHELD, object_of, sha256_of

from testigo.verification.places import object_name

OBJECT = object_name(sha256_of(object_of(PHOTOGRAPHED[0])))
FULL_ENTRIES, LAST_ENTRIES = "data/log/tile/entries/000", "data/log/tile/entries/001.p/47"


def flipped(files, name, place):
    data = bytearray(files[name])
    data[place] ^= 1
    return with_new_manifests({**files, name: bytes(data)})


def changed(files, name, data):
    return with_new_manifests({**files, name: data})


def without(files, name):
    return with_new_manifests({other: data for other, data in files.items() if other != name})


def test_the_honest_bundle_is_accepted_by_both_verifiers(honest, accepted, verifiers):
    report = accepted(honest)
    assert report.numbers["records"] > 256
    ended = verifiers.on_its_own(honest)
    assert ended.exit_code == 0
    assert ended.text.splitlines()[-1] == report.conclusion


@pytest.mark.parametrize(
    ("name", "place", "step", "culprit"),
    [
        (FULL_ENTRIES, 20, "root", f"{FULL_ENTRIES}: entry 0 (leaf 0)"),
        (LAST_ENTRIES, -20, "root", f"{LAST_ENTRIES}: entry 46 (leaf 302)"),
        ("data/log/tile/0/000", 33, "tiles", "data/log/tile/0/000: hash 1"),
        ("data/log/tile/0/001.p/47", -1, "tiles", "data/log/tile/0/001.p/47: hash 46"),
        ("data/log/tile/1/000.p/1", 0, "tiles", "data/log/tile/1/000.p/1: hash 0"),
        ("data/log/checkpoint", 0, "checkpoint", "data/log/checkpoint: "),
        ("data/log/checkpoint", -12, "checkpoint", "data/log/checkpoint: "),
        ("data/checkpoints/302", 22, "history", "data/checkpoints/302: "),
        (OBJECT, 5, "objects", f"{OBJECT}: its hash is not its name"),
        ("data/register/stations.csv", -3, "register", "data/register/stations.csv: its hash"),
        ("data/results/totals.json", 60, "totals", "data/results/totals.json: "),
        ("data/tables/stations.csv", 300, "tables", "data/tables/stations.csv: line "),
        ("data/tables/README.md", 3, "tables", "data/tables/README.md: line 1 "),
    ],
)
def test_a_flipped_bit_is_refused_and_its_file_named(honest, refused, name, place, step, culprit):
    refused(flipped(honest, name, place), culprit, step=step)


@pytest.mark.parametrize("name", ["README.txt", "verify_alone.py", "bag-info.txt", "data/tables/areas.parquet"])
def test_a_file_that_the_log_does_not_cover_must_at_least_be_the_one_in_the_manifest(honest, refused, name):
    data = honest[name][:-1] + b"?"
    refused({**honest, name: data}, f"{name}: its hash is not the one in", step="manifests")


def test_a_truncated_entry_bundle_is_refused(honest, refused):
    refused(changed(honest, LAST_ENTRIES, honest[LAST_ENTRIES][:-1]), f"{LAST_ENTRIES}: expected 47", step="entries")


def test_bytes_after_the_last_entry_of_a_bundle_are_refused(honest, refused):
    files = changed(honest, FULL_ENTRIES, honest[FULL_ENTRIES] + b"\0\0")
    refused(files, f"{FULL_ENTRIES}: expected nothing after 256", step="entries")


@pytest.mark.parametrize("rest", [b"\n", b"x", "— log.example/small-1 AAAA\n".encode()])
def test_bytes_after_the_checkpoint_are_refused(honest, refused, rest):
    files = changed(honest, "data/log/checkpoint", honest["data/log/checkpoint"] + rest)
    refused(files, "data/log/checkpoint: ", step="checkpoint")


@pytest.mark.parametrize(
    ("name", "step"),
    [
        ("data/log/checkpoint", "checkpoint"),
        (FULL_ENTRIES, "entries"),
        ("data/log/tile/1/000.p/1", "tiles"),
        ("data/checkpoints/303", "history"),
        ("data/register/forms/sheet/form.toml", "register"),
        ("data/results/totals.json", "totals"),
    ],
)
def test_a_missing_file_is_named(honest, refused, name, step):
    refused(without(honest, name), name, step=step)


def test_a_hidden_checkpoint_shows_in_the_order_of_the_leaves(honest, refused):
    sizes = sorted(int(name.split("/")[2]) for name in honest if name.startswith("data/checkpoints/"))
    refused(without(honest, f"data/checkpoints/{sizes[1]}"), f"leaf {sizes[1]}: its hash", step="batches")


def test_a_missing_object_leaves_the_verification_incomplete(honest, refused):
    refused(without(honest, OBJECT), f"{OBJECT}: the public copy of photo", step="objects", exit_code=2)


def test_a_missing_object_that_a_record_withholds_is_in_order(honest, accepted):
    assert object_name(sha256_of(object_of(WITHHELD))) not in honest
    assert any("1 withheld" in step.sentence for step in accepted(honest).steps if step.name == "objects")


def test_an_object_that_a_record_withholds_may_still_be_there(honest, accepted):
    data = object_of(WITHHELD)
    accepted(changed(honest, object_name(sha256_of(data)), data))


def test_an_object_that_no_record_names_is_refused(honest, refused):
    name = object_name(sha256_of(b"slipped in"))
    refused(changed(honest, name, b"slipped in"), f"{name}: no record names this object", step="objects")


@pytest.mark.parametrize(
    ("name", "step"),
    [
        ("data/log/tile/0/002.p/7", "tiles"),
        ("data/log/tile/entries/002", "tiles"),
        ("data/log/notes.txt", "manifests"),
        ("data/checkpoints/0303", "history"),
        ("data/register/more.toml", "register"),
        ("data/tables/more.csv", "tables"),
        ("data/index.html", "manifests"),
    ],
)
def test_a_file_that_nothing_explains_is_refused(honest, refused, name, step):
    refused(changed(honest, name, b"more"), f"{name}: ", step=step)


def test_a_file_that_no_manifest_lists_is_refused(honest, refused):
    refused({**honest, "notes.txt": b"?"}, "notes.txt: tagmanifest-sha256.txt does not list it", step="manifests")


def test_a_missing_table_leaves_the_verification_incomplete(honest, refused):
    refused(without(honest, "data/tables/areas.csv"), "data/tables/areas.csv", step="tables", exit_code=2)


def test_narrow_tiles_of_earlier_sizes_may_stay(honest, accepted):
    older = {
        "data/log/tile/0/000.p/4": honest["data/log/tile/0/000"][:128],
        "data/log/tile/0/001.p/9": honest["data/log/tile/0/001.p/47"][:288],
    }
    accepted(with_new_manifests({**honest, **older}))


def test_a_forged_narrow_tile_is_refused(honest, refused):
    name = "data/log/tile/0/000.p/4"
    refused(changed(honest, name, honest["data/log/tile/0/000"][32:160]), f"{name}: hash 0", step="tiles")
