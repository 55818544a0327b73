"""The files of a quick count: `sample.json` what is fixed before the draw, `worklist.csv` the stations that were drawn.

Both follow from the terms and the register, and are compared when they are read: a list that somebody edited is found
out. Who has the register (its SHA-256 stands in the log) and the seed makes the same bytes.
"""

import csv
import io
import json
from collections.abc import Mapping
from dataclasses import asdict, dataclass
from pathlib import Path

from testigo.core.ids import StationCode, area_of
from testigo.core.records import Register
from testigo.core.register import StationRegister
from testigo.errors import BadAssessment, BadUsage
from testigo.ports import World
from testigo.stats.sample import DESIGNS, Design, Sample, draw
from testigo.verification.places import STATIONS_FILE

SAMPLE, WORKLIST = "sample.json", "worklist.csv"
FORMAT = "testigo sample 1"
TICKET = "SHA-256 of the text <seed>,<station>"
HOW: Mapping[Design, str] = {
    "simple": f"the stations with the smallest tickets; ticket = {TICKET}",
    "stratified": f"in each stratum the stations with the smallest tickets, as many as it says; ticket = {TICKET}",
    "systematic": "the register in the order of area codes and stations, places floor((start + i * frame) / stations) "
    "from 0, i = 0, 1, ...; ticket = SHA-256 of the text <seed>,1; start = floor(ticket * frame / 2^256)",
}


@dataclass(frozen=True, slots=True)
class Terms:
    """What is fixed before the draw. `register` is the SHA-256 of `stations.csv`, `frame` the stations that it lists.

    `level` are the areas that are strata, None where the design has none. `stations` are drawn.
    """

    election: str
    origin: str
    register: str
    frame: int
    design: Design
    level: str | None
    stations: int
    seed: str


@dataclass(frozen=True, slots=True)
class QuickSample:
    """Terms with the stations that they draw, in the order of the draw; `codes` are all stations of the register."""

    terms: Terms
    codes: tuple[StationCode, ...]
    sample: Sample

    @property
    def drawn(self) -> tuple[StationCode, ...]:
        """The drawn stations in the order of the draw."""
        return tuple(self.codes[pick.row] for pick in self.sample.picks)


def register_digest(world: World) -> str:
    """The SHA-256 of the list of stations, as the log registered it at setup.

    Raises:
        BadUsage: the log holds no list of stations.
    """
    for _, record in world.views.records():
        if isinstance(record, Register) and record.name == STATIONS_FILE:
            return record.sha256
    raise BadUsage(f"sample: expected a log that registered {STATIONS_FILE}, this one did not")


def depth_of(world: World, level: str | None) -> int:
    """Which level of areas this is, from 0; the largest where None.

    Raises:
        BadUsage: the election has no such level; names those that it has.
    """
    levels = world.election.areas.levels
    if level is not None and level not in levels:
        raise BadUsage(f"--level: expected one of {', '.join(levels)}; came {level}")
    return 0 if level is None else levels.index(level)


def sample_of(terms: Terms, world: World) -> QuickSample:
    """The stations that these terms draw from the register of the world.

    Raises:
        BadUsage: the number, the seed or the level cannot be.
    """
    codes = tuple(sorted(world.register.stations))
    areas = [world.register.stations[code].areas for code in codes]
    return QuickSample(
        terms, codes, draw(terms.design, codes, areas, terms.stations, terms.seed, level=depth_of(world, terms.level))
    )


def sample_json(found: QuickSample) -> bytes:
    """`sample.json`: the terms, how anybody draws again, and how many stations each stratum has and gives."""
    value = {
        "format": FORMAT,
        "terms": asdict(found.terms),
        "how": HOW[found.terms.design],
        "start": found.sample.start,
        "strata": [{"area": one.name, "stations": one.stations, "drawn": one.drawn} for one in found.sample.strata],
        "worklist": WORKLIST,
    }
    return (json.dumps(value, ensure_ascii=False, indent=1) + "\n").encode()


def worklist_csv(found: QuickSample, register: StationRegister) -> bytes:
    """`worklist.csv`: the drawn stations in their order, with the codes and names of their areas and the ticket."""
    text = io.StringIO()
    writer = csv.writer(text, lineterminator="\n")
    writer.writerow(["order", "station", "area", "area_name", "stratum", "ticket"])
    for order, pick in enumerate(found.sample.picks, 1):
        station = register.stations[found.codes[pick.row]]
        areas = [area_of(station.areas[: depth + 1]) for depth in range(len(station.areas))]
        names = " / ".join(register.names[area] for area in areas)
        stratum = found.sample.strata[pick.stratum].name
        writer.writerow([order, station.code, station.area, names, stratum, pick.ticket])
    return text.getvalue().encode()


def write_sample(folder: Path, found: QuickSample, register: StationRegister) -> None:
    """Writes both files, `sample.json` last; the same terms again write the same bytes.

    Raises:
        BadUsage: the folder holds other files.
        BadAssessment: the folder holds the sample of other terms; names what differs.
        OSError: no room or no right to write.
    """
    path = folder / SAMPLE
    if path.exists():
        was, now = asdict(_terms_of(path)), asdict(found.terms)
        for key, value in was.items():
            if now[key] != value:
                raise BadAssessment(
                    f"{path}: the {key} is fixed: expected {value}, came {now[key]}; another sample needs another "
                    "folder, and who draws until a sample pleases has drawn nothing"
                )
    elif folder.exists() and any(folder.iterdir()):
        raise BadUsage(f"{folder}: expected an empty place or a sample, came a folder with other files")
    folder.mkdir(parents=True, exist_ok=True)
    for name, data in {WORKLIST: worklist_csv(found, register), SAMPLE: sample_json(found)}.items():
        aside = folder / f"{name}.part"
        aside.write_bytes(data)
        aside.replace(folder / name)


def read_sample(folder: Path, world: World) -> QuickSample:
    """The sample of a folder, drawn anew from its terms and the register of the world.

    Raises:
        BadAssessment: a file is missing, broken or edited, or belongs to another election or register; names it.
    """
    path = folder / SAMPLE
    terms = _terms_of(path)
    here = {"election": world.election.id, "origin": world.election.origin, "register": register_digest(world)}
    for key, value in here.items():
        if asdict(terms)[key] != value:
            raise BadAssessment(f"{path}: it is of another {key}: expected {value}, came {asdict(terms)[key]}")
    try:
        found = sample_of(terms, world)
    except BadUsage as error:
        raise BadAssessment(f"{path}: {error}") from None
    for name, data in {SAMPLE: sample_json(found), WORKLIST: worklist_csv(found, world.register)}.items():
        if _bytes_of(folder / name) != data:
            raise BadAssessment(f"{folder / name}: it is not what the terms draw from the register: it was changed")
    return found


def _bytes_of(path: Path) -> bytes:
    try:
        return path.read_bytes()
    except FileNotFoundError:
        raise BadAssessment(f"{path}: expected this file of a sample, there is none") from None


def _terms_of(path: Path) -> Terms:
    try:
        value = json.loads(_bytes_of(path))["terms"]
        design = next(one for one in DESIGNS if one == value["design"])
        level = None if value["level"] is None else str(value["level"])
        texts = {key: str(value[key]) for key in ("election", "origin", "register", "seed")}
        return Terms(**texts, frame=int(value["frame"]), design=design, level=level, stations=int(value["stations"]))
    except (ValueError, KeyError, TypeError, StopIteration) as error:
        raise BadAssessment(f"{path}: expected the file that `testigo sample draw` wrote, came {error!r}") from None
