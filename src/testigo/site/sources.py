"""Where the figures come from: tables with their licences, photos, and on which basis results were accepted."""

from collections import Counter, defaultdict
from dataclasses import dataclass

from testigo.core.dossier import DESK_SOURCE, PHOTO_SOURCE
from testigo.site.edition import Edition
from testigo.site.paths import path_safe


@dataclass(frozen=True, slots=True)
class SourceView:
    """One source: rows that take part, rows set aside (cause, number); `anchor` is its id on the page."""

    anchor: str
    name: str
    kind: str
    licence: str
    published_at: str
    taken: str
    aside: tuple[tuple[str, str], ...]


@dataclass(frozen=True, slots=True)
class BasisView:
    """How many results of each contest were accepted on one basis of the policy: contest, counted, in quarantine."""

    id: str
    kind: str
    source: str
    needs: int
    accepted: tuple[tuple[str, str, str], ...]


def source_views(edition: Edition) -> tuple[SourceView, ...]:
    """The tables of the election in the order of its file."""
    published, whole = edition.published, edition.numbers.whole
    taken = Counter(one.source for dossier in published.dossiers.values() for one in dossier.evidence)
    aside: dict[str, Counter[str]] = defaultdict(Counter)
    for _, report in published.aside:
        aside[report.source][report.aside or ""] += 1
    return tuple(
        SourceView(
            source_anchor(source.id),
            source.name,
            source.kind,
            source.licence,
            source.published_at,
            whole(taken[source.id]),
            tuple((edition.words.gettext(cause), whole(number)) for cause, number in sorted(aside[source.id].items())),
        )
        for source in published.election.sources
    )


def photo_figures(edition: Edition) -> tuple[str, str]:
    """How many photos are held, and how many of them gave figures of a station of the register."""
    own = (PHOTO_SOURCE, DESK_SOURCE)
    read = sum(one.source in own for dossier in edition.published.dossiers.values() for one in dossier.evidence)
    return edition.numbers.whole(edition.published.photos), edition.numbers.whole(read)


def basis_views(edition: Edition) -> tuple[BasisView, ...]:
    """The bases of the policy in their order."""
    election, whole = edition.published.election, edition.numbers.whole
    accepted = Counter((r.basis, r.contest, r.status) for _, r in edition.published.results.values())
    names = {source.id: source.name for source in election.sources}
    return tuple(
        BasisView(
            basis.id,
            basis.kind,
            names.get(basis.source or "", ""),
            basis.needs,
            tuple(
                (
                    contest.name,
                    whole(accepted[basis.id, contest.id, "counted"]),
                    whole(accepted[basis.id, contest.id, "quarantined"]),
                )
                for contest in election.contests
            ),
        )
        for basis in election.policy.bases
    )


def source_anchor(source: str) -> str:
    """The id of a source on its page."""
    return f"source-{path_safe(source)}"
