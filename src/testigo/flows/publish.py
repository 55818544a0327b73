"""`testigo publish`: the site and the bundle, from the sealed log alone; the same log gives the same bytes."""

import hashlib
from collections import defaultdict
from collections.abc import Callable, Iterator, Mapping
from concurrent.futures import Executor
from dataclasses import dataclass, replace
from itertools import chain
from pathlib import Path

from testigo.assessment.claims import Assessment
from testigo.assessment.report import assess
from testigo.core.across import loose_photos, same_photos, same_vectors
from testigo.core.dossier import Dossier, Finding, Outcome
from testigo.core.ids import Digest, StationCode
from testigo.core.records import Release
from testigo.core.state import State, dossiers, fold, photos_seen
from testigo.core.tables_out import figures_stated, public_tables
from testigo.core.tabulation import Tabulation, tabulate, totals_bytes
from testigo.errors import BadPhoto
from testigo.flows.ahead import in_order
from testigo.flows.apart import write_all, written_apart
from testigo.flows.assess import assessment_files, case_of
from testigo.flows.seal import CHECKPOINT, HISTORY, seal
from testigo.flows.staging import replaced_folder
from testigo.ports import Head, Reader, World
from testigo.site.bundle import bundle_files
from testigo.site.pages import site_parts
from testigo.site.values import Published
from testigo.site.verify_alone import verify_alone_source
from testigo.tlog.merkle import levels_of
from testigo.tlog.proof import Proof, format_proof
from testigo.tlog.tiles import entries_path, tile_path, tiles_of
from testigo.verification.results import outcomes_of
from testigo.verification.rules import Rules

BUNDLE = "bundle"
FEW_STATIONS = 3_000
"""Up to here starting more processes takes longer than they save."""

THUMBNAIL_WIDTH = 320
NUMBERS = frozenset({"registered", "sum_of_choices", "expected", "received", "read", "counted", "quarantined", "row"})


@dataclass(frozen=True, slots=True)
class Publication:
    """What was published: how many files, and the size and root of the log that they are made from."""

    files: int
    head: Head
    totals: str


@dataclass(frozen=True, slots=True)
class Shown:
    """What a sealed log says, worked out once for the pages and the tables."""

    state: State
    held: Mapping[StationCode, Dossier]
    outcomes: tuple[Outcome, ...]
    tabulation: Tabulation


def publish(
    world: World,
    out: Path,
    reader: Reader | None,
    executor: Executor,
    progress: Callable[[str], None],
    *,
    processes: int = 2,
    people: str | None = None,
) -> Publication:
    """Seals what waits, releases the totals, and writes site and bundle to `out`, whole or not at all.

    Without a reader no thumbnails are made. `progress` is told what begins. The pages of many stations are written by
    this many processes beside this one, those of few by none. `people` is the address of the server where a page's
    readers report a problem; the one that election.toml names if None.

    Raises:
        BadUsage: `out` holds something else than an earlier publication.
    """
    progress("sealing")
    seal(world)
    progress("deciding")
    shown = _shown(world)
    totals = totals_bytes(shown.tabulation)
    head = _release(world, shown.state, totals)
    progress("assessing")
    assessment = _assessment(world, shown)
    published = _published(world, shown, head, hashlib.sha256(totals).hexdigest(), assessment)
    published = replace(published, people=people or world.election.places.people)
    files = 0
    with replaced_folder(out) as write:
        progress("thumbnails")
        thumbnails = {}
        for photo, small in _thumbnails(world, published, reader, executor):
            thumbnails[photo] = f"t/{photo}.jpg"
            write(thumbnails[photo], small)
            files += 1
        progress("pages")
        own, *stations = site_parts(published, thumbnails=thumbnails, slices=processes)
        apart = stations if len(shown.held) > FEW_STATIONS else []
        with written_apart(apart, write) as written:
            files += write_all(chain(own, *(stations if not apart else ())), write)
            progress("bundle")
            for name, data in _bundle(world, published, shown, totals):
                write(f"{BUNDLE}/{name}", data)
                files += 1
            progress("pages")
            files += written()
    return Publication(files, head, published.totals_digest)


def _shown(world: World) -> Shown:
    state = fold(world.views.records())
    rules = Rules(world.election, world.forms, world.register)
    held = dossiers(state, world.register, world.election.desk)
    results = [result for _, result in state.results.values()]
    tabulation = tabulate(results, held, world.register, world.election)
    return Shown(state, held, tuple(outcomes_of(state, held, rules)), tabulation)


def _release(world: World, state: State, totals: bytes) -> Head:
    """The head after the log names these totals; nothing is added when its last release does so already."""
    digest = Digest(hashlib.sha256(totals).hexdigest())
    head = world.journal.heads()[-1]
    last = max(state.releases, key=lambda one: one[1].at, default=None)
    if last is not None and last[1].totals == digest:
        return head
    world.journal.append([Release(head.size, digest)])
    return seal(world)


