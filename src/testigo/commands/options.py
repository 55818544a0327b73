"""Options that several commands share, and how they are read."""

import json
import sys
from pathlib import Path
from typing import Annotated

from cyclopts import Parameter

from testigo.core.election import Election
from testigo.core.ids import StationCode
from testigo.errors import BadUsage

HomeOption = Annotated[Path | None, Parameter(name="--home")]
JsonOption = Annotated[bool, Parameter(name="--json", negative="")]
FlagOption = Annotated[bool, Parameter(negative="")]


def station_of(election: Election, text: str, where: str = "") -> StationCode:
    """The station that somebody named, with the leading zeros that it may have lost.

    Raises:
        BadUsage: the text is no station's code.
    """
    padded = text.strip().rjust(election.station_pad, "0")
    if not election.station_pattern.fullmatch(padded):
        pattern = election.station_pattern.pattern
        raise BadUsage(f"{where}expected a station's code like {pattern}, came {text!r}")
    return StationCode(padded)


def print_json(value: object) -> None:
    """The value as JSON on standard output."""
    json.dump(value, sys.stdout, ensure_ascii=False, indent=1)
    sys.stdout.write("\n")
