"""The files of an audit: `audit.json` what is fixed and drawn, `stations.csv` what is audited, and those to fill in.

Everything in `audit.json` but its terms follows from them and `stations.csv`, and is compared when it is read: a file
that somebody edited is found out, and whoever holds the folder alone can follow the audit.
"""

import csv
import hashlib
import io
import json
from collections.abc import Mapping
from dataclasses import asdict
from pathlib import Path

import numpy as np

from testigo.core.ids import FieldId, StationCode
from testigo.errors import BadAssessment, BadUsage
from testigo.flows.audit_case import Audit, Case, Committed, Reported, Terms, audit_of
from testigo.flows.audit_findings import FINDINGS, bytes_of, rows_of
from testigo.stats.martingale import TESTS

AUDIT, STATIONS, WORKSHEET = "audit.json", "stations.csv", "worksheet.html"
FORMAT = "testigo audit 1"


def audit_json(audit: Audit) -> bytes:
    """`audit.json`: the commitment, what follows from it, and every draw."""
    case, stations = audit.case, audit.figures.stations
    value = {
        "format": FORMAT,
        "terms": asdict(audit.terms),
        "stations": {
            "file": STATIONS,
            "sha256": hashlib.sha256(stations_csv(audit.figures, case)).hexdigest(),
            "number": len(stations),
        },
        "sheet": dict(audit.figures.sheet),
        "leader": case.leader,
        "rival": case.rival,
        "margin": case.margin,
        "sum_of_sizes": int(case.sizes.sum()),
        "bound": [case.bound.numerator, case.bound.denominator],
        "ticket": "SHA-256 of <seed>,<draw>; value = floor(ticket * sum_of_sizes / 2^256)",
        "station": "the first of stations.csv whose upto is above value",
        "draws": [
            {"draw": one.draw, "ticket": one.digest, "value": one.value, "station": stations[one.row]}
            for one in audit.draws
        ],
    }
    return (json.dumps(value, ensure_ascii=False, indent=1) + "\n").encode()


def stations_csv(figures: Reported, case: Case) -> bytes:
    """`stations.csv`: every station with its ballots at most, its reported votes, its size and the sum of sizes."""
    text = io.StringIO()
    writer = csv.writer(text, lineterminator="\n")
    writer.writerow(["station", "ballots", *figures.votes, "size", "upto"])
    columns = [figures.ballots.tolist(), *(votes.tolist() for votes in figures.votes.values())]
    sizes = [case.sizes.tolist(), np.cumsum(case.sizes).tolist()]
    writer.writerows(zip(figures.stations, *columns, *sizes, strict=True))
    return text.getvalue().encode()


def read_audit(folder: Path) -> Audit:
    """The audit of a folder, worked out anew from its terms and stations.

    Raises:
        BadAssessment: a file is missing or broken, or says something that does not follow; names it.
    """
    where = folder / AUDIT
    try:
        value = json.loads(bytes_of(where))
        terms, draws = _terms(value["terms"]), len(value["draws"])
        sheet = tuple((FieldId(str(field)), FieldId(str(choice))) for field, choice in value["sheet"].items())
    except (ValueError, KeyError, TypeError, AttributeError) as error:
        raise BadAssessment(f"{where}: expected the file that `testigo audit draw` wrote, came {error!r}") from None
    figures = _reported(folder / STATIONS, sheet)
    try:
        audit = audit_of(terms, figures, draws)
    except BadUsage as error:
        raise BadAssessment(f"{where}: {error}") from None
    for key, expected in json.loads(audit_json(audit)).items():
        if value.get(key) != expected:
            raise BadAssessment(f"{where}: {key} does not follow from the terms and {STATIONS}: one was changed since")
    return audit


def _terms(value: Mapping[str, object]) -> Terms:
    """Raises KeyError, TypeError or ValueError where a part is missing or of another kind."""
    log = value["log"]
    if not isinstance(log, dict) or value["test"] not in TESTS or not 0 < float(str(value["risk"])) < 1:
        raise ValueError("terms")
    texts = {key: value[key] for key in ("election", "of", "contest", "risk", "seed")}
    within, missing = value["within"], value["missing"]
    return Terms(
        log=Committed(str(log["origin"]), int(log["size"]), str(log["root"]), str(log["totals"])),
        **{key: str(text) for key, text in texts.items()},
        within=None if within is None else int(str(within)),
        both_directions=value["both_directions"] is True,
        test="capped" if value["test"] == "capped" else "kaplan-markov",
        missing=None if missing is None else int(str(missing)),
    )


def _reported(path: Path, sheet: tuple[tuple[FieldId, FieldId], ...]) -> Reported:
    try:
        header, *rows = csv.reader(io.StringIO(bytes_of(path).decode()))
        choices = header[2:-2]
        numbers = np.array([[int(cell) for cell in row[1:]] for row in rows], np.int64).reshape(len(rows), -1)
        votes = {FieldId(choice): numbers[:, 1 + n] for n, choice in enumerate(choices)}
        return Reported(tuple(StationCode(row[0]) for row in rows), votes, numbers[:, 0], sheet)
    except (ValueError, IndexError, OverflowError) as error:
        raise BadAssessment(f"{path}: expected the table that `testigo audit draw` wrote, came {error}") from None


def write_audit(folder: Path, audit: Audit, worksheet: bytes) -> None:
    """Writes the four files, `audit.json` last; what is filled in in `findings.csv` stays.

    Raises:
        BadAssessment: `findings.csv` names other stations or columns.
        OSError: no room or no right to write.
    """
    folder.mkdir(parents=True, exist_ok=True)
    path = folder / FINDINGS
    filled = {row.station: row.cells for row in rows_of(path, audit)} if path.exists() else {}
    text = io.StringIO()
    writer = csv.writer(text, lineterminator="\n")
    fields = [field for field, _ in audit.figures.sheet]
    writer.writerow(["station", *fields])
    writer.writerows([station, *filled.get(station, [""] * len(fields))] for station in audit.drawn)
    files = {
        STATIONS: stations_csv(audit.figures, audit.case),
        WORKSHEET: worksheet,
        FINDINGS: text.getvalue().encode(),
        AUDIT: audit_json(audit),
    }
    for name, data in files.items():
        aside = folder / f"{name}.part"
        aside.write_bytes(data)
        aside.replace(folder / name)
