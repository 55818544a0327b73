"""Sheets whose answers are known: some to learn on, others mixed in unseen; none of them is evidence."""

import re
from pathlib import Path
from types import ModuleType

import pytest
from served import Person, Served, served
from test_desks import FIELDS, RIGHT, put_photo, records, typed

from testigo.core.records import Entry
from testigo.errors import BadTable
from testigo.flows.known import take_known
from testigo.wiring import make_home, open_private

HEAD = ",".join(("file", "station", "problem", *FIELDS))


def write_known(folder: Path, stations: int = 4) -> Path:
    folder.mkdir()
    rows = [HEAD]
    for number in range(stations):
        (folder / f"{number}.jpg").write_bytes(f"PHOTO known {number}".encode())
        rows.append(",".join((f"{number}.jpg", "T2", "", *(RIGHT | {"X1": str(number)}).values())))
    (folder / "answers.csv").write_text("\n".join(rows) + "\n")
    return folder


def keyed(person: Person, server: Served, **other: str) -> str:
    """Keys the sheet that comes next; what follows it."""
    place = person.get("/desk").headers["location"]
    answer = person.post(place, typed(server, **other))
    assert answer.status in (200, 303), answer.text
    return answer.text


@pytest.fixture
def desk(town: ModuleType, tmp_path: Path) -> Served:  # type: ignore[misc]
    world = make_home(town.write_town(tmp_path / "election"), tmp_path / "home", None)[0]
    reader, private = town.TextReader(), open_private(world)
    taken = take_known(world, write_known(tmp_path / "known"), reader, private, training=2, every=3)
    assert (taken.taken, taken.refused) == (4, ())
    with served(world, reader) as running:
        yield running


def test_the_first_sheets_teach_and_count_for_nothing(desk: Served) -> None:
    real = put_photo(desk)
    clerk = desk.invited("clerk")
    place = clerk.get("/desk").headers["location"]
    assert str(real) not in place
    assert "training sheet" in clerk.get(place).text
    page = clerk.post(place, typed(desk, station="T2", f__ANA="13", f__X1="77")).text
    assert re.findall(r'<th scope="row"><bdi>([^<]+)', page)[0] == "Ana"
    assert [said in page for said in (">13<", ">31<", "7 of 9", "Another training sheet")] == [True] * 4
    assert "From now on the sheets are real" in keyed(clerk, desk)
    assert clerk.get("/desk").headers["location"] == f"/desk/{real}"
    assert records(desk, Entry) == []


def test_a_known_sheet_that_is_mixed_in_looks_like_any_other_and_measures(desk: Served) -> None:
    photos = {str(put_photo(desk, f"PHOTO {number}".encode())) for number in range(4)}
    clerk, steward = desk.invited("clerk"), desk.invited("steward")
    keyed(clerk, desk)
    keyed(clerk, desk)
    for _ in range(3):
        assert keyed(clerk, desk) == ""
    assert clerk.get(f"{clerk.get('/desk').headers['location']}/ahead").json()["pictures"][0].split("/")[2] in photos
    place = clerk.get("/desk").headers["location"]
    assert place.removeprefix("/desk/") not in photos
    known, real = clerk.get(place).text, clerk.get(f"/desk/{(photos - seen(desk)).pop()}").text
    assert re.sub(r"[0-9a-f]{64}", "", known) == re.sub(r"[0-9a-f]{64}", "", real)
    assert clerk.get(f"{place}/image").status == 200
    answer = clerk.post(place, typed(desk, station="T2", f__ANA="13"))
    assert (answer.status, answer.headers["location"].removeprefix("/desk/") in photos) == (303, True)
    assert len(records(desk, Entry)) == 3
    (score,) = (one for one in desk.private.scores() if not one.training)
    assert (score.fields - score.right) in (1, 2)
    assert "You have keyed 4 sheets" in clerk.get(clerk.get("/desk").headers["location"]).text
    assert f"{score.right} / {score.fields}" in steward.get("/board").text
    assert clerk.get("/desk").headers["location"].removeprefix("/desk/") in photos


def seen(desk: Served) -> set[str]:
    return {str(entry.photo) for entry in records(desk, Entry)}


def test_a_known_sheet_is_not_given_twice_nor_to_those_it_is_not_for(desk: Served) -> None:
    put_photo(desk)
    clerk, other = desk.invited("clerk"), desk.invited("clerk")
    place = clerk.get("/desk").headers["location"]
    clerk.post(place, typed(desk))
    again = clerk.post(place, typed(desk))
    assert (again.status, "does not wait" in again.text) == (409, True)
    assert other.get("/desk").status == 303


def test_bad_rows_are_named_and_the_rest_is_taken(desk: Served, tmp_path: Path, town: ModuleType) -> None:
    folder = write_known(tmp_path / "more", 1)
    with (folder / "answers.csv").open("a") as table:
        table.write("none.jpg,T2,,1,2,3,4,5,6,7\n0.jpg,T99,,1,2,3,4,5,6,7\n0.jpg,T2,,x,2,3,4,5,6,7\n../0.jpg,T2\n")
    taken = take_known(desk.world, folder, town.TextReader(), desk.private, training=1, every=0)
    told = dict(taken.refused)
    assert taken.taken == 1
    assert [line for line, _ in taken.refused] == [3, 4, 5, 6]
    assert ["beside answers.csv" in told[3], "T99" in told[4], "ANA: expected" in told[5]] == [True] * 3
    with pytest.raises(BadTable, match="expected a table"):
        take_known(desk.world, tmp_path, town.TextReader(), desk.private, training=1, every=0)
