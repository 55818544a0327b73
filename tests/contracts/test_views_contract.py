"""What every `Views` answers, and that SQL and memory never answer differently."""

import tempfile
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from stores import (
    READER,
    STATIONS,
    Store,
    answers,
    entry_of,
    leaf_of,
    memory_store,
    photo_of,
    reading_of,
    report_of,
    result_of,
    ruling_of,
    sha256_of,
    some_of_each,
    sql_store,
    table_act,
)

from testigo.core.entry import DeskRules
from testigo.core.ids import NATION
from testigo.core.records import Photo, Supersede
from testigo.core.register import Station, StationRegister
from testigo.core.state import dossiers, fold

REGISTER = StationRegister({s: Station(s, ("1",), None) for s in STATIONS}, {NATION: "Land"}, True, len(STATIONS))


def test_records_come_by_number_and_those_that_wait_by_hash(store: Store) -> None:
    sealed, waiting = some_of_each()[:9], some_of_each()[9:]
    store.journal.append(sealed)
    store.journal.seal([])
    store.journal.append(waiting)
    expected = sorted((leaf_of(r), r) for r in sealed), sorted((leaf_of(r), r) for r in waiting)
    assert list(store.views.records()) == [*expected[0], *expected[1]]


def test_records_since_a_number_leave_out_those_that_are_known(store: Store) -> None:
    first, second, waiting = some_of_each()[:5], some_of_each()[5:9], some_of_each()[9:]
    for batch in (first, second):
        store.journal.append(batch)
        store.journal.seal([])
    store.journal.append(waiting)
    late = [*sorted((leaf_of(r), r) for r in second), *sorted((leaf_of(r), r) for r in waiting)]
    assert list(store.views.records_since(len(first), ())) == late
    known = {late[0][0], late[-1][0]}
    assert list(store.views.records_since(len(first), known)) == late[1:-1]
    assert list(store.views.records_since(0, ())) == list(store.views.records())


def test_photos_come_with_the_numbers_under_which_they_were_sealed(store: Store) -> None:
    store.journal.append(some_of_each())
    assert store.views.photos_sealed(0) == ()
    store.journal.seal([])
    numbered = [(n, one.sha256) for n, (_, one) in enumerate(store.views.records()) if isinstance(one, Photo)]
    assert numbered
    for size in (0, numbered[0][0], numbered[0][0] + 1):
        assert list(store.views.photos_sealed(size)) == [one for one in numbered if one[0] >= size]


@pytest.mark.parametrize("seals", [0, 1, 2])
def test_views_answer_alike_before_and_after_a_seal(store: Store, seals: int) -> None:
    store.journal.append(some_of_each()[:9])
    if seals == 2:
        store.journal.seal([])
    store.journal.append(some_of_each()[9:])
    if seals:
        store.journal.seal([])
    views = store.views
    assert views.photos_unread(READER, "1") == (sha256_of("three"),)
    assert views.photos_unread(READER, "2") == tuple(sorted({sha256_of("one"), sha256_of("two")}))
    assert views.photos_unread(READER) == ()
    assert (
        views.photos_unread("another")
        == views.photos_unread("another", "1")
        == tuple(sorted(map(sha256_of, ("one", "two", "three"))))
    )
    assert views.stations_held() == STATIONS
    assert views.stations_to_decide() == (() if seals else STATIONS)
    assert [views.table_taken("north", sha256_of(table)) for table in ("t1", "t2", "t3")] == [True, True, False]
    assert not views.table_taken("south", sha256_of("t1"))


def test_of_several_claims_for_a_photo_the_first_by_leaf_hash_is_its_record(store: Store) -> None:
    claims = [photo_of("one", n) for n in range(5)]
    store.journal.append(claims[:3])
    store.journal.seal([])
    store.journal.append(claims[3:])
    assert store.views.photos() == {sha256_of("one"): min(claims, key=leaf_of)}


def test_reports_in_force_are_those_that_take_part_and_nothing_superseded(store: Store) -> None:
    store.journal.append(some_of_each())
    new, other = report_of(0, 12, table="t2"), report_of(1, 20)
    assert store.views.current_reports("north") == {
        STATIONS[0]: (leaf_of(new), new),
        STATIONS[1]: (leaf_of(other), other),
    }
    assert list(store.views.current_reports("south")) == [STATIONS[1]]
    assert store.views.current_reports("west") == {}


def test_results_in_force_are_those_of_the_latest_batch(store: Store) -> None:
    first, other = result_of(0, 10), result_of(3, 9)
    store.journal.seal([first, other])
    second = result_of(0, 11, replaces=leaf_of(first))
    store.journal.seal([second])
    key = (STATIONS[0], "mayor")
    assert store.views.results()[key] == (leaf_of(second), second)
    back = result_of(0, 10, replaces=leaf_of(second))
    store.journal.seal([back])
    assert list(store.views.results().items()) == [
        (key, (leaf_of(back), back)),
        ((STATIONS[3], "mayor"), (leaf_of(other), other)),
    ]


