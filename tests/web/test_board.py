"""The steward's board: what it shows, what its acts do, and reports that nobody signed."""

import re
from datetime import timedelta

from served import Served
from test_desks import put_photo, taken, typed

from testigo.core.ids import Digest, FieldId
from testigo.core.records import Act, Photo, Report, Withhold
from testigo.web.problems import KINDS


def test_the_board_shows_the_night_and_an_observer_sees_no_acts(server: Served) -> None:
    steward, observer = server.invited("steward").get("/board"), server.invited("observer").get("/board")
    assert (steward.status, observer.status) == (200, 200)
    assert "Withhold a photo" in steward.text
    assert "<form" not in observer.text.replace('<form class="who"', "")
    assert 'http-equiv="refresh"' in server.invited("observer").get("/board/wall").text


def test_a_report_reaches_the_board_without_an_identity_and_is_closed_there(server: Served) -> None:
    visitor, steward = server.anyone(), server.invited("steward")
    station = sorted(server.world.register.stations)[0]
    told = {"kind": KINDS[0], "station": station, "text": "The second figure <b>is</b> another one."}
    assert "Thank you" in visitor.post("/problem", told).text
    board = steward.get("/board").text
    assert "The second figure &lt;b&gt;is&lt;/b&gt; another one." in board
    (problem,) = server.private.problems()
    assert steward.post("/board/problem", {"id": problem.id}).status == 303
    assert server.private.problems() == ()


def test_a_report_that_says_nothing_or_names_no_station_is_told_so_and_kept_in_the_form(server: Served) -> None:
    for fields in ({"text": ""}, {"text": "x", "station": "nowhere"}, {"text": "x" * 2001}):
        answer = server.anyone().post("/problem", {"kind": KINDS[0]} | fields)
        assert (answer.status, 'role="alert"' in answer.text) == (422, True)
    assert "nowhere" in server.anyone().post("/problem", {"kind": KINDS[0], "text": "x", "station": "nowhere"}).text
    assert server.private.problems() == ()


def test_a_steward_makes_links_that_work(server: Served) -> None:
    steward = server.invited("steward")
    page = steward.post("/board/invite", {"role": "observer", "count": "2", "days": "1"}).text
    paths = [part.split("<")[0].removeprefix(server.origin) for part in page.split('<code dir="ltr">')[1:]]
    assert len(paths) == 2
    assert all(server.anyone().post(path).status == 303 for path in paths)
    assert steward.post("/board/invite", {"role": "king", "count": "2"}).status == 400
    assert steward.post("/board/invite", {"role": "clerk", "count": "0"}).status == 400


def test_withholding_a_photo_is_a_public_record(server: Served) -> None:
    photo = Photo("cd" * 32, 10, "image/jpeg", 4, 4, 1, "jpeg-strip-1")  # type: ignore[arg-type]
    server.world.journal.append([photo])
    steward = server.invited("steward")
    assert steward.post("/board/withhold", {"photo": "cdcdcdcd", "reason": "privacy"}).status == 303
    assert Withhold(photo.sha256, "privacy") in [record for _, record in server.world.views.records()]
    assert steward.post("/board/withhold", {"photo": "00000000", "reason": "privacy"}).status == 404
    assert steward.post("/board/withhold", {"photo": "cdcdcdcd", "reason": "whim"}).status == 400


def test_pausing_and_the_night_are_acts_in_the_log(server: Served) -> None:
    steward = server.invited("steward")
    assert steward.post("/board/pause").status == 303
    assert "paused" in steward.get("/board").text
    steward.post("/board/night")
    closed = steward.post("/board/night")
    assert closed.headers["location"] == "/board/report"
    assert "Report of the night" in steward.get("/board/report").text
    acts = {record.act for _, record in server.world.views.records() if isinstance(record, Act)}
    assert {"desk paused", "night open", "night closed"} <= acts


def test_the_board_counts_what_came_in_since_it_was_last_asked(server: Served) -> None:
    steward = server.invited("steward")
    assert "<dt>Photos</dt><dd>0</dd>" in steward.get("/board").text
    server.world.journal.append([Photo("cd" * 32, 10, "image/jpeg", 4, 4, 1, "jpeg-strip-1")])  # type: ignore[arg-type]
    board = steward.get("/board").text
    assert "<dt>Photos</dt><dd>1</dd>" in board
    assert '<div class="due"><dt>not read yet</dt><dd>1</dd></div>' in board


def test_a_station_is_shown_with_all_that_is_said_of_it_side_by_side(server: Served) -> None:
    station = sorted(server.world.register.stations)[0]
    one, two = Digest("cd" * 32), Digest("ce" * 32)
    server.world.journal.append(
        [
            *(Photo(sha256, 10, "image/jpeg", 4, 4, 1, "jpeg-strip-1", 1, station) for sha256 in (one, two)),
            Report("north", Digest("ee" * 32), 1, station, {FieldId("ANA"): 17, FieldId("BEN"): 4}),
            Report("south", Digest("ef" * 32), 1, station, {FieldId("ANA"): 71, FieldId("BEN"): 4}),
            Withhold(two, "privacy"),
        ]
    )
    page = server.invited("steward").get(f"/board/station/{station}").text
    rows = re.findall(r'<tr( class="differs")?><th scope="row"><bdi>(\w+)</bdi>', page)
    assert {name: bool(differs) for differs, name in rows} == {"Ana": True, "Ben": False}
    assert [f'src="/board/photo/{photo}"' in page for photo in (one, two)] == [True, False]
    assert server.invited("steward").get("/board/station/nowhere").status == 404
    assert server.invited("observer").get(f"/board/station/{station}").status == 403


def test_the_board_says_how_fast_and_what_two_agreeing_entries_leave_wrong(server: Served) -> None:
    put_photo(server)
    clerk = server.invited("clerk")
    place = taken(clerk)
    clerk.get(place)
    server.clock.now += timedelta(seconds=90)
    clerk.post(place, typed(server))
    board = server.invited("steward").get("/board").text
    assert re.search(r'<td class="n">1</td><td class="n">40</td>', board)


def test_a_board_where_nothing_changed_is_not_sent_again(server: Served) -> None:
    observer = server.invited("observer")
    for place in ("/board", "/board/wall"):
        tag = observer.get(place).headers["etag"]
        again = observer.get(place, **{"If-None-Match": tag})
        assert (again.status, again.body) == (304, b"")
    put_photo(server)
    assert observer.get("/board/wall", **{"If-None-Match": tag}).status == 200


def test_a_steward_withholds_a_photo_where_the_station_is_shown(server: Served) -> None:
    photo, steward = put_photo(server), server.invited("steward")
    page = steward.get("/board/station/T1").text
    assert f'action="/board/withhold"><input type="hidden" name="photo" value="{photo}">' in page
    assert steward.post("/board/withhold", {"photo": photo, "reason": "privacy"}).status == 303
    assert photo not in steward.get("/board/station/T1").text


def test_the_board_says_whether_the_night_is_open(server: Served) -> None:
    steward = server.invited("steward")
    told = [steward.get("/board").text]
    for _ in range(2):
        steward.post("/board/night")
        told.append(steward.get("/board").text)
    said = ("The night is not open yet.", "The night is open.", "The night is closed.")
    assert [text in page for text, page in zip(said, told, strict=True)] == [True] * 3
