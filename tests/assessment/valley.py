"""A valley of 24 stations in six centres of two wards: three tables of the same sheets, two bulletins."""

import hashlib
import random
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

from testigo.assessment.calibrated import calibration_json
from testigo.assessment.case import Case
from testigo.assessment.claims import Assessment, Claim, Value
from testigo.core.decision import decide, result_of
from testigo.core.dossier import Dossier, Evidence
from testigo.core.election import Election, election_from_toml
from testigo.core.ids import Digest, FieldId, StationCode
from testigo.core.records import Result
from testigo.core.register import StationRegister, register_from_csv
from testigo.stats.calibration import Calibrated, Calibration, rate_of

STATIONS = tuple(StationCode(f"S{number:02d}") for number in range(1, 25))
VOTERS = 600
SOURCES = ("north", "south", "east")
Counts = Mapping[str, int]
Tables = Mapping[str, Mapping[StationCode, Counts]]
"""Source to station to counts."""

HEAD = """
[election]
id = "valley"
name = "The valley"
date = "2031-05-04"
origin = "log.example/valley"
language = "en"
licence = "CC0-1.0"
[areas]
nation = "The valley"
levels = {levels}
[register]
file = "stations.csv"
{expected}
[station]
pattern = "S[0-9]{{2,3}}"
[[contest]]
id = "mayor"
name = "Mayor"
form = "sheet"
null = ["null"]
[[contest.choice]]
id = "ANA"
name = "Ana"
colour = "#0072b2"
[[contest.choice]]
id = "BEN"
name = "Ben"
colour = "#d55e00"
[[contest.choice]]
id = "CY"
name = "List Cy"
colour = "#009e73"
lines = ["C1", "C2"]
"""
SOURCE = """
[[source]]
id = "{id}"
name = "Table of the {id}"
licence = "CC0-1.0"
published_at = "{id}.example"
[source.columns]
station = "STATION"
"""
POLICY = """
[policy]
disagreement = "quarantine"
""" + "".join(f'[[policy.basis]]\nid = "{one}"\nfrom = "report"\nsource = "{one}"\n' for one in SOURCES[:2])
BULLETIN = """
[[announced]]
id = "{id}"
name = "Bulletin of the {id}"
contest = "mayor"
source = "town hall"
{coverage}
votes = {{ ANA = {ana}, BEN = {ben} }}
{shares}
[[announced.group]]
name = "others"
choices = ["CY"]
votes = {cy}
"""

TOGETHER = """
[assess]
[[assess.collection]]
id = "together"
name = "North and south"
sources = ["north", "south"]
[[assess.stated]]
id = "hall"
collection = "north"
votes = 900
source = "town hall"
"""

SCREENED: Mapping[str, str] = {
    "homogeneity": "homogeneity",
    "outliers": "homogeneity",
    "exchanged columns": "homogeneity",
    "lattice": "lattice",
    "last-digit": "last-digit",
    "duplicates": "duplicates",
    "jump": "jump",
}
"""Screen of a calibration to the method that reports it."""


def sheet_of(station: StationCode) -> dict[str, int]:
    """The true figures of a station; Ana leads at all of them together."""
    chance = random.Random(station)
    ana, ben, first, second, null = (chance.randint(*ends) for ends in ((150, 190), (90, 130), (5, 9), (5, 9), (3, 8)))
    return {"ANA": ana, "BEN": ben, "C1": first, "C2": second, "null": null}


TRUE: Mapping[StationCode, Counts] = {station: sheet_of(station) for station in STATIONS}


def totals_of(stations: Sequence[StationCode]) -> tuple[int, int, int]:
    """The votes of Ana, Ben and Cy at these stations."""
    sheets = [TRUE[station] for station in stations]
    return sum(s["ANA"] for s in sheets), sum(s["BEN"] for s in sheets), sum(s["C1"] + s["C2"] for s in sheets)


def bulletin(name: str, votes: tuple[int, int, int], *, ppm: int | None = None, shares: str = "") -> str:
    """A bulletin that announces these votes for Ana, Ben and Cy."""
    coverage = "" if ppm is None else f"stations_ppm = {ppm}"
    ana, ben, cy = votes
    return BULLETIN.format(id=name, coverage=coverage, ana=ana, ben=ben, cy=cy, shares=shares)


