"""The acceptance policy: from a station's dossier to a result that is counted or in quarantine, never dropped."""

import types
from collections.abc import Container, Mapping, Sequence
from dataclasses import replace

from testigo.core.catalogue import weight_of
from testigo.core.checks import Verdict, check_clashes, check_copies, check_evidence, check_photos, check_zero
from testigo.core.dossier import DESK_SOURCE, PHOTO_SOURCE, Dossier, Evidence, Finding, Outcome, figures_of
from testigo.core.election import Basis, Contest, Election
from testigo.core.form import Form
from testigo.core.ids import Counts, Digest
from testigo.core.pages import missing_fields, put_together
from testigo.core.records import Result

_SOURCES: Mapping[str, str] = types.MappingProxyType({"reading": PHOTO_SOURCE, "entry": DESK_SOURCE})
"""Where evidence that is our own comes from; that of other kinds is a report of the source that the basis names."""


def decide(dossier: Dossier, contest: Contest, election: Election, forms: Mapping[str, Form]) -> Outcome:
    """What the policy makes of a station: the first basis that holds gives the figures, the checks grade them.

    Pages of a sheet that came in separate photos are put together first. The answer depends on the dossier alone, not
    on the order in which its parts came in.
    """
    held, clashes = put_together(dossier.evidence, forms)
    figures: dict[Digest, Counts] = {}
    for evidence in held:
        found = figures_of(contest, evidence.counts)
        if found:
            figures[evidence.digest] = found
    usable = tuple(evidence for evidence in held if evidence.digest in figures)
    verdicts: list[Verdict] = []
    if dossier.corrected:
        saw = f"{dossier.corrected} earlier rows"
        verdicts.append(Verdict("CP-CORRECTED", "fail", saw, weight_of("CP-CORRECTED", election)))
    lacking = frozenset(one.digest for one in usable if missing_fields(one, contest, forms))
    basis, chosen = _choose(usable, figures, lacking, election)
    accepted = frozenset(photo for evidence in chosen for photo in evidence.masters)
    verdicts = [*check_photos(dossier, accepted, election), *verdicts]
    clashed = tuple(check_clashes(clashes, contest, election))
    if basis is None:
        return _outcome(dossier, contest, "", (), {}, [*verdicts, *clashed])
    others = tuple(evidence for evidence in usable if evidence not in chosen)
    registered = dossier.station.registered
    verdicts += check_evidence(chosen[0], figures[chosen[0].digest], contest, election, forms, registered)
    verdicts.append(check_zero(chosen[0], figures, contest, election))
    verdicts += check_copies(chosen, others, figures, election)
    verdicts += [one for one in clashed if all(one.saw != told.saw for told in verdicts)]
    # That a page alone has not all figures is nothing to tell of it.
    told = _of_others(others, figures[chosen[0].digest], figures, contest, election, forms, registered)
    verdicts += [one for one in told if one.code != "CO-FIELD" or lacking.isdisjoint(one.evidence)]
    digests = tuple(digest for evidence in chosen for digest in evidence.leaves)
    return _outcome(dossier, contest, basis.id, digests, figures[chosen[0].digest], verdicts)


def _choose(
    usable: tuple[Evidence, ...], figures: Mapping[Digest, Counts], lacking: Container[Digest], election: Election
) -> tuple[Basis | None, tuple[Evidence, ...]]:
    """The first basis with enough agreeing evidence, and that evidence.

    What lacks a page of the sheet comes after all that lacks none. Of groups of the same number the one that states
    more figures is taken, then the one with the smallest digest.
    """
    for basis in election.policy.bases:
        source = _SOURCES.get(basis.kind, basis.source)
        groups: dict[tuple[tuple[str, int], ...], list[Evidence]] = {}
        for evidence in usable:
            if evidence.kind == basis.kind and evidence.source == source:
                groups.setdefault(tuple(sorted(figures[evidence.digest].items())), []).append(evidence)
        if groups:
            best = min(groups.values(), key=lambda group: _rank(group, figures, lacking))
            if len(best) >= basis.needs:
                return basis, tuple(best)
    return None, ()


def _rank(
    group: Sequence[Evidence], figures: Mapping[Digest, Counts], lacking: Container[Digest]
) -> tuple[bool, int, int, Digest]:
    first = group[0].digest
    return first in lacking, -len(group), -len(figures[first]), first


def _of_others(
    others: tuple[Evidence, ...],
    accepted: Counts,
    figures: Mapping[Digest, Counts],
    contest: Contest,
    election: Election,
    forms: Mapping[str, Form],
    registered: int | None,
) -> list[Verdict]:
    """The failures of evidence that was not accepted: told, but they hold nothing; the same figures fail alike."""
    return [
        Verdict(verdict.code, "fail", f"{evidence.source}, not accepted: {verdict.saw}", "warn", verdict.evidence)
        for evidence in others
        if evidence.form is not None or figures[evidence.digest] != accepted
        for verdict in check_evidence(evidence, figures[evidence.digest], contest, election, forms, registered)
        if verdict.state == "fail" and verdict.weight != "off"
    ]


def _outcome(
    dossier: Dossier,
    contest: Contest,
    basis: str,
    evidence: tuple[Digest, ...],
    counts: Counts,
    verdicts: list[Verdict],
) -> Outcome:
    code = dossier.station.code
    findings = tuple(
        Finding(verdict.code, code, verdict.saw, verdict.weight, verdict.evidence)
        for verdict in verdicts
        if verdict.state == "fail" and verdict.weight != "off"
    )
    held = any(finding.weight == "hold" for finding in findings)
    status = "no figures" if not basis else "quarantined" if held else "counted"
    failed = {finding.code for finding in findings}
    passed = {verdict.code for verdict in verdicts if verdict.state == "pass"} - failed
    open_ = {verdict.code for verdict in verdicts if verdict.state == "not evaluable"} - failed - passed
    return Outcome(
        code, contest.id, status, basis, evidence, counts, findings, tuple(sorted(passed)), tuple(sorted(open_))
    )


def result_of(outcome: Outcome, in_force: tuple[Digest, Result] | None = None) -> Result | None:
    """The record that an outcome asks for; None where the result in force (with its leaf hash) says it already.

    Without figures there is nothing to record, unless a result was in force before.
    """
    if not outcome.basis and in_force is None:
        return None
    codes = tuple(sorted({finding.code for finding in outcome.findings}))
    evidence = tuple(sorted(outcome.evidence))
    replaces, before = in_force or (None, None)
    new = Result(
        outcome.station, outcome.contest, outcome.status, outcome.basis, evidence, outcome.counts, codes, replaces
    )
    if before is not None and replace(before, replaces=replaces) == new:
        return None
    return new
