"""Compares a published bundle of a drill with the drill's truth, from files alone: `against_truth.py DRILL BUNDLE`.

Says in ten lines what was found; exit 1 where the publication and the truth differ. Standard library only.
"""

import csv
import json
import sys
from collections import Counter
from pathlib import Path

CHOICES = ("A", "B", "C", "D", "E")
NAMED_BY = {
    "same-photo-two-stations": {"ID-SAME-PHOTO", "ID-CLAIM"},
    "copies-differ": {"CP-PHOTOS"},
    "wrong-sum": {"SU-FORM"},
    "altered-in-source": {"CP-SOURCES"},
    "over-registered": {"BO-CAST"},
    "same-vector": {"AC-VECTOR"},
    "unknown-station": {"ID-UNKNOWN"},
}
"""The check that must name each kind of trouble at each of its stations."""

CONSEQUENCES = {"wrong-sum": {"CP-SOURCES"}, "copies-differ": {"CP-SOURCES"}}
"""What else these kinds of trouble may show."""


def rows_of(bundle: Path, table: str) -> list[dict[str, str]]:
    """The rows of one published table."""
    with (bundle / "data" / "tables" / table).open(newline="", encoding="utf-8") as file:
        return list(csv.DictReader(file))


def compare(drill: Path, bundle: Path) -> tuple[list[str], list[str]]:
    """What to say, and what is wrong."""
    truth = json.loads((drill / "truth.json").read_text("utf-8"))
    stations = {row["station"]: row for row in rows_of(bundle, "stations.csv")}
    findings: dict[str, set[str]] = {}
    for row in rows_of(bundle, "findings.csv"):
        findings.setdefault(row["station"], set()).add(row["code"])
    photos = rows_of(bundle, "photos.csv")
    wrong = [*_figures(truth, stations), *_troubles(truth, stations, findings, rows_of(bundle, "reports.csv"))]
    wrong += _photos(truth, photos)
    invented = _invented(truth, findings)
    wrong += [f"station {station}: {code} was found, and nothing is wrong there" for station, code in invented]
    said = _said(truth, stations, photos, rows_of(bundle, "areas.csv")[0])
    said.append(f"findings where nothing is wrong: {len(invented)}; differences from the truth: {len(wrong)}")
    return said, wrong


def _figures(truth: dict, stations: dict[str, dict[str, str]]) -> list[str]:
    wrong = []
    for code, expected in truth["stations"].items():
        row = stations[code]
        status = row["status"] if row["status"] in ("counted", "quarantined") else "missing"
        allowed = {"counted", "missing"} if expected["status"] == "counted-if-read" else {expected["status"]}
        if status not in allowed:
            wrong.append(f"station {code}: expected {expected['status']}, came {row['status']} ({row['findings']})")
        if status == "counted" and expected["basis"] in ("sheet", "second") and row["basis"] != expected["basis"]:
            wrong.append(f"station {code}: expected figures of the {expected['basis']}, came those of {row['basis']}")
        if status == "counted":
            figures = expected["figures"]
            for choice in CHOICES:
                votes = sum(n for line, n in figures.items() if line.rstrip("0123456789") == choice)
                if int(row[choice]) != votes:
                    wrong.append(f"station {code}: {choice} is {votes} on the sheet, {row[choice]} was counted")
    return wrong


def _troubles(
    truth: dict, stations: dict[str, dict[str, str]], findings: dict[str, set[str]], reports: list[dict[str, str]]
) -> list[str]:
    aside = {row["station"]: row["aside"] for row in reports if row["aside"]}
    wrong = []
    for trouble in truth["troubles"]:
        kind, named = trouble["kind"], NAMED_BY.get(trouble["kind"], set())
        for station in trouble["stations"]:
            if not named <= findings.get(station, set()):
                wrong.append(f"station {station}: {kind} was not found")
            if kind == "altered-sum-in-source" and aside.get(station) != "parts-not-total":
                wrong.append(f"station {station}: its row's broken sum was not found")
            if kind == "missing" and stations[station]["status"] not in ("missing", "counted"):
                wrong.append(f"station {station}: it is missing, came {stations[station]['status']}")
    return wrong


def _photos(truth: dict, photos: list[dict[str, str]]) -> list[str]:
    """Foreign codes, pictures without a code, and second photos of a sheet must show among the photos."""
    wrong = []
    contents = Counter(photo["content"] for photo in truth["photos"].values())
    outcomes = Counter(photo["outcome"] for photo in photos)
    if outcomes["foreign"] != contents["foreign-code"]:
        wrong.append(f"photos: {contents['foreign-code']} with foreign codes went in, {outcomes['foreign']} were found")
    if outcomes["nothing"] < contents["blurred"] + contents["scene"]:
        wrong.append("photos: fewer without a readable code than went in")
    held = Counter(photo["station"] for photo in photos)
    for trouble in truth["troubles"]:
        if trouble["kind"] == "duplicate" and held[trouble["stations"][0]] != 2:
            wrong.append(f"station {trouble['stations'][0]}: expected two photos, came {held[trouble['stations'][0]]}")
    return wrong


def _invented(truth: dict, findings: dict[str, set[str]]) -> list[tuple[str, str]]:
    expected: dict[str, set[str]] = {}
    for trouble in truth["troubles"]:
        codes = NAMED_BY.get(trouble["kind"], set()) | CONSEQUENCES.get(trouble["kind"], set())
        for station in trouble["stations"]:
            expected.setdefault(station, set()).update(codes)
    return [
        (station, code)
        for station, codes in sorted(findings.items())
        for code in sorted(codes - expected.get(station, set()) - {"CO-UNREAD", "ID-FOREIGN"})
    ]


def _said(
    truth: dict, stations: dict[str, dict[str, str]], photos: list[dict[str, str]], nation: dict[str, str]
) -> list[str]:
    outcomes = Counter(row["outcome"] for row in photos)
    kinds = Counter(trouble["kind"] for trouble in truth["troubles"])
    counted = [code for code, row in stations.items() if row["status"] == "counted"]
    votes = sum(n for code in counted for line, n in truth["stations"][code]["figures"].items() if line[0] in CHOICES)
    ours = sum(int(nation[choice]) for choice in CHOICES)
    return [
        f"stations: {nation['expected']} expected, {nation['received']} received, {nation['read']} read, "
        f"{nation['counted']} counted, {nation['quarantined']} in quarantine",
        f"photos held: {len(photos)}; with figures {outcomes['figures']}, foreign {outcomes['foreign']}, "
        f"without a code that could be read {outcomes['nothing']}",
        f"votes counted: {ours:,}; the truth over the same stations: {votes:,}",
        "trouble put in: " + ", ".join(f"{kind} {n}" for kind, n in sorted(kinds.items())),
    ]


def main() -> None:
    """Prints the comparison; exit 1 where something differs."""
    said, wrong = compare(Path(sys.argv[1]), Path(sys.argv[2]))
    print("\n".join(said))
    for line in wrong[:40]:
        print(f"  {line}")
    sys.exit(1 if wrong else 0)


if __name__ == "__main__":
    main()
