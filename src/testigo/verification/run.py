"""The verification of a bundle from its first step to its last (docs/formats/bundle.md tells the algorithm)."""

from collections.abc import Callable, Sequence
from typing import TypeAlias

from testigo.core.ids import Digest
from testigo.core.records import Register
from testigo.errors import TestigoError
from testigo.tlog.merkle import levels_of
from testigo.tlog.policy import Policy
from testigo.verification.batches import Leaves, check_batches, decode_entries_of
from testigo.verification.checkpoints import (
    SignedHead,
    check_history,
    check_seen,
    compare_seen,
    read_head,
    read_history,
)
from testigo.verification.files import BundleFiles
from testigo.verification.history import Replay, replay
from testigo.verification.leaves import check_root, check_tiles, hashes_of, read_entries
from testigo.verification.objects import check_objects
from testigo.verification.outputs import check_releases, check_tables
from testigo.verification.payload import check_manifests
from testigo.verification.places import ASSESSMENT, TIMESTAMPS
from testigo.verification.report import Step, VerificationReport, graded, skipped
from testigo.verification.results import check_results
from testigo.verification.rules import Rules, read_rules

LOG_STEPS = ("entries", "root", "tiles", "history", "seen")
CONTENT_STEPS = ("records", "batches", "register", "objects", "results", "totals", "tables", "assessment")

Assessor: TypeAlias = Callable[[BundleFiles, Leaves, Replay, Rules], Step]
"""Works the assessment out anew; it needs more than the standard library, so it is handed in."""


def verify_bundle(
    files: BundleFiles,
    policy: Policy,
    *,
    seen: bytes | None = None,
    progress: Callable[[str], None] | None = None,
    assessor: Assessor | None = None,
) -> VerificationReport:
    """What holds of a bundle. Keys come from the policy alone, never from the bundle.

    `seen` is a checkpoint that somebody kept from an earlier day; `progress` is told the name of each step that begins.
    Without an assessor the assessment is not evaluated.
    """
    tell = progress or (lambda _: None)
    tell("checkpoint")
    checkpoint, witnesses, head = read_head(files, policy)
    steps = [checkpoint, witnesses]
    numbers: dict[str, int] = {}
    if head is None:
        steps += [skipped(name, "there is no checkpoint that the log signed") for name in (*LOG_STEPS, *CONTENT_STEPS)]
    else:
        steps += _log_and_content(files, policy, head, seen, numbers, tell, assessor)
    steps.append(_timestamps(files, policy))
    tell("manifests")
    steps.append(check_manifests(files))
    numbers["files"] = len(files.names())
    return VerificationReport(tuple(steps), numbers)


def _log_and_content(
    files: BundleFiles,
    policy: Policy,
    head: SignedHead,
    seen: bytes | None,
    numbers: dict[str, int],
    tell: Callable[[str], None],
    assessor: Assessor | None,
) -> list[Step]:
    size = head.checkpoint.size
    tell("entries")
    read, entries = read_entries(files, size)
    if len(entries) < size:
        why = "not all entries could be read"
        return [read, *(skipped(name, why) for name in (*LOG_STEPS[1:], *CONTENT_STEPS))]
    tell("tiles")
    hashes = hashes_of(entries)
    levels = levels_of(hashes)
    steps = [read, check_root(files, hashes, levels, head.checkpoint), check_tiles(files, entries, levels)]
    heads, unreadable = read_history(files, policy)
    seen_step, kept = check_seen(seen, head, policy)
    sizes = {other.checkpoint.size for other in (*heads, *([kept] if kept else []))}
    roots = {one: levels.root(one) for one in sizes if one <= size}
    steps.append(check_history(head, heads, roots, unreadable))
    steps.append(seen_step if kept is None else compare_seen(kept, head, roots))
    ends = {other.checkpoint.size for other in heads if 0 < other.checkpoint.size < size}
    numbers |= {"records": size, "batches": len(ends) + 1, "checkpoints": len(heads)}
    digests = [Digest(one.hex()) for one in hashes]
    try:
        steps += _content(files, head, entries, digests, (*sorted(ends), size), numbers, tell, assessor)
    except TestigoError as error:
        steps.append(graded("contents", "", wrong=[f"the rules and records do not fit together: {error}"]))
    return steps


def _content(
    files: BundleFiles,
    head: SignedHead,
    entries: Sequence[bytes],
    digests: Sequence[Digest],
    ends: tuple[int, ...],
    numbers: dict[str, int],
    tell: Callable[[str], None],
    assessor: Assessor | None,
) -> list[Step]:
    tell("records")
    decoded, records = decode_entries_of(entries)
    leaves = Leaves(digests, records, ends)
    registers = [record for record in records if type(record) is Register]
    registered, rules = read_rules(files, registers, head.checkpoint.origin)
    tell("results")
    replayed = replay(leaves, rules)
    state = replayed.state
    steps = [
        decoded,
        check_batches(leaves),
        registered,
        check_objects(files, state, records, {} if rules is None else rules.forms),
    ]
    numbers |= {
        "unknown records": state.unread_kinds["unknown"],
        "photos": len(state.photos),
        "reports": len(state.reports),
        "results": len(state.results),
    }
    if rules is None:
        return [*steps, *(skipped(name, "the rules of the count are not known") for name in CONTENT_STEPS[4:])]
    numbers["stations"] = len(rules.register.stations)
    results, outcomes = check_results(replayed, rules)
    tell("tables")
    steps += [results, check_releases(files, replayed)]
    if results.state != "ok" or replayed.count is None:
        return [*steps, *(skipped(name, "the results do not follow from the log") for name in CONTENT_STEPS[6:])]
    steps.append(check_tables(files, state, replayed.count.totals, rules, outcomes))
    tell("assessment")
    return [*steps, _assessment(files, leaves, replayed, rules, assessor)]


def _assessment(files: BundleFiles, leaves: Leaves, replayed: Replay, rules: Rules, assessor: Assessor | None) -> Step:
    if not any(name.startswith(ASSESSMENT) for name in files.names()):
        return skipped("assessment", "the bundle has no assessment")
    if assessor is None:
        return skipped("assessment", "needs numpy and scipy: testigo verify works it out anew")
    return assessor(files, leaves, replayed, rules)


def _timestamps(files: BundleFiles, policy: Policy) -> Step:
    held = sum(name.startswith(TIMESTAMPS) for name in files.names())
    if policy.requirements:
        asked = [f"the policy requires {what!r}, which this program does not evaluate" for what in policy.requirements]
        return graded("timestamps", "", missing=asked)
    return skipped("timestamps", f"{held} timestamps in the bundle; the policy requires none")