def test_a_result_that_waits_is_not_in_force(store: Store) -> None:
    store.journal.append([result_of(0, 10)])
    assert store.views.results() == {}
    store.journal.seal([])
    assert list(store.views.results()) == [(STATIONS[0], "mayor")]


def test_of_two_results_in_one_batch_the_later_leaf_is_in_force(store: Store) -> None:
    results = [result_of(0, n) for n in range(8)]
    store.journal.seal(results)
    last = max(results, key=leaf_of)
    assert store.views.results() == {(STATIONS[0], "mayor"): (leaf_of(last), last)}


def test_a_seal_clears_the_stations_to_decide_and_new_evidence_names_them_again(store: Store) -> None:
    store.journal.append([report_of(2, 1), photo_of("one", 0)])
    assert store.views.stations_to_decide() == (STATIONS[0], STATIONS[2])
    store.journal.seal([result_of(2, 1)])
    assert store.views.stations_to_decide() == ()
    store.journal.append([report_of(2, 1)])
    assert store.views.stations_to_decide() == ()
    store.journal.append([reading_of("one", 4, others=(3, 4)), report_of(1, 1, aside="duplicate")])
    # The photo of the reading was claimed for the first station, whose dossier changes as well.
    assert store.views.stations_to_decide() == (STATIONS[0], STATIONS[3], STATIONS[4])


def test_the_records_about_stations_make_the_same_dossiers_as_all_records(store: Store) -> None:
    moved = reading_of("two", 1, version="2")
    records = (*some_of_each(), moved, Supersede(leaf_of(reading_of("two", 4, others=(4, 2))), leaf_of(moved), "again"))
    store.journal.append(records[::2])
    store.journal.seal([])
    store.journal.append(records[1::2])
    everything = dossiers(fold(store.views.records()), REGISTER, DeskRules())
    for wanted in (STATIONS, STATIONS[:1], STATIONS[1:2], STATIONS[2:3], STATIONS[3:], ()):
        found = dossiers(fold(store.views.records_about(wanted)), REGISTER, DeskRules())
        assert {s: found.get(s) for s in wanted} == {s: everything.get(s) for s in wanted}


def test_an_empty_store_answers_too(store: Store) -> None:
    assert (list(store.views.records()), store.views.stations_held(), store.views.results()) == ([], (), {})
    assert list(store.views.records_about(STATIONS)) == []


RECORDS = st.one_of(
    st.builds(report_of, st.integers(0, 3), st.integers(0, 2), source=st.sampled_from(("north", "south")),
              table=st.sampled_from(("t1", "t2")), aside=st.sampled_from((None, None, "duplicate"))),
    st.builds(photo_of, st.sampled_from("ab"), st.one_of(st.none(), st.integers(0, 3))),
    st.builds(reading_of, st.sampled_from("ab"), st.one_of(st.none(), st.integers(0, 3)),
              version=st.sampled_from("12"), others=st.sampled_from(((), (1, 2)))),
    st.builds(entry_of, st.sampled_from("ab"), st.sampled_from(("c-1", "c-2")), st.integers(0, 3), st.integers(0, 1)),
    st.builds(ruling_of, st.sampled_from("ab"), st.integers(0, 3)),
    st.builds(result_of, st.integers(0, 2), st.integers(0, 2)),
    st.builds(table_act, st.sampled_from(("north", "south")), st.sampled_from(("t1", "t2"))),
    st.builds(lambda ana: Supersede(leaf_of(report_of(0, ana)), leaf_of(report_of(0, 9)), "other"), st.integers(0, 2)),
)  # fmt: skip
STEPS = st.lists(st.tuples(st.sampled_from(("append", "seal", "restore")), st.lists(RECORDS, max_size=5)), max_size=6)


@given(STEPS)
@settings(max_examples=25, deadline=None, suppress_health_check=[HealthCheck.too_slow])
def test_sql_and_memory_never_answer_differently(steps: list) -> None:  # type: ignore[type-arg]
    with tempfile.TemporaryDirectory() as folder:
        sql, memory = sql_store(Path(folder) / "store.sqlite"), memory_store()
        for step, records in steps:
            for store in (sql, memory):
                if step == "append":
                    store.journal.append(records)
                elif step == "seal":
                    store.journal.seal(records)
                else:
                    heads = store.journal.heads()
                    starts = [0, *(head.size for head in heads)]
                    whole = [
                        (head, store.journal.entries(start, head.size))
                        for start, head in zip(starts, heads, strict=False)
                    ]
                    store.journal.restore(whole)
            told, twin = answers(sql), answers(memory)
            assert told == twin
            sql.journal.close()  # type: ignore[attr-defined]
