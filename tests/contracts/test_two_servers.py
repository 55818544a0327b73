"""Two server processes on one PostgreSQL: numbers have no gaps, and no size has two roots."""

import multiprocessing
from collections.abc import Callable

import pytest
from stores import engine_store, report_of

from testigo.store.engine import postgres_engine
from testigo.store.private_sql import SqlPrivate
from testigo.tlog.merkle import leaf_hash, root_of


def work(url: str, first: int) -> None:
    store = engine_store(lambda: postgres_engine(url))
    for number in range(first, first + 40):
        store.journal.append([report_of(number % 5, number)])
        if number % 7 == 0:
            store.journal.seal([])


@pytest.mark.thirdparty
def test_two_processes_append_and_seal_at_once(new_database: Callable[[], str]) -> None:
    url = new_database()
    engine = postgres_engine(url)
    engine_store(lambda: engine)
    engine.dispose()
    spawn = multiprocessing.get_context("spawn")
    processes = [spawn.Process(target=work, args=(url, first)) for first in (0, 100, 200)]
    for process in processes:
        process.start()
    for process in processes:
        process.join()
        assert process.exitcode == 0
    journal = engine_store(lambda: engine).journal
    last = journal.seal([])
    entries = journal.entries(0, last.size)
    assert (last.size, len(set(entries))) == (120, 120)
    hashes = [leaf_hash(entry) for entry in entries]
    heads = journal.heads()
    # How many there are is chance: a seal may find that another process has just sealed everything.
    assert len({head.size for head in heads}) == len(heads) > 1
    assert all(head.root == root_of(hashes[: head.size]) for head in heads)
    engine.dispose()


def open_both(url: str) -> None:
    engine = postgres_engine(url)
    engine_store(lambda: engine)
    SqlPrivate(engine)
    engine.dispose()


@pytest.mark.thirdparty
def test_processes_that_start_on_an_empty_database_at_once_all_have_their_tables(
    new_database: Callable[[], str],
) -> None:
    spawn = multiprocessing.get_context("spawn")
    for _ in range(3):
        url = new_database()
        processes = [spawn.Process(target=open_both, args=(url,)) for _ in range(4)]
        for process in processes:
            process.start()
        for process in processes:
            process.join()
            assert process.exitcode == 0
