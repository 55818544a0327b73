"""A claim: one thing that an assessment says, with the layer that it belongs to and all that it rests on."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Literal, TypeAlias

Layer: TypeAlias = Literal["arithmetic", "design", "model", "screen"]
LAYERS: tuple[Layer, ...] = ("arithmetic", "design", "model", "screen")
"""From the strongest to the weakest: no probability; chance that we chose; a model of what is missing; a list of sheets
to look at again. A claim never rests on one of a weaker layer."""

Value: TypeAlias = "int | float | str | Sequence[Value] | Mapping[str, Value] | None"


@dataclass(frozen=True, slots=True)
class Method:
    """How claims of one kind are made. `assumption`, `control` and `source` are English sentences; pages translate.

    `control` says where the method must find nothing, and that it was seen to find nothing there.
    """

    id: str
    layer: Layer
    title: str
    assumption: str
    control: str
    source: str


@dataclass(frozen=True, slots=True)
class Claim:
    """One result of a method. `contest` and `collection` (of sources) are what it is about.

    `n` are the stations that it rests on; `seed` is empty where nothing is drawn. `values` hold numbers, texts, lists
    and tables of them; shares are fractions of 1, rounded to ten significant digits.
    """

    method: str
    contest: str
    collection: str
    n: int
    values: Mapping[str, Value]
    part: str = ""
    seed: str = ""

    @property
    def id(self) -> str:
        """A name that no other claim of the same assessment has."""
        return "/".join(part for part in (self.method, self.contest, self.collection, self.part) if part)


@dataclass(frozen=True, slots=True)
class Sentence:
    """A sentence of the summary: the name of its wording and what stands in its gaps.

    `claims` are the ids of the claims that it rests on.
    """

    wording: str
    values: Mapping[str, Value]
    claims: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Assessment:
    """All claims about an election, strongest layer first, and the sentences that sum them up."""

    election: str
    log_size: int
    version: str
    methods: tuple[Method, ...]
    claims: tuple[Claim, ...]
    sentences: tuple[Sentence, ...] = field(default=())

    def of(self, method: str, contest: str | None = None) -> tuple[Claim, ...]:
        """The claims of a method, of one contest if given."""
        return tuple(one for one in self.claims if one.method == method and contest in (None, one.contest))


def rounded(number: float) -> float:
    """The number to ten significant digits: what is published does not depend on the last bits of a machine."""
    return float(f"{number:.10g}")
