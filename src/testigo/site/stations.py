"""A station's values: what was accepted and why, all other evidence beside it, photos, checks and proofs."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass

from testigo.core.catalogue import BY_CODE
from testigo.core.dossier import DESK_SOURCE, PHOTO_SOURCE, Dossier, Evidence, PhotoSeen, figures_of
from testigo.core.election import Contest
from testigo.core.ids import Counts, FieldId, StationCode
from testigo.core.pages import put_together
from testigo.site.edition import Edition, other_fields
from testigo.site.paths import object_path, station_page
from testigo.site.seen import told_seen

MOST_COLUMNS = 12


@dataclass(frozen=True, slots=True)
class FigureTable:
    """One contest at a station. `status` is `counted`, `quarantined` or `no figures`; `basis` the id of the policy's.

    `columns` are the other evidence: kind, source id and what names it. A row is kind, label, accepted figure (empty
    where it is not stated) and a cell for each column: figure and whether it differs. `agreeing` counts the evidence
    that was accepted, `left_out` columns beyond the most that are shown. `pages` are the numbers of the photos from
    which the pages of the accepted sheet come, empty where it is one photo or none.
    """

    name: str
    status: str
    basis: str
    agreeing: int
    columns: tuple[tuple[str, str, str], ...]
    left_out: int
    rows: tuple[tuple[str, str, str, tuple[tuple[str, bool], ...]], ...]
    record: str
    proof: str
    pages: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class PhotoView:
    """A photo of a station: `state` is `shown`, `covered` (shown, with personal data covered), `withheld` (with
    `reason`) or `private`; `outcome` of its reading. `master` is the hash of the photo itself.
    """

    number: int
    short: str
    master: str
    state: str
    reason: str
    outcome: str
    full: str
    thumbnail: str
    media: str
    size: str


@dataclass(frozen=True, slots=True)
class StationView:
    """The page of a station. `findings` are code, title, what was seen, advice and weight."""

    code: str
    page: str
    crumbs: tuple[tuple[str, str], ...]
    registered: str | None
    contests: tuple[FigureTable, ...]
    photos: tuple[PhotoView, ...]
    findings: tuple[tuple[str, str, str, str, str], ...]
    passed: tuple[str, ...]
    not_evaluable: tuple[str, ...]

    @property
    def proven(self) -> bool:
        """Whether a result is recorded for any contest."""
        return any(table.proof for table in self.contests)


def station_views(edition: Edition, codes: Iterable[StationCode]) -> Iterator[StationView]:
    """These stations, of those that anything is held about, in the order given."""
    crumbs: dict[str, tuple[tuple[str, str], ...]] = {}
    for code in codes:
        dossier = edition.published.dossiers[code]
        area = dossier.station.area
        if area not in crumbs:
            crumbs[area] = edition.way_down(area)
        yield _view(edition, code, dossier, crumbs[area])


def _view(edition: Edition, code: StationCode, dossier: Dossier, crumbs: tuple[tuple[str, str], ...]) -> StationView:
    published = edition.published
    outcomes = published.outcomes.get(code, ())
    findings = edition.found.get(code, ())
    failed = {finding.code for finding in findings}
    passed = {name for outcome in outcomes for name in outcome.passed} - failed
    open_ = {name for outcome in outcomes for name in outcome.not_evaluable} - failed - passed
    registered = dossier.station.registered
    settled = {photo for one in dossier.evidence if one.source == DESK_SOURCE for photo in one.masters}
    return StationView(
        code,
        station_page(code),
        crumbs,
        None if registered is None else edition.numbers.whole(registered),
        tuple(_figures(edition, dossier, contest) for contest in published.election.contests),
        tuple(
            _photo(edition, photo, number, settled=photo.photo in settled)
            for number, photo in enumerate(dossier.photos, 1)
        ),
        tuple(
            (f.code, BY_CODE[f.code].title, told_seen(f.code, f.saw, edition.words), BY_CODE[f.code].advice, f.weight)
            for f in findings
        ),
        tuple(sorted(passed)),
        tuple(sorted(open_)),
    )


def _figures(edition: Edition, dossier: Dossier, contest: Contest) -> FigureTable:
    held = edition.published.results.get((dossier.station.code, contest.id))
    accepted: Counts = {} if held is None else held[1].counts
    used = () if held is None else held[1].evidence
    others = [(one, figures_of(contest, one.counts)) for one in dossier.evidence if one.digest not in used]
    others = [(one, figures) for one, figures in others if figures]
    shown = others[:MOST_COLUMNS]
    columns = tuple(_column(one, dossier) for one, _ in shown)
    rows = [("choice", choice.name, choice.id) for choice in contest.choices]
    rows += [
        (kind, field, field)
        for field, kind in other_fields(contest)
        if field in accepted or any(field in figures for _, figures in shown)
    ]
    whole = edition.numbers.whole
    told = tuple(
        (
            kind,
            label,
            whole(accepted[field]) if field in accepted else "",
            tuple(_cell(edition, accepted, figures, field, compare=held is not None) for _, figures in shown),
        )
        for kind, label, field in rows
    )
    left_out = len(others) - len(shown)
    if held is None:
        return FigureTable(contest.name, "no figures", "", 0, columns, left_out, told, "", "")
    proof = edition.published.proof_of(held[0]).decode("utf-8", "replace")
    result = held[1]
    statements = put_together(dossier.evidence, edition.published.forms)[0]
    accepted_from = [one for one in statements if one.digest in used]
    masters = {photo for one in accepted_from if len(one.masters) > 1 for photo in one.masters}
    return FigureTable(
        contest.name,
        result.status,
        result.basis,
        len(accepted_from) or len(used),
        columns,
        left_out,
        told,
        str(leaf_number(proof)),
        proof,
        tuple(str(number) for number, seen in enumerate(dossier.photos, 1) if seen.photo in masters),
    )


def leaf_number(proof: str) -> int:
    """The leaf's number that a tlog-proof states in its line `index N` (C2SP tlog-proof@v1)."""
    start = proof.index("\nindex ") + 7
    return int(proof[start : proof.index("\n", start)])


def _cell(edition: Edition, accepted: Counts, figures: Counts, field: FieldId, *, compare: bool) -> tuple[str, bool]:
    if field not in figures:
        return "", False
    return edition.numbers.whole(figures[field]), compare and field in accepted and accepted[field] != figures[field]


def _column(evidence: Evidence, dossier: Dossier) -> tuple[str, str, str]:
    if evidence.source in (PHOTO_SOURCE, DESK_SOURCE):
        number = next((n for n, seen in enumerate(dossier.photos, 1) if seen.photo == evidence.photo), 0)
        return "photo", "", str(number) if number else (evidence.photo or evidence.digest)[:12]
    return "report", evidence.source, evidence.source


def _photo(edition: Edition, photo: PhotoSeen, number: int, *, settled: bool) -> PhotoView:
    published = edition.published
    rendition = published.renditions.get(photo.photo)
    withheld = published.withheld.get(photo.photo)
    shown = rendition if withheld is None else None
    state = "withheld" if withheld is not None else "private"
    if shown is not None:
        state = "shown" if shown.sha256 == photo.photo else "covered"
    return PhotoView(
        number,
        photo.photo[:12],
        photo.photo,
        state,
        withheld.reason if withheld is not None else "",
        "settled" if settled else photo.outcome,
        object_path(shown.sha256) if shown else "",
        edition.thumbnails.get(photo.photo, "") if shown else "",
        shown.media.partition("/")[2].upper() if shown else "",
        edition.numbers.whole(-(-shown.size // 1024)) if shown else "",
    )
