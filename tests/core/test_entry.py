"""Blind double entry: states, who may act, and that no order of arrival matters."""

import re
from dataclasses import replace
from itertools import permutations
from pathlib import Path
from typing import get_args

import pytest
from hypothesis import given
from hypothesis import strategies as st

from testigo.core.entry import (
    IS_SETTLED,
    PROBLEMS,
    By,
    DeskRules,
    Differs,
    Settled,
    Waiting,
    is_drawn_again,
    may_enter,
    may_rule,
    photos_keyed,
    state_of,
)
from testigo.core.ids import Digest, FieldId, StationCode
from testigo.core.records import Entry, Reading, Ruling, encode_record
from testigo.tlog.merkle import leaf_hash

RULES = DeskRules()
PHOTO = Digest("ab" * 32)
STATION = StationCode("01.01")


def entry(clerk: str, a: int = 5, *, problem: str | None = None, blank: tuple[str, ...] = ()) -> tuple[Digest, Entry]:
    counts = {FieldId("a"): a, FieldId("b"): 7}
    for field in blank:
        del counts[FieldId(field)]
    made = Entry(PHOTO, clerk, "sheet", STATION, counts, 1, blank, (), problem)
    return leaf(made), made


def ruling(adjudicator: str, a: int = 5) -> tuple[Digest, Ruling]:
    made = Ruling(PHOTO, adjudicator, "sheet", STATION, {FieldId("a"): a}, "as written", ())
    return leaf(made), made


def leaf(record: Entry | Ruling) -> Digest:
    return Digest(leaf_hash(encode_record(record)).hex())


def test_one_entry_settles_nothing() -> None:
    assert state_of([entry("c-1")], [], RULES) == Waiting((entry("c-1"),))


def test_two_people_who_agree_settle_a_photo() -> None:
    found = state_of([entry("c-1"), entry("c-2")], [], RULES)
    assert isinstance(found, Settled)
    assert (found.by, found.answer.counts) == ("entries", {"a": 5, "b": 7})
    assert found.digest == min(entry("c-1")[0], entry("c-2")[0])


def test_one_person_keying_twice_settles_nothing() -> None:
    once, again = entry("c-1"), entry("c-1", 6)
    assert isinstance(state_of([once, again], [], RULES), Waiting)


def test_two_answers_differ_in_the_fields_that_are_not_the_same() -> None:
    found = state_of([entry("c-1"), entry("c-2", 6)], [], RULES)
    assert found == Differs(found.entries, ("a",))


def test_blank_and_zero_are_different_answers() -> None:
    found = state_of([entry("c-1", 0), entry("c-2", blank=("a",))], [], RULES)
    assert found == Differs(found.entries, ("a",))


def test_a_problem_that_one_of_two_sees_is_a_difference() -> None:
    found = state_of([entry("c-1"), entry("c-2", problem="blurred")], [], RULES)
    assert found == Differs(found.entries, ("problem",))


def test_a_third_entry_settles_what_two_of_three_say() -> None:
    found = state_of([entry("c-1"), entry("c-2", 6), entry("c-3")], [], RULES)
    assert isinstance(found, Settled)
    assert found.answer.counts["a"] == 5  # type: ignore[index]


def test_an_even_split_of_four_goes_to_an_adjudicator() -> None:
    entries = [entry("c-1"), entry("c-2", 6), entry("c-3"), entry("c-4", 6)]
    assert isinstance(state_of(entries, [], RULES), Differs)


def test_a_ruling_by_another_person_settles_a_difference() -> None:
    found = state_of([entry("c-1"), entry("c-2", 6)], [ruling("j-1", 6)], RULES)
    assert isinstance(found, Settled)
    assert (found.by, found.answer.counts) == ("ruling", {"a": 6})


def test_a_ruling_on_an_own_entry_counts_for_nothing() -> None:
    assert isinstance(state_of([entry("c-1"), entry("c-2", 6)], [ruling("c-2", 6)], RULES), Differs)


