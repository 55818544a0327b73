"""`testigo backup`: what a home holds that its log and blobs do not, as it stands while people work."""

from collections.abc import Mapping

from testigo.core.backup import Backup, Cell, Rows
from testigo.errors import BrokenStore
from testigo.flows.seal import CHECKPOINT
from testigo.ports import World
from testigo.private import Private
from testigo.tlog.note import open_note, parse_checkpoint, parse_vkey

_OF_PASSKEYS = frozenset({"passkey", "challenge"})


def backup(world: World, private: Private, keys: Mapping[str, str]) -> Backup:
    """The private store and the records that no signed checkpoint holds yet; `keys` are taken along as they are.

    Nothing has to stop for it. The private store is read first and at one moment, the records afterwards: what it
    promises has its record here or in the log.

    Raises:
        BrokenStore: the home has no signed checkpoint; its setup was cut short.
    """
    rows = _from_the_start(private.rows())
    signed = world.log.get(CHECKPOINT)
    if signed is None:
        raise BrokenStore(f"log: expected {CHECKPOINT}, it is missing")
    checkpoint = parse_checkpoint(open_note(signed, [parse_vkey(world.signer.vkey)]).text)
    waiting = tuple(entry.decode() for entry in world.journal.beyond(checkpoint.size))
    election = world.election
    return Backup(
        election.id, election.origin, world.signer.vkey, checkpoint.size, checkpoint.root.hex(), rows, waiting, keys
    )


def _from_the_start(rows: Rows) -> Rows:
    """The rows with uploads under way at their beginning: their bytes, as phones sent them, are in no backup.

    Passkeys are in none either: one that was given up since would sign in again.
    """
    uploads: list[Mapping[str, Cell]] = [
        {**row, "offset": 0} if row["state"] == "open" else row for row in rows["upload"]
    ]
    return {name: found for name, found in rows.items() if name not in _OF_PASSKEYS} | {"upload": uploads}
