"""Work on many items by an executor, in order, never far ahead of the one who takes the answers."""

from collections.abc import Callable, Iterable, Iterator
from concurrent.futures import Executor
from itertools import islice
from typing import TypeVar

A = TypeVar("A")
B = TypeVar("B")

_AHEAD = 128


def in_order(executor: Executor, work: Callable[[A], B], items: Iterable[A]) -> Iterator[B]:
    """The answers in the order of the items; at most 128 are made before the first of them was taken."""
    source = iter(items)
    while some := list(islice(source, _AHEAD)):
        yield from executor.map(work, some)
