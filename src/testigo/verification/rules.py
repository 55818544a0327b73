"""The rules of the count: the files of the register, equal to what the log says of them."""

import csv
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from testigo.core.election import Election, election_from_toml
from testigo.core.form import Form, form_from_toml
from testigo.core.records import Register
from testigo.core.register import StationRegister, register_from_csv
from testigo.errors import TestigoError
from testigo.verification.files import BundleFiles
from testigo.verification.places import ELECTION_FILE, REGISTER, STATIONS_FILE, form_name, is_clean, is_rule
from testigo.verification.report import Step, graded


@dataclass(frozen=True, slots=True)
class Rules:
    """What the count rests on: the election, its forms by id, its stations."""

    election: Election
    forms: Mapping[str, Form]
    register: StationRegister


def read_rules(files: BundleFiles, registered: Sequence[Register], origin: str) -> tuple[Step, Rules | None]:
    """The step `register` and the rules; None where a file is missing, wrong or not understood.

    `registered` are the register records, `origin` the name of the log. A file of the rules is registered once: they do
    not change after the count began. Of another file the last record stands.
    """
    registers = {record.name: record for record in registered}
    present = {name.removeprefix(REGISTER) for name in files.names() if name.startswith(REGISTER)}
    wrong = [f"{REGISTER}{name}: no register record names this file" for name in sorted(present - set(registers))]
    wrong += [
        f"{REGISTER}{record.name}: it was registered with another hash before; the rules of a count cannot change"
        for record in registered
        if record.sha256 != registers[record.name].sha256 and is_rule(record.name)
    ]
    for name, record in sorted(registers.items()):
        if not is_clean(name):
            wrong.append(f"the register record of {name!r}: expected a plain path below {REGISTER}")
        elif name not in present:
            wrong.append(f"{REGISTER}{name}: expected this file, it is missing")
        elif files.size(REGISTER + name) != record.size:
            came = files.size(REGISTER + name)
            wrong.append(f"{REGISTER}{name}: expected {record.size} bytes as the log says, came {came}")
        elif files.sha256(REGISTER + name) != record.sha256:
            wrong.append(f"{REGISTER}{name}: its hash is not the one that the log says")
    if wrong:
        return graded("register", "", wrong=wrong), None
    try:
        rules = _parsed(files)
    except KeyError as error:
        return graded("register", "", wrong=[f"{error.args[0]}: expected this file, it is missing"]), None
    except (TestigoError, ValueError, csv.Error) as error:
        return graded("register", "", wrong=[f"{REGISTER}: {error}"]), None
    if rules.election.origin != origin:
        other = f"{REGISTER}{ELECTION_FILE}: expected the origin {origin}, came {rules.election.origin}"
        return graded("register", "", wrong=[other]), None
    told = f"{len(registers)} files, {len(rules.register.stations)} stations, as the log says"
    return graded("register", told), rules


def _parsed(files: BundleFiles) -> Rules:
    election = election_from_toml(_text(files, ELECTION_FILE), REGISTER + ELECTION_FILE)
    forms: dict[str, Form] = {}
    for form_id in dict.fromkeys(contest.form for contest in election.contests):
        form = form_from_toml(_text(files, form_name(form_id)), REGISTER + form_name(form_id))
        forms[form.id] = form
    stations = register_from_csv(_text(files, STATIONS_FILE), election, REGISTER + STATIONS_FILE)
    return Rules(election, forms, stations)


def _text(files: BundleFiles, name: str) -> str:
    if not is_clean(name):
        raise KeyError(REGISTER + name)
    return files.read(REGISTER + name).decode("utf-8-sig")
