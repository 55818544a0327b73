"""What `testigo sample` found, as tables, sentences and JSON."""

from testigo.flows.sample import SampleResult
from testigo.flows.sample_plan import SamplePlan, to_draw
from testigo.stats.estimate import Interval
from testigo.stats.quick_count import Bounds
from testigo.stats.sample import DESIGNS, Design
from testigo.terminal import number, say, table


def design_told(design: Design, level: str | None) -> str:
    """The design with the areas that it is drawn by."""
    return design if level is None else f"{design} by {level}"


def _points(part: float) -> str:
    return f"{100 * part:.2f}"


def say_plan(found: SamplePlan, arrival: float) -> None:
    """The plan as tables: stations for margins, margins for stations."""
    if found.leader is None:
        say(f"Supposed: {number(round(found.votes))} valid votes a station, a share of {_points(found.share)}%")
    else:
        say(
            f"Learned from {number(found.known)} stations with {number(round(found.votes))} valid votes each; "
            f"{found.leader} has {_points(found.share)}%, then {found.rival}"
        )
    say(
        f"Design effect {found.design_effect:.1f}: whole stations are drawn, and voters of a station are alike "
        f"(correlation {found.alike:.3f}). {number(found.frame)} stations can be drawn."
    )
    for figure, name in _figures(found).items():
        needs = [(_points(one.margin), *(_drawn(n, arrival, found.frame) for n in one.stations))
                 for one in found.needs if one.figure == figure]  # fmt: skip
        if needs:
            table(f"{name}: stations to draw", ("points, plus or minus", *DESIGNS), needs)
        widths = [(number(one.stations), *map(_points, one.halves), _points(one.voters))
                  for one in found.widths if one.figure == figure]  # fmt: skip
        if widths:
            heads = ("stations that arrive", *DESIGNS, "if voters were drawn")
            table(f"{name}: points, plus or minus", heads, widths)
    if arrival < 1:
        say(f"Of the drawn stations {arrival:.0%} are expected to arrive. More draws do not mend what the others hide.")
    if found.known:
        say("Systematic is what its estimate will print; its true error is often smaller.")
    if found.widths:
        say("The last column is what a poll of as many voters would print; it is too narrow for whole stations.")


def _figures(found: SamplePlan) -> dict[str, str]:
    if found.leader is None:
        return {"share": "A share", "lead": "The lead, if there were two choices"}
    return {"share": f"The share of {found.leader}", "lead": f"The lead of {found.leader} over {found.rival}"}


def _drawn(stations: int, arrival: float, frame: int) -> str:
    drawn = to_draw(stations, arrival, frame)
    return f"all ({number(frame)}) are too few" if drawn is None else number(drawn)


def plan_json(found: SamplePlan, arrival: float) -> object:
    """The same as plain values; shares and widths are parts of 1, null draws mean that all stations are too few."""
    return {
        "leader": found.leader,
        "rival": found.rival,
        "share": found.share,
        "frame": found.frame,
        "learned_from": found.known,
        "votes_per_station": found.votes,
        "design_effect": found.design_effect,
        "intraclass_correlation": found.alike,
        "arrival": arrival,
        "needs": [
            {
                "figure": one.figure,
                "margin": one.margin,
                "stations": dict(zip(DESIGNS, one.stations, strict=True)),
                "to_draw": {d: to_draw(n, arrival, found.frame) for d, n in zip(DESIGNS, one.stations, strict=True)},
            }
            for one in found.needs
        ],
        "widths": [
            {
                "figure": one.figure,
                "stations": one.stations,
                "half_width": dict(zip(DESIGNS, one.halves, strict=True)),
                "if_voters_were_drawn": one.voters,
            }
            for one in found.widths
        ],
    }