TRUE_BULLETINS = bulletin("evening", totals_of(STATIONS[:18]), ppm=750_000) + bulletin(
    "night", totals_of(STATIONS), ppm=1_000_000
)
FALSE_BULLETIN = bulletin("evening", (1000, 6000, 300), ppm=750_000)


@dataclass(frozen=True)
class Valley:
    """What is said of the valley; `more` goes into election.toml, `voters` are empty where nobody knows them."""

    tables: Tables = field(default_factory=lambda: {"north": TRUE})
    more: str = ""
    levels: tuple[str, ...] = ("ward", "centre")
    expected: int | None = None
    voters: int | None = VOTERS
    calibration: bytes | None = None
    stations: tuple[StationCode, ...] = STATIONS

    @property
    def election(self) -> Election:
        """Its rules."""
        levels = "[" + ", ".join(f'"{level}"' for level in self.levels) + "]"
        expected = "" if self.expected is None else f"expected_stations = {self.expected}"
        sources = "".join(SOURCE.format(id=source) for source in SOURCES)
        text = HEAD.format(levels=levels, expected=expected) + sources + POLICY + self.more
        return election_from_toml(text, "election.toml")

    @property
    def register(self) -> StationRegister:
        """Its stations: twelve in a ward, four in a centre."""
        columns = [name for level in self.levels for name in (level, f"{level}_name")]
        rows = [",".join(["station", "registered", *columns])]
        for number, station in enumerate(self.stations):
            areas = {"ward": f"{number // 12},Ward {number // 12}", "centre": f"{number // 4},School {number // 4}"}
            voters = "" if self.voters is None else str(self.voters)
            rows.append(",".join([station, voters, *(areas[level] for level in self.levels)]))
        return register_from_csv("\n".join(rows) + "\n", self.election, "stations.csv")

    def case(self) -> Case:
        """What an assessment of it looks at: half of the evidence came in a first batch."""
        election, register = self.election, self.register
        held = {station: self._dossier(register, station) for station in self.stations}
        results: dict[tuple[StationCode, str], Result] = {}
        for station, dossier in held.items():
            result = result_of(decide(dossier, election.contests[0], election, {}))
            if result is not None:
                results[station, "mayor"] = result
        digests = sorted(one.digest for dossier in held.values() for one in dossier.evidence)
        ends = [len(digests) // 2, len(digests)]
        return Case(election, register, results, held, digests, ends, self.calibration)

    def _dossier(self, register: StationRegister, station: StationCode) -> Dossier:
        evidence = []
        for source, table in self.tables.items():
            if station in table:
                counts = {FieldId(name): number for name, number in table[station].items()}
                digest = hashlib.sha256(f"{source} {station}".encode()).hexdigest()
                evidence.append(Evidence(Digest(digest), "report", source, counts))
        return Dossier(register.stations[station], tuple(sorted(evidence, key=lambda one: one.digest)), ())


def only(stations: Sequence[StationCode]) -> dict[StationCode, Counts]:
    """The true figures of these stations."""
    return {station: TRUE[station] for station in stations}


def changed(station: StationCode, **figures: int) -> dict[StationCode, Counts]:
    """The true figures of all stations, but for these at one."""
    return {**TRUE, station: {**TRUE[station], **figures}}


def without(station: StationCode, *fields: str) -> dict[StationCode, Counts]:
    """The true figures of all stations, of one without these fields."""
    return {**TRUE, station: {name: votes for name, votes in TRUE[station].items() if name not in fields}}


def calibrated(alarms: int, *screens: str, elections: int = 100, refused: bool = False) -> bytes:
    """A calibration in which each of these screens, or every one, raised so many false alarms."""
    made = (Calibrated(screen, refused, rate_of(alarms, elections), ()) for screen in screens or SCREENED)
    return calibration_json(Calibration(11, 24, tuple(made)))


def one_claim(assessment: Assessment, name: str) -> Claim:
    """The claim of this id."""
    found = {claim.id: claim for claim in assessment.claims}
    assert name in found, f"{name} is none of {', '.join(found)}"
    return found[name]


def whole(value: Value) -> int:
    """A value that must be a whole number."""
    assert isinstance(value, int)
    return value


def table_of(value: Value) -> tuple[Mapping[str, Value], ...]:
    """A value that must be a list of tables."""
    assert isinstance(value, list | tuple)
    assert all(isinstance(row, Mapping) for row in value)
    return tuple(row for row in value if isinstance(row, Mapping))
