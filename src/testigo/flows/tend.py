"""What a server does by itself through the night: read what came in, and close a batch every few minutes."""

from collections.abc import Callable
from concurrent.futures import Executor
from dataclasses import dataclass

from testigo.errors import TestigoError
from testigo.flows.read import read, unread_count
from testigo.flows.seal import seal
from testigo.ports import Head, Reader, World

LOOK_EVERY_S = 2.0


@dataclass(frozen=True, slots=True)
class Tended:
    """What to call, with what came of it; `sealed` gets the new head, `failed` a sentence when something went wrong."""

    sealed: Callable[[Head], None]
    failed: Callable[[str], None]


def tend(
    world: World,
    executor: Executor,
    reader: Reader,
    *,
    ended: Callable[[float], bool],
    seconds: Callable[[], float],
    seal_every_s: float,
    tell: Tended,
) -> None:
    """Reads photos as they come and seals every `seal_every_s` seconds, until `ended` (which waits so long) says so.

    What goes wrong is told and tried again: a full disk at four in the morning ends no server. The last batch is closed
    at the end. `seconds` is a clock that only goes forwards.
    """
    due = seconds() + seal_every_s
    over = False
    while not over:
        over = ended(LOOK_EVERY_S)
        try:
            if not over and unread_count(world):
                read(world, executor, reader, lambda _: None)
            if (over or seconds() >= due) and world.journal.waiting():
                due = seconds() + seal_every_s
                tell.sealed(seal(world))
        except TestigoError as error:
            tell.failed(str(error))