def _assessment(world: World, shown: Shown) -> Assessment:
    results = {key: result for key, (_, result) in shown.state.results.items()}
    digests = [Digest(leaf.hex()) for leaf in world.journal.leaf_hashes()]
    return assess(case_of(world, shown.state, shown.held, results, digests))


def _published(world: World, shown: Shown, head: Head, totals: str, assessment: Assessment) -> Published:
    state = shown.state
    outcomes: dict[StationCode, list[Outcome]] = defaultdict(list)
    for outcome in shown.outcomes:
        outcomes[outcome.station].append(outcome)
    across: dict[StationCode, list[Finding]] = defaultdict(list)
    photos = photos_seen(state)
    for finding in (*same_vectors(shown.outcomes, world.election), *same_photos(photos, world.election)):
        across[finding.station].append(finding)
    checkpoint = world.log.get(CHECKPOINT) or b""
    return Published(
        election=world.election,
        register=world.register,
        forms=world.forms,
        tabulation=shown.tabulation,
        results=state.results,
        outcomes={station: tuple(found) for station, found in outcomes.items()},
        dossiers=shown.held,
        across={station: tuple(found) for station, found in across.items()},
        loose=loose_photos(photos, world.register, world.election),
        aside=tuple((digest, report) for digest, report in state.reports.items() if report.aside is not None),
        superseded=frozenset(state.superseded),
        acts=tuple(state.acts),
        renditions={photo: one for photo, one in sorted(state.renditions.items()) if photo not in state.withheld},
        withheld=state.withheld,
        photos=len(state.photos),
        log_size=head.size,
        log_root=head.root,
        checkpoint=checkpoint,
        vkey=world.signer.vkey,
        totals_digest=totals,
        assessment=assessment,
        proof_of=_prover(world, checkpoint),
    )


def _prover(world: World, checkpoint: bytes) -> Callable[[Digest], bytes]:
    hashes = world.journal.leaf_hashes()
    levels = levels_of(hashes)
    numbers = {leaf.hex(): number for number, leaf in enumerate(hashes)}

    def proof_of(digest: Digest) -> bytes:
        number = numbers[digest]
        return format_proof(Proof(number, levels.path(number), checkpoint))

    return proof_of


def _thumbnails(
    world: World, published: Published, reader: Reader | None, executor: Executor
) -> Iterator[tuple[Digest, bytes]]:
    """A small picture of every public copy, by its photo; made once and kept in the home under the copy's hash."""
    if reader is None or not published.renditions:
        return
    kept = world.home / "thumbnails"
    kept.mkdir(exist_ok=True)
    orients = {photo: record.orient for photo, record in world.views.photos().items()}

    def small(photo: Digest) -> tuple[Digest, bytes | None]:
        copy = published.renditions[photo].sha256
        path = kept / f"{copy}.jpg"
        if path.exists():
            return photo, path.read_bytes()
        # A copy that is not the master stands upright.
        orient = orients[photo] if copy == photo else 1
        try:
            data = reader.thumbnail(world.blobs.open(copy), orient, THUMBNAIL_WIDTH)
        except BadPhoto:
            return photo, None
        aside = path.with_suffix(".aside")
        aside.write_bytes(data)
        aside.rename(path)
        return photo, data

    for photo, data in in_order(executor, small, published.renditions):
        if data is not None:
            yield photo, data


def _bundle(world: World, published: Published, shown: Shown, totals: bytes) -> Iterator[tuple[str, bytes]]:
    tables = public_tables(shown.state, world.register, world.election, shown.tabulation, shown.outcomes)
    register = {name: world.blobs.open(record.sha256) for name, record in shown.state.registers.items()}
    fields = figures_stated(world.election)
    numbers = NUMBERS | set(fields) | {f"{field}.with_quarantine" for field in fields}
    return bundle_files(
        published,
        log=_log_files(world, published.log_size),
        register=register,
        totals=totals,
        tables=tables,
        assessment=assessment_files(published.assessment, world.election),
        open_object=world.blobs.open,
        parquet=lambda csv: world.tables.parquet(csv, numbers),
        verifier=verify_alone_source(),
    )


def _log_files(world: World, size: int) -> Iterator[tuple[str, bytes]]:
    """The files of the log at this size, and every checkpoint up to it."""
    names = [CHECKPOINT, *(f"{HISTORY}/{head.size}" for head in world.journal.heads())]
    names += [tile_path(level, index, width) for level, index, width in tiles_of(size)]
    names += [entries_path(index, width) for level, index, width in tiles_of(size) if level == 0]
    for name in names:
        data = world.log.get(name)
        if data is not None:
            yield name, data
