"""`testigo seal`: what waits becomes leaves of the log, with the results that follow, under a signed checkpoint."""

from collections.abc import Iterator, Mapping

from testigo.core.decision import decide, result_of
from testigo.core.dossier import Dossier
from testigo.core.ids import Digest, StationCode
from testigo.core.records import Record, Result
from testigo.core.state import dossiers, fold
from testigo.errors import BrokenStore
from testigo.ports import Head, World
from testigo.tlog.note import Checkpoint, format_checkpoint, format_note, key_id_of, parse_checkpoint, parse_note
from testigo.tlog.tiles import entry_tiles, hash_tiles

InForce = Mapping[tuple[StationCode, str], tuple[Digest, Result]]
CHECKPOINT = "checkpoint"
HISTORY = "checkpoints"


def seal(world: World) -> Head:
    """The head of the log after everything that waits was sealed; the present head where nothing waits.

    The order is: numbers and root in the database in one transaction; then tiles; then the signed checkpoint, last. A
    seal that was cut short is finished first, so no second root is ever signed for a size.

    Raises:
        BrokenStore: the public log is ahead of the database, as after an old backup was put back.
    """
    write_log(world)
    head = world.journal.seal(decided(world))
    write_log(world)
    return head


def decided(world: World) -> Iterator[Record]:
    """The results of the stations whose evidence changed, where they differ from those in force."""
    changed = world.views.stations_to_decide()
    if not changed:
        return
    in_force = world.views.results()
    held = dossiers(fold(world.views.records_about(changed)), world.register, world.election.desk)
    for station in changed:
        if station not in world.register.stations:
            continue
        dossier = held.get(station, Dossier(world.register.stations[station], (), ()))
        yield from _results(world, station, dossier, in_force)


def _results(world: World, station: StationCode, dossier: Dossier, in_force: InForce) -> Iterator[Record]:
    for contest in world.election.contests:
        outcome = decide(dossier, contest, world.election, world.forms)
        result = result_of(outcome, in_force.get((station, contest.id)))
        if result is not None:
            yield result


def write_log(world: World) -> None:
    """The public files say what the journal says: tiles, entry bundles, a signed checkpoint for every sealed size."""
    published = published_sizes(world)
    heads = world.journal.heads()
    pending = [head for head in heads if head.size not in published]
    current = world.log.get(CHECKPOINT)
    if pending:
        start = max(published, default=0)
        hashes = world.journal.leaf_hashes()[: heads[-1].size]
        for path, data in entry_tiles(world.journal.entries, heads[-1].size, from_size=start):
            world.log.put(path, data)
        for path, data in hash_tiles(hashes, from_size=start):
            world.log.put(path, data)
        for head in pending:
            world.log.put(f"{HISTORY}/{head.size}", signed_checkpoint(world, head))
    if heads:
        newest = world.log.get(f"{HISTORY}/{heads[-1].size}")
        if newest is not None and newest != current:
            world.log.put(CHECKPOINT, newest)


def published_sizes(world: World) -> frozenset[int]:
    """The sizes of the log that have a signed checkpoint: each of them a size that the database knows.

    Raises:
        BrokenStore: the public log is ahead of the database, as after an old backup was put back.
    """
    heads = {head.size: head.root for head in world.journal.heads()}
    published = {}
    for name in world.log.names():
        if name.startswith(HISTORY + "/") or name == CHECKPOINT:
            checkpoint = parse_checkpoint(parse_note(world.log.get(name) or b"").text)
            published[checkpoint.size] = checkpoint.root
            if heads.get(checkpoint.size, checkpoint.root) != checkpoint.root:
                raise BrokenStore(
                    f"log: {name} has another root for size {checkpoint.size} than the database; nothing is signed "
                    "until it is known which of the two was published"
                )
    sealed = set(heads)
    ahead = sorted(set(published) - sealed)
    if ahead:
        raise BrokenStore(
            f"log: a checkpoint of size {ahead[-1]} was published, the database ends at {max(sealed, default=0)}; "
            "it may be an old copy: run `testigo rebuild` before anything is added or signed"
        )
    return frozenset(size for size in published if world.log.get(f"{HISTORY}/{size}") is not None)


def signed_checkpoint(world: World, head: Head) -> bytes:
    """The signed note of a head; the same bytes every time, since Ed25519 is deterministic (RFC 8032, 5.1.6)."""
    text = format_checkpoint(Checkpoint(world.election.origin, head.size, head.root))
    name, key_id = key_id_of(world.signer.vkey)
    return format_note(text, [(name, key_id, world.signer.sign(text))])
