"""What every `Journal` promises: facts are appended once, numbered without gaps, and never change."""

import threading
from collections.abc import Callable, Iterator, Sequence
from dataclasses import replace
from multiprocessing import get_context
from pathlib import Path

import pytest
from stores import STATIONS, Store, answers, leaf_of, report_of, result_of, some_of_each, sql_store

from testigo.core.records import Act, Record, encode_record
from testigo.errors import BadRecord, BrokenStore
from testigo.ports import Head
from testigo.tlog.merkle import leaf_hash, root_of

BATCHES = (some_of_each()[:7], some_of_each()[7:15], some_of_each()[15:])


def seal_in_batches(store: Store) -> list[tuple[Head, Sequence[bytes]]]:
    """Seals all records in three batches; what `restore` needs to know of them."""
    start, made = 0, []
    for n, batch in enumerate(BATCHES):
        store.journal.append(batch)
        head = store.journal.seal([result_of(1, 20 + n)])
        made.append((head, store.journal.entries(start, head.size)))
        start = head.size
    return made


def test_leaf_numbers_have_no_gaps(store: Store) -> None:
    batches = seal_in_batches(store)
    sizes = [head.size for head, _ in batches]
    assert sizes == [8, 17, 28]
    assert store.journal.heads() == tuple(head for head, _ in batches)
    assert sum(len(entries) for _, entries in batches) == 28
    assert [store.journal.entries(n, n + 1)[0] for n in range(28)] == list(store.journal.entries(0, 28))
    assert store.journal.entries(28, 33) == []


def test_a_seal_sorts_by_leaf_hash_and_its_root_is_that_of_the_leaves(store: Store) -> None:
    start = 0
    for head, entries in seal_in_batches(store):
        hashes = [leaf_hash(entry) for entry in entries]
        assert hashes == sorted(hashes)
        assert head.root == root_of(list(store.journal.leaf_hashes())[: head.size])
        assert list(store.journal.leaf_hashes())[start : head.size] == hashes
        start = head.size


def test_the_order_of_arrival_leaves_no_trace(make_store: Callable[[str], Store]) -> None:
    one, other = make_store("one.sqlite"), make_store("other.sqlite")
    one.journal.append(some_of_each())
    for record in reversed(some_of_each()):
        other.journal.append([record])
    assert one.journal.seal([result_of(0, 1)]) == other.journal.seal([result_of(0, 1)])
    assert answers(one) == answers(other)


def test_what_lies_beyond_a_size_is_told_by_leaf_hash(store: Store) -> None:
    batches = seal_in_batches(store)
    store.journal.append([report_of(4, 99)])
    every = sorted((entry for _, entries in batches for entry in entries), key=leaf_hash)
    waits = store.journal.beyond(batches[-1][0].size)
    assert list(waits) == [encode_record(report_of(4, 99))]
    assert list(store.journal.beyond(0)) == sorted([*every, *waits], key=leaf_hash)
    assert list(store.journal.beyond(8)) == sorted([*batches[1][1], *batches[2][1], *waits], key=leaf_hash)


def test_appending_twice_changes_nothing(store: Store) -> None:
    assert store.journal.append(some_of_each()) == len(some_of_each())
    before = answers(store)
    assert store.journal.append(some_of_each()) == 0
    assert store.journal.append([some_of_each()[0], *some_of_each()]) == 0
    assert answers(store) == before
    head = store.journal.seal([])
    sealed = answers(store)
    assert store.journal.append(some_of_each()) == 0
    assert store.journal.seal([]) == head
    assert answers(store) == sealed


def test_the_same_record_twice_in_one_call_is_one_record(store: Store) -> None:
    assert store.journal.append([report_of(0, 1), report_of(0, 1), report_of(0, 2)]) == 2
    assert store.journal.waiting() == 2


def test_a_seal_with_nothing_to_seal_gives_the_old_head(store: Store) -> None:
    assert store.journal.seal([]) == Head(0, root_of([]))
    assert store.journal.heads() == ()
    store.journal.append([report_of(0, 1)])
    head = store.journal.seal([])
    assert store.journal.seal([]) == head
    assert store.journal.heads() == (head,)


def test_what_is_appended_waits_until_the_seal(store: Store) -> None:
    store.journal.append(some_of_each())
    assert (store.journal.waiting(), store.journal.heads(), store.journal.leaf_hashes()) == (25, (), [])
    assert store.journal.seal([]).size == 25
    assert store.journal.waiting() == 0


def test_records_are_appended_all_or_none(store: Store) -> None:
    too_many = replace(report_of(1, 1), counts={"ana": 10**12})
    with pytest.raises(BadRecord):
        store.journal.append([report_of(0, 1), too_many])

    def broken() -> Iterator[Record]:
        yield report_of(0, 1)
        raise BrokenStore("the disk is gone")

    with pytest.raises(BrokenStore):
        store.journal.append(broken())
    assert store.journal.waiting() == 0
    assert store.views.stations_held() == ()


