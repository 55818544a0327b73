"""How often one address may ask, and that nothing of it stays."""

from ipaddress import ip_network
from itertools import count

from hypothesis import given
from hypothesis import strategies as st
from starlette.requests import Request

from testigo.web.rates import WINDOW_S, Network, Rates, address_of


def rates(most: int) -> Rates:
    numbers = count()
    return Rates(most, lambda: f"key {next(numbers)}".encode())


def test_an_address_may_ask_so_often_and_again_in_ten_minutes() -> None:
    found = rates(3)
    assert [found.allows("192.0.2.1", second) for second in range(5)] == [True, True, True, False, False]
    assert found.allows("192.0.2.2", 5)
    assert found.allows("192.0.2.1", WINDOW_S)


def test_a_household_is_one_sender_and_its_neighbour_another() -> None:
    found = rates(1)
    assert found.allows("2001:db8:0:1::1", 0)
    assert not found.allows("2001:db8:0:1:ffff::9", 0)
    assert found.allows("2001:db8:0:2::1", 0)
    assert found.allows("::ffff:192.0.2.1", 0)
    assert not found.allows("192.0.2.1", 0)


@given(st.lists(st.integers(0, 40), max_size=200), st.integers(1, 5))
def test_nobody_gets_more_than_allowed(askers: list[int], most: int) -> None:
    found = rates(most)
    allowed = [asker for asker in askers if found.allows(f"192.0.2.{asker}", 0)]
    assert all(allowed.count(asker) <= most for asker in set(askers))


def test_many_other_addresses_hardly_ever_cost_somebody_a_request() -> None:
    found = rates(1)
    refused = sum(not found.allows(f"10.{n >> 8}.{n & 255}.1", 0) for n in range(5000))
    assert refused < 5000 * 0.02


def test_neither_an_address_nor_a_key_of_before_is_kept() -> None:
    found = rates(9)
    for second in (0, 1, WINDOW_S):
        found.allows("192.0.2.1", second)
    kept = repr([getattr(found, name) for name in vars(found)])
    assert "192.0.2" not in kept
    assert "key 0" not in kept
    assert "key 1" in kept


def test_an_address_behind_a_proxy_of_this_machine_is_the_proxys_word_for_the_last_hop() -> None:
    def told(peer: str, proxy: Network | None = None, **headers: str) -> str | None:
        given = [(name.replace("_", "-").encode(), value.encode()) for name, value in headers.items()]
        return address_of(Request({"type": "http", "client": (peer, 5), "headers": given}), proxy)

    assert told("192.0.2.1", x_forwarded_for="192.0.2.9") == "192.0.2.1"
    assert told("127.0.0.1", x_forwarded_for="198.51.100.7, 192.0.2.9") == "192.0.2.9"
    assert told("127.0.0.1") is None
    assert told("::1") is None
    assert told("testclient") is None
    proxy = ip_network("10.89.7.0/24")
    assert told("10.89.7.2", x_forwarded_for="192.0.2.9", proxy=proxy) == "192.0.2.9"
    assert told("10.89.8.2", x_forwarded_for="192.0.2.9", proxy=proxy) == "10.89.8.2"
