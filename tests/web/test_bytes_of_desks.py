"""How many bytes the desks and the board are on a network, compressed, without photos."""

import gzip
import re

import pytest
from served import Person, Served
from test_desks import put_photo, taken, typed

SCRIPTS = {"/desk": 25_000, "/rulings": 25_000, "/board": 30_000}
WHOLE = {"/desk": 80_000, "/rulings": 80_000, "/board": 100_000}


def loaded(person: Person, path: str) -> dict[str, bytes]:
    """A page and all the styles and modules that it asks for, by address."""
    text = person.get(path).text
    found = {path: text.encode()}
    wanted = re.findall(r'<script[^>]* src="([^"]+)"', text) + re.findall(
        r'<link rel="stylesheet" href="([^"]+)"', text
    )
    assert wanted
    while wanted:
        address = wanted.pop()
        if address not in found:
            answer = person.get(address)
            assert answer.status == 200, address
            found[address] = answer.body
            folder = address.rpartition("/")[0]
            wanted += [f"{folder}/{name}" for name in re.findall(r'from "\./([^"]+)"', answer.text)]
    return found


@pytest.mark.parametrize(("role", "place"), [("clerk", "/desk"), ("adjudicator", "/rulings"), ("steward", "/board")])
def test_a_page_of_staff_loads_in_few_bytes(server: Served, role: str, place: str) -> None:
    photo = put_photo(server)
    if role == "adjudicator":
        for slip in ("31", "13"):
            clerk = server.invited("clerk")
            clerk.post(taken(clerk), typed(server, f__ANA=slip))
    person = server.invited(role)  # type: ignore[arg-type]
    path = taken(person) if role == "clerk" else f"{place}/{photo}" if role == "adjudicator" else place
    sizes = {address: len(gzip.compress(data)) for address, data in loaded(person, path).items()}
    assert sum(size for address, size in sizes.items() if address.endswith(".js")) <= SCRIPTS[place], sizes
    assert sum(sizes.values()) <= WHOLE[place], sizes
