"""Files that other processes write are all there, and what goes wrong there is told here."""

import os
import signal
from collections.abc import Iterator
from multiprocessing import active_children
from pathlib import Path

import pytest

from testigo.errors import BrokenStore
from testigo.flows.apart import write_all, written_apart


def files(first: int, last: int) -> Iterator[tuple[str, bytes]]:
    for n in range(first, last):
        yield f"{n}.txt", f"{n} by {os.getpid()}".encode()


def broken(error: Exception) -> Iterator[tuple[str, bytes]]:
    yield "half.txt", b"half"
    raise error


def killed() -> Iterator[tuple[str, bytes]]:
    os.kill(os.getpid(), signal.SIGKILL)
    yield "never.txt", b""


def endless() -> Iterator[tuple[str, bytes]]:
    while True:
        yield "again.txt", b""


def test_every_part_is_written_by_a_process_of_its_own(tmp_path: Path) -> None:
    def write(name: str, data: bytes) -> None:
        (tmp_path / name).write_bytes(data)

    with written_apart([files(0, 3), files(3, 5)], write) as written:
        own = write_all(files(5, 6), write)
        assert (own, written()) == (1, 5)
    makers = [(tmp_path / f"{n}.txt").read_text().split(" by ") for n in range(6)]
    assert [name for name, _ in makers] == ["0", "1", "2", "3", "4", "5"]
    assert len({maker for _, maker in makers}) == 3
    assert makers[5][1] == str(os.getpid())


def test_no_parts_are_no_processes() -> None:
    with written_apart([], print) as written:
        assert active_children() == []
        assert written() == 0


@pytest.mark.parametrize("error", [BrokenStore("blob: other bytes"), OSError(28, "No space left on device")])
def test_an_error_of_a_part_is_raised_where_the_parts_are_waited_for(tmp_path: Path, error: Exception) -> None:
    def write(name: str, data: bytes) -> None:
        (tmp_path / name).write_bytes(data)

    with (
        pytest.raises(type(error), match=str(error).replace("[", r"\[")),
        written_apart([files(0, 2), broken(error)], write) as written,
    ):
        written()
    assert active_children() == []


def test_a_process_that_is_killed_fails_the_work() -> None:
    with pytest.raises(ChildProcessError, match="ended from outside"), written_apart([killed()], print) as written:
        written()


def test_no_process_outlives_an_error_of_the_one_that_waits() -> None:
    with pytest.raises(KeyboardInterrupt), written_apart([endless()], lambda name, data: None):
        raise KeyboardInterrupt
    assert active_children() == []
