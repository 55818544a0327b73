"""`testigo calibrate`: how often the screens raise false alarms in elections like the one of this home."""

import hashlib
from collections.abc import Callable

from testigo.assessment.calibrated import calibration_json
from testigo.assessment.case import ACCEPTED
from testigo.assessment.columns import figures_in_columns, stations_of
from testigo.core.ids import Digest
from testigo.core.records import Register
from testigo.errors import BadUsage
from testigo.flows.tabulate import results_now
from testigo.ports import World
from testigo.stats.calibration import Calibration
from testigo.stats.simulate import RECIPES, Population, population
from testigo.stats.trials import calibrate
from testigo.verification.places import CALIBRATION_FILE


def doctored_each(clean: int) -> int:
    """How many elections each recipe doctors beside so many clean ones: a quarter, 50 beside 200."""
    return max(1, clean // 4)


def elections_in_all(clean: int) -> int:
    """How many elections a calibration with so many clean ones simulates."""
    return clean + doctored_each(clean) * len(RECIPES)


def calibrate_home(
    world: World, *, clean: int, seed: int, contest: str | None = None, done: Callable[[int], None] = lambda steps: None
) -> Calibration:
    """The screens on `clean` clean elections and a quarter as many doctored ones, like the accepted results held now.

    `contest` is the first of the election if None. `done` is told of every election that is over. The same results and
    the same seed give the same calibration.

    Raises:
        BadUsage: there is no such contest, or its results are too few to imitate.
    """
    if clean < 1:
        raise BadUsage(f"--elections: expected at least 1, came {clean}")
    like = accepted_population(world, contest)
    return calibrate(like, clean=clean, each=doctored_each(clean), seed=seed, done=done)


def accepted_population(world: World, contest: str | None = None) -> Population:
    """The counted stations of a contest, the first if None, in columns; a station's centre is its smallest area.

    Raises:
        BadUsage: there is no such contest, or its results are too few to imitate.
    """
    known = {one.id: one for one in world.election.contests}
    wanted = contest or world.election.contests[0].id
    if wanted not in known:
        raise BadUsage(f"--contest: expected one of {', '.join(known)}; came {wanted}")
    stations = stations_of(world.register)
    counts = {
        station: result.counts
        for (station, of), result in results_now(world).items()
        if of == wanted and result.status == "counted"
    }
    figures = figures_in_columns((ACCEPTED, ACCEPTED), counts.items(), known[wanted], stations)
    return population(figures.votes, stations.clusters[figures.rows], figures.registered(stations))


def keep_calibration(world: World, calibration: Calibration) -> None:
    """Registers the calibration: from the next seal on, assessments report the screens that it allows."""
    data = calibration_json(calibration)
    world.blobs.put(data)
    world.journal.append([Register(CALIBRATION_FILE, Digest(hashlib.sha256(data).hexdigest()), len(data))])
