"""A backup as one text file: what a home holds that its log and blobs do not, with its hash in the last line.

The format is `docs/formats/backup.md`. The hash tells damage; it does not tell who wrote the file.
"""

import hashlib
import json
import re
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import TypeAlias

from testigo.errors import BrokenStore

FORMAT = "testigo-backup-1"
Cell: TypeAlias = str | int | None
Rows: TypeAlias = Mapping[str, Sequence[Mapping[str, Cell]]]
"""Rows by the name of their table."""
_LAST = re.compile(rb"sha256 ([0-9a-f]{64})\n\Z")
_LAST_LENGTH = len(f"sha256 {'0' * 64}\n")
_HEAD = ("election", "origin", "log", "size", "root")


@dataclass(frozen=True, slots=True)
class Backup:
    """What was copied. `log` is the log's public key (C2SP vkey), `size` and `root` (hexadecimal) the newest signed
    checkpoint; `waiting` are records that are not under it. `keys` are private keys by file name, as PEM: mostly none.
    """

    election: str
    origin: str
    log: str
    size: int
    root: str
    rows: Rows
    waiting: tuple[str, ...]
    keys: Mapping[str, str]


def backup_to_bytes(backup: Backup) -> bytes:
    """The file. The same content gives the same bytes."""
    lines = [FORMAT, _json({name: getattr(backup, name) for name in _HEAD})]
    lines += [_json(["row", table, row]) for table, rows in sorted(backup.rows.items()) for row in rows]
    lines += [_json(["record", entry]) for entry in backup.waiting]
    lines += [_json(["key", name, pem]) for name, pem in sorted(backup.keys.items())]
    body = "".join(f"{line}\n" for line in lines).encode("ascii")
    return body + f"sha256 {hashlib.sha256(body).hexdigest()}\n".encode()


def backup_from_bytes(data: bytes, where: str) -> Backup:
    """The backup in a file's bytes; nothing of a damaged one is returned.

    Raises:
        BrokenStore: it is no backup, was cut or changed, or another version wrote it; names the file and the line.
    """
    if not data.startswith(FORMAT.encode() + b"\n"):
        raise BrokenStore(f"{where}: expected a backup, whose first line is {FORMAT}, came {data[:30]!r}")
    last, body = _LAST.search(data), data[:-_LAST_LENGTH]
    if last is None:
        raise BrokenStore(f"{where}: expected `sha256 ...` as the last line; the end is missing, the file is damaged")
    if hashlib.sha256(body).hexdigest().encode() != last[1]:
        raise BrokenStore(
            f"{where}: expected content of the hash {last[1].decode()}, came {hashlib.sha256(body).hexdigest()}; the "
            "file is damaged"
        )
    lines = body.decode("ascii", "strict").splitlines()[1:]
    values = _parsed(lines, where)
    head = next(values, None)
    if not isinstance(head, dict) or set(head) != set(_HEAD) or not isinstance(head["size"], int):
        raise BrokenStore(f"{where}: line 2: expected {', '.join(_HEAD)}")
    rows: dict[str, list[Mapping[str, Cell]]] = {}
    waiting: list[str] = []
    keys: dict[str, str] = {}
    for number, value in enumerate(values, 3):
        match value:
            case ["row", str(table), dict(row)]:
                rows.setdefault(table, []).append(row)
            case ["record", str(entry)]:
                waiting.append(entry)
            case ["key", str(name), str(pem)]:
                keys[name] = pem
            case _:
                raise BrokenStore(f"{where}: line {number}: expected a row, a record or a key")
    texts = {name: str(head[name]) for name in _HEAD if name != "size"}
    return Backup(**texts, size=head["size"], rows=rows, waiting=tuple(waiting), keys=keys)


def without(rows: Rows, left_out: Callable[[str, Mapping[str, Cell]], bool]) -> Rows:
    """The rows but for those of which `left_out` says so, asked with table and row."""
    return {table: tuple(row for row in found if not left_out(table, row)) for table, found in rows.items()}


def _json(value: object) -> str:
    return json.dumps(value, ensure_ascii=True, sort_keys=True, separators=(",", ":"))


def _parsed(lines: Sequence[str], where: str) -> Iterator[object]:
    for number, line in enumerate(lines, 2):
        try:
            yield json.loads(line)
        except (ValueError, RecursionError):
            raise BrokenStore(f"{where}: line {number}: expected JSON") from None
