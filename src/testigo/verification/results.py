"""The results decided anew: what the policy gives must be what the log says, for every station and contest."""

from collections.abc import Iterator, Mapping

from testigo.core.decision import decide, result_of
from testigo.core.dossier import Dossier, Outcome
from testigo.core.ids import StationCode
from testigo.core.records import Result
from testigo.core.state import State
from testigo.verification.evidence import evidence_problems
from testigo.verification.history import Replay
from testigo.verification.report import Step, graded
from testigo.verification.rules import Rules


def check_results(replayed: Replay, rules: Rules) -> tuple[Step, tuple[Outcome, ...]]:
    """The step `results` and the outcomes of all stations that anything is held about, by station and contest."""
    state = replayed.state
    if replayed.count is None:
        return graded("results", "", wrong=_strangers(state, rules)), ()
    wrong: list[str] = []
    outcomes = tuple(outcomes_of(state, replayed.count.held, rules))
    for outcome in outcomes:
        in_force = state.results.get((outcome.station, outcome.contest))
        due = result_of(outcome, in_force)
        if due is not None:
            says = "no result" if in_force is None else _told(in_force[1])
            wrong.append(
                f"station {outcome.station}, contest {outcome.contest}: the log says {says}; "
                f"the policy gives {_told(due)}"
            )
    wrong += replayed.broken_links
    wrong += evidence_problems(state, rules)
    return graded("results", f"{len(state.results)} results are those that the policy gives", wrong=wrong), outcomes


def _strangers(state: State, rules: Rules) -> list[str]:
    contests = {contest.id for contest in rules.election.contests}
    return [
        f"station {station}, contest {contest}: there is a result, and the register or the election has no such thing"
        for station, contest in sorted(state.results)
        if station not in rules.register.stations or contest not in contests
    ]


def outcomes_of(state: State, held: Mapping[StationCode, Dossier], rules: Rules) -> Iterator[Outcome]:
    """What the policy makes of every station that something is held about or that has a result, by station."""
    stations = rules.register.stations
    for code in sorted({*held, *(station for station, _ in state.results)}):
        dossier = held.get(code, Dossier(stations[code], (), ()))
        for contest in rules.election.contests:
            yield decide(dossier, contest, rules.election, rules.forms)


def _told(result: Result) -> str:
    figures = ", ".join(f"{field} {number}" for field, number in sorted(result.counts.items()))
    findings = f", findings {' '.join(result.findings)}" if result.findings else ""
    evidence = ", ".join(digest[:12] for digest in result.evidence)
    return f"{result.status} by {result.basis or 'no basis'} from [{evidence}]: {figures or 'no figures'}{findings}"
