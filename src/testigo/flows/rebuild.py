"""`testigo rebuild`: the database from the public files of the log."""

from collections.abc import Iterator, Sequence
from contextlib import suppress

from testigo.errors import BrokenStore
from testigo.flows.seal import CHECKPOINT, HISTORY, write_log
from testigo.ports import Head, LogFiles, World
from testigo.tlog.merkle import leaf_hash, prefix_roots
from testigo.tlog.note import VerifierKey, open_note, parse_checkpoint, parse_vkey
from testigo.tlog.tiles import decode_entries, entries_path


def rebuild(world: World) -> Head:
    """The head of the log that the database was made anew from; what waits in the spool stays.

    Raises:
        BrokenStore: the log's files do not belong together; names the first that does not fit.
    """
    if world.log.get(CHECKPOINT) is not None:
        # A seal that was cut short between database and files is finished first, so that nothing sealed is lost.
        with suppress(BrokenStore):
            write_log(world)
    batches = tuple(batches_of(world.log, parse_vkey(world.signer.vkey)))
    world.journal.restore(batches)
    return batches[-1][0]


def batches_of(log: LogFiles, key: VerifierKey) -> Iterator[tuple[Head, Sequence[bytes]]]:
    """Every sealed batch with its head, from entry bundles and the history of checkpoints, roots compared.

    Raises:
        BrokenStore: a file is missing or a root is not that of its entries.
        BadNote: a checkpoint is not signed by the home's key.
    """
    heads = sorted(_heads(log, key), key=lambda head: head.size)
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


def _heads(log: LogFiles, key: VerifierKey) -> Iterator[Head]:
    for name in log.names():
        if name.startswith(HISTORY + "/") or name == CHECKPOINT:
            checkpoint = parse_checkpoint(open_note(log.get(name) or b"", [key]).text)
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
