"""The checks of one station: each passes, fails or cannot be evaluated. What they mean stands in `catalogue`."""

import types
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

from testigo.core.arithmetic import State, evaluate
from testigo.core.catalogue import BY_CODE, threshold_of, weight_of
from testigo.core.dossier import Dossier, Evidence, ballots_cast, choice_sum, differences, sum_of_known
from testigo.core.election import Contest, Election
from testigo.core.form import Form
from testigo.core.ids import Counts, Digest, FieldId
from testigo.core.pages import Clash, missing_fields

MOST_CELLS_TOLD = 6


@dataclass(frozen=True, slots=True)
class Verdict:
    """What one check said; `saw` in numbers when it failed."""

    code: str
    state: State
    saw: str = ""
    weight: str = ""
    evidence: tuple[Digest, ...] = ()


PASSED: Mapping[str, Verdict] = types.MappingProxyType({code: Verdict(code, "pass") for code in BY_CODE})
NOT_EVALUABLE: Mapping[str, Verdict] = types.MappingProxyType(
    {code: Verdict(code, "not evaluable") for code in BY_CODE}
)
"""The verdicts that say nothing more than their state, made once: most verdicts are of these kinds."""


def check_evidence(
    evidence: Evidence,
    figures: Counts,
    contest: Contest,
    election: Election,
    forms: Mapping[str, Form],
    registered: int | None,
) -> Iterator[Verdict]:
    """What the checks of completeness, sums and bounds say of one piece of evidence; its weights as if accepted."""
    missing = missing_fields(evidence, contest, forms)
    named = [choice.id for choice in contest.choices if choice.id not in figures]
    absent = [*named, *(field for field in missing if field not in named)]
    yield _verdict("CO-FIELD", not absent, f"absent: {', '.join(absent)}", election, evidence)
    votes = choice_sum(contest, figures)
    cast = ballots_cast(contest, figures)
    yield from _sums(evidence, figures, contest, election, forms, votes)
    least = cast if cast is not None else sum_of_known(contest, figures)
    if registered is not None and cast is None and least > registered + threshold_of("BO-CAST", election):
        yield _verdict("BO-CAST", False, f"at least {least} ballots, {registered} registered", election, evidence)
        yield NOT_EVALUABLE["AC-TURNOUT"]
    elif cast is None or registered is None:
        yield NOT_EVALUABLE["BO-CAST"]
        yield NOT_EVALUABLE["AC-TURNOUT"]
    else:
        allowed = registered + threshold_of("BO-CAST", election)
        yield _verdict("BO-CAST", cast <= allowed, f"{cast} ballots, {registered} registered", election, evidence)
        limit = threshold_of("AC-TURNOUT", election)
        yield _verdict(
            "AC-TURNOUT",
            cast * 1_000_000 <= limit * registered or cast > allowed,
            f"{cast} of {registered} registered",
            election,
            evidence,
        )
    if cast is None:
        yield NOT_EVALUABLE["BO-CHOICE"]
    else:
        over = [f"{c.id} {figures[c.id]}" for c in contest.choices if figures.get(c.id, 0) > cast]
        yield _verdict("BO-CHOICE", not over, f"{', '.join(over)} of {cast} ballots", election, evidence)
    most = threshold_of("BO-FIELD", election)
    large = [f"{field} {value}" for field, value in figures.items() if value > most]
    yield _verdict("BO-FIELD", not large, ", ".join(large), election, evidence)


def _sums(
    evidence: Evidence,
    figures: Counts,
    contest: Contest,
    election: Election,
    forms: Mapping[str, Form],
    votes: int | None,
) -> Iterator[Verdict]:
    form = forms.get(evidence.form or "")
    if form is not None:
        yield _form_rules(evidence, form, election)
        return
    pairs: list[tuple[str, int | None, int | None]] = []
    if contest.valid is not None:
        pairs.append((f"choices and {contest.valid}", votes, figures.get(contest.valid)))
    if contest.cast is not None:
        stated = figures.get(contest.cast)
        parts = ballots_cast(contest, {field: n for field, n in figures.items() if field != contest.cast})
        pairs.append((f"parts and {contest.cast}", parts, stated))
    known = [(what, a, b) for what, a, b in pairs if a is not None and b is not None]
    if not known:
        yield NOT_EVALUABLE["SU-PARTS"]
        return
    broken = [f"{what}: {a} and {b}" for what, a, b in known if a != b]
    yield _verdict("SU-PARTS", not broken, "; ".join(broken), election, evidence)


def _form_rules(evidence: Evidence, form: Form, election: Election) -> Verdict:
    outcomes = [(rule, evaluate(rule, evidence.counts)) for rule in form.rules]
    broken = [(rule, outcome) for rule, outcome in outcomes if outcome.state == "fail"]
    if broken:
        held = any(rule.weight == "hold" for rule, _ in broken) and weight_of("SU-FORM", election) == "hold"
        saw = "; ".join(f"{rule.code}: {rule.text}: {o.left} {rule.relation} {o.right}" for rule, o in broken)
        return Verdict("SU-FORM", "fail", saw, "hold" if held else "warn", (evidence.digest,))
    evaluable = any(outcome.state == "pass" for _, outcome in outcomes)
    return PASSED["SU-FORM"] if evaluable else NOT_EVALUABLE["SU-FORM"]


