"""The documented totals against the announced result, choice by choice."""

from dataclasses import dataclass

from testigo.core.election import Announced, Contest
from testigo.core.tabulation import AreaTotals


@dataclass(frozen=True, slots=True)
class ComparedLine:
    """One choice, or a group of choices announced as one. `difference` is announced less documented, in votes."""

    name: str
    documented: int
    announced: int

    @property
    def difference(self) -> int:
        """Announced less documented; negative when more is documented than was announced."""
        return self.announced - self.documented


@dataclass(frozen=True, slots=True)
class Comparison:
    """An announced result beside the counted stations; `expected` stations are None where nobody knows them."""

    announced: Announced
    counted: int
    expected: int | None
    lines: tuple[ComparedLine, ...]

    @property
    def total_documented(self) -> int:
        """The documented votes of all lines."""
        return sum(line.documented for line in self.lines)

    @property
    def total_announced(self) -> int:
        """The announced votes of all lines."""
        return sum(line.announced for line in self.lines)


def compare_announced(announced: Announced, contest: Contest, totals: AreaTotals) -> Comparison:
    """The counted votes of the nation beside what was announced, in the order of the announcement."""
    names = {choice.id: choice.name for choice in contest.choices}
    lines = [ComparedLine(names[choice], totals.counts.get(choice, 0), n) for choice, n in announced.votes.items()]
    for name, members, votes in announced.groups:
        lines.append(ComparedLine(name, sum(totals.counts.get(member, 0) for member in members), votes))
    return Comparison(announced, totals.counted, totals.expected, tuple(lines))
