"""The public site: every page of a publication as relative path and bytes."""

from collections.abc import Iterator, Mapping, Sequence
from itertools import chain
from types import MappingProxyType

from markupsafe import Markup

from testigo.core.ids import Digest, StationCode
from testigo.site.areas import area_views, findings_summary, home_view
from testigo.site.assessment import assessment_pages
from testigo.site.edition import Edition, edition_of
from testigo.site.findings import aside_views, check_views
from testigo.site.missing import missing_pages
from testigo.site.paths import HOME, LANGUAGES, root_of, station_page
from testigo.site.press import Press, press_of
from testigo.site.sources import basis_views, photo_figures, source_anchor, source_views
from testigo.site.stations import station_views
from testigo.site.values import Published

TABLES = ("stations.csv", "areas.csv", "reports.csv", "photos.csv", "findings.csv", "README.md")
"""The tables of a bundle, and what explains their columns."""

_NO_THUMBNAILS: Mapping[Digest, str] = MappingProxyType({})


def site_files(
    published: Published, *, thumbnails: Mapping[Digest, str] = _NO_THUMBNAILS, tables: tuple[str, ...] = TABLES
) -> Iterator[tuple[str, bytes]]:
    """Every file of the site, by its path below the root that also holds the bundle in `bundle/`.

    `thumbnails` are paths of small images by their photo's hash, relative to the root; `tables` the names of the files
    in `bundle/data/tables/`. The same publication gives the same files in the same order.
    """
    return chain.from_iterable(site_parts(published, thumbnails=thumbnails, tables=tables))


def site_parts(
    published: Published,
    *,
    thumbnails: Mapping[Digest, str] = _NO_THUMBNAILS,
    tables: tuple[str, ...] = TABLES,
    slices: int = 1,
) -> tuple[Iterator[tuple[str, bytes]], ...]:
    """The files of `site_files` in parts that need not know of each other: lists and areas, then slices of stations."""
    edition = edition_of(published, thumbnails)
    press = press_of(edition)
    bases = {view.id: press.word("words.html", "basis", view.kind, view.source, view.needs)
             for view in basis_views(edition)}  # fmt: skip
    codes = tuple(published.dossiers)
    most = max(1, -(-len(codes) // slices))
    return (
        chain(_styles(press), _lists(edition, press, bases, tables), _assessed(edition), _areas(edition, press)),
        *(_stations(edition, press, bases, codes[n : n + most]) for n in range(0, len(codes), most)),
    )


def _styles(press: Press) -> Iterator[tuple[str, bytes]]:
    for name in ("site.css", "icon.svg"):
        yield name, press.page(name, name)


def _lists(
    edition: Edition, press: Press, bases: Mapping[str, Markup], tables: tuple[str, ...]
) -> Iterator[tuple[str, bytes]]:
    published = edition.published
    for page in missing_pages(edition):
        yield page.page, press.page("missing.html", page.page, page=page)
    values: dict[str, dict[str, object]] = {
        "findings.html": {
            "checks": check_views(edition),
            "asides": aside_views(edition),
            "has_csv": "findings.csv" in tables,
        },
        "sources.html": {
            "sources": source_views(edition),
            "photos": photo_figures(edition),
            "basis_list": basis_views(edition),
            "bases": bases,
        },
        "check.html": {
            "vkey": published.vkey,
            "log_root": published.log_root.hex(),
            "totals_digest": published.totals_digest,
            "checkpoint": published.checkpoint.decode("utf-8", "replace"),
        },
        "downloads.html": {"tables": tuple((name, press.word("words.html", "table", name)) for name in tables)},
    }
    for path, own in values.items():
        yield path, press.page(path, path, **own)


def _assessed(edition: Edition) -> Iterator[tuple[str, bytes]]:
    presses = {language: press_of(edition, language) for language, _ in LANGUAGES}
    yield from assessment_pages(edition.published.assessment, edition.published.election, presses)


def _areas(edition: Edition, press: Press) -> Iterator[tuple[str, bytes]]:
    yield (
        HOME,
        press.page(
            "home.html",
            HOME,
            view=home_view(edition),
            stations=len(edition.published.dossiers),
            levels=edition.levels,
            findings=findings_summary(edition),
            example=next((station_page(code) for code in edition.published.outcomes), ""),
        ),
    )
    for view in area_views(edition):
        yield view.page, press.page("area.html", view.page, view=view)


def _stations(
    edition: Edition, press: Press, bases: Mapping[str, Markup], codes: Sequence[StationCode]
) -> Iterator[tuple[str, bytes]]:
    root = root_of("s/")
    link = Markup('<a href="{}sources.html#{}"><bdi>{}</bdi></a>')
    shared: dict[str, object] = {
        "bases": bases,
        "words": {word: press.word("parts.html", "status", word) for word in ("counted", "quarantined", "no figures")},
        "outcomes": {word: press.word("words.html", "outcome", word)
                     for word in ("figures", "settled", "doubtful", "station", "foreign", "nothing", "waiting")},
        "sources": {one.id: link.format(root, source_anchor(one.id), one.name)
                    for one in edition.published.election.sources},
        "weights": {word: press.word("parts.html", "weight", word) for word in ("hold", "warn")},
        "unstated": press.word("words.html", "unstated"),
        "check_hint": press.word("words.html", "check_hint", root),
    }  # fmt: skip
    for view in station_views(edition, codes):
        yield view.page, press.page("station.html", view.page, view=view, about=view.code, **shared)
