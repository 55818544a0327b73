"""Bundles of a publisher who signs what no honest program would: the signatures hold, the contents do not."""

import copy
import hashlib
from dataclasses import replace

import pytest
from bundle_maker import BundleMaker, Signing, digest_of, entry_of, sorted_by_leaf, with_new_manifests
from small_election import PHOTOGRAPHED, STATIONS, object_of, photo_of, report_of, sha256_of, small_log

from testigo.core.ids import Digest
from testigo.core.records import Register, Release, Rendition, Result, Supersede, encode_record

LATE = STATIONS[115]


@pytest.fixture
def maker(unreleased):
    """A log that only lacks its release."""
    return copy.deepcopy(unreleased)


def released(maker, **forged):
    maker.release(**forged)
    return maker.files()


def test_a_log_of_another_key_is_refused_and_accepted_under_its_own_policy(refused, accepted):
    files = released(small_log(BundleMaker(Signing(2))))
    refused(files, "data/log/checkpoint: note: none of the known keys signed it", step="checkpoint")
    accepted(files, policy=Signing(2).policy)


def test_the_key_of_another_log_does_not_vouch_for_this_one(maker, refused):
    maker.signer.name = "log.example/other"
    policy = maker.signer.policy
    refused(released(maker), "expected the signature of the log log.example/small-1", step="checkpoint", policy=policy)


def test_a_batch_out_of_order_is_refused(maker, refused, accepted):
    maker.seal([report_of(LATE), *photo_of(LATE)[:1]], change=lambda batch: sorted_by_leaf(batch)[::-1])
    refused(released(maker), f"leaf {maker.sizes[-3] + 1}: its hash is not above", step="batches")


def test_the_same_batch_in_order_is_accepted(maker, accepted):
    maker.seal([report_of(LATE), *photo_of(LATE)[:1]])
    accepted(released(maker))


def test_a_record_in_another_spelling_is_refused(maker, refused):
    entry = encode_record(report_of(LATE))
    maker.seal([entry.replace(b":", b": ", 1)], decided=False)
    number = len(maker.entries) - 1
    refused(released(maker), f"leaf {number}: record: expected the one canonical spelling", step="records")


def test_a_record_that_stands_twice_is_refused(maker, refused):
    maker.seal([report_of(STATIONS[0])], decided=False)
    refused(released(maker), f"leaf {len(maker.entries) - 2}: the same record stands at leaf", step="batches")


def test_a_release_of_other_totals_is_refused(maker, refused):
    forged = released(maker, forged=b'{"mayor":{}}')
    refused(forged, f"leaf {len(maker.entries) - 1}: the release names totals", step="totals")


def test_other_totals_than_those_of_the_release_are_refused(maker, refused):
    files = {**released(maker), "data/results/totals.json": b'{"mayor":{}}'}
    refused(with_new_manifests(files), "data/results/totals.json: expected the hash", step="totals")


def test_a_forged_release_before_the_last_one_is_refused(maker, refused):
    maker.release(forged=b"{}")
    number = len(maker.entries) - 1
    maker.seal([report_of(LATE)])
    refused(released(maker), f"leaf {number}: the release names totals", step="totals")


def test_an_earlier_release_of_its_own_totals_is_accepted(maker, accepted):
    maker.release()
    maker.seal([report_of(LATE)])
    accepted(released(maker))


def test_a_release_of_another_size_is_refused(maker, refused):
    maker.release()
    maker.release()
    late = Digest(hashlib.sha256(maker.totals).hexdigest())
    maker.seal([Release(7, late)], decided=False)
    refused(maker.files(), f"leaf {len(maker.entries) - 1}: the release: expected the size before", step="totals")


def test_a_result_that_the_policy_does_not_give_is_refused(maker, refused):
    report = report_of(LATE)
    counts = {**report.counts, "ANA": report.counts["ANA"] + 50}
    maker.seal([report, Result(LATE, "mayor", "counted", "party", (digest_of(report),), counts)], decided=False)
    refused(released(maker), f"station {LATE}, contest mayor: the log says counted by party", step="results")


def test_evidence_without_its_result_is_refused(maker, refused):
    maker.seal([report_of(LATE)], decided=False)
    refused(released(maker), f"station {LATE}, contest mayor: the log says no result", step="results")


def test_evidence_with_its_result_is_accepted(maker, accepted):
    maker.seal([report_of(LATE)])
    accepted(released(maker))


def test_a_result_without_evidence_is_refused(maker, refused):
    maker.seal([Result(LATE, "mayor", "counted", "party", (), {"ANA": 300, "BEN": 1})], decided=False)
    refused(released(maker), f"station {LATE}, contest mayor: the log says counted", step="results")


