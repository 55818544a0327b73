"""C2SP tlog-policy: which logs and witnesses a verifier trusts, and how many must have signed."""

import re
from collections.abc import Mapping
from dataclasses import dataclass

from testigo.errors import BadNote
from testigo.tlog.note import (
    COSIGNATURE,
    ED25519,
    Checkpoint,
    OpenedNote,
    VerifierKey,
    open_note,
    parse_checkpoint,
    parse_vkey,
)

NO_QUORUM = "none"
REQUIRE = "# testigo: require "
_FORBIDDEN = re.compile(r"[\x00-\x08\x0b-\x1f\x7f]")
_WORD = re.compile(r"[^ \t]+")


@dataclass(frozen=True, slots=True)
class Group:
    """Witnesses or groups of which `threshold` must have signed."""

    threshold: int
    members: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Policy:
    """Logs by name, witnesses by their name in the policy, groups, and the quorum (a witness, a group, or `none`).

    `requirements` are what comments of the shape `# testigo: require ...` ask for beyond the format.
    """

    logs: Mapping[str, VerifierKey]
    witnesses: Mapping[str, VerifierKey]
    groups: Mapping[str, Group]
    quorum: str
    requirements: tuple[str, ...]

    @property
    def keys(self) -> tuple[VerifierKey, ...]:
        """Every key that the policy knows."""
        return (*self.logs.values(), *self.witnesses.values())

    def met_by(self, signed: frozenset[VerifierKey]) -> bool:
        """Whether the witnesses among these signers make the quorum."""
        holds = {name for name, key in self.witnesses.items() if key in signed} | {NO_QUORUM}
        # A group names only what stands above it, so one pass from the top settles all of them.
        for name, group in self.groups.items():
            if sum(member in holds for member in group.members) >= group.threshold:
                holds.add(name)
        return self.quorum in holds


def parse_policy(text: str, *, where: str) -> Policy:
    """The policy that a file states: lines `log`, `witness`, `group` and `quorum`; `#` begins a comment.

    Raises:
        BadNote: names the line, what was expected and what came.
    """
    logs: dict[str, VerifierKey] = {}
    witnesses: dict[str, VerifierKey] = {}
    groups: dict[str, Group] = {}
    quorum: str | None = None
    requirements = []
    used: set[str] = set()
    # The format knows no other line ends and spaces than these: a comment must not end at a Unicode line separator.
    for number, line in enumerate(text.split("\n"), 1):
        place = f"{where}, line {number}"
        if line.startswith(REQUIRE):
            requirements.append(line.removeprefix(REQUIRE).strip())
        if found := _FORBIDDEN.search(line):
            raise BadNote(f"{place}: expected no control characters but tab and newline, came {found[0]!r}")
        words = [] if line.lstrip(" \t").startswith("#") else _WORD.findall(line)
        match words:
            case []:
                pass
            case ["log", vkey, *rest] if len(rest) <= 1:
                key = _key(vkey, ED25519, logs, place)
                if key.name in logs:
                    raise BadNote(f"{place}: expected one key for the log {key.name}, came a second")
                logs[key.name] = key
            case ["witness", name, vkey, *rest] if len(rest) <= 1:
                _fresh(name, witnesses, groups, place)
                witnesses[name] = _key(vkey, COSIGNATURE, witnesses, place)
            case ["group", name, threshold, *members] if members:
                _fresh(name, witnesses, groups, place)
                groups[name] = _group(threshold, members, {*witnesses, *groups} - used, place)
                used.update(members)
            case ["quorum", name] if quorum is None:
                if name != NO_QUORUM and name not in witnesses and name not in groups:
                    raise BadNote(f"{place}: quorum: expected a witness or group above, or none; came {name}")
                quorum = name
            case _:
                raise BadNote(f"{place}: expected log, witness, group or one quorum, came {line[:60]!r}")
    if not logs:
        raise BadNote(f"{where}: expected at least one line `log <vkey>`, there is none")
    if quorum is None:
        raise BadNote(f"{where}: expected a line `quorum <name>` or `quorum none`, there is none")
    return Policy(logs, witnesses, groups, quorum, tuple(requirements))


def open_checkpoint(data: bytes, policy: Policy) -> tuple[Checkpoint, OpenedNote]:
    """The checkpoint of a note that the log which it names signed, and all its signatures under keys of the policy.

    Whether the witnesses among them are enough is the caller's question (`Policy.met_by`).

    Raises:
        BadNote: the note is malformed, a signature is false, or the log of its origin is not one of the policy that
            signed it; a signature of a witness, or of another log, does not stand in for it.
    """
    opened = open_note(data, policy.keys)
    checkpoint = parse_checkpoint(opened.text)
    log = policy.logs.get(checkpoint.origin)
    if log is None or all(verified.key != log for verified in opened.verified):
        raise BadNote(f"checkpoint: expected the signature of the log {checkpoint.origin} by a key of the policy")
    return checkpoint, opened


def _key(vkey: str, key_type: int, others: Mapping[str, VerifierKey], place: str) -> VerifierKey:
    try:
        key = parse_vkey(vkey)
    except BadNote as error:
        raise BadNote(f"{place}: {error}") from None
    if key.type != key_type:
        raise BadNote(f"{place}: expected a key of type {key_type}, came type {key.type}")
    # One key under two names would count as two witnesses.
    if any(key.public == other.public for other in others.values()):
        raise BadNote(f"{place}: expected a new key, the one of {key.name} stands above")
    return key


def _fresh(name: str, witnesses: Mapping[str, VerifierKey], groups: Mapping[str, Group], place: str) -> None:
    if name in witnesses or name in groups or name == NO_QUORUM:
        raise BadNote(f"{place}: expected a new name, came {name}")


def _group(threshold: str, members: list[str], known: set[str], place: str) -> Group:
    unknown = [member for member in members if member not in known]
    if unknown or len(set(members)) != len(members):
        raise BadNote(
            f"{place}: expected witnesses or groups above, none of them in another group; came {' '.join(members)}"
        )
    number = {"any": 1, "all": len(members)}.get(threshold)
    if number is None:
        if not re.fullmatch(r"[1-9][0-9]{0,3}", threshold) or int(threshold) > len(members):
            raise BadNote(f"{place}: expected any, all or a number up to {len(members)}, came {threshold}")
        number = int(threshold)
    return Group(number, tuple(members))
