"""How many sheets an audit would need: of the outcome, and of our own digitisation."""

from collections.abc import Iterator, Mapping

from testigo.assessment.claims import Claim, Value, rounded
from testigo.assessment.columns import Figures
from testigo.core.election import Contest
from testigo.stats.audit import contest as audited_contest
from testigo.stats.audit import digitisation
from testigo.stats.martingale import draws_needed

RISKS = (0.05, 0.01)
MOST_POWERS = 3


def audit_claims(contest: Contest, figures: Figures) -> Iterator[Claim]:
    """The stations to draw at risk limits of 5% and 1%, if no difference is found, by both tests side by side."""
    totals = figures.totals
    if len(totals) < 2 or sorted(totals)[-1] == sorted(totals)[-2]:
        return
    votes = {str(choice.id): figures.votes[:, number] for number, choice in enumerate(contest.choices)}
    plan = audited_contest(votes, figures.ballots)
    hardest = plan.pairs[plan.hardest]
    values: Mapping[str, Value] = {
        "leader": hardest.leader,
        "rival": hardest.rival,
        "margin": hardest.margin,
        "sum_of_bounds": int(plan.sizes.sum()),
        "bound": rounded(float(plan.bound)),
        "sizes": _sizes(float(plan.bound)),
    }
    n = len(figures.rows)
    yield Claim("audit-size", contest.id, figures.id, n, values, part="outcome")
    rows: list[Value] = []
    margins = votes[hardest.leader] - votes[hardest.rival]
    for within in _limits(hardest.margin):
        found = digitisation(margins, figures.ballots, within)
        rows.append({"within": within, "bound": rounded(float(found.bound)), "sizes": _sizes(float(found.bound))})
    own: Mapping[str, Value] = {"leader": hardest.leader, "rival": hardest.rival, "limits": rows}
    yield Claim("audit-size", contest.id, figures.id, n, own, part="digitisation")


def _limits(margin: int) -> tuple[int, ...]:
    """The whole lead, and powers of ten below it."""
    powers = [10**power for power in range(len(str(margin)) - 1, 0, -1) if 10**power < margin]
    return (margin, *powers[:MOST_POWERS])


def _sizes(bound: float) -> list[Value]:
    return [
        {
            "risk": risk,
            "kaplan_markov": draws_needed("kaplan-markov", bound, risk),
            "capped": draws_needed("capped", bound, risk),
        }
        for risk in RISKS
    ]