def test_a_seal_that_fails_changes_nothing(store: Store) -> None:
    store.journal.append([report_of(0, 1), report_of(1, 2)])
    before = answers(store)

    def broken() -> Iterator[Record]:
        yield result_of(0, 1)
        raise BrokenStore("the disk is gone")

    with pytest.raises(BrokenStore):
        store.journal.seal(broken())
    assert answers(store) == before


def test_many_records_are_appended_and_sealed_as_few_are(store: Store) -> None:
    records = [Act("count", {"n": n}) for n in range(11_003)]
    assert store.journal.append(iter(records)) == 11_003
    head = store.journal.seal([])
    assert head.root == root_of(sorted(bytes.fromhex(leaf_of(record)) for record in records))


def test_a_second_connection_sees_what_the_first_appended_and_sealed(store: Store) -> None:
    other = store.again()
    store.journal.append([report_of(0, 1)])
    assert other.journal.waiting() == 1
    assert other.journal.append([report_of(0, 1)]) == 0
    other.journal.append([report_of(1, 2)])
    head = other.journal.seal([result_of(0, 1)])
    assert store.journal.heads() == (head,)
    assert answers(store) == answers(other)


def test_connections_that_append_at_the_same_time_lose_nothing(tmp_path_factory: pytest.TempPathFactory) -> None:
    path = tmp_path_factory.mktemp("shared") / "store.sqlite"
    store = sql_store(path)
    added: list[int] = []

    def append_all(first: int) -> None:
        own = sql_store(path)
        for start in range(0, 60, 4):
            added.append(own.journal.append([Act("count", {"n": first + n}) for n in range(start, start + 4)]))

    threads = [threading.Thread(target=append_all, args=(first,)) for first in (0, 0, 30, 60)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert sum(added) == 120
    assert store.journal.waiting() == 120
    assert store.journal.seal([]).size == 120
    assert len(store.journal.entries(0, 120)) == 120


def test_processes_that_append_at_the_same_time_lose_nothing(tmp_path: Path) -> None:
    path = tmp_path / "store.sqlite"
    sql_store(path)

    def append_all(first: int) -> None:
        own = sql_store(path)
        for n in range(first, first + 20):
            own.journal.append([Act("count", {"n": n})])

    processes = [get_context("fork").Process(target=append_all, args=(first,)) for first in (0, 10, 20)]
    for process in processes:
        process.start()
    for process in processes:
        process.join()
    assert [process.exitcode for process in processes] == [0, 0, 0]
    assert sql_store(path).journal.seal([]).size == 40


def test_a_restored_journal_gives_the_same_answers(store: Store) -> None:
    batches = seal_in_batches(store)
    before = answers(store)
    assert before["to_decide"] == ()
    store.journal.restore(batches)
    assert answers(store) == before


def test_what_waits_stays_when_the_journal_is_restored(store: Store) -> None:
    batches = seal_in_batches(store)
    store.journal.append([report_of(2, 55, table="t3"), report_of(4, 66)])
    before = answers(store)
    assert before["to_decide"] == (STATIONS[2], STATIONS[4])
    store.journal.restore(batches)
    assert answers(store) == before


def test_what_waits_and_is_a_leaf_of_the_restored_log_waits_no_more(store: Store) -> None:
    batches = seal_in_batches(store)
    store.journal.restore(batches[:1])
    store.journal.append([*BATCHES[1], report_of(4, 66)])
    store.journal.restore(batches[:2])
    assert store.journal.waiting() == 1
    assert store.views.stations_to_decide() == (STATIONS[4],)
    assert store.journal.heads() == tuple(head for head, _ in batches[:2])


def test_a_restore_that_fails_changes_nothing(store: Store) -> None:
    batches = seal_in_batches(store)
    before = answers(store)

    def broken() -> Iterator[tuple[Head, Sequence[bytes]]]:
        yield batches[0]
        raise BrokenStore("log: a tile is missing")

    with pytest.raises(BrokenStore):
        store.journal.restore(broken())
    with pytest.raises(BadRecord):
        store.journal.restore([(batches[0][0], [b"{}"])])
    assert answers(store) == before


def test_a_record_of_an_unknown_kind_is_kept(store: Store) -> None:
    entry = b'{"k":"greeting","v":1}'
    store.journal.restore([(Head(1, root_of([leaf_hash(entry)])), [entry])])
    assert list(store.views.records()) == [(leaf_hash(entry).hex(), None)]
    assert list(store.journal.entries(0, 1)) == [entry]
