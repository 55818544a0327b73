"""What every private store answers; what must happen once happens once, also where two ask at the same time."""

from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from sqlalchemy import create_engine, inspect

from testigo.core.ids import Digest, StationCode
from testigo.private import Claim, Passkey, Private, Problem, Score, Session, Upload, Work
from testigo.store.engine import postgres_engine, sqlite_engine
from testigo.store.private_schema import PRIVATE
from testigo.store.private_sql import SqlPrivate

NOW = datetime(2030, 1, 1, 18, 3, 7, tzinfo=UTC)
LATER, PAST = NOW + timedelta(hours=2), NOW - timedelta(hours=2)
A, B, C, D = (Digest(letters * 32) for letters in ("aa", "bb", "cc", "dd"))


@pytest.fixture(params=["sqlite", pytest.param("postgres", marks=pytest.mark.thirdparty)])
def private(request: pytest.FixtureRequest, tmp_path: Path, new_database: Callable[[], str]) -> Iterator[Private]:
    is_file = request.param == "sqlite"
    engine = sqlite_engine(tmp_path / "private.sqlite") if is_file else postgres_engine(new_database())
    store = SqlPrivate(engine)
    yield store
    store.close()


def upload(secret: Digest = A, *, owner: Digest = B, expires: datetime = LATER) -> Upload:
    return Upload(secret, owner, 1000, None, StationCode("01"), 1, 6, expires)


def test_an_invitation_of_staff_opens_one_session(private: Private) -> None:
    private.invite(A, "clerk", "c-1", LATER)
    assert private.sign_in(B, C, NOW, LATER) is None
    assert private.sign_in(A, C, NOW, LATER) == Session("clerk", "c-1") == private.session(C, NOW)
    assert private.sign_in(A, D, NOW, LATER) is None
    # The answer was lost: the same is asked again.
    assert private.sign_in(A, C, NOW, LATER) == Session("clerk", "c-1")
    private.end_session(C)
    assert private.sign_in(A, C, NOW, LATER) is None


def test_an_invitation_of_a_volunteer_gives_one_pass_and_the_same_to_whoever_asks_again_with_it(
    private: Private,
) -> None:
    private.invite(A, "volunteer", None, LATER)
    assert private.enrol(B, C, 3, NOW, LATER) is None
    assert private.enrol(A, C, 3, NOW, LATER) == 3
    assert private.enrol(A, D, 3, NOW, LATER) is None
    assert private.spend(C, NOW)
    assert private.enrol(A, C, 3, NOW, LATER) == 2 == private.passes_left(C, NOW)
    # A second invitation is not used up for a pass that is there.
    private.invite(B, "volunteer", None, LATER)
    assert (private.enrol(B, C, 3, NOW, LATER), private.enrol(B, D, 3, NOW, LATER)) == (2, 3)


def test_an_invitation_of_one_kind_is_none_of_the_other_and_stays(private: Private) -> None:
    private.invite(A, "volunteer", None, LATER)
    private.invite(B, "clerk", "c-1", LATER)
    assert (private.sign_in(A, C, NOW, LATER), private.enrol(B, C, 3, NOW, LATER)) == (None, None)
    assert private.enrol(A, C, 3, NOW, LATER) == 3
    assert private.sign_in(B, C, NOW, LATER) == Session("clerk", "c-1")


def test_an_invitation_that_has_run_out_is_none(private: Private) -> None:
    private.invite(A, "volunteer", None, PAST)
    private.invite(B, "clerk", "c-1", PAST)
    assert (private.enrol(A, C, 3, NOW, LATER), private.sign_in(B, C, NOW, LATER)) == (None, None)


def test_of_many_who_use_an_invitation_at_once_one_gets_it(private: Private) -> None:
    for round_ in range(10):
        staff, volunteer = Digest(f"{2 * round_:064x}"), Digest(f"{2 * round_ + 1:064x}")
        own = [Digest(f"{round_:060x}{number:04x}") for number in range(4)]
        private.invite(staff, "clerk", f"c-{round_}", LATER)
        private.invite(volunteer, "volunteer", None, LATER)
        with ThreadPoolExecutor(4) as people:
            signed_in = list(people.map(lambda one: private.sign_in(staff, one, NOW, LATER), own))  # noqa: B023
            enrolled = list(people.map(lambda one: private.enrol(volunteer, one, 3, NOW, LATER), own))  # noqa: B023
            again = list(people.map(lambda one: private.enrol(volunteer, one, 3, NOW, LATER), own))  # noqa: B023
        assert (sum(one is not None for one in signed_in), sum(one is not None for one in enrolled)) == (1, 1)
        assert again == enrolled