def check_copies(
    chosen: tuple[Evidence, ...], others: tuple[Evidence, ...], figures: Mapping[Digest, Counts], election: Election
) -> Iterator[Verdict]:
    """What the comparisons between copies and sources say of the accepted evidence."""
    accepted = chosen[0]
    official = {source.id for source in election.sources if source.kind == "official"}
    groups: dict[str, list[Evidence]] = {"CP-PHOTOS": [], "CP-SOURCES": [], "CP-OFFICIAL": []}
    for evidence in (*chosen[1:], *others):
        if evidence.source in official:
            groups["CP-OFFICIAL"].append(evidence)
        elif evidence.source == accepted.source:
            groups["CP-PHOTOS"].append(evidence)
        else:
            groups["CP-SOURCES"].append(evidence)
    for code, members in groups.items():
        if not members:
            yield NOT_EVALUABLE[code]
            continue
        told, involved = [], [accepted.digest]
        for evidence in members:
            cells = differences(figures[accepted.digest], figures[evidence.digest])
            if cells:
                told.append(f"{accepted.source} against {evidence.source}: {_cells(cells)}")
                involved.append(evidence.digest)
        if told:
            yield Verdict(code, "fail", "; ".join(told), weight_of(code, election), tuple(involved))
        else:
            yield PASSED[code]


def check_clashes(clashes: Sequence[Clash], contest: Contest, election: Election) -> Iterator[Verdict]:
    """What is said of pages of this contest's sheets that two photos tell differently."""
    for clash in clashes:
        cells = tuple(cell for cell in clash.cells if cell[0] in contest.fields)
        if cells:
            saw = f"{clash.source} against {clash.source}: {_cells(cells)}"
            yield Verdict("CP-PHOTOS", "fail", saw, weight_of("CP-PHOTOS", election), clash.evidence)


def check_zero(accepted: Evidence, figures: Mapping[Digest, Counts], contest: Contest, election: Election) -> Verdict:
    """Whether the accepted evidence has no votes at all although something says that there were some."""
    own = figures[accepted.digest]
    votes = choice_sum(contest, own)
    if votes is None:
        return NOT_EVALUABLE["CO-ZERO"]
    elsewhere = max((choice_sum(contest, other) or 0 for other in figures.values()), default=0)
    cast = ballots_cast(contest, own) or 0
    saw = f"0 votes here, {elsewhere} in other evidence, {cast} ballots"
    return _verdict("CO-ZERO", votes > 0 or (elsewhere == 0 and cast == 0), saw, election, accepted)


def check_photos(dossier: Dossier, accepted: frozenset[Digest | None], election: Election) -> Iterator[Verdict]:
    """What the photos that concern this station say about its identity.

    Codes of two stations on a photo hold the station only if its figures are accepted from that photo: otherwise one
    photo by anybody could hold two stations.
    """
    code = dossier.station.code
    if not dossier.photos:
        yield NOT_EVALUABLE["ID-CLAIM"]
        yield NOT_EVALUABLE["ID-CODES"]
        return
    strangers = [
        f"photo {p.photo[:12]} filed under {', '.join(p.claimed)} names {p.named}"
        for p in dossier.photos
        if p.named and p.claimed and set(p.claimed) != {p.named}
    ]
    weight = weight_of("ID-CLAIM", election)
    yield Verdict("ID-CLAIM", "fail", "; ".join(strangers), weight) if strangers else PASSED["ID-CLAIM"]
    mixed = [p for p in dossier.photos if len(p.stations) > 1 and code in p.stations]
    told = "; ".join(f"photo {p.photo[:12]}: {', '.join(p.stations)}" for p in mixed)
    weight = weight_of("ID-CODES", election)
    if weight == "hold" and not any(p.photo in accepted for p in mixed):
        weight = "warn"
    yield Verdict("ID-CODES", "fail", told, weight) if mixed else PASSED["ID-CODES"]
    unread = [p.photo[:12] for p in dossier.photos if p.outcome == "nothing"]
    if unread:
        yield Verdict("CO-UNREAD", "fail", f"photo {', '.join(unread)}", weight_of("CO-UNREAD", election))


def _cells(cells: tuple[tuple[FieldId, int, int], ...]) -> str:
    told = ", ".join(f"{field} {a} and {b}" for field, a, b in cells[:MOST_CELLS_TOLD])
    return told + (f" and {len(cells) - MOST_CELLS_TOLD} more" if len(cells) > MOST_CELLS_TOLD else "")


def _verdict(code: str, holds: bool, saw: str, election: Election, evidence: Evidence) -> Verdict:
    if holds:
        return PASSED[code]
    return Verdict(code, "fail", saw, weight_of(code, election), (evidence.digest,))
