"""An election as data: contests, choices, areas, sources, acceptance policy, thresholds, announced results."""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

from testigo.core.entry import DeskRules
from testigo.core.ids import FieldId
from testigo.core.keys import Keys, keys_of
from testigo.core.places import Places, places_of
from testigo.core.plan import AssessmentPlan, plan_of
from testigo.errors import BadElection

_ID = re.compile(r"[A-Za-z0-9][A-Za-z0-9_.-]*\Z")
_SHARE = re.compile(r"[0-9]{1,3}(?:\.[0-9]{1,6})?\Z")
_COLOUR = re.compile(r"#[0-9a-fA-F]{6}\Z")


@dataclass(frozen=True, slots=True)
class Choice:
    """What can be voted for; `lines` are the ballot lines that add up to it, empty where a sheet has only the sum."""

    id: FieldId
    name: str
    colour: str
    lines: tuple[FieldId, ...] = ()


@dataclass(frozen=True, slots=True)
class Contest:
    """An office or question, and the fields that hold its other figures (None or empty where the sheet has none)."""

    id: str
    name: str
    form: str
    choices: tuple[Choice, ...]
    valid: FieldId | None
    blank: FieldId | None
    null: tuple[FieldId, ...]
    cast: FieldId | None

    @property
    def fields(self) -> tuple[FieldId, ...]:
        """Every field of the contest: choices, their lines, and the other figures."""
        others = tuple(field for field in (self.valid, self.blank, *self.null, self.cast) if field is not None)
        lines = tuple(line for choice in self.choices for line in choice.lines)
        return tuple(choice.id for choice in self.choices) + lines + others


@dataclass(frozen=True, slots=True)
class Source:
    """Who publishes a table, and which column holds what.

    `kind` is `report` or `official`. `columns` maps `station`, `registered`, `area.<level>`, `area_name.<level>` and
    field names to columns; `station` may be several columns, joined by `station_format`. `encoding` is `auto` or a
    Python codec.
    """

    id: str
    name: str
    kind: str
    file: str | None
    licence: str
    published_at: str
    encoding: str
    columns: Mapping[str, tuple[str, ...]]
    station_format: str | None


@dataclass(frozen=True, slots=True)
class Basis:
    """One way to accept a result: `needs` agreeing pieces of evidence of a kind.

    Kinds are `reading` (a machine's), `entry` (what people settled at the desk) and `report` (of a source).
    """

    id: str
    kind: str
    source: str | None
    needs: int


@dataclass(frozen=True, slots=True)
class Policy:
    """Bases in order of precedence, and what a disagreement between them does: `precedence` or `quarantine`."""

    bases: tuple[Basis, ...]
    disagreement: str


@dataclass(frozen=True, slots=True)
class Announced:
    """What the authority announced: votes by choice, and by groups of choices; stations covered, parts per million.

    `stations_ppm` is None where the bulletin named no coverage. `shares` are the percentages that it printed, as it
    printed them, by choice or name of a group; empty where it printed none.
    """

    id: str
    name: str
    contest: str
    source: str
    stations_ppm: int | None
    votes: Mapping[FieldId, int]
    groups: tuple[tuple[str, tuple[FieldId, ...], int], ...]
    shares: Mapping[str, str]


@dataclass(frozen=True, slots=True)
class AreaLevels:
    """The levels of areas from large to small; words that do not count when spellings of names are compared."""

    nation: str
    levels: tuple[str, ...]
    ignore_words: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class RegisterSource:
    """Where the stations come from: a file of the folder, or the tables of these sources.

    `expected_stations` is the number in the nation where the register is not complete, None where it is.
    """

    file: str | None
    derive_from: tuple[str, ...]
    expected_stations: int | None


@dataclass(frozen=True, slots=True)
class ReadingRules:
    """When figures read from handwriting count without a person; both in parts per million.

    `sure_ppm`: how probable the reading must be. `least_ratio_ppm`: sums may put another number in a field's place only
    where the ink gives it at least this part of the probability of the number that it says.
    """

    sure_ppm: int = 900_000
    least_ratio_ppm: int = 100_000


@dataclass(frozen=True, slots=True)
class Election:
    """One election as its folder describes it. `origin` is the name of its log; a rehearsal's log has another name."""

    id: str
    name: str
    date: str
    origin: str
    language: str
    licence: str
    areas: AreaLevels
    register: RegisterSource
    station_pattern: re.Pattern[str]
    station_pad: int
    contests: tuple[Contest, ...]
    sources: tuple[Source, ...]
    policy: Policy
    weights: Mapping[str, str]
    thresholds: Mapping[str, int]
    announced: tuple[Announced, ...]
    plan: AssessmentPlan
    reading: ReadingRules = ReadingRules()
    desk: DeskRules = field(default_factory=DeskRules)
    rehearsal: bool = False
    places: Places = field(default_factory=Places)

    def source(self, source_id: str) -> Source:
        """The source of this id.

        Raises:
            BadElection: there is none; names those that there are.
        """
        for source in self.sources:
            if source.id == source_id:
                return source
        known = ", ".join(source.id for source in self.sources) or "none"
        raise BadElection(f"election {self.id}: no source {source_id}; its sources are: {known}")


