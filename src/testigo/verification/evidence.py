"""Evidence that takes part must be what it says: of a known source, station and form, corrected only by its like."""

from collections.abc import Iterator

from testigo.core.entry import PROBLEMS, says_nothing
from testigo.core.records import Entry, Reading, Report, Ruling
from testigo.core.state import State, corrects
from testigo.verification.rules import Rules

_HAS = {
    "figures": (True, True, True),
    "station": (True, True, False),
    "doubtful": (True, True, False),
    "foreign": (False, False, False),
    "nothing": (False, False, False),
}
"""Whether a reading of each outcome has a form, a station and figures."""


def evidence_problems(state: State, rules: Rules) -> Iterator[str]:
    """What is wrong with reports, readings, entries, rulings and corrections under the rules of the count."""
    sources = {source.id for source in rules.election.sources}
    for digest, report in sorted(state.reports.items()):
        for problem in _of_report(report, sources, rules):
            yield f"the report {digest[:16]}: {problem}"
    for digest, reading in sorted(state.readings.items()):
        for problem in _of_reading(reading, rules):
            yield f"the reading {digest[:16]}: {problem}"
    for digest, entry in sorted(state.entries.items()):
        for problem in _of_keyed(entry, rules):
            yield f"the entry {digest[:16]}: {problem}"
    for digest, ruling in sorted(state.rulings.items()):
        for problem in (*_of_keyed(ruling, rules), *_of_ruling(ruling, state)):
            yield f"the ruling {digest[:16]}: {problem}"
    for old, correction in sorted(state.superseded.items()):
        if not corrects(state, correction):
            yield f"the record {old[:16]} is superseded by {correction.new[:16]}, which is not a correction of it"


def _of_report(report: Report, sources: set[str], rules: Rules) -> Iterator[str]:
    if report.source not in sources:
        yield f"the election has no source {report.source!r}"
    if report.aside is None and (report.station not in rules.register.stations or report.counts is None):
        yield f"it takes part, and has no figures or no station of the register ({report.station!r})"


def _of_reading(reading: Reading, rules: Rules) -> Iterator[str]:
    has = (reading.form is not None, reading.station is not None, reading.counts is not None)
    expected = _HAS.get(reading.outcome)
    if has != expected:
        yield f"its outcome is {reading.outcome!r}, and its form, station and figures do not fit that"
    if reading.form is not None and reading.form not in rules.forms:
        yield f"the election has no form {reading.form!r}"
    if reading.stations and reading.station not in reading.stations:
        yield "the station that it settled on is not among those that it saw"


def _of_keyed(keyed: Entry | Ruling, rules: Rules) -> Iterator[str]:
    if keyed.station not in rules.register.stations and (keyed.station or not says_nothing(keyed)):
        yield f"its station {keyed.station!r} is not in the register"
    form = rules.forms.get(keyed.form)
    if form is None:
        yield f"the election has no form {keyed.form!r}"
    elif unknown := sorted({*keyed.counts, *keyed.blank, *keyed.illegible} - set(form.fields)):
        yield f"the form {keyed.form} has no field {', '.join(unknown)}"
    if keyed.problem is not None and keyed.problem not in PROBLEMS:
        yield f"there is no problem {keyed.problem!r}"
    places = (*keyed.counts, *keyed.blank, *keyed.illegible)
    if len(set(places)) < len(places):
        yield "a field stands in two of its counts, blank and illegible fields"
    if len({keyed.photo, *keyed.beside}) <= len(keyed.beside):
        yield "a photo stands twice among those that it was keyed from"


def _of_ruling(ruling: Ruling, state: State) -> Iterator[str]:
    for digest in ruling.entries:
        entry = state.entries.get(digest)
        if entry is not None and entry.photo != ruling.photo:
            yield f"it settles the entry {digest[:16]}, which is from another photo"
    if any(e.clerk == ruling.adjudicator for e in state.entries.values() if e.photo == ruling.photo):
        yield "its adjudicator made an entry from the same photo"
