"""One station with all that is held about it side by side: statements, photos, and what the checks find."""

from dataclasses import dataclass

from testigo.core.decision import decide
from testigo.core.dossier import Finding, PhotoSeen
from testigo.core.ids import Digest, FieldId, StationCode, area_of
from testigo.core.state import dossiers, fold
from testigo.errors import NotFound
from testigo.ports import World


@dataclass(frozen=True, slots=True)
class Statement:
    """What one source says; `photo` is what it was read or keyed from, None for a table; `counted`: it is the basis."""

    source: str
    photo: Digest | None
    counted: bool


@dataclass(frozen=True, slots=True)
class ComparedRow:
    """A field with what each statement says of it, None where it says nothing."""

    field: FieldId
    said: tuple[int | None, ...]

    @property
    def differs(self) -> bool:
        """Whether two statements say different figures."""
        return len({value for value in self.said if value is not None}) > 1


@dataclass(frozen=True, slots=True)
class Compared:
    """A station: `names` of its areas from the largest, and what is held of it. Withheld photos are left out."""

    station: StationCode
    names: tuple[str, ...]
    statements: tuple[Statement, ...]
    rows: tuple[ComparedRow, ...]
    photos: tuple[PhotoSeen, ...]
    findings: tuple[Finding, ...]


def compared(world: World, code: StationCode) -> Compared:
    """What records, sealed or waiting, say of this station.

    Raises:
        NotFound: the register has no such station, or nothing is held of it.
    """
    state = fold(world.views.records())
    dossier = dossiers(state, world.register, world.election.desk).get(code)
    if dossier is None:
        raise NotFound(f"station {code[:40]}: nothing is held of it")
    outcomes = [decide(dossier, contest, world.election, world.forms) for contest in world.election.contests]
    bases = {digest for outcome in outcomes for digest in outcome.evidence if outcome.status == "counted"}
    findings = {(finding.code, finding.saw): finding for outcome in outcomes for finding in outcome.findings}
    fields = dict.fromkeys(field for evidence in dossier.evidence for field in evidence.counts)
    names = world.register.names
    areas = dossier.station.areas
    above = [area_of(areas[: depth + 1]) for depth in range(len(areas))]
    return Compared(
        code,
        tuple(names[area] for area in above if area in names),
        tuple(Statement(one.source, one.photo, one.digest in bases) for one in dossier.evidence),
        tuple(ComparedRow(field, tuple(one.counts.get(field) for one in dossier.evidence)) for field in fields),
        tuple(photo for photo in dossier.photos if photo.photo not in state.withheld),
        tuple(findings[key] for key in sorted(findings)),
    )
