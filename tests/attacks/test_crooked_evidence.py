"""Signed evidence that is not what it says: each is refused, its honest twin is accepted."""

import copy
from dataclasses import replace

import pytest
from bundle_maker import BundleMaker, digest_of, with_new_manifests
from election_text import FORM
from small_election import STATIONS, object_of, photo_of, report_of, sha256_of

from testigo.core.form import form_from_toml
from testigo.core.records import Key, Register, Rendition, Supersede
from testigo.verification.places import object_name

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


def covered_of(photo):
    """The public copy of a photo in which personal data is covered, and its bytes."""
    data = b"covered " + photo.sha256.encode()
    return Rendition(photo.sha256, sha256_of(data), len(data), "image/jpeg", "regions-1"), data


@pytest.fixture
def signed_form():
    """A log that only has its rules, and whose form shows personal data."""
    maker = BundleMaker()
    text = FORM + '[[personal]]\nwhat = "signatures"\nbox_mm = [10, 250, 190, 40]\n'
    maker.register_files["forms/sheet/form.toml"] = text.encode()
    maker.rules = replace(maker.rules, forms={"sheet": form_from_toml(text, "form.toml")})
    maker.seal(maker.registers(), decided=False)
    return maker


def test_a_copy_in_which_personal_data_is_covered_is_accepted(signed_form, accepted):
    photo, _, reading = photo_of(LATE)
    public, data = covered_of(photo)
    signed_form.objects[public.sha256] = data
    signed_form.seal([photo, public, reading])
    accepted(released(signed_form))


def test_a_photo_that_is_shown_though_its_form_shows_personal_data_is_refused(signed_form, refused):
    photo, public, reading = photo_of(LATE)
    signed_form.objects[photo.sha256] = object_of(LATE)
    signed_form.seal([photo, public, reading])
    refused(released(signed_form), "its form sheet shows personal data", step="objects")


def test_a_covered_copy_that_is_the_photo_itself_is_refused(signed_form, refused):
    photo, _, reading = photo_of(LATE)
    public = Rendition(photo.sha256, photo.sha256, photo.size, photo.media, "regions-1")
    signed_form.objects[photo.sha256] = object_of(LATE)
    signed_form.seal([photo, public, reading])
    refused(released(signed_form), "it is said to be covered in parts, and is that photo itself", step="objects")


def test_a_photo_in_the_place_of_its_covered_copy_or_beside_it_is_refused(signed_form, refused):
    photo, _, reading = photo_of(LATE)
    public, data = covered_of(photo)
    signed_form.objects[public.sha256] = data
    signed_form.seal([photo, public, reading])
    files = released(signed_form)
    master, copy = object_name(photo.sha256), object_name(public.sha256)
    beside = {**files, master: object_of(LATE)}
    refused(with_new_manifests(beside), f"{master}: no record names this object", step="objects")
    instead = {name: data for name, data in beside.items() if name != copy}
    refused(with_new_manifests(instead), f"{master}: no record names this object", step="objects")
    renamed = {**files, copy: object_of(LATE)}
    refused(with_new_manifests(renamed), copy, step="objects")


def test_a_published_copy_that_somebody_sends_in_as_a_photo_spoils_nothing(signed_form, accepted):
    photo, _, reading = photo_of(LATE)
    public, data = covered_of(photo)
    signed_form.objects[public.sha256] = data
    signed_form.seal([photo, public, reading])
    again = replace(photo, sha256=public.sha256, size=public.size)
    signed_form.seal(
        [again, replace(reading, photo=again.sha256, outcome="nothing", form=None, station=None, counts=None)]
    )
    accepted(released(signed_form))


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
