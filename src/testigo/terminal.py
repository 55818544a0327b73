"""How the CLI speaks: tables, progress with rate and time left, and numbers that can be read."""

import sys
from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import contextmanager

from rich.console import Console
from rich.progress import BarColumn, MofNCompleteColumn, Progress, ProgressColumn, Task, TextColumn, TimeRemainingColumn
from rich.table import Table
from rich.text import Text


def say(text: str = "") -> None:
    """One line for the user, on standard output."""
    print(text)


def warn(text: str) -> None:
    """One line for the user, on standard error."""
    print(text, file=sys.stderr)


def number(value: int | None) -> str:
    """A number with thousands separated; `unknown` for None."""
    return "unknown" if value is None else f"{value:,}"


def share(part: int, whole: int) -> str:
    """A share in per cent with two decimals; a dash where the whole is zero."""
    return f"{100 * part / whole:.2f}%" if whole else "–"


def table(title: str, columns: Sequence[str], rows: Iterable[Sequence[str]], *, left: int = 1) -> None:
    """A table whose first `left` columns are text and whose others are numbers."""
    made = Table(title=title, title_justify="left", title_style="bold", box=None, pad_edge=False)
    for position, column in enumerate(columns):
        made.add_column(column, justify="left" if position < left else "right", overflow="fold")
    for row in rows:
        made.add_row(*(Text(cell) for cell in row))
    Console(width=None if sys.stdout.isatty() else 200, highlight=False).print(made)


class _Rate(ProgressColumn):
    """Steps a second, once there are some."""

    def render(self, task: Task) -> Text:
        return Text(f"{task.speed:.0f}/s" if task.speed else "")


@contextmanager
def progress(what: str, total: int) -> Iterator[Callable[[int], None]]:
    """A bar with rate and time left on a terminal, on standard error; elsewhere nothing."""
    if not sys.stderr.isatty() or total == 0:
        yield lambda steps: None
        return
    columns = (TextColumn("{task.description}"), BarColumn(), MofNCompleteColumn(), _Rate(), TimeRemainingColumn())
    with Progress(*columns, console=Console(stderr=True)) as bars:
        task = bars.add_task(what, total=total)
        yield lambda steps: bars.update(task, advance=steps)


@contextmanager
def steps(what: str) -> Iterator[Callable[[str], None]]:
    """A turning wheel with the name of the present step, on a terminal; elsewhere nothing."""
    if not sys.stderr.isatty():
        yield lambda step: None
        return
    with Console(stderr=True).status(what) as status:
        yield lambda step: status.update(f"{what}: {step}")


@contextmanager
def counter(what: str) -> Iterator[Callable[[int, int], None]]:
    """As `progress`, for work that tells how much is done and how much there is."""
    if not sys.stderr.isatty():
        yield lambda done, total: None
        return
    columns = (TextColumn("{task.description}"), BarColumn(), MofNCompleteColumn(), _Rate(), TimeRemainingColumn())
    with Progress(*columns, console=Console(stderr=True)) as bars:
        task = bars.add_task(what, total=None)
        yield lambda done, total: bars.update(task, completed=done, total=total)
