"""Draws with replacement, by size, from a public seed: anybody can make them again with a SHA-256 and a calculator.

Ticket k (k = 1, 2, ...) is SHA-256 of the UTF-8 text `<seed>,<k>`, read as a number T of 256 bits. With the sizes of
the stations in the order of their list and S their sum, the draw is the first station at which the running sum of sizes
exceeds v = floor(T * S / 2^256). Each station is drawn with probability size / S, up to S / 2^256.

Tickets in this form come from R. L. Rivest's sampler for election audits (2011), which appends `,k` as well.
"""

import hashlib
from collections.abc import Sequence
from dataclasses import dataclass
from itertools import accumulate

import numpy as np

from testigo.errors import BadUsage

_BITS = 256


@dataclass(frozen=True, slots=True)
class Ticket:
    """Draw number `draw`, from 1: its SHA-256 in hexadecimal, the `value` v, and the position of the drawn station."""

    draw: int
    digest: str
    value: int
    row: int


def tickets(seed: str, sizes: Sequence[int], draws: int) -> tuple[Ticket, ...]:
    """The first draws of a seed; more draws begin with the same ones.

    Raises:
        BadUsage: no seed, one that does not stand on a line of its own, or sizes that are below 0 or all 0.
    """
    if not seed or seed.strip() != seed or not seed.isprintable():
        raise BadUsage(f"seed: expected a line of text without spaces around it, came {seed!r}")
    if not sizes or min(sizes) < 0 or max(sizes) == 0:
        raise BadUsage("draw by size: expected sizes of 0 or more, and one above 0")
    upto = np.array(list(accumulate(sizes)), np.int64)
    total = int(upto[-1])
    digests = [hashlib.sha256(f"{seed},{k}".encode()).hexdigest() for k in range(1, draws + 1)]
    values = [int(digest, 16) * total >> _BITS for digest in digests]
    rows = np.searchsorted(upto, np.array(values, np.int64), side="right").tolist()
    return tuple(Ticket(k, d, v, row) for k, (d, v, row) in enumerate(zip(digests, values, rows, strict=True), 1))