def test_what_is_over_is_forgotten(private: Private) -> None:
    for secret, until in ((A, PAST), (B, LATER)):
        private.invite(secret, "clerk", "c-1", until)
        private.open_session(secret, "clerk", "c-1", until)
        private.claim(secret, "entry", "c-1", PAST, until)
        private.keep_challenge(secret, "c-1", PAST - timedelta(hours=1), until)
    private.invite(C, "volunteer", None, LATER)
    private.invite(D, "volunteer", None, LATER)
    private.enrol(C, A, 3, PAST, PAST)
    private.enrol(D, B, 3, NOW, LATER)
    private.forget_over(NOW)
    kept = {table: len(rows) for table, rows in private.rows().items() if rows}
    assert kept == {"invitation": 1, "session": 1, "claim": 1, "challenge": 1, "pass": 1}
    assert (private.session(B, NOW), private.passes_left(B, NOW)) == (Session("clerk", "c-1"), 3)


def test_a_pass_has_so_many_uploads_and_no_more(private: Private) -> None:
    private.invite(C, "volunteer", None, LATER)
    private.enrol(C, A, 3, NOW, LATER)
    with ThreadPoolExecutor(4) as phones:
        spent = list(phones.map(lambda _: private.spend(A, NOW), range(8)))
    assert (sum(spent), private.passes_left(A, NOW)) == (3, 0)
    assert (private.passes_left(B, NOW), private.spend(B, NOW)) == (None, False)
    assert private.passes_left(A, NOW + timedelta(hours=3)) is None


def test_a_session_ends_by_itself_by_its_owner_and_by_the_steward(private: Private) -> None:
    private.open_session(A, "clerk", "c-1", LATER)
    private.open_session(B, "steward", "s-1", LATER)
    assert private.session(A, NOW) == Session("clerk", "c-1")
    assert private.session(A, NOW + timedelta(hours=3)) is None
    private.end_session(A)
    private.end_session(A)
    assert private.session(A, NOW) is None
    private.end_sessions_of("s-1")
    assert private.session(B, NOW) is None


def test_a_photo_is_in_one_persons_hands_until_the_time_is_over(private: Private) -> None:
    assert private.claim(A, "entry", "c-1", NOW, LATER)
    assert not private.claim(A, "entry", "c-2", NOW, LATER)
    assert private.claim(A, "ruling", "j-1", NOW, LATER)
    assert private.claim(A, "entry", "c-1", NOW, LATER)
    assert private.claims(NOW) == (Claim(A, "entry", "c-1"), Claim(A, "ruling", "j-1"))
    much_later = NOW + timedelta(hours=3)
    assert private.claims(much_later) == ()
    assert private.claim(A, "entry", "c-2", much_later, much_later + timedelta(hours=1))
    private.release(A, "entry", "c-1")
    assert [claim.alias for claim in private.claims(much_later)] == ["c-2"]
    private.release(A, "entry", "c-2")
    assert private.claims(much_later) == ()


def test_of_many_who_claim_at_once_one_has_it(private: Private) -> None:
    with ThreadPoolExecutor(4) as clerks:
        got = list(clerks.map(lambda n: private.claim(A, "entry", f"c-{n}", NOW, LATER), range(8)))
    assert sum(got) == 1


def test_a_draft_is_kept_until_it_is_dropped(private: Private) -> None:
    private.save_draft(A, "c-1", "1")
    private.save_draft(A, "c-1", "12")
    assert (private.draft(A, "c-1"), private.draft(A, "c-2"), private.draft(B, "c-1")) == ("12", None, None)
    private.drop_draft(A, "c-1")
    assert private.draft(A, "c-1") is None


def test_notes_of_a_sheet_are_kept_by_alias_until_they_are_dropped(private: Private) -> None:
    private.keep_note(A, "c-1", "blurred")
    private.keep_note(A, "c-1", "the upper half is blurred")
    private.keep_note(A, "c-2", "a thumb")
    private.keep_note(B, "c-1", "another sheet")
    assert private.notes(A) == {"c-1": "the upper half is blurred", "c-2": "a thumb"}
    private.drop_notes(A)
    assert (private.notes(A), private.notes(B)) == ({}, {"c-1": "another sheet"})


