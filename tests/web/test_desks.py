"""The desks over HTTP: two who key unseen by each other, a third who settles, and nothing that gives an answer away."""

import re
from datetime import timedelta

import pytest
from served import Person, Served

from testigo.core.ids import Digest, FieldId, StationCode
from testigo.core.records import Entry, Photo, Reading, Report, Ruling
from testigo.flows.seal import seal
from testigo.web.deployment import hidden

FIELDS = ("ANA", "BEN", "X1", "X2", "YES", "mvalid", "cvalid")
RIGHT = {"ANA": "31", "BEN": "17", "X1": "5", "X2": "6", "YES": "37", "mvalid": "48", "cvalid": "48"}
MACHINE = 7_654_321
OFFICIAL = 5_432_198


def put_photo(server: Served, text: bytes = b"PHOTO one") -> Digest:
    """A photo that its sender claimed for the first station, and of which the machine is not sure."""
    world = server.world
    sha256 = world.blobs.put(text)
    proposed = {FieldId(field): MACHINE for field in FIELDS}
    world.journal.append(
        [
            Photo(sha256, len(text), "image/jpeg", 30, 40, 1, "test", 1, first_station(server)),
            Reading(
                sha256, "codes", "1", "doubtful", "0" * 16, "sheet", 1, first_station(server), (), None, "people",
                {}, proposed, ("ANA/1",),
            ),
            Report("north", Digest("ee" * 32), 1, first_station(server), {FieldId("ANA"): OFFICIAL}),
        ]
    )  # fmt: skip
    return sha256


def first_station(server: Served) -> StationCode:
    return sorted(server.world.register.stations)[0]


def typed(server: Served, **other: str) -> dict[str, str]:
    fields = {"station": str(first_station(server)), "problem": ""} | {
        f"f.{name}": said for name, said in RIGHT.items()
    }
    return fields | {name.replace("__", "."): said for name, said in other.items()}


def taken(person: Person) -> str:
    """The address of the sheet that somebody is given."""
    answer = person.get("/desk")
    assert answer.status == 303, answer.text
    return answer.headers["location"]


def records(server: Served, kind: type) -> list:  # type: ignore[type-arg]
    return [record for _, record in server.world.views.records() if isinstance(record, kind)]


def test_two_who_agree_settle_a_sheet(server: Served) -> None:
    photo = put_photo(server)
    for clerk in (server.invited("clerk"), server.invited("clerk")):
        place = taken(clerk)
        assert place == f"/desk/{photo}"
        answer = clerk.post(place, typed(server))
        assert (answer.status, answer.headers["location"]) == (303, "/desk")
    entries = records(server, Entry)
    assert [entry.counts for entry in entries] == [{name: int(said) for name, said in RIGHT.items()}] * 2
    assert len({entry.clerk for entry in entries}) == 2
    assert "Nothing waits for you" in server.invited("clerk").get("/desk").text


def test_a_difference_goes_to_a_third_person_who_sees_only_what_differs_and_gives_a_reason(server: Served) -> None:
    photo = put_photo(server)
    first, second = server.invited("clerk"), server.invited("clerk")
    first.post(taken(first), typed(server))
    second.post(taken(second), typed(server, f__BEN="11", f__mvalid="?"))
    judge = server.invited("adjudicator")
    answer = judge.get("/rulings")
    assert (answer.status, answer.headers["location"]) == (303, f"/rulings/{photo}")
    page = judge.get(f"/rulings/{photo}").text
    assert re.findall(r'name="pick\.(\w+)" value="other"', page) == ["BEN", "mvalid"]
    aliases = [entry.clerk for entry in records(server, Entry)]
    assert not any(alias in page for alias in aliases)
    orders = [entry.counts.get("BEN") for _, entry in sorted(
        (digest, record) for digest, record in server.world.views.records() if isinstance(record, Entry)
    )]  # fmt: skip
    pick = {"pick.BEN": str(orders.index(17)), "other.mvalid": "٤٨"}
    missing = judge.post(f"/rulings/{photo}", pick)
    assert (missing.status, "reason" in missing.text) == (422, True)
    assert judge.post(f"/rulings/{photo}", pick | {"reason": "a seven with a bar"}).status == 303
    (ruling,) = records(server, Ruling)
    assert ruling.counts == {name: int(said) for name, said in RIGHT.items()}
    assert (ruling.reason, len(ruling.entries)) == ("a seven with a bar", 2)
    assert "No entries differ" in judge.get("/rulings").text
    seal(server.world)


NOTE = 'the upper half is "blurred" <b>& dark</b>'


