"""The signed heads of the log: the one that the bundle stands under, every earlier one, and one seen elsewhere."""

import re
from base64 import b64encode
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from testigo.errors import BadNote, TestigoError
from testigo.tlog.note import Checkpoint, OpenedNote
from testigo.tlog.policy import NO_QUORUM, Policy, open_checkpoint
from testigo.verification.files import BundleFiles
from testigo.verification.places import CHECKPOINT, HISTORY
from testigo.verification.report import Step, graded, skipped

SEEN = "the checkpoint given with --seen"
_SIZE = re.compile(r"0|[1-9][0-9]{0,18}")


@dataclass(frozen=True, slots=True)
class SignedHead:
    """A checkpoint whose log signature verified, and where it stands."""

    name: str
    checkpoint: Checkpoint


def read_head(files: BundleFiles, policy: Policy) -> tuple[Step, Step, SignedHead | None]:
    """The steps `checkpoint` and `witnesses`, and the head of the log; None where it is missing or not signed."""
    try:
        data = files.read(CHECKPOINT)
    except KeyError:
        failed = graded("checkpoint", "", wrong=[f"{CHECKPOINT}: expected the signed checkpoint, it is missing"])
        return failed, skipped("witnesses", "there is no checkpoint"), None
    try:
        head, opened = _opened(data, CHECKPOINT, policy)
    except TestigoError as error:
        failed = graded("checkpoint", "", wrong=[str(error)])
        return failed, skipped("witnesses", "there is no checkpoint that the log signed"), None
    told = f"size {head.checkpoint.size}, signed by the log {head.checkpoint.origin}"
    return graded("checkpoint", told), _witnesses(opened, policy), head


def _opened(data: bytes, name: str, policy: Policy) -> tuple[SignedHead, OpenedNote]:
    """A checkpoint that the log of its origin signed.

    Raises:
        BadNote: it is malformed, or a signature is missing or false; names the place.
    """
    try:
        checkpoint, opened = open_checkpoint(data, policy)
    except TestigoError as error:
        raise BadNote(f"{name}: {error}") from None
    return SignedHead(name, checkpoint), opened


def _witnesses(opened: OpenedNote, policy: Policy) -> Step:
    signed = frozenset(verified.key for verified in opened.verified)
    times = [
        f"{name} at {verified.time} seconds since 1970"
        for name, key in policy.witnesses.items()
        for verified in opened.verified
        if verified.key == key
    ]
    if policy.quorum == NO_QUORUM:
        return skipped("witnesses", "the policy asks for no witness" + (f"; {', '.join(times)}" if times else ""))
    told = ", ".join(times) or "no witness of the policy"
    if policy.met_by(signed):
        return graded("witnesses", f"cosigned by {told}")
    return graded("witnesses", "", missing=[f"{CHECKPOINT}: the quorum {policy.quorum} is not met; cosigned by {told}"])


def read_history(files: BundleFiles, policy: Policy) -> tuple[tuple[SignedHead, ...], tuple[str, ...]]:
    """Every checkpoint of the history whose signature verified, smallest first, and what is wrong with the others."""
    heads: list[SignedHead] = []
    wrong: list[str] = []
    for name in files.names():
        if not name.startswith(HISTORY):
            continue
        size = name.removeprefix(HISTORY)
        if not _SIZE.fullmatch(size):
            wrong.append(f"{name}: expected a file named after the size of its checkpoint")
            continue
        try:
            head, _ = _opened(files.read(name), name, policy)
        except TestigoError as error:
            wrong.append(str(error))
            continue
        if head.checkpoint.size != int(size):
            wrong.append(f"{name}: expected the checkpoint of size {size}, came one of size {head.checkpoint.size}")
        else:
            heads.append(head)
    return tuple(sorted(heads, key=lambda head: head.checkpoint.size)), tuple(wrong)


def check_history(
    head: SignedHead, heads: Sequence[SignedHead], roots: Mapping[int, bytes], unreadable: Sequence[str]
) -> Step:
    """Whether every earlier checkpoint is of this same log. `roots` are those of the entries, by size."""
    wrong = [*unreadable, *(problem for other in heads if (problem := _conflict(head, other, roots)))]
    if not wrong and all(other.checkpoint != head.checkpoint for other in heads):
        wrong.append(f"{HISTORY}{head.checkpoint.size}: expected the present checkpoint in the history, it is missing")
    return graded("history", f"{len(heads)} checkpoints are beginnings of this log", wrong=wrong)


def check_seen(data: bytes | None, head: SignedHead, policy: Policy) -> tuple[Step, SignedHead | None]:
    """The step `seen`, before roots are compared, and the checkpoint that somebody kept; None where there is none."""
    if data is None:
        return skipped("seen", "no checkpoint from an earlier day was given"), None
    try:
        seen, _ = _opened(data, SEEN, policy)
    except TestigoError as error:
        return graded("seen", "", wrong=[str(error)]), None
    if seen.checkpoint.origin != head.checkpoint.origin:
        other = f"{SEEN} is of the log {seen.checkpoint.origin}, the bundle of {head.checkpoint.origin}"
        return graded("seen", "", wrong=[other]), None
    return graded("seen", ""), seen


def compare_seen(seen: SignedHead, head: SignedHead, roots: Mapping[int, bytes]) -> Step:
    """Whether the log of the bundle goes on from a checkpoint that somebody kept."""
    problem = _conflict(head, seen, roots)
    wrong = [problem] if problem else []
    return graded(
        "seen", f"the log goes on from the checkpoint of size {seen.checkpoint.size} that was kept", wrong=wrong
    )


def _conflict(head: SignedHead, other: SignedHead, roots: Mapping[int, bytes]) -> str:
    """Why two signed checkpoints cannot both be of one log that only grew; empty where they can."""
    size = other.checkpoint.size
    if other.checkpoint.origin != head.checkpoint.origin:
        return f"{other.name}: expected the log {head.checkpoint.origin}, came {other.checkpoint.origin}"
    if size > head.checkpoint.size:
        return (
            f"{other.name}: the log had signed size {size}, {head.name} has only {head.checkpoint.size}: "
            "the log was shortened"
        )
    if other.checkpoint.root == roots[size]:
        return ""
    signed, ours = b64encode(other.checkpoint.root).decode(), b64encode(roots[size]).decode()
    return (
        f"EQUIVOCATION: {other.name}: the log signed the root {signed} for size {size}; the log under {head.name}, "
        f"which it signed too, has the root {ours} there. Keep both files: they are the evidence"
    )
