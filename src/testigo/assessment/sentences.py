"""The plain sentences at the top of an assessment: at most ten for a contest, strongest layer first."""

from collections.abc import Iterator, Mapping

from testigo.assessment.case import ACCEPTED
from testigo.assessment.claims import Claim, Sentence, Value
from testigo.assessment.columns import Figures
from testigo.core.election import Contest


def sentences_of(contest: Contest, claims: tuple[Claim, ...], accepted: Figures | None) -> Iterator[Sentence]:
    """The sentences of one contest; every one names the claims that it rests on."""
    by_method: dict[str, list[Claim]] = {}
    for claim in claims:
        if claim.contest == contest.id:
            by_method.setdefault(claim.method, []).append(claim)
    if accepted is None:
        yield Sentence("nothing", {"contest": contest.id}, ())
        return
    yield from _outcome(contest, by_method, accepted)
    yield from _announced(by_method)
    yield from _estimates(by_method)
    yield from _transcriptions(by_method)
    yield from _screens(by_method)
    yield Sentence("limits", {}, ())


def _outcome(contest: Contest, by_method: Mapping[str, list[Claim]], accepted: Figures) -> Iterator[Sentence]:
    found = [claim for claim in by_method.get("certainty", ()) if claim.collection == ACCEPTED]
    if not found:
        standing = by_method.get("standing", ())
        for claim in standing:
            yield Sentence("lead" if claim.values["leader"] else "tie", claim.values, (claim.id,))
            if claim.values["stations_missing"] != 0:
                yield Sentence("frame-unknown" if claim.values["leader"] else "tie-open", claim.values, (claim.id,))
        return
    # Of several frames the one with the most missing voters is the one that leaves the least room for doubt.
    hardest = min(found, key=lambda claim: _whole(claim, "slack"))
    yield Sentence("lead", hardest.values, (hardest.id,))
    if _whole(hardest, "missing") <= 0:
        yield Sentence("complete", hardest.values, (hardest.id,))
    else:
        yield Sentence("certain" if hardest.values["certain"] == "yes" else "open", hardest.values, (hardest.id,))


def _announced(by_method: Mapping[str, list[Claim]]) -> Iterator[Sentence]:
    """Of several bulletins the last one that cannot be true; else the last one."""
    for wording, key in (("inside", "rounded_over"), ("needed", "short"), ("certificate", "least_wrong")):
        # Without a coverage and a register nothing limits what undocumented stations may hold.
        found = [claim for claim in by_method.get(wording, ()) if claim.values.get("limited_by", "") is not None]
        bad = [claim for claim in found if _whole(claim, key) > 0]
        told = bad or found
        ours = [one for one in told if one.values["bulletin"] == told[-1].values["bulletin"] and _worst_case(one)]
        if ours:
            # Of several turnouts and frames the certificate that leaves least is the one that needs no assumption.
            strongest = min if wording == "certificate" else max
            yield _beside(wording, strongest(ours, key=lambda claim: _whole(claim, key)), impossible=bool(bad))
    found = [claim for claim in by_method.get("percent-first", []) if claim.values["one_in"] is not None]
    if found:
        yield Sentence("percent-first", found[-1].values, (found[-1].id,))


def _beside(wording: str, claim: Claim, *, impossible: bool) -> Sentence:
    """What a bulletin is beside the sheets; `needed` names the limit that leaves least."""
    by_register = "-by-register" if claim.values.get("limited_by") == "register" else ""
    return Sentence(f"{wording}{by_register}{'' if impossible else '-fits'}", claim.values, (claim.id,))


def _worst_case(claim: Claim) -> bool:
    return claim.values.get("cap_ppm") in (None, 1_000_000)


def _estimates(by_method: Mapping[str, list[Claim]]) -> Iterator[Sentence]:
    for claim in by_method.get("sensitivity", [])[:1]:
        yield Sentence("sensitivity", claim.values, (claim.id,))


def _transcriptions(by_method: Mapping[str, list[Claim]]) -> Iterator[Sentence]:
    found = by_method.get("agreement", [])
    if found:
        most = max(found, key=lambda claim: (_whole(claim, "differ"), _whole(claim, "common")))
        yield Sentence("agreement", most.values, (most.id,))


def _screens(by_method: Mapping[str, list[Claim]]) -> Iterator[Sentence]:
    found = [claim for claim in by_method.get("homogeneity", []) if claim.part == "list"]
    if found:
        yield Sentence("screens", found[0].values, (found[0].id,))
    else:
        yield Sentence("not-calibrated", {}, ())


def _whole(claim: Claim, key: str) -> int:
    value: Value = claim.values[key]
    return value if isinstance(value, int) else 0
