"""What a verification found: its steps, its numbers, its verdict; as text and as JSON."""

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Literal

StepState = Literal["ok", "failed", "incomplete", "not evaluated"]
MOST_TOLD = 20

VERDICTS = ("VERIFIED", "FAILED", "INCOMPLETE")
"""By exit code. 3, for arguments that do not fit together, never comes from a report."""


@dataclass(frozen=True, slots=True)
class Step:
    """One part of a verification. `culprits` name every thing that is wrong or missing, the first one first."""

    name: str
    state: StepState
    sentence: str
    culprits: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class VerificationReport:
    """All steps in their order, and what was counted on the way."""

    steps: tuple[Step, ...]
    numbers: Mapping[str, int]

    @property
    def exit_code(self) -> int:
        """0 verified, 1 failed, 2 incomplete."""
        states = {step.state for step in self.steps}
        return 1 if "failed" in states else 2 if "incomplete" in states else 0

    @property
    def verdict(self) -> str:
        """The exit code in a word."""
        return VERDICTS[self.exit_code]

    @property
    def first_wrong(self) -> Step | None:
        """The first step that failed, else the first that is incomplete; None when there is neither."""
        for state in ("failed", "incomplete"):
            for step in self.steps:
                if step.state == state:
                    return step
        return None

    @property
    def conclusion(self) -> str:
        """The verdict with its numbers, or with the first thing that is wrong."""
        counted = ", ".join(f"{number} {name}" for name, number in self.numbers.items())
        wrong = self.first_wrong
        if wrong is None:
            return f"{self.verdict}: {counted}"
        return f"{self.verdict}: {wrong.name}: {wrong.sentence} (looked at {counted or 'nothing else'})"


def graded(name: str, sentence: str, *, wrong: Sequence[str] = (), missing: Sequence[str] = ()) -> Step:
    """A step that failed when something is wrong, is incomplete when something is missing, and is `ok` otherwise."""
    culprits = (*wrong, *missing)
    if not culprits:
        return Step(name, "ok", sentence)
    more = f" (and {len(culprits) - 1} more)" if len(culprits) > 1 else ""
    return Step(name, "failed" if wrong else "incomplete", culprits[0] + more, culprits)


def skipped(name: str, why: str) -> Step:
    """A step that was not evaluated, and why."""
    return Step(name, "not evaluated", why)


def report_text(report: VerificationReport) -> str:
    """The report for people: a line a step, culprits below, the verdict last.

    What a bundle calls its files and stations is shown without control characters.
    """
    lines = []
    for step in report.steps:
        lines.append(f"{step.state:<14} {step.name:<12} {step.sentence}")
        lines += [f"{'':<28}- {culprit}" for culprit in step.culprits[1:MOST_TOLD]]
        if len(step.culprits) > MOST_TOLD:
            lines.append(f"{'':<28}- and {len(step.culprits) - MOST_TOLD} more")
    return "".join(f"{_printable(line)}\n" for line in [*lines, report.conclusion])


def _printable(line: str) -> str:
    return "".join(sign if sign.isprintable() else "\ufffd" for sign in line)


def report_json(report: VerificationReport) -> str:
    """The report for programs."""
    value = {
        "verdict": report.verdict,
        "exit_code": report.exit_code,
        "conclusion": report.conclusion,
        "numbers": dict(report.numbers),
        "steps": [
            {"name": s.name, "state": s.state, "sentence": s.sentence, "culprits": list(s.culprits)}
            for s in report.steps
        ],
    }
    return json.dumps(value, indent=2, ensure_ascii=True) + "\n"