def test_a_note_on_a_problem_is_shown_to_the_adjudicator_until_it_is_settled_and_is_in_no_record(
    server: Served,
) -> None:
    photo = put_photo(server)
    first, second = server.invited("clerk"), server.invited("clerk")
    place = taken(first)
    alone = first.post(place, typed(server, note=NOTE))
    assert (alone.status, "A note goes with a problem" in alone.text) == (422, True)
    assert "&lt;b&gt;&amp; dark&lt;/b&gt;</textarea>" in alone.text
    long = first.post(place, typed(server, problem="blurred", note="a" * 281))
    assert (long.status, "in at most 280 signs" in long.text) == (422, True)
    first.post(f"{place}/draft", typed(server, note="a" * 300))
    assert f">{'a' * 280}</textarea>" in first.get(place).text
    assert first.post(place, typed(server, problem="blurred", note=f" {NOTE}\n\u202e ")).status == 303
    seen = [second.get(taken(second)).text, second.get("/").text]
    assert second.post(place, typed(server, f__BEN="11")).status == 303
    assert not any("upper half" in page for page in seen)
    judge = server.invited("adjudicator")
    page = judge.get(judge.get("/rulings").headers["location"]).text
    order = [entry.problem for _, entry in sorted(
        (digest, record) for digest, record in server.world.views.records() if isinstance(record, Entry)
    )].index("blurred")  # fmt: skip
    shown = "the upper half is &#34;blurred&#34; &lt;b&gt;&amp; dark&lt;/b&gt;"
    assert f"Note on the problem in answer {order + 1}: <bdi>{shown}</bdi>" in page
    # Only the answer of eleven votes breaks a sum: it is told by its own number.
    assert re.findall(r"Sums that do not hold in answer (\d)", page) == [str(2 - order)]
    assert not any("upper half" in repr(record) for _, record in server.world.views.records())
    pick = {"pick.problem": str(1 - order), "pick.BEN": str(order), "reason": "it can be read"}
    assert judge.post(f"/rulings/{photo}", pick).status == 303
    assert server.private.notes(photo) == {}


def test_nothing_that_anybody_or_anything_else_said_is_in_any_answer_before_both_entries(server: Served) -> None:
    photo = put_photo(server)
    first, second = server.invited("clerk"), server.invited("clerk")
    first.post(taken(first), typed(server, f__ANA="918273"))
    seen = [
        second.get("/desk").text,
        second.get(taken(second)).text,
        second.post(f"/desk/{photo}", {"f.ANA": "x"}).text,
    ]
    seen += [second.get(f"/desk/{photo}/image").body.decode("latin-1"), second.get("/").text]
    for body in seen:
        assert not any(number in body for number in ("918273", str(MACHINE), str(OFFICIAL)))
    page = second.get(f"/desk/{photo}").text
    assert re.findall(r'class="count"[^>]* value="([^"]*)"', page) == [""] * len(FIELDS)


def test_nobody_keys_a_sheet_twice(server: Served) -> None:
    photo = put_photo(server)
    clerk = server.invited("clerk")
    clerk.post(taken(clerk), typed(server))
    assert "Nothing waits for you" in clerk.get("/desk").text
    again = clerk.post(f"/desk/{photo}", typed(server, f__ANA="1"))
    assert (again.status, "another person" in again.text) == (409, True)
    assert len(records(server, Entry)) == 1


def test_a_sheet_is_in_one_persons_hands_until_the_time_is_over(server: Served) -> None:
    put_photo(server)
    first, second = server.invited("clerk"), server.invited("clerk")
    place = taken(first)
    assert "Nothing waits for you" in second.get("/desk").text
    server.clock.now += timedelta(minutes=11)
    assert taken(second) == place
    late = first.post(place, typed(server))
    assert (late.status, "somebody else has it" in late.text) == (409, True)


def test_a_break_gives_the_sheet_to_somebody_else_and_keeps_what_was_typed(server: Served) -> None:
    photo = put_photo(server)
    first, second = server.invited("clerk"), server.invited("clerk")
    place = taken(first)
    assert first.post(f"{place}/draft", {"f.ANA": "12"}).status == 204
    assert first.post(f"{place}/leave").status == 303
    assert taken(second) == place
    second.post(f"/desk/{photo}/leave")
    assert 'value="12"' in first.get(taken(first)).text
    assert 'value="12"' not in second.get(place).text


