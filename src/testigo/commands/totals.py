"""`testigo tabulate`, `reconcile` and `compare`."""

from testigo.commands.options import HomeOption, JsonOption, print_json
from testigo.commands.says import (
    comparison_json,
    reconciliation_json,
    say_areas,
    say_comparisons,
    say_nation,
    say_reconciliations,
    tabulation_json,
)
from testigo.errors import BadUsage
from testigo.flows.tabulate import compare, reconcile, sources_held, tabulate
from testigo.terminal import say
from testigo.wiring import home_of, open_home


def tabulate_command(
    *, home: HomeOption = None, by: str | None = None, source: str | None = None, json_: JsonOption = False
) -> None:
    """Totals by choice and area, with the five station counts, with and without quarantine.

    Parameters
    ----------
    home
        The deployment's home; TESTIGO_HOME if not given.
    by
        A level of areas; the nation if not given.
    source
        Count one source alone (its id, or photo) instead of what the policy accepts.
    json_
        Print JSON instead of tables.
    """
    world = open_home(home_of(home))
    if by is not None and by not in world.election.areas.levels:
        raise BadUsage(f"--by: expected one of {', '.join(world.election.areas.levels)}; came {by}")
    totals = tabulate(world, source)
    if json_:
        print_json(tabulation_json(totals, world.election, world.register, by))
    elif by is None:
        say_nation(totals, world.election)
    else:
        say_areas(totals, world.election, world.register, by)


def reconcile_command(*sources: str, home: HomeOption = None, json_: JsonOption = False) -> None:
    """Sources against each other: stations in common, only here, only there, and every cell that differs.

    Parameters
    ----------
    sources
        Two of: a source's id, photo, result. All pairs that are held if not given.
    home
        The deployment's home; TESTIGO_HOME if not given.
    json_
        Print JSON instead of tables.
    """
    world = open_home(home_of(home))
    if len(sources) not in (0, 2):
        raise BadUsage(f"expected two sources or none, came {len(sources)}")
    held = sources or sources_held(world)
    pairs = [(a, b) for n, a in enumerate(held) for b in held[n + 1 :]]
    found = [one for a, b in pairs for one in reconcile(world, a, b)]
    if json_:
        print_json(reconciliation_json(found))
    else:
        say_reconciliations(found)
        if not pairs:
            say("there are not two sources to compare yet")


def compare_command(*, home: HomeOption = None, json_: JsonOption = False) -> None:
    """The announced result beside the documented votes, choice by choice.

    Parameters
    ----------
    home
        The deployment's home; TESTIGO_HOME if not given.
    json_
        Print JSON instead of tables.
    """
    world = open_home(home_of(home))
    found = compare(world)
    if json_:
        print_json(comparison_json(found))
    else:
        say_comparisons(found)
        if not found:
            say("this election has no announced result ([[announced]] in election.toml)")
