"""What checks saw, in the language of the page: the rules tell it in English, and these are its wordings."""

import re
from collections.abc import Mapping, Sequence
from functools import cache
from types import MappingProxyType

from testigo.site.words import Words

_COMPARED = ("%(one)s against %(other)s: %(cells)s",)

SEEN: Mapping[str, Sequence[str]] = MappingProxyType(
    {
        "CO-FIELD": ("absent: %(fields)s",),
        "BO-CAST": (
            "at least %(least)s ballots, %(registered)s registered",
            "%(cast)s ballots, %(registered)s registered",
        ),
        "AC-TURNOUT": ("%(cast)s of %(registered)s registered",),
        "BO-CHOICE": ("%(over)s of %(cast)s ballots",),
        "SU-PARTS": ("choices and %(field)s: %(a)s and %(b)s", "parts and %(field)s: %(a)s and %(b)s"),
        "CP-PHOTOS": _COMPARED,
        "CP-SOURCES": _COMPARED,
        "CP-OFFICIAL": _COMPARED,
        "CO-ZERO": ("0 votes here, %(elsewhere)s in other evidence, %(cast)s ballots",),
        "ID-CLAIM": ("photo %(photo)s filed under %(claimed)s names %(named)s",),
        "ID-CODES": ("photo %(photo)s: %(stations)s",),
        "CO-UNREAD": ("photo %(photo)s: no code found", "photo %(photo)s"),
        "ID-FOREIGN": ("photo %(photo)s: codes of no form of this election",),
        "ID-UNKNOWN": ("photo %(photo)s: the code names %(named)s",),
        "ID-SAME-PHOTO": (
            "one photo filed under %(stations)s",
            "the sheet of %(station)s was filed under %(stations)s",
            "the same picture filed under %(stations)s",
        ),
        "AC-VECTOR": ("the same figures as %(stations)s",),
    }
)
"""The wordings of each check, as `core/checks.py` and `core/across.py` fill them; the exact before the general."""

CELLS = ("%(field)s %(a)s and %(b)s and %(number)s more", "%(field)s %(a)s and %(b)s")
"""The wordings of the cells in which two pieces of evidence differ."""

_GAP = re.compile(r"%\\\((\w+)\\\)s")


def told_seen(code: str, saw: str, words: Words) -> str:
    """What this check saw in these words; as the rules told it where the wording is not known."""
    return "; ".join(_told(part, SEEN.get(code, ()), words) for part in saw.split("; "))


def _told(part: str, wordings: Sequence[str], words: Words) -> str:
    for wording in wordings:
        found = pattern_of(wording).fullmatch(part)
        if found:
            gaps = found.groupdict()
            if "cells" in gaps:
                gaps["cells"] = ", ".join(_told(cell, CELLS, words) for cell in gaps["cells"].split(", "))
            return words.gettext(wording) % gaps
    return part


@cache
def pattern_of(wording: str) -> re.Pattern[str]:
    """What texts with this wording look like: a group for every gap."""
    return re.compile(_GAP.sub(lambda gap: f"(?P<{gap[1]}>.+?)", re.escape(wording)), re.DOTALL)