def test_a_steward_gives_a_sheet_to_somebody_else(server: Served) -> None:
    photo = put_photo(server)
    gone, here, steward = server.invited("clerk"), server.invited("clerk"), server.invited("steward")
    place = taken(gone)
    assert here.get("/desk").status == 200
    assert str(photo)[:8] in steward.get("/board").text
    assert steward.post("/board/release", {"photo": str(photo)}).status == 303
    assert taken(here) == place
    assert gone.post(place, typed(server)).status == 409
    assert records(server, Entry) == []
    assert steward.post("/board/release", {"photo": "0" * 64}).status == 404


@pytest.mark.parametrize(
    ("wrong", "told"),
    [
        ({"f__ANA": "3l"}, "Ana: expected a number"),
        ({"f__ANA": ""}, "Not answered: Ana."),
        ({"station": "nowhere"}, "has no station of the number nowhere"),
        ({"problem": "ugly"}, "Expected one of the problems blurred, wrong station"),
        ({"f__ANA": "1234567890"}, "Ana: expected a number"),
    ],
)
def test_a_mistake_is_told_and_what_was_typed_stays(server: Served, wrong: dict[str, str], told: str) -> None:
    put_photo(server)
    clerk = server.invited("clerk")
    answer = clerk.post(taken(clerk), typed(server, **wrong))
    assert (answer.status, told in answer.text) == (422, True)
    assert 'value="17"' in answer.text
    assert records(server, Entry) == []


def test_blank_zero_and_illegible_are_three_answers(server: Served) -> None:
    put_photo(server)
    clerk = server.invited("clerk")
    clerk.post(taken(clerk), typed(server, f__ANA="0", f__BEN="-", f__X1="?", f__X2="007"))
    (entry,) = records(server, Entry)
    assert (entry.counts["ANA"], entry.blank, entry.illegible, entry.counts["X2"]) == (0, ("BEN",), ("X1",), 7)


def test_a_sheet_that_is_none_is_said_so_without_figures(server: Served) -> None:
    put_photo(server)
    for _ in range(2):
        clerk = server.invited("clerk")
        nothing = {"station": str(first_station(server)), "problem": "not a sheet"}
        assert clerk.post(taken(clerk), nothing).status == 303
    assert [entry.problem for entry in records(server, Entry)] == ["not a sheet"] * 2
    assert "Nothing waits for you" in server.invited("clerk").get("/desk").text


def test_a_paused_desk_gives_nobody_a_sheet(server: Served) -> None:
    put_photo(server)
    server.invited("steward").post("/board/pause")
    answer = server.invited("clerk").get("/desk")
    assert (answer.status, "paused" in answer.text) == (200, True)


def test_a_clerk_does_not_settle_and_an_adjudicator_does_not_key(server: Served) -> None:
    photo = put_photo(server)
    assert server.invited("clerk").get("/rulings").status == 403
    assert server.invited("adjudicator").get(f"/desk/{photo}").status == 403


def test_the_next_sheets_picture_is_told_ahead_and_nobody_holds_it(server: Served) -> None:
    photos = {put_photo(server, b"PHOTO one"), put_photo(server, b"PHOTO two")}
    clerk = server.invited("clerk")
    place = taken(clerk)
    (other,) = (photo for photo in photos if place != f"/desk/{photo}")
    held = server.private.claims(server.clock())
    told = clerk.get(f"{place}/ahead")
    assert told.json() == {"pictures": [f"/desk/{other}/image"]}
    assert clerk.get(f"/desk/{other}/image").status == 200
    assert server.private.claims(server.clock()) == held
    assert taken(server.invited("clerk")) == f"/desk/{other}"
    assert clerk.get(f"{place}/ahead").json() == {"pictures": []}
    clerk.post(place, typed(server))
    server.invited("steward").post("/board/pause")
    assert clerk.get(f"{place}/ahead").json() == {"pictures": []}


def test_a_sheet_that_somebody_keyed_is_not_told_ahead_to_them(server: Served) -> None:
    put_photo(server, b"PHOTO one"), put_photo(server, b"PHOTO two")
    clerk = server.invited("clerk")
    clerk.post(taken(clerk), typed(server))
    assert clerk.get(f"{taken(clerk)}/ahead").json() == {"pictures": []}


def as_clerk(server: Served, alias: str) -> Person:
    secret = alias.rjust(43, "s")
    server.private.invite(hidden(secret), "clerk", alias, server.clock() + timedelta(days=1))
    person = server.anyone()
    assert person.post(f"/i/{secret}").status == 303
    return person


def test_few_people_want_the_same_sheet_next(server: Served) -> None:
    for number in range(30):
        put_photo(server, b"PHOTO %d" % number)
    # An alias is drawn by lot, and with it where somebody begins; these four begin at three sheets.
    clerks = [as_clerk(server, f"c-{number}") for number in range(4)]
    places = [taken(clerk) for clerk in clerks]
    ahead = {str(clerk.get(f"{place}/ahead").json()) for clerk, place in zip(clerks, places, strict=True)}
    assert len(ahead) > 1


