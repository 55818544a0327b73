"""`testigo read --tune`: how sure a reading must be in this election, found on sheets that people have settled."""

from collections.abc import Callable, Mapping
from concurrent.futures import Executor
from dataclasses import dataclass

from testigo.core.ids import Counts, Digest, FieldId, StationCode
from testigo.core.records import Reading
from testigo.errors import BadUsage
from testigo.flows.ahead import in_order
from testigo.flows.read import reader_of, thresholds_of
from testigo.ports import Reader, Sight, World
from testigo.stats.tuning import Judged, Tuned, judged, tuned
from testigo.stats.written import field_cells

_FEWEST = 20


@dataclass(frozen=True, slots=True)
class SettledSheets:
    """Photos whose sheets people have settled: master, station, and the figures that all sources agree on."""

    photos: tuple[tuple[Digest, StationCode, Counts], ...]


def settled_sheets(world: World) -> SettledSheets:
    """Photos with figures written by hand at stations of which a source has reported figures.

    A figure that two sources tell differently is not settled.

    Raises:
        BadUsage: no form is read by hand, or there are too few such photos to say anything.
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
        and settled.get(record.station)
    }
    if len(found) < _FEWEST:
        raise BadUsage(
            f"expected at least {_FEWEST} photos with figures written by hand at stations that a source has reported, "
            f"came {len(found)}: read the photos and report the table of what people have settled first"
        )
    return SettledSheets(tuple(found[photo] for photo in sorted(found)))


def tune(
    world: World,
    settled: SettledSheets,
    executor: Executor,
    reader: Reader,
    target: float,
    progress: Callable[[int], None],
) -> Tuned:
    """Reads the settled sheets again, without keeping anything, and finds the thresholds.

    `target` is the share of wrong sheets among the accepted ones that must be shown not to be exceeded.
    """
    photos = world.views.photos()
    truth = {photo: counts for photo, _, counts in settled.photos}

    def look(sha256: Digest) -> tuple[Digest, Sight]:
        return sha256, reader.read(world.blobs.open(sha256), photos[sha256].orient)

    sheets: list[Mapping[float, Judged]] = []
    for sha256, sight in in_order(executor, look, tuple(truth)):
        ink = [(one.field, one.cells) for page in sight.pages for one in page.ink]
        if ink and len({page.form for page in sight.pages}) == 1:
            form = world.forms[sight.pages[0].form]
            sheets.append(judged(field_cells(ink), form.rules, truth[sha256], thresholds_of(world.election)))
        progress(1)
    return tuned(sheets, target)
