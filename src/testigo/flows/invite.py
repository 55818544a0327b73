"""`testigo invite`: one-time links for the people of an election, and a sheet of them to print and cut."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta

from testigo.core.ids import Digest
from testigo.core.roles import Role
from testigo.private import Private

PASS_UPLOADS = 40
"""How many photos a volunteer's pass sends; who needs more asks for another invitation."""
PASS_DAYS = 3
_VOLUNTEER, _STAFF = "v", "s"
_LETTERS = {"clerk": "c", "adjudicator": "j", "steward": "s", "observer": "o"}


@dataclass(frozen=True, slots=True)
class Link:
    """An invitation to hand out. `alias` is what the records call this person, None for a volunteer."""

    address: str
    role: Role
    alias: str | None


def is_volunteers(token: str) -> bool:
    """Whether an invitation's token is a volunteer's: it begins so, that no other is used up by mistake."""
    return token.startswith(_VOLUNTEER)


def invite(
    private: Private,
    role: Role,
    count: int,
    *,
    origin: str,
    now: datetime,
    days: int,
    token: Callable[[], str],
    hidden: Callable[[str], Digest],
) -> tuple[Link, ...]:
    """New invitations for a role, each for one person and one use, valid for so many days.

    Aliases are random and name nobody. Volunteers have none, and which of them sent what is not kept.
    """
    links = []
    for _ in range(count):
        secret = (_VOLUNTEER if role == "volunteer" else _STAFF) + token()
        alias = None if role == "volunteer" else f"{_LETTERS[role]}-{hidden(token())[:8]}"
        private.invite(hidden(secret), role, alias, now + timedelta(days=days))
        links.append(Link(f"{origin}/i/{secret}", role, alias))
    return tuple(links)
