"""What an assessment looks at: the rules, the results in force and the evidence of every station, in columns."""

from bisect import bisect_right
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property

from testigo.assessment.columns import Figures, Stations, figures_in_columns, first_known, stations_of
from testigo.core.dossier import DESK_SOURCE, PHOTO_SOURCE, Dossier
from testigo.core.election import Contest, Election
from testigo.core.ids import Counts, Digest, StationCode
from testigo.core.records import Result
from testigo.core.register import StationRegister

ACCEPTED = "accepted"
"""The collection of results that the policy accepts and counts."""


@dataclass(frozen=True)
class Case:
    """One size of a log, as an assessment needs it.

    `results` are those in force, `held` the dossiers, `digests` the leaf hashes by number and `ends` the sizes at which
    batches ended. `calibration` are the bytes of the screens' calibration that the log names, None where there is none.
    """

    election: Election
    register: StationRegister
    results: Mapping[tuple[StationCode, str], Result]
    held: Mapping[StationCode, Dossier]
    digests: Sequence[Digest]
    ends: Sequence[int]
    calibration: bytes | None = None

    @cached_property
    def stations(self) -> Stations:
        """The register in columns."""
        return stations_of(self.register)

    @cached_property
    def sources(self) -> Mapping[str, Mapping[StationCode, Counts]]:
        """Source to station to counts, in the order of the election, photos last; sources without figures are absent.

        Of several statements of one source about a station the one with the smallest leaf hash stands.
        """
        found: dict[str, dict[StationCode, Counts]] = {}
        for code, dossier in self.held.items():
            for evidence in dossier.evidence:
                found.setdefault(evidence.source, {}).setdefault(code, evidence.counts)
        known = [*(source.id for source in self.election.sources), PHOTO_SOURCE, DESK_SOURCE]
        return {source: found[source] for source in known if source in found}

    def names(self) -> Mapping[str, str]:
        """Every collection that is assessed, with its name: what is accepted, each source, sources taken together."""
        named = {source.id: source.name for source in self.election.sources}
        named |= {own: own for own in (PHOTO_SOURCE, DESK_SOURCE)}
        together = [one for one in self.election.plan.collections if set(one.sources) & self.sources.keys()]
        return {
            ACCEPTED: ACCEPTED,
            **{one.id: one.name for one in together},
            **{source: named[source] for source in self.sources},
        }

    def collections(self, contest: Contest) -> Mapping[str, Figures]:
        """The figures of a contest in every collection that has any, what is accepted first."""
        plans = {one.id: one.sources for one in self.election.plan.collections}
        made: dict[str, Figures] = {}
        for name, title in self.names().items():
            if name == ACCEPTED:
                counts: Mapping[StationCode, Counts] = {
                    station: result.counts
                    for (station, contest_id), result in self.results.items()
                    if contest_id == contest.id and result.status == "counted"
                }
            else:
                counts = first_known(self.sources[one] for one in plans.get(name, (name,)) if one in self.sources)
            figures = figures_in_columns((name, title), counts.items(), contest, self.stations)
            if len(figures.rows):
                made[name] = figures
        return made

    @cached_property
    def arrivals(self) -> Mapping[StationCode, int]:
        """Station to the number of the batch (from 0) that first held figures of it."""
        numbers = {digest: number for number, digest in enumerate(self.digests)}
        return {
            code: min(bisect_right(self.ends, numbers[one.digest]) for one in dossier.evidence)
            for code, dossier in self.held.items()
            if dossier.evidence
        }
