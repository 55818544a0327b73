"""The catalogue of checks: each with a stable code, what it means, what to do, and its default weight.

docs/checks.md is made from this table; a test compares the two.
"""

import types
from collections.abc import Mapping
from dataclasses import dataclass

from testigo.core.arithmetic import Weight
from testigo.core.election import Election


@dataclass(frozen=True, slots=True)
class Check:
    """One kind of question asked of a station.

    `hold` puts the station in quarantine when the check fails on the evidence that was accepted, `warn` only lists it.
    `threshold` is the key in `[checks]` of election.toml that it reads, None if it has none, with its default.
    """

    code: str
    title: str
    meaning: str
    advice: str
    weight: Weight
    threshold: str | None = None
    default: int = 0


CHECKS: tuple[Check, ...] = (
    Check(
        "ID-UNKNOWN",
        "The station is not in the register",
        "The code on the photo names a station that the register does not have.",
        "Compare the printed code with the register; the sheet is listed and not counted.",
        "warn",
    ),
    Check(
        "ID-FOREIGN",
        "Not a sheet of this election",
        "The photo shows codes, and none of them is a code of this election's forms.",
        "Look at the photo; if it is a sheet, the form's code grammar may be wrong.",
        "warn",
    ),
    Check(
        "ID-CLAIM",
        "The sheet names another station than the sender",
        "The sender filed the photo under one station, the code on the sheet names another.",
        "The code decides; look for the photo that is missing at the station that was named.",
        "warn",
    ),
    Check(
        "ID-CODES",
        "The codes of one photo name different stations",
        "Two codes on the same photo name two stations.",
        "Look whether two sheets are on the photo, or a part of another sheet.",
        "hold",
    ),
    Check(
        "ID-SAME-PHOTO",
        "The same photo was filed under two stations",
        "The same bytes, the same picture or a photo of the same sheet came in under two stations.",
        "Only the station that the sheet names is counted from it.",
        "warn",
        "same_photo_max_distance",
        0,
    ),
    Check(
        "CO-UNREAD",
        "The photo could not be read",
        "No code was found in the photo.",
        "Ask for another photo, or let people read it.",
        "warn",
    ),
    Check(
        "CO-FIELD",
        "A figure is absent",
        "A figure that the count needs was not stated; it is unknown, not zero.",
        "Look at the sheet; the station is not counted until the figure is known.",
        "hold",
    ),
    Check(
        "CO-ZERO",
        "All figures are zero",
        "Every choice has zero votes although another piece of evidence has votes, or the sheet has ballots.",
        "Compare with the other evidence.",
        "hold",
    ),
    Check(
        "SU-FORM",
        "A sum of the form does not hold",
        "Figures of the sheet break a rule of its form.",
        "Look at the sheet: the paper itself can be wrong.",
        "hold",
    ),
    Check(
        "SU-PARTS",
        "The parts do not add up to the total",
        "The votes of the choices are not the valid votes, or valid, blank and null votes are not the ballots cast.",
        "Look at the source.",
        "hold",
    ),
    Check(
        "BO-CAST",
        "More ballots than registered voters",
        "The ballots cast exceed the registered voters by more than the allowance for staff.",
        "Compare with the register and with the sheet.",
        "hold",
        "staff_allowance",
        0,
    ),
    Check(
        "BO-CHOICE",
        "A choice has more votes than there are ballots",
        "The votes of one choice exceed the ballots cast.",
        "Look at the sheet.",
        "hold",
    ),
    Check(
        "BO-FIELD",
        "A figure is larger than a station can have",
        "A figure exceeds the most ballots that one station can hold.",
        "Look at the sheet.",
        "hold",
        "most_ballots",
        99_999,
    ),
    Check(
        "CP-PHOTOS",
        "Two photos of one station differ",
        "Two photos of this station's sheet carry different figures.",
        "Put both photos side by side; find out which is the sheet.",
        "hold",
    ),
    Check(
        "CP-SOURCES",
        "Two sources differ",
        "Another piece of evidence states other figures than the one that was accepted. Whether this holds the "
        "station follows from `disagreement` in the policy.",
        "Compare the cells that differ with the sheet.",
        "hold",
    ),
    Check(
        "CP-OFFICIAL",
        "The official figures differ",
        "The authority published other figures for this station.",
        "Compare with the sheet.",
        "warn",
    ),
    Check(
        "CP-CORRECTED",
        "A source corrected its figures",
        "A source published this station again with other figures; both versions stay in the log.",
        "Read both.",
        "warn",
    ),
    Check(
        "AC-VECTOR",
        "Two stations have identical figures",
        "Every figure of this station equals those of another one. Small stations agree by chance now and then.",
        "Look at both sheets.",
        "warn",
        "same_vector_min_votes",
        50,
    ),
    Check(
        "AC-TURNOUT",
        "Turnout is above the limit",
        "The share of registered voters who voted exceeds the limit, in parts per million.",
        "Compare with the register.",
        "warn",
        "turnout_above_ppm",
        1_000_000,
    ),
)

BY_CODE: Mapping[str, Check] = types.MappingProxyType({check.code: check for check in CHECKS})


def weight_of(code: str, election: Election) -> str:
    """What a failure of this check does in this election: `hold`, `warn` or `off`."""
    if code == "CP-SOURCES" and code not in election.weights:
        return "hold" if election.policy.disagreement == "quarantine" else "warn"
    return election.weights.get(code, BY_CODE[code].weight)


def threshold_of(code: str, election: Election) -> int:
    """The threshold that this election sets for the check, or its default."""
    check = BY_CODE[code]
    return election.thresholds.get(check.threshold or "", check.default)
