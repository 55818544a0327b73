"""The sums that must hold on a sheet, parsed from the form and evaluated in three states."""

import re
from dataclasses import dataclass
from typing import Literal

from testigo.core.ids import Counts, FieldId
from testigo.errors import BadElection

State = Literal["pass", "fail", "not evaluable"]
Weight = Literal["hold", "warn", "off"]

MOST_FACTOR = 1_000_000_000
_TOKEN = re.compile(r"\s*(?:(?P<number>[0-9]{1,12})|(?P<field>[^\W\d][\w.]*)|(?P<sign><=|>=|[-+*=]))")


@dataclass(frozen=True, slots=True)
class Term:
    """`factor` times a field; a plain number where `field` is None."""

    factor: int
    field: FieldId | None


@dataclass(frozen=True, slots=True)
class Rule:
    """A relation of figures that must hold within `tolerance` ballots; `law` says where it stands, if anywhere."""

    code: str
    text: str
    left: tuple[Term, ...]
    relation: str
    right: tuple[Term, ...]
    tolerance: int = 0
    law: str | None = None
    weight: Weight = "hold"

    @property
    def fields(self) -> frozenset[FieldId]:
        """The fields that the rule speaks of."""
        return frozenset(term.field for term in self.left + self.right if term.field is not None)


@dataclass(frozen=True, slots=True)
class RuleOutcome:
    """What a rule saw; the two sides in ballots, None where a field is absent."""

    state: State
    left: int | None
    right: int | None


def parse_rule(
    code: str, text: str, where: str, *, tolerance: int = 0, law: str | None = None, weight: Weight = "hold"
) -> Rule:
    """The rule that a text such as `pdc + libre = valid` states: `+ - *`, integers, fields, one of `= <= >=`.

    Raises:
        BadElection: names the place and the part that is not understood.
    """
    tokens: list[tuple[str, str]] = []
    position = 0
    stripped = text.rstrip()
    while position < len(stripped):
        found = _TOKEN.match(stripped, position)
        if found is None or found.lastgroup is None:
            raise BadElection(f"{where}: expected numbers, fields and + - * = <= >=, came {stripped[position:]!r}")
        tokens.append((found.lastgroup, found.group(found.lastgroup)))
        position = found.end()
    relations = [n for n, (_, part) in enumerate(tokens) if part in ("=", "<=", ">=")]
    if len(relations) != 1:
        raise BadElection(f"{where}: expected exactly one of = <= >=, came {text!r}")
    middle = relations[0]
    left = _terms(tokens[:middle], where, text)
    right = _terms(tokens[middle + 1 :], where, text)
    return Rule(code, text, left, tokens[middle][1], right, tolerance, law, weight)


def _terms(tokens: list[tuple[str, str]], where: str, text: str) -> tuple[Term, ...]:
    terms: list[Term] = []
    factor, expect_operand = 1, True
    for kind, part in tokens:
        if expect_operand and kind == "sign" and part in "+-" and not terms:
            factor = -factor if part == "-" else factor
        elif expect_operand and kind == "number":
            terms.append(Term(factor * int(part), None))
            expect_operand = False
        elif expect_operand and kind == "field":
            terms.append(Term(factor, FieldId(part)))
            expect_operand = False
        elif not expect_operand and part in ("+", "-"):
            factor, expect_operand = (1 if part == "+" else -1), True
        elif not expect_operand and part == "*" and terms[-1].field is None:
            factor, expect_operand = terms.pop().factor, True
        else:
            raise BadElection(f"{where}: {part!r} is not understood at its place in {text!r}")
    if any(abs(term.factor) > MOST_FACTOR for term in terms):
        raise BadElection(f"{where}: expected numbers up to {MOST_FACTOR:,} in {text!r}")
    if expect_operand:
        raise BadElection(f"{where}: expected a field or a number at the end of a side of {text!r}")
    return tuple(terms)


def evaluate(rule: Rule, counts: Counts) -> RuleOutcome:
    """What the rule says of these counts; not evaluable when a field that it needs is absent."""
    left, right = _value(rule.left, counts), _value(rule.right, counts)
    if left is None or right is None:
        return RuleOutcome("not evaluable", left, right)
    difference = left - right
    if rule.relation == "=":
        holds = abs(difference) <= rule.tolerance
    elif rule.relation == "<=":
        holds = difference <= rule.tolerance
    else:
        holds = difference >= -rule.tolerance
    return RuleOutcome("pass" if holds else "fail", left, right)


def _value(terms: tuple[Term, ...], counts: Counts) -> int | None:
    total = 0
    for term in terms:
        if term.field is None:
            total += term.factor
        elif term.field in counts:
            total += term.factor * counts[term.field]
        else:
            return None
    return total


def sum_of(counts: Counts, fields: tuple[FieldId, ...]) -> int | None:
    """The sum of these fields; None when there is none or one of them is absent (unread is not zero)."""
    if not fields:
        return None
    total = 0
    for field in fields:
        if field not in counts:
            return None
        total += counts[field]
    return total
