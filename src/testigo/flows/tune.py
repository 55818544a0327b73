"""`testigo read --tune`: how sure a reading must be in this election, found on sheets that people have settled.

Sheets are weighed as `read` does it: pages that came in separate photos together, and whatever `read` never counts (no
code names the station, a page is missing or stands twice, a figure of the form was not found) is not accepted here.
"""

from collections import defaultdict
from collections.abc import Callable, Iterable, Mapping, Sequence
from concurrent.futures import Executor
from dataclasses import dataclass

from testigo.core.ids import Counts, Digest, FieldId, StationCode
from testigo.core.records import Reading
from testigo.errors import BadUsage
from testigo.flows.ahead import in_order
from testigo.flows.handwriting import Written, written_on
from testigo.flows.joined import Part, by_sheet, pages_of, part_of, weighed_together
from testigo.flows.read import reader_of, readings_of, thresholds_of
from testigo.ports import Reader, Sight, World
from testigo.stats.posterior import Thresholds
from testigo.stats.tuning import NEVER_SURE, PhotoJudged, Tuned, judged, tuned
from testigo.stats.written import on_paper

_FEWEST = 20
"""Stations; with fewer the interval says nothing."""


@dataclass(frozen=True, slots=True)
class SettledSheets:
    """Photos whose sheets people have settled: master, station, and the figures that all sources agree on."""

    photos: tuple[tuple[Digest, StationCode, Counts], ...]

    @property
    def stations(self) -> frozenset[StationCode]:
        """The stations that these photos show."""
        return frozenset(station for _, station, _ in self.photos)


def settled_sheets(world: World) -> SettledSheets:
    """Photos with figures written by hand at stations of which a source has reported figures of the same form.

    A figure that two sources tell differently is not settled.

    Raises:
        BadUsage: no form is read by hand, or there are too few such stations to say anything.
    """
    if not any(form.by_hand for form in world.forms.values()):
        raise BadUsage("expected a form whose figures are read from where they are written; this election has none")
    said: dict[StationCode, dict[FieldId, set[int]]] = {}
    for source in world.election.sources:
        for station, (_, report) in world.views.current_reports(source.id).items():
            for field, value in (report.counts or {}).items():
                said.setdefault(station, {}).setdefault(field, set()).add(value)
    settled = {
        station: {field: min(values) for field, values in fields.items() if len(values) == 1}
        for station, fields in said.items()
    }
    reader = reader_of(world)
    found = {
        record.photo: (record.photo, record.station, settled[record.station])
        for _, record in world.views.records()
        if isinstance(record, Reading)
        and record.reader == reader
        and record.verdict is not None
        and record.station is not None
        and not settled.get(record.station, {}).keys().isdisjoint(_fields(world, record.form))
    }
    sheets = SettledSheets(tuple(found[photo] for photo in sorted(found)))
    if len(sheets.stations) < _FEWEST:
        raise BadUsage(
            f"expected photos with figures written by hand at {_FEWEST} stations or more that a source has reported, "
            f"came {len(found)} photos of {len(sheets.stations)} stations: read the photos and report the table of "
            "what people have settled first"
        )
    return sheets


def tune(
    world: World,
    settled: SettledSheets,
    executor: Executor,
    reader: Reader,
    target: float,
    progress: Callable[[int], None],
) -> Tuned:
    """Reads the settled sheets again, without keeping anything, and finds the thresholds.

    `target` is the share of wrong stations among the accepted ones that must be shown not to be exceeded.
    """
    photos, base = world.views.photos(), thresholds_of(world.election)
    truth = {photo: counts for photo, _, counts in settled.photos}
    found: dict[Digest, PhotoJudged] = {}
    parts: list[Part] = []

    def look(sha256: Digest) -> tuple[Digest, Sight]:
        return sha256, reader.read(world.blobs.open(sha256), photos[sha256].orient)

    for sha256, sight in in_order(executor, look, tuple(truth)):
        codes, alone = readings_of(world, photos[sha256], sight)
        part = part_of(codes, alone, sight.pages, world.forms)
        if part is None:
            sheet = written_on(codes, photos[sha256].station, sight.pages, world.forms)
            found[sha256] = _judged(sheet, truth[sha256], base)
        else:
            parts.append(part)
        progress(1)
    for together in _weighed_together(parts):
        sheet = written_on(together[0].codes, None, pages_of(together), world.forms)
        told = _judged(sheet, truth[together[0].alone.photo], base)
        for part in together:
            # A page that is read again with a retake of another one stays with the sheet that it was read with first.
            found.setdefault(part.alone.photo, told)
    return tuned(_by_station(settled, found), target)


def _weighed_together(parts: Iterable[Part]) -> Iterable[Sequence[Part]]:
    for some in by_sheet(parts).values():
        yield from weighed_together(some, {part.alone.photo: part for part in some})


def _judged(sheet: Written | None, settled: Counts, base: Thresholds) -> PhotoJudged:
    if sheet is None or not sheet.may_count:
        return NEVER_SURE
    read = on_paper(sheet.form, sheet.ink, sheet.said)
    if read.unread or not read.cells:
        return NEVER_SURE
    return judged(read.cells, sheet.form.rules, settled, base, read.evidence)


def _by_station(settled: SettledSheets, found: Mapping[Digest, PhotoJudged]) -> list[list[PhotoJudged]]:
    """The photos of each station; stations in the order of their photos' hashes, so that halves are drawn by lot."""
    stations: dict[StationCode, list[PhotoJudged]] = defaultdict(list)
    for photo, station, _ in settled.photos:
        stations[station].append(found[photo])
    return list(stations.values())


def _fields(world: World, form: str | None) -> frozenset[FieldId]:
    return frozenset(world.forms[form].fields) if form is not None and form in world.forms else frozenset()
