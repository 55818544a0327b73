"""Entries and rulings that are not what blind double entry makes: each is refused, its honest twin is accepted."""

import copy
from dataclasses import replace

import pytest
from bundle_maker import BundleMaker, digest_of
from small_election import STATIONS, object_of, photo_of, sha256_of

from testigo.core.ids import FieldId
from testigo.core.records import Entry, Ruling, Supersede

LATE, NEXT = STATIONS[115], STATIONS[116]


@pytest.fixture
def maker(unreleased: BundleMaker) -> BundleMaker:
    """A log that only lacks its release, with one more photo and what the machine read from it."""
    made = copy.deepcopy(unreleased)
    photo, public, reading = photo_of(LATE)
    made.objects[photo.sha256] = object_of(LATE)
    made.seal([photo, public, reading])
    return made


def released(maker):
    maker.release()
    return maker.files()


def entry(clerk: str, *, extra: int = 0, **other) -> Entry:
    photo, _, reading = photo_of(LATE)
    counts = dict(reading.counts)
    first = sorted(counts)[0]
    counts[first] += extra
    return Entry(
        **{"photo": photo.sha256, "clerk": clerk, "form": reading.form, "station": LATE, "counts": counts} | other
    )


def ruling(adjudicator: str, entries, **other) -> Ruling:
    first = entries[0]
    values = {"photo": first.photo, "adjudicator": adjudicator, "form": first.form, "station": first.station}
    values |= {"counts": first.counts, "reason": "as written", "entries": tuple(sorted(map(digest_of, entries)))}
    return Ruling(**(values | other))


def test_two_entries_that_agree_and_the_result_that_follows_are_accepted(maker, accepted):
    maker.seal([entry("c-1"), entry("c-2")])
    accepted(released(maker))


def test_a_ruling_by_a_third_person_is_accepted(maker, accepted):
    entries = [entry("c-1"), entry("c-2", extra=3)]
    maker.seal([*entries, ruling("j-1", entries)])
    accepted(released(maker))


def test_people_who_settle_another_station_take_the_machines_figures_away(maker, accepted):
    maker.seal([entry("c-1", station=NEXT), entry("c-2", station=NEXT)])
    accepted(released(maker))


def test_a_ruling_by_who_made_an_entry_is_refused(maker, refused):
    entries = [entry("c-1"), entry("c-2", extra=3)]
    maker.seal([*entries, ruling("c-1", entries)])
    refused(released(maker), "its adjudicator made an entry from the same photo", step="results")


def test_a_ruling_on_entries_that_nobody_made_is_refused(maker, refused):
    ghost = entry("c-9", extra=1)
    maker.seal([entry("c-1"), ruling("j-1", [ghost])])
    refused(released(maker), f"it settles the entry {digest_of(ghost)}", step="batches")


def test_an_entry_from_a_photo_that_the_log_has_not_is_refused(maker, refused):
    maker.seal([entry("c-1", photo=sha256_of(b"nowhere"))])
    refused(released(maker), "it is an entry from the photo", step="batches")


@pytest.mark.parametrize(
    ("other", "told"),
    [
        ({"station": "9999"}, "its station '9999' is not in the register"),
        ({"form": "ghost"}, "the election has no form 'ghost'"),
        ({"counts": {FieldId("ghost"): 1}}, "has no field ghost"),
        ({"problem": "dull"}, "there is no problem 'dull'"),
    ],
    ids=["station", "form", "field", "problem"],
)
def test_an_entry_that_does_not_fit_the_election_is_refused(maker, refused, other, told):
    maker.seal([entry("c-1", **other)])
    refused(released(maker), told, step="results")


def test_a_field_that_is_blank_and_counted_is_refused(maker, refused):
    one = entry("c-1")
    maker.seal([replace(one, blank=(sorted(one.counts)[0],))])
    refused(released(maker), "a field stands in two", step="results")


def test_an_entry_that_names_another_page_is_accepted_and_a_page_that_the_log_has_not_is_refused(
    maker, accepted, refused
):
    other = photo_of(STATIONS[0])[0].sha256
    ghostly = copy.deepcopy(maker)
    maker.seal([entry("c-1", beside=(other,)), entry("c-2", beside=(other,))])
    accepted(released(maker))
    ghostly.seal([entry("c-1", beside=(sha256_of(b"nowhere"),))])
    refused(released(ghostly), "it is an entry from the photo", step="batches")


def test_a_photo_that_is_keyed_beside_itself_is_refused(maker, refused):
    maker.seal([entry("c-1", beside=(photo_of(LATE)[0].sha256,))])
    refused(released(maker), "a photo stands twice", step="results")


def test_an_entry_corrected_by_another_person_is_refused(maker, refused):
    old, new = entry("c-1"), entry("c-2", extra=1)
    maker.seal([old, new, Supersede(digest_of(old), digest_of(new), "slip")])
    refused(released(maker), "which is not a correction of it", step="results")


def test_a_result_that_leaves_settled_entries_out_is_refused(maker, refused):
    maker.seal([entry("c-1", extra=4), entry("c-2", extra=4)], decided=False)
    refused(released(maker), "", step="results")