def test_an_upload_advances_only_from_where_it_stands(private: Private) -> None:
    private.open_upload(upload())
    assert private.advance(A, 0, 400)
    assert not private.advance(A, 0, 500)
    with ThreadPoolExecutor(4) as phones:
        moved = list(phones.map(lambda n: private.advance(A, 400, 500 + n), range(6)))
    assert sum(moved) == 1
    found = private.upload(A)
    assert found is not None
    assert (found.length, found.orient, found.station, found.state) == (1000, 6, "01", "open")
    private.finish(A, "promised", "note")
    found = private.upload(A)
    assert found is not None
    assert (found.state, found.text) == ("promised", "note")
    private.drop_upload(A)
    assert private.upload(A) is None


def test_uploads_under_way_are_counted_and_those_whose_time_is_over_are_found(private: Private) -> None:
    private.open_upload(upload())
    private.open_upload(upload(B, expires=PAST))
    assert (private.open_uploads(B, NOW), private.spool_bytes()) == (1, 2000)
    assert [one.secret for one in private.expired_uploads(NOW)] == [B]
    private.finish(A, "promised", "note")
    assert (private.open_uploads(B, NOW), private.spool_bytes()) == (0, 1000)


def test_problems_and_settings_are_kept_until_they_are_closed_or_changed(private: Private) -> None:
    private.report_problem(Problem("2", None, "this site", "slow"))
    private.report_problem(Problem("1", StationCode("01"), "a station", "closed"))
    assert [one.id for one in private.problems()] == ["1", "2"]
    private.close_problem("1")
    private.close_problem("1")
    assert [one.text for one in private.problems()] == ["slow"]
    assert private.setting("night") is None
    private.put_setting("night", "open")
    private.put_setting("night", "closed")
    assert private.setting("night") == "closed"


def test_what_was_deleted_is_not_left_in_the_file(tmp_path: Path) -> None:
    store = SqlPrivate(sqlite_engine(tmp_path / "private.sqlite"))
    store.invite(A, "clerk", "c-quite-unlike-others", LATER)
    store.sign_in(A, B, NOW, LATER)
    store.end_session(B)
    store.close()
    left = b"".join(path.read_bytes() for path in tmp_path.iterdir())
    assert b"c-quite-unlike-others" not in left


def test_no_table_has_a_place_for_who_or_when() -> None:
    engine = create_engine("sqlite://")
    PRIVATE.create_all(engine)
    columns = {
        column["name"] for table in inspect(engine).get_table_names() for column in inspect(engine).get_columns(table)
    }
    assert columns.isdisjoint(
        {"address", "ip", "agent", "device", "name_of_file", "filename", "created", "at", "arrived"}
    )
    engine.dispose()


def test_the_first_score_of_a_sheet_stays(private: Private) -> None:
    first = Score("c-1", A, True, 9, 7)
    for score in (first, Score("c-1", A, False, 9, 9), Score("c-1", B, False, 9, 9), Score("b-1", B, False, 9, 0)):
        private.keep_score(score)
    assert private.scores() == (Score("b-1", B, False, 9, 0), first, Score("c-1", B, False, 9, 9))


def test_work_adds_up(private: Private) -> None:
    for alias, seconds in (("c-2", 40), ("c-1", 9), ("c-2", 60)):
        private.add_work(alias, seconds)
    assert private.work() == (Work("c-1", 1, 9), Work("c-2", 2, 100))


def test_a_challenge_is_answered_once_in_time_and_by_whom_it_was_made_for(private: Private) -> None:
    soon = NOW + timedelta(minutes=5)
    assert private.keep_challenge(A, "c-1", NOW, soon)
    assert private.use_challenge(A, "c-2", NOW) is False
    assert private.use_challenge(A, "c-1", NOW) is False
    assert private.keep_challenge(A, "", NOW, soon)
    assert private.use_challenge(A, "", soon) is True
    assert private.keep_challenge(B, "", NOW, soon)
    assert private.use_challenge(B, "", soon + timedelta(seconds=1)) is False


def test_a_passkey_is_kept_once_counts_up_and_goes_with_its_persons_sessions(private: Private) -> None:
    found = Passkey(A, "clerk", "c-1", "a501")
    assert private.keep_passkey(found) is True
    assert private.keep_passkey(Passkey(A, "steward", "s-1", "a502")) is False
    assert private.passkey(A) == found
    assert [private.used_passkey(A, uses) for uses in (0, 0, 2, 2, 1, 0, 3)] == [
        True,
        True,
        True,
        False,
        False,
        False,
        True,
    ]
    assert private.used_passkey(B, 1) is False
    private.end_sessions_of("c-2")
    assert private.passkey(A) == Passkey(A, "clerk", "c-1", "a501", 3)
    private.end_sessions_of("c-1")
    assert private.passkey(A) is None
