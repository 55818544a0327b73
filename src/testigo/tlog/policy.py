"""C2SP tlog-policy: which logs and witnesses a verifier trusts, and how many must have signed."""

import re
from collections.abc import Mapping
from dataclasses import dataclass

from testigo.errors import BadNote
from testigo.tlog.note import COSIGNATURE, ED25519, VerifierKey, parse_vkey

NO_QUORUM = "none"
REQUIRE = "# testigo: require "
_NAME = re.compile(r"[^\s#]+")


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
        return self.quorum == NO_QUORUM or self._holds(self.quorum, signed)

    def _holds(self, name: str, signed: frozenset[VerifierKey]) -> bool:
        if name in self.witnesses:
            return self.witnesses[name] in signed
        group = self.groups[name]
        return sum(self._holds(member, signed) for member in group.members) >= group.threshold


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
    for number, line in enumerate(text.splitlines(), 1):
        place = f"{where}, line {number}"
        if line.startswith(REQUIRE):
            requirements.append(line.removeprefix(REQUIRE).strip())
        words = [] if line.lstrip().startswith("#") else line.split()
        match words:
            case []:
                pass
            case ["log", vkey, *rest] if len(rest) <= 1:
                key = _key(vkey, ED25519, place)
                logs[key.name] = key
            case ["witness", name, vkey, *rest] if len(rest) <= 1:
                _fresh(name, witnesses, groups, place)
                witnesses[name] = _key(vkey, COSIGNATURE, place)
            case ["group", name, threshold, *members] if members:
                _fresh(name, witnesses, groups, place)
                groups[name] = _group(threshold, members, {*witnesses, *groups}, place)
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


def _key(vkey: str, key_type: int, place: str) -> VerifierKey:
    try:
        key = parse_vkey(vkey)
    except BadNote as error:
        raise BadNote(f"{place}: {error}") from None
    if key.type != key_type:
        raise BadNote(f"{place}: expected a key of type {key_type}, came type {key.type}")
    return key


def _fresh(name: str, witnesses: Mapping[str, VerifierKey], groups: Mapping[str, Group], place: str) -> None:
    if name in witnesses or name in groups or name == NO_QUORUM or not _NAME.fullmatch(name):
        raise BadNote(f"{place}: expected a new name, came {name}")


def _group(threshold: str, members: list[str], known: set[str], place: str) -> Group:
    unknown = [member for member in members if member not in known]
    if unknown or len(set(members)) != len(members):
        raise BadNote(f"{place}: expected witnesses or groups above, each once; came {' '.join(members)}")
    number = {"any": 1, "all": len(members)}.get(threshold)
    if number is None:
        if not re.fullmatch(r"[1-9][0-9]{0,3}", threshold) or int(threshold) > len(members):
            raise BadNote(f"{place}: expected any, all or a number up to {len(members)}, came {threshold}")
        number = int(threshold)
    return Group(number, tuple(members))
