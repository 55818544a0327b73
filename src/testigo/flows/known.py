"""Sheets whose answers are known: a clerk learns on the first ones, and later ones, mixed in unseen, measure the clerk.

They lie in the home's folder `known/`, outside of the log: nothing keyed from them is evidence. What a clerk made of
them stays in the private store, as numbers of right fields.
"""

import csv
import hashlib
import io
import json
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path

from testigo.core.entry import PROBLEMS, Answer
from testigo.core.form import Form
from testigo.core.ids import Digest, FieldId, StationCode
from testigo.core.records import MAX_COUNT
from testigo.errors import BadPhoto, BadTable, CannotWrite
from testigo.ports import Master, Reader, World
from testigo.private import Private, Score

ANSWERS = "answers.csv"
BLANK, ILLEGIBLE = "-", "?"
TRAINING, EVERY = "known training", "known every"
"""Settings of the private store: how many sheets come first, and after how many own ones another is mixed in."""
_INDEX = "known.json"
_HEADS = ("file", "station", "form", "problem")


@dataclass(frozen=True, slots=True)
class Known:
    """A sheet and its true answer; `path` holds its stripped photo."""

    photo: Digest
    path: Path
    orient: int
    answer: Answer

    @property
    def data(self) -> bytes:
        """The stripped photo."""
        return self.path.read_bytes()


@dataclass(frozen=True, slots=True)
class KnownTaken:
    """What `take_known` kept, and why it left rows out: line of answers.csv and sentence."""

    taken: int
    refused: tuple[tuple[int, str], ...]


@dataclass(frozen=True, slots=True)
class Marked:
    """What somebody keyed beside the known answer: the wrong ones of so many `fields`, in the order of the paper.

    `station` and `problem` stand for themselves.
    """

    wrong: tuple[str, ...]
    fields: int


def take_known(
    world: World, folder: Path, reader: Reader, private: Private, *, training: int, every: int
) -> KnownTaken:
    """Takes photos with their answers from a folder: `answers.csv` has the columns file, station, form (where the
    election has several) and problem (may be missing), and one a field: a number, `-` for blank, `?` for illegible.

    What was there before is replaced.

    Raises:
        BadTable: there is no answers.csv, or it lacks a column.
        CannotWrite: the home cannot be written to.
    """
    found, refused = [], []
    for line, row in _rows(folder):
        try:
            answer = _answer(world, row)
            found.append((_master(folder, row.get("file", ""), reader), answer))
        except (BadTable, BadPhoto) as error:
            refused.append((line, str(error)))
    place = world.home / "known"
    index = []
    try:
        place.mkdir(exist_ok=True)
        for master, answer in found:
            sha256 = hashlib.sha256(master.data).hexdigest()
            (place / sha256).write_bytes(master.data)
            index.append({"photo": sha256, "orient": master.orient, **_plain(answer)})
        (place / _INDEX).write_text(json.dumps(index, indent=1, sort_keys=True), "utf-8")
    except OSError as error:
        raise CannotWrite(f"{place}: {error}") from None
    private.put_setting(TRAINING, str(training))
    private.put_setting(EVERY, str(every))
    return KnownTaken(len(index), tuple(refused))


def known_sheets(world: World) -> Mapping[Digest, Known]:
    """The sheets that `take_known` kept, by photo; none where it never ran."""
    place = world.home / "known"
    if not (place / _INDEX).is_file():
        return {}
    found = {}
    for one in json.loads((place / _INDEX).read_text("utf-8")):
        photo = Digest(one.pop("photo"))
        orient = one.pop("orient")
        answer = Answer(**{**one, "blank": tuple(one["blank"]), "illegible": tuple(one["illegible"])})
        found[photo] = Known(photo, place / photo, orient, answer)
    return found


