"""Signed evidence that is not what it says: each is refused, its honest twin is accepted."""

import copy
from dataclasses import replace

import pytest
from bundle_maker import digest_of
from small_election import STATIONS, object_of, photo_of, report_of, sha256_of

from testigo.core.records import Key, Register, Rendition, Supersede

LATE, NEXT = STATIONS[115], STATIONS[116]


@pytest.fixture
def maker(unreleased):
    """A log that only lacks its release."""
    return copy.deepcopy(unreleased)


def released(maker, **forged):
    maker.release(**forged)
    return maker.files()


def test_a_row_corrected_by_a_row_of_its_station_is_accepted(maker, accepted):
    new = report_of(STATIONS[0], extra=2, row=900)
    maker.seal([new, Supersede(digest_of(report_of(STATIONS[0])), digest_of(new), "other figures")])
    accepted(released(maker))


@pytest.mark.parametrize(
    "other", [Key("log", "a+00000000+AA=="), report_of(NEXT, row=901)], ids=["a key", "a stranger"]
)
def test_a_row_corrected_by_something_else_is_refused(maker, refused, other):
    old = digest_of(report_of(STATIONS[0]))
    maker.seal([other, Supersede(old, digest_of(other), "other figures")])
    refused(released(maker), f"the record {old[:16]} is superseded by", step="results")


def test_two_rows_that_correct_each_other_are_refused(maker, refused):
    old, new = report_of(STATIONS[0]), report_of(STATIONS[0], extra=2, row=900)
    circle = [Supersede(digest_of(old), digest_of(new), "a"), Supersede(digest_of(new), digest_of(old), "b")]
    maker.seal([new, *circle])
    refused(released(maker), "which is not a correction of it", step="results")


@pytest.mark.parametrize("source", ["photo", "ghost"])
def test_a_row_of_a_source_that_the_election_has_not_is_refused(maker, refused, source):
    maker.seal([replace(report_of(LATE), source=source)])
    refused(released(maker), f"the election has no source '{source}'", step="results")


def test_a_row_that_takes_part_without_a_station_of_the_register_is_refused(maker, refused):
    maker.seal([replace(report_of(LATE), station="9999")], decided=False)
    refused(released(maker), "no station of the register ('9999')", step="results")


def test_a_reading_whose_outcome_denies_its_figures_is_refused(maker, refused):
    photo, public, reading = photo_of(LATE)
    maker.objects[photo.sha256] = object_of(LATE)
    maker.seal([photo, public, replace(reading, outcome="nothing")])
    refused(released(maker), "its outcome is 'nothing'", step="results")


def test_a_copy_that_is_said_to_be_the_photo_and_is_not_is_refused(maker, refused):
    photo, _, reading = photo_of(LATE)
    other = Rendition(photo.sha256, sha256_of(b"another sheet"), 13, photo.media, "none")
    maker.objects[other.sha256] = b"another sheet"
    maker.seal([photo, other, reading])
    refused(released(maker), "it is said to be the photo itself, and is another file", step="objects")


def test_rules_that_were_registered_again_are_refused(maker, refused):
    data = maker.register_files["stations.csv"] + b"0999,400,S,Region S,t5,Town 5\n"
    maker.register_files["stations.csv"] = data
    maker.seal([Register("stations.csv", sha256_of(data), len(data))])
    refused(released(maker), "the rules of a count cannot change", step="register")


def test_false_totals_do_not_hide_behind_a_late_register_record(maker, refused):
    note = b"hello"
    maker.register_files["notes.txt"] = note
    maker.seal([Register("notes.txt", sha256_of(note), len(note))])
    refused(released(maker, forged=b"{}"), "the release", step="totals")
