"""The sections of an assessment's page: one a method and contest, strongest layer first."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from types import MappingProxyType

from markupsafe import Markup

from testigo.assessment.claims import Assessment, Claim
from testigo.site.grids import Grid, Told
from testigo.site.teller import Teller
from testigo.site.told_announced import (
    tell_certificate,
    tell_hygiene,
    tell_inside,
    tell_needed,
    tell_percent_first,
)
from testigo.site.told_estimates import tell_estimate, tell_late, tell_sensitivity
from testigo.site.told_outcome import tell_areas, tell_certainty, tell_coverage, tell_curve, tell_standing
from testigo.site.told_sheets import (
    tell_agreement,
    tell_audit_size,
    tell_duplicates,
    tell_fingerprint,
    tell_homogeneity,
    tell_jump,
    tell_last_digit,
    tell_lattice,
    tell_reliability,
)

Tell = Callable[[Sequence[Claim], Teller], Told]
TOLD: Mapping[str, Tell] = MappingProxyType(
    {
        "standing": tell_standing,
        "certainty": tell_certainty,
        "curve": tell_curve,
        "areas": tell_areas,
        "coverage": tell_coverage,
        "inside": tell_inside,
        "needed": tell_needed,
        "certificate": tell_certificate,
        "hygiene": tell_hygiene,
        "percent-first": tell_percent_first,
        "audit-size": tell_audit_size,
        "agreement": tell_agreement,
        "estimate": tell_estimate,
        "sensitivity": tell_sensitivity,
        "late": tell_late,
        "reliability": tell_reliability,
        "homogeneity": tell_homogeneity,
        "lattice": tell_lattice,
        "last-digit": tell_last_digit,
        "duplicates": tell_duplicates,
        "jump": tell_jump,
        "fingerprint": tell_fingerprint,
    }
)
"""How the claims of each method are told."""


@dataclass(frozen=True, slots=True)
class Section:
    """One method of one contest: what it says as tables and pictures. `layer` is the strength of its claims."""

    anchor: str
    layer: str
    title: str
    contest: str
    notes: tuple[str, ...]
    grids: tuple[Grid, ...]
    pictures: tuple[Markup, ...]


def sections_of(assessment: Assessment, teller: Teller) -> tuple[Section, ...]:
    """Every section, strongest layer first, in the order of the methods."""
    sections = []
    for method in assessment.methods:
        for contest in teller.election.contests:
            claims = assessment.of(method.id, contest.id)
            if claims:
                told = TOLD[method.id](claims, teller)
                title = teller.gettext(method.title)
                sections.append(
                    Section(method.id, method.layer, title, contest.name, told.notes, told.grids, told.pictures)
                )
    return tuple(sections)