def election_from_toml(text: str, where: str) -> Election:
    """The election that an `election.toml` describes.

    Raises:
        BadElection: names the file, the key, what was expected and what came.
    """
    keys = keys_of(text, where)
    head = keys.table("election")
    texts = {key: head.text(key) for key in ("id", "name", "date", "origin", "language", "licence")}
    rehearsal = head.flag("rehearsal", default=False)
    head.finish()
    if rehearsal:
        texts["origin"] += "/rehearsal"
    if not _ID.match(texts["id"]) or not re.fullmatch(r"[^\s+]+/[^\s+]+", texts["origin"]):
        raise BadElection(f"{where}: election: expected id of letters, digits, . _ - and origin like host.example/name")
    area_keys = keys.table("areas")
    areas = AreaLevels(area_keys.text("nation"), area_keys.texts("levels"), area_keys.texts("ignore_words", ()))
    area_keys.finish()
    contests = tuple(_contest(part) for part in keys.tables("contest", needed=True))
    sources = tuple(_source(part, areas.levels, contests) for part in keys.tables("source"))
    register = _register(keys.table("register"), {source.id for source in sources})
    station = keys.table("station")
    try:
        pattern = re.compile(station.text("pattern"))
    except (re.error, OverflowError, RecursionError) as error:
        raise BadElection(f"{where}: station.pattern: expected a regular expression, {error}") from None
    pad = station.number("pad", 0)
    station.finish()
    policy = _policy(keys.table("policy"), {source.id for source in sources})
    weights, thresholds = _checks(keys.table("checks", needed=False))
    announced = tuple(_announced(part, contests) for part in keys.tables("announced"))
    reading = _reading(keys.table("reading", needed=False))
    desk = _desk(keys.table("desk", needed=False))
    plan = plan_of(keys.table("assess", needed=False), [source.id for source in sources])
    places = places_of(keys, areas.levels)
    keys.finish()
    for what, ids in (("contest", contests), ("source", sources), ("announced", announced)):
        _once([part.id for part in ids], f"{where}: {what}")
    _once([field for contest in contests for field in contest.fields], f"{where}: fields of the contests")
    return Election(
        **texts,
        areas=areas,
        register=register,
        station_pattern=pattern,
        station_pad=pad,
        contests=contests,
        sources=sources,
        policy=policy,
        weights=weights,
        thresholds=thresholds,
        announced=announced,
        plan=plan,
        reading=reading,
        desk=desk,
        rehearsal=rehearsal,
        places=places,
    )


def _once(ids: Sequence[str], where: str) -> None:
    twice = sorted({name for name in ids if ids.count(name) > 1})
    if twice:
        raise BadElection(f"{where}: expected every id once, came twice: {', '.join(twice)}")


def _contest(keys: Keys) -> Contest:
    contest_id, name, form = keys.text("id"), keys.text("name"), keys.text("form")
    choices = tuple(_choice(part) for part in keys.tables("choice", needed=True))
    valid, blank, cast = (keys.optional_text(key) for key in ("valid", "blank", "cast"))
    null = tuple(FieldId(field) for field in keys.texts("null", ()))
    keys.finish()
    if not _ID.match(contest_id):
        raise BadElection(f"{keys.where}: id: expected letters, digits, . _ -, came {contest_id!r}")
    return Contest(contest_id, name, form, choices, _field(valid), _field(blank), null, _field(cast))


def _field(name: str | None) -> FieldId | None:
    return None if name is None else FieldId(name)


def _choice(keys: Keys) -> Choice:
    choice = Choice(
        FieldId(keys.text("id")),
        keys.text("name"),
        keys.text("colour"),
        tuple(FieldId(line) for line in keys.texts("lines", ())),
    )
    keys.finish()
    if not _COLOUR.match(choice.colour) or not _ID.match(choice.id):
        raise BadElection(f"{keys.where}: expected an id of letters and digits and a colour like #1b6ca8")
    return choice


def _source(keys: Keys, levels: tuple[str, ...], contests: tuple[Contest, ...]) -> Source:
    source_id, name, kind = keys.text("id"), keys.text("name"), keys.text("kind", "report")
    columns = keys.text_map("columns")
    source = Source(
        source_id,
        name,
        kind,
        keys.optional_text("file"),
        keys.text("licence"),
        keys.text("published_at"),
        keys.text("encoding", "auto"),
        columns,
        keys.optional_text("station_format"),
    )
    keys.finish()
    if source_id in ("photo", "desk", "result"):
        raise BadElection(f"{keys.where}: id: expected another name than photo, desk and result, which mean our own")
    if kind not in ("report", "official"):
        raise BadElection(f"{keys.where}: kind: expected report or official, came {kind}")
    if "station" not in columns:
        raise BadElection(f"{keys.where}: columns: expected the key station, it is missing")
    known = {field for contest in contests for field in contest.fields} | {"station", "registered"}
    known |= {f"area.{level}" for level in levels} | {f"area_name.{level}" for level in levels}
    unknown = sorted(set(columns) - known)
    if unknown:
        raise BadElection(f"{keys.where}: columns: no field or level is called {', '.join(unknown)}")
    return source


