"""How often one address may ask, without keeping an address: counters under a key that is forgotten every ten minutes.

An address is known as an HMAC of it, cut to two places in a table of fixed size; key and table are thrown away
together. Nobody, this server included, can say afterwards who asked, and no number of addresses fills the memory.
"""

import hmac
import ipaddress
from array import array
from collections.abc import Callable

from starlette.requests import Request

from testigo.errors import TooMany
from testigo.web.deployment import Deployment

Network = ipaddress.IPv4Network | ipaddress.IPv6Network

WINDOW_S = 600
"""For how long a key is kept, and what a rate counts in."""
MANY_PHOTOS = "many photos come from this network just now; try again in ten minutes"
_ROWS = 2
_PLACES = 1 << 16


class Rates:
    """At most `most` requests of one address in ten minutes. `key` gives 32 random bytes or more, new ones each time.

    A count-min sketch (Cormode and Muthukrishnan 2005) of two rows: an address is never counted too low, and too high
    only where another falls on the same place in both rows.
    """

    def __init__(self, most: int, key: Callable[[], bytes]) -> None:
        self._most = most
        self._new_key = key
        self._window = -1
        self._key = b""
        self._counts = array("I")

    def allows(self, address: str, seconds: float) -> bool:
        """Whether the address may ask once more at this time, in seconds of any clock that does not stand still."""
        window = int(seconds // WINDOW_S)
        if window != self._window:
            self._window, self._key = window, self._new_key()
            self._counts = array("I", [0]) * (_ROWS * _PLACES)
        places = self._places(address)
        if min(self._counts[place] for place in places) >= self._most:
            return False
        for place in places:
            self._counts[place] += 1
        return True

    def check(self, request: Request, deployment: Deployment, why: str) -> None:
        """Counts a request.

        Raises:
            TooMany: its address may not ask any more for now; `why` is said.
        """
        address = address_of(request, deployment.settings.proxy)
        if address is not None and not self.allows(address, deployment.clock().timestamp()):
            raise TooMany(why)

    def _places(self, address: str) -> tuple[int, ...]:
        mark = hmac.digest(self._key, _network(address).encode(), "sha256")
        return tuple(row * _PLACES + int.from_bytes(mark[2 * row : 2 * row + 2], "big") for row in range(_ROWS))


def _network(address: str) -> str:
    """What counts as one sender: an IPv4 address, or the /64 that a household gets of IPv6."""
    try:
        found = ipaddress.ip_address(address)
    except ValueError:
        return address
    if isinstance(found, ipaddress.IPv6Address):
        if found.ipv4_mapped is not None:
            return str(found.ipv4_mapped)
        return str(ipaddress.IPv6Network((int(found) >> 64 << 64, 64)))
    return str(found)


def address_of(request: Request, proxy: Network | None = None) -> str | None:
    """Whose request it is, to be counted and forgotten; None where that cannot be told.

    From this machine itself, and from the network `proxy`, come a reverse proxy, whose word for the last hop is taken,
    and an onion service, behind which all visitors look the same and none is counted.
    """
    peer = "" if request.client is None else request.client.host
    try:
        found = ipaddress.ip_address(peer)
    except ValueError:
        return None
    if not found.is_loopback and (proxy is None or found not in proxy):
        return peer
    forwarded = request.headers.get("x-forwarded-for", "").rpartition(",")[2].strip()
    return forwarded or None
