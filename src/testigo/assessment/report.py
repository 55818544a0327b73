"""All claims about an election, in the order of their layers."""

from collections.abc import Callable, Iterator, Mapping

from testigo import __version__
from testigo.assessment.announced import announced_claims, bulletin_claims
from testigo.assessment.auditing import audit_claims
from testigo.assessment.case import ACCEPTED, Case
from testigo.assessment.claims import LAYERS, Assessment, Claim
from testigo.assessment.columns import UNKNOWN, Figures
from testigo.assessment.estimates import estimate_claims, late_claims, sensitivity_claims
from testigo.assessment.methods import METHODS
from testigo.assessment.outcome import area_claims, certainty_claims, coverage_claims, curve_claims, standing_claims
from testigo.assessment.screening import screening_claims
from testigo.assessment.sentences import sentences_of
from testigo.assessment.transcriptions import agreement_claims, reliability_claims
from testigo.core.election import Contest


def assess(case: Case, progress: Callable[[str], None] = lambda _: None) -> Assessment:
    """What the sheets of a case prove, and what they do not. `progress` is told what begins."""
    claims: list[Claim] = []
    accepted: dict[str, Figures] = {}
    for contest in case.election.contests:
        progress("columns")
        collections = case.collections(contest)
        if ACCEPTED in collections:
            accepted[contest.id] = collections[ACCEPTED]
        for what, made in _parts(case, contest, collections):
            progress(what)
            claims += made
    order = {name: place for place, name in enumerate(METHODS)}
    claims.sort(key=lambda one: (LAYERS.index(METHODS[one.method].layer), order[one.method]))
    used = {claim.method for claim in claims}
    methods = tuple(method for name, method in METHODS.items() if name in used)
    sentences = tuple(
        sentence
        for contest in case.election.contests
        for sentence in sentences_of(contest, tuple(claims), accepted.get(contest.id))
    )
    return Assessment(case.election.id, len(case.digests), __version__, methods, tuple(claims), sentences)


def _parts(case: Case, contest: Contest, collections: Mapping[str, Figures]) -> Iterator[tuple[str, Iterator[Claim]]]:
    accepted = collections.get(ACCEPTED)
    if accepted is not None:
        yield "certainty", standing_claims(case, contest, accepted)
    for figures in collections.values():
        yield "certainty", certainty_claims(case, contest, figures)
        if figures is accepted or not (figures.registered(case.stations) == UNKNOWN).any():
            yield "curve", curve_claims(case, contest, figures)
    if accepted is not None:
        yield "areas", area_claims(case, contest, accepted)
        yield "coverage", coverage_claims(case, contest, accepted)
    together = {one.id for one in case.election.plan.collections} | {ACCEPTED}
    for figures in collections.values():
        if figures.id in together:
            yield "announced", announced_claims(case, contest, figures)
    yield "bulletins", bulletin_claims(case, contest)
    for figures in collections.values():
        yield "audits", audit_claims(contest, figures)
        yield "estimates", estimate_claims(case, contest, figures)
    yield "sensitivity", sensitivity_claims(case, contest, collections)
    yield "late arrivals", late_claims(case, contest, collections)
    if accepted is not None:
        yield "screens", screening_claims(case, contest, accepted)
    yield "agreement", agreement_claims(case, contest, collections)
    yield "reliability", reliability_claims(case, contest, collections)
