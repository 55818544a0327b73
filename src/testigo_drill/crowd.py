"""A crowd of phones at once: what the night's photos become, and how long people wait."""

import random
from collections import Counter
from collections.abc import Callable, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from time import sleep

from testigo_drill.phones import Network, Phone, Sending

JUNK = (b"MZ" + bytes(4000), b"%PDF-1.7" + bytes(4000), b"<html>" + bytes(900), b"\xff\xd8\xff" + bytes(5000))
"""What is no photo: other kinds of files, and one that only begins like a JPEG."""


@dataclass(frozen=True, slots=True)
class Parcel:
    """One photo to send, and what its sender says of it."""

    name: str
    data: bytes
    says: Mapping[str, object]


@dataclass(frozen=True, slots=True)
class Waits:
    """Seconds until a promise: half of the people waited at most `p50`, nineteen of twenty at most `p95`."""

    p50: float
    p95: float
    most: float


def parcels_for(
    phones: int, photos: Sequence[Parcel], *, doubles: float, junk: float, seed: int
) -> tuple[tuple[Parcel, ...], ...]:
    """What every phone sends: all photos dealt out, some of them twice, and some junk in between."""
    chance = random.Random(seed)
    hands: list[list[Parcel]] = [[] for _ in range(phones)]
    for number, parcel in enumerate(photos):
        hands[number % phones].append(parcel)
        if chance.random() < doubles:
            hands[chance.randrange(phones)].append(parcel)
    for hand in hands:
        if chance.random() < junk:
            hand.append(Parcel("junk", chance.choice(JUNK), {}))
        chance.shuffle(hand)
    return tuple(map(tuple, hands))


def send_all(
    host: str,
    port: int,
    invitations: Sequence[str],
    hands: Sequence[Sequence[Parcel]],
    *,
    network: Network,
    over_s: float,
    seed: int,
    sent: Callable[[int], None],
) -> tuple[Sending, ...]:
    """What became of every parcel. The phones begin at random moments within `over_s` seconds; `sent` counts them."""
    chance = random.Random(seed)
    starts = [chance.uniform(0, over_s) for _ in hands]

    def use(number: int) -> list[Sending]:
        sleep(starts[number])
        phone = Phone(host, port, invitations[number], network, seed + number)
        made = []
        for parcel in hands[number]:
            made.append(phone.send(parcel.name, parcel.data, parcel.says))
            sent(1)
        return made

    with ThreadPoolExecutor(len(hands)) as people:
        return tuple(sending for made in people.map(use, range(len(hands))) for sending in made)


def waits_of(sendings: Sequence[Sending]) -> Waits:
    """How long senders waited for their promises."""
    seconds = sorted(one.seconds for one in sendings if one.outcome == "promised")
    if not seconds:
        return Waits(0.0, 0.0, 0.0)
    return Waits(seconds[len(seconds) // 2], seconds[len(seconds) * 19 // 20], seconds[-1])


def outcomes_of(sendings: Sequence[Sending]) -> Mapping[str, int]:
    """How many parcels were promised, refused, lost."""
    return Counter(one.outcome for one in sendings)