def say_estimate(found: SampleResult) -> None:
    """The estimate as a table, with what it rests on."""
    one, terms = found.found, found.terms
    say(
        f"Quick count of {found.contest}: {number(one.arrived)} of {number(one.drawn)} drawn stations arrived, of "
        f"{number(terms.frame)}; {design_told(terms.design, terms.level)}, seed {terms.seed!r}"
    )
    heads: tuple[str, ...] = ("choice", "share %", "from", "to")
    rows: list[tuple[str, ...]] = [
        (choice, *_interval(share)) for choice, share in zip(found.choices, one.shares, strict=True)
    ]
    if found.missing and one.worst is not None:
        heads += ("at least", "at most")
        rows = [(*row, *_bounds(worst)) for row, worst in zip(rows, one.worst, strict=True)]
    table("", heads, rows)
    first, second = (found.choices[place] for place in one.leading)
    value, low, high = _interval(one.lead)
    say(f"{first} leads {second} by {value} points, {low} to {high}.")
    for line in said_of(found):
        say(line)


def said_of(found: SampleResult) -> tuple[str, ...]:
    """What the intervals rest on, in sentences."""
    one, terms = found.found, found.terms
    lines = []
    level = f"{100 * found.confidence:g} of 100"
    where = " in their area" if terms.design == "stratified" else ""
    if found.layer == "design":
        lines.append(
            f"Layer 2, chance that we chose (design-based probability): {level} such draws give an interval from - to "
            "that holds the share; each choice by itself."
        )
    else:
        lines.append(
            f"Layer 3, model: {number(len(found.missing))} drawn stations have no accepted result. From - to takes "
            f"them to be like those that arrived{where}, which nothing here tests; if they are, {level} such draws "
            "hold the share."
        )
        if one.together:
            lines.append(f"In {number(one.together)} areas fewer than 2 arrived; they were put together with others.")
        if one.worst is None or one.worst_lead is None:
            lines.append("How many voters those have is not known everywhere: there is no worst case.")
        else:
            least, most = _bounds(one.worst_lead)
            lines.append(
                f"Layer 2: at least - at most holds whatever they say, even if all their voters chose alike; "
                f"the lead of {found.choices[one.leading[0]]} over the closest rival is then {least} to {most} points."
            )
    if found.expected != terms.frame:
        lines.append(
            f"The register lists {number(terms.frame)} of {number(found.expected)} stations: nothing is said of others."
        )
    return tuple(lines)


def _interval(one: Interval) -> tuple[str, str, str]:
    return _points(one.value), _points(one.low), _points(one.high)


def _bounds(one: Bounds) -> tuple[str, str]:
    return _points(one.low), _points(one.high)


def estimate_json(found: SampleResult) -> object:
    """The same as plain values, parts of 1; `worst` is null where the voters of missing stations are not known."""
    one, terms = found.found, found.terms
    worst = one.worst or (None,) * len(found.choices)
    lead, worst_lead = one.lead, one.worst_lead
    return {
        "layer": found.layer,
        "contest": found.contest,
        "design": terms.design,
        "level": terms.level,
        "seed": terms.seed,
        "register": terms.register,
        "confidence": found.confidence,
        "stations": {"expected": found.expected, "listed": terms.frame, "drawn": one.drawn, "arrived": one.arrived},
        "missing": list(found.missing),
        "strata": [{"area": name, "drawn": drawn, "arrived": came} for name, drawn, came in found.strata],
        "put_together": one.together,
        "degrees_of_freedom": one.degrees,
        "leader": found.choices[one.leading[0]],
        "rival": found.choices[one.leading[1]],
        "lead": {"value": lead.value, "low": lead.low, "high": lead.high, "worst": _json(worst_lead)},
        "shares": [
            {"choice": choice, "value": share.value, "low": share.low, "high": share.high, "worst": _json(bounds)}
            for choice, share, bounds in zip(found.choices, one.shares, worst, strict=True)
        ],
    }


def _json(bounds: Bounds | None) -> object:
    return None if bounds is None else {"low": bounds.low, "high": bounds.high}
