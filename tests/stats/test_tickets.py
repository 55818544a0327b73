"""The draw from a public seed."""

import hashlib
from collections import Counter

import pytest
from hypothesis import given
from hypothesis import strategies as st

from testigo.errors import BadUsage
from testigo.stats.tickets import tickets


@given(st.lists(st.integers(0, 10**9), min_size=1, max_size=50).filter(any), st.integers(0, 40))
def test_every_draw_is_the_definition_of_the_draw(sizes: list[int], draws: int) -> None:
    total = sum(sizes)
    for ticket in tickets("dice 3", sizes, draws):
        digest = hashlib.sha256(f"dice 3,{ticket.draw}".encode()).hexdigest()
        value = int(digest, 16) * total // 2**256
        row = next(n for n in range(len(sizes)) if sum(sizes[: n + 1]) > value)
        assert (ticket.digest, ticket.value, ticket.row) == (digest, value, row)


def test_stations_are_drawn_as_often_as_their_sizes_say() -> None:
    found = Counter(ticket.row for ticket in tickets("1", [1, 0, 2, 7], 5_000))
    assert found[1] == 0
    assert [found[row] / 5_000 for row in (0, 2, 3)] == pytest.approx([0.1, 0.2, 0.7], abs=0.03)


def test_more_draws_begin_with_the_same_ones() -> None:
    assert tickets("1", [3, 4, 5], 20)[:7] == tickets("1", [3, 4, 5], 7)


@pytest.mark.parametrize("seed", ["", " 1", "1\n", "a\tb"])
def test_a_seed_that_cannot_be_copied_from_paper_is_refused(seed: str) -> None:
    with pytest.raises(BadUsage, match="seed: expected"):
        tickets(seed, [1], 1)


@pytest.mark.parametrize("sizes", [[], [0, 0], [3, -1]])
def test_sizes_that_cannot_be_are_refused(sizes: list[int]) -> None:
    with pytest.raises(BadUsage, match="sizes"):
        tickets("1", sizes, 1)