def test_a_result_that_hides_what_it_replaces_is_refused(maker, refused):
    corrected = maker.state.results[STATIONS[100], "mayor"][1]
    maker.seal([replace(corrected, replaces=None)], decided=False)
    number = len(maker.entries) - 1
    refused(released(maker), f"leaf {number}: the result of station {STATIONS[100]}", step="results")


@pytest.mark.parametrize(("station", "contest"), [("9999", "mayor"), (LATE, "governor")])
def test_a_result_of_a_station_or_contest_that_nobody_knows_is_refused(maker, refused, station, contest):
    files = {name: data for name, data in released(maker).items() if not name.startswith(("data/log", "data/check"))}
    evidence = (digest_of(report_of(STATIONS[0])),)
    maker.seal([Result(station, contest, "counted", "party", evidence, {"ANA": 300, "BEN": 1})], decided=False)
    for path, data in maker.log_files():
        files[f"data/{path}" if path.startswith("checkpoints/") else f"data/log/{path}"] = data
    refused(with_new_manifests(files), f"station {station}, contest {contest}: there is a result", step="results")


def test_a_correction_that_names_a_later_record_is_refused(maker, refused):
    later = report_of(LATE)
    old = digest_of(report_of(STATIONS[0]))
    maker.seal([Supersede(old, digest_of(later), "early")])
    number = maker.entries.index(entry_of(Supersede(old, digest_of(later), "early")))
    maker.seal([later])
    refused(released(maker), f"leaf {number}: it supersedes with {digest_of(later)}", step="batches")


@pytest.mark.parametrize("which", [1, 2])
def test_a_record_of_a_photo_that_comes_later_is_refused(maker, refused, which):
    photo, *others = photo_of(LATE)
    maker.objects[photo.sha256] = object_of(LATE)
    early = others[which - 1]
    maker.seal([early])
    number = maker.entries.index(entry_of(early))
    maker.seal([photo])
    refused(released(maker), f"leaf {number}: it is a re", step="batches")


def test_a_photo_with_its_records_in_one_batch_is_accepted(maker, accepted):
    maker.objects[sha256_of(object_of(LATE))] = object_of(LATE)
    maker.seal(photo_of(LATE))
    assert accepted(released(maker)).numbers["photos"] == len(PHOTOGRAPHED) + 1


def test_an_unknown_kind_of_record_is_accepted_counted_and_reported(maker, accepted, verifiers):
    maker.seal([b'{"k":"weather","sky":"clear","v":1}'])
    files = released(maker)
    report = accepted(files)
    assert report.numbers["unknown records"] == 1
    assert "1 of the unknown kind weather v1" in verifiers.on_its_own(files).text


@pytest.mark.parametrize("name", ["../log/checkpoint", "/etc/hostname", "forms/../../log/checkpoint", ".hidden"])
def test_a_register_record_cannot_point_outside_its_folder(maker, refused, name):
    maker.seal([Register(name, Digest("00" * 32), 10)])
    refused(released(maker), f"the register record of {name!r}", step="register")


def test_a_reading_with_a_perceptual_hash_that_is_none_is_refused(maker, refused):
    photo, _, reading = photo_of(LATE)
    entry = encode_record(reading).replace(reading.phash.encode(), b"no hash")
    maker.entries += sorted_by_leaf([entry_of(photo), entry])
    maker.sizes.append(len(maker.entries))
    number = maker.entries.index(entry)
    refused(released(maker), f"leaf {number}: record reading, field phash", step="records")


def test_a_result_that_lost_its_evidence_is_accepted(maker, accepted):
    maker.objects[sha256_of(object_of(LATE))] = object_of(LATE)
    photo, public, reading = photo_of(LATE)
    maker.seal([photo, public, reading])
    unread = replace(reading, version="2", outcome="nothing", station=None, counts=None, form=None)
    maker.seal([unread, Supersede(digest_of(reading), digest_of(unread), "a newer reader")])
    assert maker.state.results[LATE, "mayor"][1].status == "no figures"
    accepted(released(maker))


def test_a_rendition_of_other_bytes_is_refused(maker, refused):
    photo, _, reading = photo_of(LATE)
    public = Rendition(photo.sha256, sha256_of(b"masked"), 6, "image/jpeg", "boxes-1")
    maker.objects[public.sha256] = b"masked"
    maker.seal([photo, public, reading])
    files = released(maker)
    name = next(n for n in files if n.endswith(public.sha256))
    refused(with_new_manifests({**files, name: b"MASKED"}), f"{name}: its hash is not its name", step="objects")


def test_a_register_that_changed_without_a_record_is_refused(maker, refused, accepted):
    maker.register_files["stations.csv"] += b"0121,400,S,Region S,t5,Town 5\n"
    files = released(maker)
    refused(files, "data/register/stations.csv: expected", step="register")