def test_one_entry_that_says_what_the_machine_proposed_settles_only_where_the_rules_say_so() -> None:
    proposed, rules = {FieldId("a"): 5, FieldId("b"): 7}, DeskRules(reading_counts=True)
    reading = Reading(
        PHOTO, "codes+digits", "2", "doubtful", "", "sheet", 1, STATION, verdict="look", proposed=proposed
    )
    assert isinstance(state_of([entry("c-1")], [], RULES, reading), Waiting)
    found = state_of([entry("c-1")], [], rules, reading)
    assert isinstance(found, Settled)
    assert found.by == "reading and entry"
    assert isinstance(state_of([entry("c-1", 6)], [], rules, reading), Waiting)
    for other in (None, replace(reading, station=StationCode("01.02")), replace(reading, form="another")):
        assert isinstance(state_of([entry("c-1")], [], rules, other), Waiting)


@pytest.mark.parametrize("order", list(permutations(range(4))))
def test_the_order_of_arrival_changes_nothing(order: tuple[int, ...]) -> None:
    entries = [entry("c-1"), entry("c-2", 6), entry("c-1", 9), entry("c-3")]
    assert state_of([entries[n] for n in order], [], RULES) == state_of(entries, [], RULES)


def test_nobody_keys_a_photo_twice_and_nobody_rules_on_an_own_entry() -> None:
    waiting = state_of([entry("c-1")], [], RULES)
    differs = state_of([entry("c-1"), entry("c-2", 6)], [], RULES)
    assert may_enter(waiting, "c-2", RULES) is None
    assert "another person" in (may_enter(waiting, "c-1", RULES) or "")
    assert "adjudicator" in (may_enter(differs, "c-3", RULES) or "")
    assert may_rule(differs, "c-3") is None
    assert "another person" in (may_rule(differs, "c-1") or "")
    assert "do not differ" in (may_rule(waiting, "c-3") or "")


def test_a_settled_photo_is_keyed_once_more_only_where_the_seed_draws_it() -> None:
    settled = state_of([entry("c-1"), entry("c-2")], [], RULES)
    assert may_enter(settled, "c-3", RULES) == IS_SETTLED
    assert may_enter(settled, "c-3", RULES, drawn_again=True) is None
    thrice = state_of([entry("c-1"), entry("c-2"), entry("c-3")], [], RULES)
    assert may_enter(thrice, "c-4", RULES, drawn_again=True) == IS_SETTLED


def test_the_seed_draws_about_the_share_that_was_asked() -> None:
    rules = DeskRules(again_ppm=200_000, again_seed="drawn on a stage")
    drawn = sum(is_drawn_again(Digest(f"{n:064x}"), rules) for n in range(2000))
    # Binomial, 2,000 draws at .2: four standard errors are 72.
    assert abs(drawn - 400) < 72
    assert not any(is_drawn_again(Digest(f"{n:064x}"), DeskRules()) for n in range(100))


@given(st.lists(st.tuples(st.sampled_from("pqrst"), st.integers(0, 2)), max_size=5), st.randoms())
def test_the_state_never_depends_on_the_order(made: list[tuple[str, int]], random) -> None:  # type: ignore[no-untyped-def]
    entries = [entry(clerk, a) for clerk, a in made]
    mixed = list(entries)
    random.shuffle(mixed)
    assert state_of(mixed, [], RULES) == state_of(entries, [], RULES)


def test_entries_that_saw_fewer_pages_count_no_more_once_somebody_saw_more() -> None:
    other = Digest("cd" * 32)
    narrow = [entry("c-1"), entry("c-2")]
    made = replace(entry("c-1")[1], beside=(other,))
    wide = (leaf(made), made)
    assert isinstance(state_of(narrow, [], RULES), Settled)
    assert state_of([*narrow, wide], [], RULES) == Waiting((wide,))
    again = replace(entry("c-3")[1], beside=(other,))
    found = state_of([*narrow, wide, (leaf(again), again)], [ruling("j-1", 6)], RULES)
    assert isinstance(found, Settled)
    assert (found.by, found.beside, photos_keyed(PHOTO, found)) == ("entries", (other,), (PHOTO, other))


def test_the_document_names_every_state_and_problem(project: Path) -> None:
    text = (project / "docs" / "states" / "entry.md").read_text("utf-8")
    named = re.findall(r"^\| (Waiting|Differs|Settled by [a-z ]+?) \|", text, re.M)
    assert named == ["Waiting", "Differs", *(f"Settled by {by}" for by in get_args(By))]
    assert f"Problems: {', '.join(PROBLEMS)}." in text