def _register(keys: Keys, sources: set[str]) -> RegisterSource:
    register = RegisterSource(
        keys.optional_text("file"), keys.texts("derive_from", ()), keys.optional_number("expected_stations")
    )
    keys.finish()
    if (register.file is None) == (not register.derive_from):
        raise BadElection(f"{keys.where}: expected either file or derive_from")
    unknown = [name for name in register.derive_from if name not in sources]
    if unknown:
        raise BadElection(f"{keys.where}: derive_from: no source is called {', '.join(unknown)}")
    return register


def _policy(keys: Keys, sources: set[str]) -> Policy:
    disagreement = keys.text("disagreement", "quarantine")
    bases = tuple(_basis(part, sources) for part in keys.tables("basis", needed=True))
    keys.finish()
    if disagreement not in ("precedence", "quarantine"):
        raise BadElection(f"{keys.where}: disagreement: expected precedence or quarantine, came {disagreement}")
    return Policy(bases, disagreement)


def _reading(keys: Keys) -> ReadingRules:
    usual = ReadingRules()
    rules = ReadingRules(keys.number("sure_ppm", usual.sure_ppm), keys.number("least_ratio_ppm", usual.least_ratio_ppm))
    keys.finish()
    if not 500_000 <= rules.sure_ppm < 1_000_000 or not 0 < rules.least_ratio_ppm <= 1_000_000:
        raise BadElection(
            f"{keys.where}: expected sure_ppm from 500000 to 999999 and least_ratio_ppm from 1 to 1000000, "
            f"came {rules.sure_ppm} and {rules.least_ratio_ppm}"
        )
    return rules


def _desk(keys: Keys) -> DeskRules:
    usual = DeskRules()
    entries, again = keys.number("entries", usual.entries), keys.number("again_ppm", usual.again_ppm)
    counts = keys.flag("reading_counts", default=usual.reading_counts)
    seed = keys.optional_text("again_seed") or usual.again_seed
    keys.finish()
    if not 1 <= entries <= 5 or not 0 <= again <= 1_000_000:
        raise BadElection(
            f"{keys.where}: expected entries from 1 to 5 and again_ppm from 0 to 1000000, came {entries} and {again}"
        )
    if again and not seed:
        raise BadElection(f"{keys.where}: again_seed: expected a text that was drawn in public, it is missing")
    return DeskRules(entries, counts, again, seed)


def _basis(keys: Keys, sources: set[str]) -> Basis:
    basis = Basis(keys.text("id"), keys.text("from"), keys.optional_text("source"), keys.number("needs", 1))
    keys.finish()
    if basis.kind not in ("reading", "entry", "report"):
        raise BadElection(f"{keys.where}: from: expected reading, entry or report, came {basis.kind}")
    if (basis.kind == "report") != (basis.source in sources):
        raise BadElection(f"{keys.where}: source: expected a source of this election for report, none for others")
    if basis.needs < 1:
        raise BadElection(f"{keys.where}: needs: expected 1 or more, came {basis.needs}")
    return basis


def _checks(keys: Keys) -> tuple[Mapping[str, str], Mapping[str, int]]:
    weights: dict[str, str] = {}
    for code, weight in keys.text_map("weight").items():
        if weight not in (("hold",), ("warn",), ("off",)):
            raise BadElection(f"{keys.where}: weight.{code}: expected hold, warn or off, came {', '.join(weight)}")
        weights[code] = weight[0]
    thresholds = {name: keys.number(name) for name in keys.rest()}
    return weights, thresholds


def _announced(keys: Keys, contests: tuple[Contest, ...]) -> Announced:
    announced_id, name, source = keys.text("id"), keys.text("name"), keys.text("source")
    contest_id, coverage = keys.text("contest"), keys.optional_number("stations_ppm")
    votes = {FieldId(choice): number for choice, number in keys.number_map("votes").items()}
    groups = []
    for part in keys.tables("group"):
        members = tuple(FieldId(choice) for choice in part.texts("choices"))
        groups.append((part.text("name"), members, part.number("votes")))
        part.finish()
    shares = {name: text for name, (text, *_) in keys.text_map("shares").items()}
    keys.finish()
    contest = next((c for c in contests if c.id == contest_id), None)
    if contest is None:
        raise BadElection(f"{keys.where}: contest: expected a contest of this election, came {contest_id}")
    known = {choice.id for choice in contest.choices}
    named = list(votes) + [member for _, members, _ in groups for member in members]
    unknown = sorted(set(named) - known)
    if unknown:
        raise BadElection(f"{keys.where}: expected choices of the contest, came {', '.join(unknown)}")
    _once(named, keys.where)
    for what, share in shares.items():
        if what not in {*votes, *(name for name, _, _ in groups)} or not _SHARE.match(share):
            raise BadElection(
                f"{keys.where}: shares.{what}: expected a percentage like 51.95 of a choice or group above"
            )
    return Announced(announced_id, name, contest_id, source, coverage, votes, tuple(groups), shares)