def test_whoever_still_types_keeps_the_sheet(server: Served) -> None:
    put_photo(server)
    slow, other = server.invited("clerk"), server.invited("clerk")
    place = taken(slow)
    for _ in range(3):
        server.clock.now += timedelta(minutes=9)
        assert slow.post(f"{place}/draft", {"f.ANA": "1"}).status == 204
        assert "Nothing waits for you" in other.get("/desk").text
    server.clock.now += timedelta(minutes=11)
    assert taken(other) == place
    slow.post(f"{place}/draft", {"f.ANA": "12"})
    assert slow.post(place, typed(server)).status == 409


def test_a_photo_that_shows_no_station_needs_none_where_a_problem_says_why(server: Served) -> None:
    put_photo(server)
    clerk = server.invited("clerk")
    place = taken(clerk)
    assert clerk.post(place, {"station": "", "problem": ""}).status == 422
    assert clerk.post(place, typed(server, station="", problem="blurred")).status == 422
    assert clerk.post(place, {"station": "", "problem": "not a sheet"}).status == 303
    (entry,) = records(server, Entry)
    assert (entry.station, entry.problem, entry.counts) == ("", "not a sheet", {})
    seal(server.world)


@pytest.mark.parametrize(
    ("language", "fields", "told"),
    [
        ("es", {"f__ANA": "3l"}, "Ana: se esperaba un número"),
        ("ar", {"problem": "ugly"}, "المتوقع إحدى المشكلات غير واضح"),
        ("es", {"station": "nowhere"}, "no tiene una mesa con el número nowhere"),
    ],
)
def test_a_mistake_is_told_in_the_language_of_whoever_made_it(
    server: Served, language: str, fields: dict[str, str], told: str
) -> None:
    put_photo(server)
    clerk = server.invited("clerk")
    answer = clerk.post(taken(clerk), typed(server, **fields), **{"Accept-Language": language})
    assert (answer.status, told in answer.text) == (422, True), answer.text
    refused = clerk.get("/board", **{"Accept-Language": language}).text
    assert {"es": "Esto es para: ", "ar": "هذا مخصص لـ: "}[language] in refused


def test_a_mistake_puts_the_focus_into_its_field(server: Served) -> None:
    put_photo(server)
    clerk = server.invited("clerk")
    place = taken(clerk)
    for wrong, focus in (({"f__BEN": "x"}, "f.BEN"), ({"f__X1": ""}, "f.X1"), ({"station": "x"}, "station")):
        page = clerk.post(place, typed(server, **wrong)).text
        assert re.findall(r'id="([^"]+)"[^>]* autofocus', page) == [focus]


def test_a_style_or_script_is_kept_under_an_address_that_names_its_bytes(server: Served) -> None:
    put_photo(server)
    clerk = server.invited("clerk")
    page = clerk.get(taken(clerk)).text
    addresses = re.findall(r'(?:src|href)="([^"]+\.(?:js|css)[^"]*)"', page)
    assert len(addresses) == 3
    for address in addresses:
        assert "immutable" in clerk.get(address).headers["cache-control"]
        assert clerk.get(address.partition("?")[0] + "?v=old").headers["cache-control"] == "no-store"
    assert clerk.get("/desk/file/people.css").status == 404


def test_a_photo_whose_station_nobody_named_is_keyed_after_all_others(server: Served) -> None:
    loose = server.world.blobs.put(b"PHOTO of no station")
    server.world.journal.append(
        [
            Photo(loose, 10, "image/jpeg", 30, 40, 1, "test"),
            Reading(loose, "codes", "1", "none", "0" * 16, verdict="people"),
        ]
    )
    named = put_photo(server)
    clerk = server.invited("clerk")
    for photo in (named, loose):
        assert taken(clerk) == f"/desk/{photo}"
        assert clerk.post(f"/desk/{photo}", typed(server)).status == 303


def test_a_language_that_somebody_chose_stays(server: Served) -> None:
    put_photo(server)
    clerk = server.invited("clerk")
    place = taken(clerk)
    assert 'lang="ar" dir="rtl"' in clerk.get(f"{place}?lang=ar").text
    assert 'lang="ar" dir="rtl"' in clerk.get(place, **{"Accept-Language": "es"}).text
    assert 'lang="es"' in clerk.get(f"{place}?lang=es").text
    assert "testigo_language" not in server.anyone().get("/?lang=zz").headers.get("set-cookie", "")
