"""Who may do what: one table from the name of a route to the roles that may use it."""

import types
from collections.abc import Mapping
from typing import Literal, TypeAlias

Role = Literal["volunteer", "clerk", "adjudicator", "steward", "observer"]
ROLES: tuple[Role, ...] = ("volunteer", "clerk", "adjudicator", "steward", "observer")
Who: TypeAlias = Role | Literal["anyone"]

WORDS: Mapping[Role, str] = types.MappingProxyType(
    {
        "volunteer": "photographs sheets and sends them",
        "clerk": "keys sheets",
        "adjudicator": "settles sheets whose entries differ",
        "steward": "runs the desk",
        "observer": "reads the board, and changes nothing",
    }
)

_ANYONE: frozenset[Who] = frozenset({"anyone"})
_VOLUNTEER: frozenset[Who] = frozenset({"volunteer"})
_CLERK: frozenset[Who] = frozenset({"clerk"})
_ADJUDICATOR: frozenset[Who] = frozenset({"adjudicator"})
_STEWARD: frozenset[Who] = frozenset({"steward"})
_BOARD: frozenset[Who] = frozenset({"steward", "observer"})
_STAFF: frozenset[Who] = frozenset({"clerk", "adjudicator", "steward", "observer"})

ROUTES: Mapping[str, frozenset[Who]] = types.MappingProxyType(
    {
        # Pages that anybody may see, and reporting a problem without an identity.
        "start": _ANYONE,
        "style": _ANYONE,
        "results": _ANYONE,
        "station name": _ANYONE,
        "problem form": _ANYONE,
        "problem report": _ANYONE,
        # Enrolment. An invitation is a secret itself.
        "invitation": _ANYONE,
        "redeem": _ANYONE,
        "enrol": _ANYONE,
        "leave": _STAFF,
        # A passkey is added by staff who are signed in, and signs in whoever holds it.
        "passkey file": _ANYONE,
        "passkey new": _STAFF,
        "passkey keep": _STAFF,
        "passkey ask": _ANYONE,
        "passkey enter": _ANYONE,
        # The phone: its page holds nothing, what it sends needs a pass; a plain form brings it as its first field.
        "phone": _ANYONE,
        "phone file": _ANYONE,
        "phone worker": _ANYONE,
        "phone manifest": _ANYONE,
        "upload options": _ANYONE,
        "upload create": _VOLUNTEER,
        "upload head": _VOLUNTEER,
        "upload patch": _VOLUNTEER,
        "upload end": _VOLUNTEER,
        "upload state": _VOLUNTEER,
        "upload plain": _ANYONE,
        # The desks.
        "desk file": _STAFF,
        "desk": _CLERK,
        "desk sheet": _CLERK,
        "desk image": _CLERK,
        "desk page": _CLERK,
        "desk ahead": _CLERK,
        "desk enter": _CLERK,
        "desk draft": _CLERK,
        "desk leave": _CLERK,
        "rulings": _ADJUDICATOR,
        "ruling sheet": _ADJUDICATOR,
        "ruling image": _ADJUDICATOR,
        "ruling page": _ADJUDICATOR,
        "ruling make": _ADJUDICATOR,
        # The board.
        "board": _BOARD,
        "wall": _BOARD,
        "board photo": _STEWARD,
        "board station": _STEWARD,
        "board invite": _STEWARD,
        "board withhold": _STEWARD,
        "board release": _STEWARD,
        "board pause": _STEWARD,
        "board night": _STEWARD,
        "board problem": _STEWARD,
        "board end sessions": _STEWARD,
        "board report": _BOARD,
    }
)


def may(role: Role | None, route: str) -> bool:
    """Whether somebody in this role (None: nobody that we know) may use the route; one that is not listed: nobody."""
    allowed = ROUTES.get(route, frozenset())
    return "anyone" in allowed or (role is not None and role in allowed)
