"""What the publication says beside the log: totals and tables, compared with those that follow from the log."""

import hashlib

from testigo.core.dossier import Outcome
from testigo.core.state import State
from testigo.core.tables_out import public_tables
from testigo.core.tabulation import Tabulation
from testigo.verification.files import BundleFiles
from testigo.verification.history import Replay
from testigo.verification.places import TABLES, TOTALS
from testigo.verification.report import Step, graded, skipped
from testigo.verification.rules import Rules


def check_releases(files: BundleFiles, replayed: Replay) -> Step:
    """Whether every release names the totals of its size, and the last one those that the bundle holds."""
    present = TOTALS in files.names()
    if not replayed.releases:
        if present:
            return graded("totals", "", wrong=[f"{TOTALS}: no release record names these totals"])
        return skipped("totals", "the log has no release record, so it claims no totals")
    wrong: list[str] = []
    unknown = 0
    for release in replayed.releases:
        where = f"leaf {release.number}: the release"
        if release.record.at != release.start:
            wrong.append(f"{where}: expected the size before its batch, {release.start}, came {release.record.at}")
        elif release.digest is None:
            unknown += 1
        elif release.digest != release.record.totals:
            wrong.append(
                f"{where} names totals {release.record.totals}; the results in force at size {release.start} "
                f"give {release.digest}"
            )
    last = replayed.releases[-1]
    if not present:
        wrong.append(f"{TOTALS}: expected this file, it is missing")
    elif files.sha256(TOTALS) != last.record.totals:
        wrong.append(f"{TOTALS}: expected the hash of the last release, {last.record.totals}, came another one")
    elif last.totals is not None and hashlib.sha256(last.totals).hexdigest() != files.sha256(TOTALS):
        wrong.append(f"{TOTALS}: not the totals of the results in force at size {last.start}")
    sentence = f"{len(replayed.releases) - unknown} releases name the totals of their size"
    if unknown:
        sentence += f"; {unknown} are older than the present register and cannot be worked out anew"
    return graded("totals", sentence, wrong=wrong)


def check_tables(
    files: BundleFiles, state: State, totals: Tabulation, rules: Rules, outcomes: tuple[Outcome, ...]
) -> Step:
    """Whether the tables are byte for byte those that follow from the log; Parquet copies are only counted."""
    present = {name.removeprefix(TABLES) for name in files.names() if name.startswith(TABLES)}
    if not present:
        return skipped("tables", "the bundle has no tables")
    expected = public_tables(state, rules.register, rules.election, totals, outcomes)
    copies = {name.removesuffix(".csv") + ".parquet" for name in expected if name.endswith(".csv")}
    wrong = [
        f"{TABLES}{name}: no table of a bundle is called so" for name in sorted(present - expected.keys() - copies)
    ]
    missing = [f"{TABLES}{name}: expected this table, it is missing" for name in expected if name not in present]
    for name, table in expected.items():
        if name in present and (stored := files.read(TABLES + name)) != table:
            wrong.append(f"{TABLES}{name}: line {_first_other_line(stored, table)} does not follow from the log")
    sentence = f"{len(expected)} tables follow from the log; {len(present & copies)} Parquet copies not evaluated"
    return graded("tables", sentence, wrong=wrong, missing=missing)


def _first_other_line(stored: bytes, expected: bytes) -> int:
    pairs = zip(stored.split(b"\n"), expected.split(b"\n"), strict=False)
    for number, (ours, theirs) in enumerate(pairs, 1):
        if ours != theirs:
            return number
    return min(stored.count(b"\n"), expected.count(b"\n")) + 1
