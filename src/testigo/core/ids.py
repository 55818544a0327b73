"""The names that everything else is keyed by."""

from collections.abc import Mapping
from typing import NewType

StationCode = NewType("StationCode", str)
"""A polling station's code in the one spelling of the register."""

AreaId = NewType("AreaId", str)
"""Codes from the largest level down, joined by `/`; the empty string is the nation."""

FieldId = NewType("FieldId", str)
"""One figure of a form or a contest: a ballot line, a choice, `valid`, `null`..."""

Digest = NewType("Digest", str)
"""64 lower-case hexadecimal digits: SHA-256 of bytes, or a leaf hash of the log."""

Counts = Mapping[FieldId, int]
"""Field to ballots (0 or more); a field that was not read is absent, never zero."""

NATION = AreaId("")


def area_of(codes: tuple[str, ...]) -> AreaId:
    """The id of the area that these codes name, largest level first."""
    return AreaId("/".join(codes))
