"""What a server does by itself: reads what came in, seals when it is time and at the end, survives trouble."""

from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field, replace

from town import TextReader

from testigo.core.records import Photo
from testigo.errors import CannotWrite
from testigo.flows.tend import LOOK_EVERY_S, Tended, tend
from testigo.ports import Head, World


@dataclass
class Night:
    """A clock that goes on by what is waited, and ends after so many looks; acts happen before a look."""

    looks: int
    acts: dict[int, object] = field(default_factory=dict)
    now: float = 0.0
    look: int = 0

    def ended(self, seconds: float) -> bool:
        self.now += seconds
        self.look += 1
        act = self.acts.get(self.look)
        if callable(act):
            act()
        return self.look > self.looks


def photo(world: World, text: bytes) -> None:
    sha256 = world.blobs.put(text)
    world.journal.append([Photo(sha256, len(text), "image/jpeg", 4, 4, 1, "jpeg-strip-1")])


def run(world: World, night: Night, seal_every_s: float) -> tuple[list[Head], list[str]]:
    heads: list[Head] = []
    told: list[str] = []
    with ThreadPoolExecutor(1) as executor:
        tend(
            world, executor, TextReader(), ended=night.ended, seconds=lambda: night.now, seal_every_s=seal_every_s,
            tell=Tended(heads.append, told.append),
        )  # fmt: skip
    return heads, told


def test_photos_are_read_as_they_come_and_sealed_when_it_is_time(world: World) -> None:
    before = len(world.journal.heads())
    night = Night(6, {2: lambda: photo(world, b"one"), 5: lambda: photo(world, b"two")})
    heads, told = run(world, night, seal_every_s=3 * LOOK_EVERY_S)
    assert told == []
    assert len(world.journal.heads()) - before == len(heads) == 2
    assert world.journal.waiting() == 0


def test_the_last_batch_is_closed_at_the_end(world: World) -> None:
    heads, _ = run(world, Night(2, {1: lambda: photo(world, b"one")}), seal_every_s=1e6)
    assert len(heads) == 1
    assert world.journal.waiting() == 0


def test_nothing_is_sealed_where_nothing_came(world: World) -> None:
    assert run(world, Night(5), seal_every_s=LOOK_EVERY_S) == ([], [])


def test_trouble_is_told_and_tried_again(world: World) -> None:
    class Full:
        """A journal whose disk is full the first time."""

        failures = 1

        def __getattr__(self, name: str) -> object:
            return getattr(world.journal, name)

        def seal(self, results: object) -> Head:
            if self.failures:
                self.failures -= 1
                raise CannotWrite("the disk is full")
            return world.journal.seal(results)  # type: ignore[arg-type]

    heads, told = run(replace(world, journal=Full()), Night(4, {1: lambda: photo(world, b"one")}), LOOK_EVERY_S)  # type: ignore[arg-type]
    assert told == ["the disk is full"]
    assert len(heads) == 1
    assert world.journal.waiting() == 0
