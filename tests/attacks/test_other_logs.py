"""Two stories under one key: forged histories, shortened logs, checkpoints that contradict each other."""

import copy

import pytest
from bundle_maker import BundleMaker, Signing, with_new_manifests
from small_election import STATIONS, report_of

from testigo.core.records import encode_record
from testigo.tlog.merkle import leaf_hash
from testigo.tlog.note import COSIGNATURE
from testigo.tlog.tiles import entry_tiles, hash_tiles

CHECKPOINT = "data/log/checkpoint"


@pytest.fixture
def maker(unreleased):
    return copy.deepcopy(unreleased)


@pytest.fixture
def other():
    """Another log under the same key, as long as the first one."""
    maker = BundleMaker()
    maker.seal(maker.registers(), decided=False)
    maker.seal([report_of(station, extra=1) for station in STATIONS], decided=False)
    return maker


def forged_entries(maker, number):
    """The log's files with one entry replaced, its level-0 tile to match, and nothing above."""
    entries = list(maker.entries)
    entries[number] = encode_record(report_of(STATIONS[118]))
    hashes = [leaf_hash(entry) for entry in entries]
    bundles = dict(entry_tiles(lambda start, stop: entries[start:stop], len(entries)))
    level0 = {path: data for path, data in hash_tiles(hashes) if path.startswith("tile/0/")}
    return {f"data/log/{path}": data for path, data in {**bundles, **level0}.items()}


@pytest.mark.parametrize("number", [3, 290])
def test_a_forged_entry_bundle_with_a_matching_forged_tile_is_refused(maker, refused, number):
    # The forgery of CVE-2026-56865: readers that do not authenticate every tile let it pass.
    maker.release()
    files = with_new_manifests({**maker.files(), **forged_entries(maker, number)})
    refused(files, "data/log/checkpoint: the root", step="root")


def test_forged_tiles_up_to_the_root_do_not_help(maker, refused):
    maker.release()
    files = maker.files()
    entries = list(maker.entries)
    entries[3] = encode_record(report_of(STATIONS[118]))
    tiles = hash_tiles([leaf_hash(entry) for entry in entries])
    bundles = entry_tiles(lambda start, stop: entries[start:stop], len(entries))
    forged = {f"data/log/{path}": data for path, data in (*tiles, *bundles)}
    refused(with_new_manifests({**files, **forged}), "data/log/checkpoint: the root", step="root")


def test_two_roots_of_one_size_are_evidence(maker, other, refused, accepted):
    maker.release()
    files, size = maker.files(), maker.sizes[1]
    accepted(files)
    forged = maker.signer.checkpoint([b"{}" for _ in range(size)])
    files = with_new_manifests({**files, f"data/checkpoints/{size}": forged})
    refused(files, f"EQUIVOCATION: data/checkpoints/{size}: ", step="history")


def test_a_checkpoint_that_somebody_kept_with_another_root_is_evidence(maker, other, refused):
    maker.release()
    seen = other.signer.checkpoint(other.entries)
    refused(maker.files(), "EQUIVOCATION: the checkpoint given with --seen", step="seen", seen=seen)


def test_a_checkpoint_that_somebody_kept_and_the_log_goes_on_from_is_accepted(maker, accepted):
    seen = maker.signer.checkpoint(maker.entries)
    maker.release()
    accepted(maker.files(), seen=seen)


def test_a_log_older_than_its_own_history_is_refused(maker, refused, accepted):
    maker.release()
    older = maker.files()
    accepted(older)
    maker.seal([report_of(STATIONS[115])])
    history = f"data/checkpoints/{len(maker.entries)}"
    newer = maker.files()
    files = with_new_manifests({**older, history: newer[history]})
    refused(files, f"{history}: the log had signed size {len(maker.entries)}", step="history")


def test_a_log_shorter_than_a_checkpoint_that_somebody_kept_is_refused(maker, refused):
    maker.release()
    older = maker.files()
    maker.seal([report_of(STATIONS[115])])
    seen = maker.signer.checkpoint(maker.entries)
    refused(older, "the log was shortened", step="seen", seen=seen)


def test_a_kept_checkpoint_of_another_key_is_refused(maker, refused):
    maker.release()
    seen = Signing(2).checkpoint(maker.entries)
    refused(maker.files(), "the checkpoint given with --seen: note: none of the known keys", step="seen", seen=seen)


def test_a_missing_cosignature_leaves_the_verification_incomplete(maker, refused):
    maker.release()
    policy = f"log {maker.signer.vkey}\nwitness w {Signing(9, 'w.example', COSIGNATURE).vkey}\nquorum w\n"
    refused(maker.files(), "the quorum w is not met", step="witnesses", exit_code=2, policy=policy)


def test_a_requirement_that_cannot_be_evaluated_leaves_the_verification_incomplete(maker, refused):
    maker.release()
    policy = maker.signer.policy + "# testigo: require timestamps 2\n"
    refused(maker.files(), "the policy requires 'timestamps 2'", step="timestamps", exit_code=2, policy=policy)
