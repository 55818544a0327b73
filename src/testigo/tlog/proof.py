"""C2SP tlog-proof: one file that shows that an entry is in a log."""

import re
from base64 import b64encode
from dataclasses import dataclass

from testigo.errors import BadNote
from testigo.tlog.merkle import HASH_BYTES, leaf_hash, verify_inclusion
from testigo.tlog.note import Checkpoint, strict_base64
from testigo.tlog.policy import Policy, open_checkpoint

HEADER = "c2sp.org/tlog-proof@v1"
MAX_PATH = 63
MAX_PROOF_BYTES = 256 * 1024
_INDEX = re.compile(r"index (0|[1-9][0-9]{0,18})")


@dataclass(frozen=True, slots=True)
class Proof:
    """Where a leaf stands and the hashes that lead to the root, sibling of the leaf first.

    `checkpoint` is the signed note, verbatim. `extra` is a hint that nothing vouches for: here the entry; None if the
    proof carries none.
    """

    index: int
    path: tuple[bytes, ...]
    checkpoint: bytes
    extra: bytes | None = None


def format_proof(proof: Proof) -> bytes:
    """The proof as text."""
    lines = [HEADER]
    if proof.extra is not None:
        lines.append(f"extra {b64encode(proof.extra).decode()}")
    lines.append(f"index {proof.index}")
    lines += [b64encode(node).decode() for node in proof.path]
    return "\n".join(lines).encode() + b"\n\n" + proof.checkpoint


def parse_proof(data: bytes) -> Proof:
    """The proof that a text states; nothing is verified.

    Raises:
        BadNote: says which line is wrong.
    """
    if len(data) > MAX_PROOF_BYTES:
        raise BadNote(f"proof: expected at most {MAX_PROOF_BYTES} bytes, came {len(data)}")
    head, blank, checkpoint = data.partition(b"\n\n")
    try:
        lines = head.decode("ascii").split("\n")
    except UnicodeDecodeError:
        raise BadNote("proof: expected ASCII before the checkpoint") from None
    if not blank or lines[0] != HEADER:
        raise BadNote(f"proof: expected the line {HEADER}, came {lines[0][:60]!r}")
    rest = lines[1:]
    extra = None
    if rest and rest[0].startswith("extra "):
        extra = strict_base64(rest.pop(0).removeprefix("extra "), "proof, extra")
    found = _INDEX.fullmatch(rest[0]) if rest else None
    if found is None:
        raise BadNote(f"proof: expected a line `index <number>`, came {rest[0][:60]!r}" if rest else "proof: no index")
    if len(rest) - 1 > MAX_PATH:
        raise BadNote(f"proof: expected at most {MAX_PATH} hashes, came {len(rest) - 1}")
    path = tuple(strict_base64(line, f"proof, hash {n}") for n, line in enumerate(rest[1:], 1))
    if any(len(node) != HASH_BYTES for node in path):
        raise BadNote(f"proof: expected hashes of {HASH_BYTES} bytes")
    return Proof(int(found[1]), path, checkpoint, extra)


def check_proof(proof: Proof, entry: bytes, policy: Policy) -> Checkpoint:
    """The checkpoint under which the entry is proven to be in a log of the policy, cosigned by enough witnesses.

    `proof.extra` plays no part: the entry is what the caller holds.

    Raises:
        BadNote: its log did not sign the checkpoint, too few witnesses did, or the path leads to another root.
    """
    checkpoint, opened = open_checkpoint(proof.checkpoint, policy)
    if not policy.met_by(frozenset(verified.key for verified in opened.verified)):
        raise BadNote(f"proof: the quorum {policy.quorum} of the policy is not met")
    verify_inclusion(proof.index, checkpoint.size, leaf_hash(entry), proof.path, checkpoint.root)
    return checkpoint
