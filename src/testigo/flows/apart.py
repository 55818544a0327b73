"""Files made in processes of their own, so that every core has some to make."""

import signal
from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import contextmanager
from multiprocessing import get_context
from multiprocessing.connection import Connection

Files = Iterable[tuple[str, bytes]]
Write = Callable[[str, bytes], None]


def write_all(files: Files, write: Write) -> int:
    """How many files there were; each is written."""
    number = 0
    for name, data in files:
        write(name, data)
        number += 1
    return number


@contextmanager
def written_apart(parts: Sequence[Files], write: Write) -> Iterator[Callable[[], int]]:
    """A function that waits until all parts are written and says how many files they were; one process for each part.

    The processes are forked: they see what is in memory without a copy, so a part may be a generator that has not
    begun. None outlives the block. A part must not use a database connection or threads that the fork left behind.

    Raises:
        ChildProcessError: a process was ended from outside.
        Exception: what a part or `write` raised, from the function.
    """
    forks = get_context("fork")
    running = []
    try:
        for files in parts:
            answers, answer = forks.Pipe(duplex=False)
            process = forks.Process(target=_write_and_answer, args=(files, write, answer), daemon=True)
            process.start()
            answer.close()
            running.append((process, answers))
        yield lambda: sum(_answer(answers) for _, answers in running)
    finally:
        for process, answers in running:
            process.terminate()
            process.join()
            answers.close()


def _write_and_answer(files: Files, write: Write, answer: Connection) -> None:
    # An interrupt from the keyboard reaches every process; the one that waits ends the others.
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    try:
        answer.send(write_all(files, write))
    except Exception as error:
        answer.send(error)


def _answer(answers: Connection) -> int:
    try:
        said = answers.recv()
    except EOFError:
        raise ChildProcessError("pages: a process was ended from outside before its part was written") from None
    if isinstance(said, Exception):
        raise said
    return int(said)
