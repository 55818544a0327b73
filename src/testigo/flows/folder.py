"""The files of an election folder, as text and as values."""

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from testigo.core.election import Election, election_from_toml
from testigo.core.form import Form, form_from_toml
from testigo.errors import BadElection
from testigo.verification.places import BOUNDARIES_FILE, ELECTION_FILE, form_name, reference_name

PNG = b"\x89PNG\r\n\x1a\n"
MOST_PICTURE = 20_000_000


@dataclass(frozen=True, slots=True)
class ElectionFolder:
    """An election as its folder describes it. `files` are the bytes behind it by their name in the folder."""

    election: Election
    forms: Mapping[str, Form]
    files: Mapping[str, bytes]


def read_folder(folder: Path) -> ElectionFolder:
    """The election and its forms.

    Raises:
        BadElection: a file is missing or wrong; names it, the key, what was expected and what came.
    """
    files = {ELECTION_FILE: _bytes(folder, ELECTION_FILE)}
    election = election_from_toml(_text(files[ELECTION_FILE], folder / ELECTION_FILE), str(folder / ELECTION_FILE))
    forms = {}
    for form_id in dict.fromkeys(contest.form for contest in election.contests):
        name = form_name(form_id)
        files[name] = _bytes(folder, name)
        form = form_from_toml(_text(files[name], folder / name), str(folder / name))
        if form.id != form_id:
            raise BadElection(f"{folder / name}: form.id: expected {form_id} as its folder is called, came {form.id}")
        for picture in (reference_name(form_id, blank) for _, blank in form.blanks() if blank is not None):
            files[picture] = _bytes(folder, picture)
            if len(files[picture]) > MOST_PICTURE or not files[picture].startswith(PNG):
                raise BadElection(f"{folder / picture}: expected a PNG of up to {MOST_PICTURE:,} bytes")
        forms[form_id] = form
    if election.places.boundaries is not None:
        files[BOUNDARIES_FILE] = _bytes(folder, BOUNDARIES_FILE)
    return ElectionFolder(election, forms, files)


def _bytes(folder: Path, name: str) -> bytes:
    try:
        return (folder / name).read_bytes()
    except FileNotFoundError:
        raise BadElection(f"{folder / name}: expected this file of the election, it is missing") from None
    except OSError as error:
        raise BadElection(f"{folder / name}: cannot be read: {error.strerror}") from None


def _text(data: bytes, path: Path) -> str:
    try:
        return data.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        raise BadElection(f"{path}: expected UTF-8, byte {error.start} is none") from None
