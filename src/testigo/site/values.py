"""What the public site and the bundle are made from: values only, no database and no clock."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass

from testigo.assessment.claims import Assessment
from testigo.core.dossier import Dossier, Finding, Outcome
from testigo.core.election import Election
from testigo.core.form import Form
from testigo.core.ids import Digest, StationCode
from testigo.core.records import Act, Rendition, Report, Result, Withhold
from testigo.core.register import StationRegister
from testigo.core.tabulation import Tabulation


@dataclass(frozen=True, slots=True)
class Published:
    """Everything that a publication shows, at one size of the log.

    `results` are the results in force with their leaf hashes; `outcomes` the same with their checks, by station, one
    for each contest. `across` are the findings that need more than one station, `loose` those of photos that belong to
    no station. `aside` are rows of tables that are kept apart. `renditions` are the public copies by their photo's
    hash, without the withheld ones. `proof_of` gives the tlog-proof of a leaf by its hash. `people` is the address of
    the server that takes reports of problems, None where pages offer none.
    """

    election: Election
    register: StationRegister
    forms: Mapping[str, Form]
    tabulation: Tabulation
    results: Mapping[tuple[StationCode, str], tuple[Digest, Result]]
    outcomes: Mapping[StationCode, tuple[Outcome, ...]]
    dossiers: Mapping[StationCode, Dossier]
    across: Mapping[StationCode, tuple[Finding, ...]]
    loose: tuple[Finding, ...]
    aside: tuple[tuple[Digest, Report], ...]
    superseded: frozenset[Digest]
    acts: tuple[Act, ...]
    renditions: Mapping[Digest, Rendition]
    withheld: Mapping[Digest, Withhold]
    photos: int
    log_size: int
    log_root: bytes
    checkpoint: bytes
    vkey: str
    totals_digest: str
    assessment: Assessment
    proof_of: Callable[[Digest], bytes]
    people: str | None = None
