"""`testigo rebuild`: the database from the public files of the log."""

from collections.abc import Iterator, Sequence

from testigo.errors import BrokenStore
from testigo.flows.seal import CHECKPOINT, HISTORY
from testigo.ports import Head, LogFiles, World
from testigo.tlog.merkle import leaf_hash, prefix_roots
from testigo.tlog.note import parse_checkpoint, parse_note
from testigo.tlog.tiles import decode_entries, entries_path


def rebuild(world: World) -> Head:
    """The head of the log that the database was made anew from; what waits in the spool stays.

    Raises:
        BrokenStore: the log's files do not belong together; names the first that does not fit.
    """
    batches = tuple(batches_of(world.log))
    world.journal.restore(batches)
    return batches[-1][0]


def batches_of(log: LogFiles) -> Iterator[tuple[Head, Sequence[bytes]]]:
    """Every sealed batch with its head, from entry bundles and the history of checkpoints, roots compared.

    Raises:
        BrokenStore: a file is missing or a root is not that of its entries.
    """
    heads = sorted(_heads(log), key=lambda head: head.size)
    if not heads:
        raise BrokenStore(f"log: expected {HISTORY}/<size>, there is no checkpoint")
    entries = _entries(log, heads[-1].size)
    roots = prefix_roots([leaf_hash(entry) for entry in entries], [head.size for head in heads])
    start = 0
    for head in heads:
        if roots[head.size] != head.root:
            raise BrokenStore(f"log: {HISTORY}/{head.size}: its root is not that of the first {head.size} entries")
        yield head, entries[start : head.size]
        start = head.size


def _heads(log: LogFiles) -> Iterator[Head]:
    for name in log.names():
        if name.startswith(HISTORY + "/") or name == CHECKPOINT:
            checkpoint = parse_checkpoint(parse_note(log.get(name) or b"").text)
            if name != CHECKPOINT:
                yield Head(checkpoint.size, checkpoint.root)


def _entries(log: LogFiles, size: int) -> list[bytes]:
    entries: list[bytes] = []
    for index in range((size + 255) // 256):
        count = min(256, size - index * 256)
        path = entries_path(index, count)
        data = log.get(path)
        if data is None:
            raise BrokenStore(f"log: expected {path}, it is missing")
        entries += decode_entries(data, count, where=path)
    return entries