def next_known(
    known: Mapping[Digest, Known], private: Private, alias: str, made: int, *, after: Digest | None = None
) -> Known | None:
    """The known sheet that is this person's next, after `made` entries of their own; None if a real one is.

    Each gets them in an order of their own, and none twice. `after` is a sheet that they are about to save.
    """
    if not known:
        return None
    training, every = _whole(private.setting(TRAINING)), _whole(private.setting(EVERY))
    scores = {score.photo: score.training for score in private.scores() if score.alias == alias}
    if after is not None and after in known:
        scores.setdefault(after, sum(scores.values()) < training)
    left = sorted((photo for photo in known if photo not in scores), key=lambda photo: _draw(alias, photo))
    if not left:
        return None
    learnt = sum(scores.values())
    is_due = learnt < training or (every > 0 and made // every > len(scores) - learnt)
    return known[left[0]] if is_due else None


def is_training(private: Private, alias: str) -> bool:
    """Whether the next known sheet of this person is one to learn on."""
    learnt = sum(score.training for score in private.scores() if score.alias == alias)
    return learnt < _whole(private.setting(TRAINING))


def mark(private: Private, known: Known, form: Form, alias: str, answer: Answer, *, training: bool) -> Marked:
    """Compares what somebody keyed with what is known, and keeps how many fields were right."""
    right = known.answer
    wrong = [head for head in ("station", "problem") if getattr(answer, head) != getattr(right, head)]
    asked = () if right.problem else form.fields
    wrong += [field for field in asked if answer.said_of(field) != right.said_of(field)]
    fields = len(asked) + 2
    private.keep_score(Score(alias, known.photo, training, fields, fields - len(wrong)))
    return Marked(tuple(wrong), fields)


def _rows(folder: Path) -> Iterator[tuple[int, dict[str, str]]]:
    path = folder / ANSWERS
    try:
        text = path.read_text("utf-8-sig")
    except (OSError, UnicodeDecodeError) as error:
        raise BadTable(f"{path}: expected a table in UTF-8 with the answers of the photos beside it: {error}") from None
    table = csv.DictReader(io.StringIO(text))
    lacking = [name for name in ("file", "station") if name not in (table.fieldnames or ())]
    if lacking:
        raise BadTable(f"{path}: expected the column {' and '.join(lacking)}")
    for row in table:
        yield table.line_num, {name: (said or "").strip() for name, said in row.items() if isinstance(name, str)}


def _answer(world: World, row: Mapping[str, str]) -> Answer:
    name = row.get("form") or world.election.contests[0].form
    form = world.forms.get(name)
    if form is None:
        raise BadTable(f"form: the election has none called {name[:40]!r}")
    station = StationCode(row["station"])
    problem = row.get("problem") or None
    if station not in world.register.stations and (station or problem is None):
        raise BadTable(f"station: the register has none of the number {station[:40]!r}")
    if problem is not None and problem not in PROBLEMS:
        raise BadTable(f"problem: expected one of {', '.join(PROBLEMS)}, came {problem[:40]!r}")
    unknown = sorted(set(row) - set(_HEADS) - set(form.fields))
    if unknown:
        raise BadTable(
            f"expected columns file, station, form, problem and the form's fields, came {', '.join(unknown)}"
        )
    answer = Answer(station, form.id, 1, {}, problem=problem)
    for field in form.fields:
        answer = _with(answer, field, row.get(field, ""))
    return answer


def _with(answer: Answer, field: FieldId, said: str) -> Answer:
    if said == BLANK:
        return replace(answer, blank=(*answer.blank, str(field)))
    if said == ILLEGIBLE:
        return replace(answer, illegible=(*answer.illegible, str(field)))
    if said.isascii() and said.isdigit() and int(said) <= MAX_COUNT:
        return replace(answer, counts={**answer.counts, field: int(said)})
    if not said and answer.problem is not None:
        return answer
    raise BadTable(f"{field}: expected a number, - for blank or ? for illegible, came {said[:40]!r}")


def _master(folder: Path, name: str, reader: Reader) -> Master:
    path = folder / name
    if not name or path.resolve().parent != folder.resolve() or not path.is_file():
        raise BadPhoto("missing", f"{name[:80]!r}: expected the name of a photo beside {ANSWERS}")
    masters: Sequence[Master] = reader.masters(path.read_bytes())
    if len(masters) != 1:
        raise BadPhoto("foreign", f"{name}: expected one photo, came a file of {len(masters)} pages")
    return masters[0]


def _plain(answer: Answer) -> dict[str, object]:
    return {
        "station": answer.station, "form": answer.form, "page": answer.page, "counts": dict(answer.counts),
        "blank": list(answer.blank), "illegible": list(answer.illegible), "problem": answer.problem,
    }  # fmt: skip


def _draw(alias: str, photo: Digest) -> str:
    return hashlib.sha256(f"{alias}:{photo}".encode()).hexdigest()


def _whole(text: str | None) -> int:
    return int(text) if text else 0
