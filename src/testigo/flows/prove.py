"""`testigo prove`: the proof that a station's result is in the published log."""

from dataclasses import dataclass

from testigo.core.ids import Digest, StationCode
from testigo.errors import NotFound
from testigo.flows.seal import CHECKPOINT
from testigo.ports import World
from testigo.tlog.merkle import levels_of
from testigo.tlog.proof import Proof, format_proof


@dataclass(frozen=True, slots=True)
class Proven:
    """A result's place in the log, and the tlog-proof that shows it."""

    station: StationCode
    contest: str
    number: int
    proof: bytes


def prove(world: World, station: StationCode) -> tuple[Proven, ...]:
    """The proofs of the results in force at this station, one for each contest.

    Raises:
        NotFound: the station has no sealed result.
    """
    wanted = {key: digest for key, (digest, _) in world.views.results().items() if key[0] == station}
    if not wanted:
        known = "" if station in world.register.stations else " (the register has no such station)"
        raise NotFound(f"station {station} has no sealed result{known}; `testigo seal` makes results of what waits")
    hashes = list(world.journal.leaf_hashes())
    levels, numbers = levels_of(hashes), {leaf.hex(): n for n, leaf in enumerate(hashes)}
    checkpoint = world.log.get(CHECKPOINT)
    if checkpoint is None:
        raise NotFound("log: there is no checkpoint yet; run `testigo seal`")
    proven = []
    for (_, contest), digest in sorted(wanted.items()):
        number = numbers[Digest(digest)]
        entry = world.journal.entries(number, number + 1)[0]
        proof = Proof(number, levels.path(number), checkpoint, entry)
        proven.append(Proven(station, contest, number, format_proof(proof)))
    return tuple(proven)
