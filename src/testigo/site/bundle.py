"""The bundle: a BagIt folder (RFC 8493) with the log, the public copies, the rules, the totals and the tables.

The layout is told in docs/formats/bundle.md. Nothing in it depends on the day or the machine.
"""

import hashlib
from collections.abc import Callable, Iterable, Iterator, Mapping

from testigo.core.ids import Digest
from testigo.site.values import Published
from testigo.verification.leaves import current_names
from testigo.verification.places import (
    ASSESSMENT,
    CHECKPOINT,
    HISTORY,
    LOG,
    MANIFEST,
    REGISTER,
    TABLES,
    TAG_MANIFEST,
    TOTALS,
    is_clean,
    object_name,
)

VERIFIER = "verify_alone.py"
BAGIT = b"BagIt-Version: 1.0\nTag-File-Character-Encoding: UTF-8\n"


def bundle_files(
    published: Published,
    *,
    log: Iterable[tuple[str, bytes]],
    register: Mapping[str, bytes],
    totals: bytes | None,
    tables: Mapping[str, bytes],
    assessment: Mapping[str, bytes],
    open_object: Callable[[Digest], bytes],
    parquet: Callable[[bytes], bytes] | None,
    verifier: str,
) -> Iterator[tuple[str, bytes]]:
    """Path and bytes of every file of the bundle, one at a time; the manifests come last.

    `log` are the public files of the log (`checkpoint`, `tile/...`, `checkpoints/<size>`); narrow tiles of earlier
    sizes are left out. `register` are the latest files by their name in the register records, `totals` the bytes that
    the last release names (None where there is none), `tables` those of `core.tables_out`, `assessment` the claims and
    their texts. `parquet` makes a Parquet
    copy of a CSV table; None leaves the copies out. `verifier` is the source of `verify_alone.py`.
    """
    seal = _Sealed()
    for name, data in _payload(published, log, register, totals, tables, assessment, open_object, parquet):
        yield seal.payload_file(name, data)
    yield seal.tag_file("bagit.txt", BAGIT)
    yield seal.tag_file("bag-info.txt", _bag_info(published, seal).encode())
    yield seal.tag_file("README.txt", _readme(published).encode())
    yield seal.tag_file(VERIFIER, verifier.encode())
    yield seal.tag_file(MANIFEST, _manifest(seal.payload))
    yield TAG_MANIFEST, _manifest(seal.tags)


class _Sealed:
    """The hashes of the files that went by, and the size of the payload in bytes."""

    def __init__(self) -> None:
        self.payload: dict[str, str] = {}
        self.tags: dict[str, str] = {}
        self.payload_bytes = 0

    def payload_file(self, name: str, data: bytes) -> tuple[str, bytes]:
        self.payload[name] = hashlib.sha256(data).hexdigest()
        self.payload_bytes += len(data)
        return name, data

    def tag_file(self, name: str, data: bytes) -> tuple[str, bytes]:
        self.tags[name] = hashlib.sha256(data).hexdigest()
        return name, data


def _payload(
    published: Published,
    log: Iterable[tuple[str, bytes]],
    register: Mapping[str, bytes],
    totals: bytes | None,
    tables: Mapping[str, bytes],
    assessment: Mapping[str, bytes],
    open_object: Callable[[Digest], bytes],
    parquet: Callable[[bytes], bytes] | None,
) -> Iterator[tuple[str, bytes]]:
    current = current_names(published.log_size)
    for path, data in log:
        if path == "checkpoint":
            yield CHECKPOINT, data
        elif path.startswith("checkpoints/"):
            yield HISTORY + path.removeprefix("checkpoints/"), data
        elif LOG + path in current:
            yield LOG + path, data
    for name, data in sorted(register.items()):
        if not is_clean(name):
            raise ValueError(f"register file {name!r}: expected a plain path")
        yield REGISTER + name, data
    if totals is not None:
        yield TOTALS, totals
    for name, data in sorted(tables.items()):
        yield TABLES + name, data
        if parquet is not None and name.endswith(".csv"):
            yield TABLES + name.removesuffix(".csv") + ".parquet", parquet(data)
    for name, data in sorted(assessment.items()):
        yield ASSESSMENT + name, data
    for sha256 in sorted({rendition.sha256 for rendition in published.renditions.values()}):
        yield object_name(sha256), open_object(sha256)


def _manifest(hashes: Mapping[str, str]) -> bytes:
    return "".join(f"{sha256}  {name}\n" for name, sha256 in sorted(hashes.items())).encode()


def _bag_info(published: Published, seal: _Sealed) -> str:
    identifier = f"testigo-{published.election.id}-{published.log_size}"
    return f"External-Identifier: {identifier}\nPayload-Oxum: {seal.payload_bytes}.{len(seal.payload)}\n"


def _readme(published: Published) -> str:
    return f"""{published.election.name}
Origin of the log: {published.election.origin}, {published.log_size} records

HOW TO CHECK THIS BUNDLE

1. Get the policy file: it holds the public key of the log. Do not take it from here, nor from where you got this
   bundle. Take it from where the publisher announced it before the count, and compare it with what others have.
2. With Python 3.11 or later, and nothing else installed:

       python3 -I verify_alone.py . --policy POLICY_FILE

   It says VERIFIED with numbers, or FAILED and names the file that is wrong, or INCOMPLETE and names what is missing.
   `testigo verify` does the same, if you do not want to run a program that came with the data.
3. If you kept a checkpoint (data/log/checkpoint) from an earlier bundle, add `--seen YOUR_CHECKPOINT`. This finds out
   whether the log was shortened or written anew in between.
4. Compare data/log/checkpoint with the one that somebody else got. Two checkpoints of the same size must be equal. If
   they differ and both signatures verify, the publisher showed you different logs: keep both, they are the evidence.

WHAT A VERIFIED BUNDLE MEANS

- The key of the policy signed this log, and every record, tile and checkpoint belongs to it.
- The totals and every result follow from the records and the rules in data/register, by the same arithmetic that
  anybody can run again.
- Public copies of photos are those that the log names, or a record says why one is withheld.

WHAT IT DOES NOT PROVE

- That a photo is genuine, or that a sheet says what voters chose. The log proves what was handed in and that it was not
  changed afterwards. Look at the photos.
- That everything that was handed in is in the log.
- That others see the same log, unless you compared checkpoints.

WHAT IS HERE

  data/log          the log: checkpoint, tiles, entries (C2SP tlog-tiles)
  data/checkpoints  every checkpoint that was ever signed
  data/register     the election, its forms, its stations: the rules of the count
  data/objects      public copies of photos, each named by its SHA-256
  data/results      the totals that the log's last release names
  data/assessment   what may be claimed from the sheets, and how sure it is
  data/tables       the same as tables; README.md there says what each column holds

`sha256sum -c manifest-sha256.txt` finds broken files, but not forged ones: only the signature of the log does that.
"""
