"""Claims about announced results as tables."""

from collections.abc import Mapping, Sequence

from testigo.assessment.claims import Claim
from testigo.site.grids import Grid, Told, is_over, ppm, rows_at
from testigo.site.teller import Teller


def tell_inside(claims: Sequence[Claim], t: Teller) -> Told:
    """The least votes of each choice that a bulletin must contain."""
    heads = (
        t._("Announced"),
        t._("Choice"),
        t._("Figures"),
        t._("Documented"),
        t._("Stations it may leave out"),
        t._("It must contain at least"),
        t._("It announced"),
        t._("More than announced by"),
        t._("If its coverage was rounded"),
        t._("Greatest coverage that fits"),
    )
    rows = tuple(
        (
            t.bulletin(v["bulletin"]),
            t.choice(v["choice"]),
            t.collection(c.collection),
            t.whole(v["documented"]),
            t.whole(v["left_out"]),
            t.whole(v["least"]),
            t.whole(v["announced"]),
            t.whole(v["over"]) if is_over(v["over"]) else t._("fits"),
            t.whole(v["rounded_over"]) if is_over(v["rounded_over"]) else t._("fits"),
            t.percent(v["most_coverage"]),
        )
        for c in claims
        for v in (c.values,)
    )
    return Told(grids=(Grid(t._("What a bulletin of this coverage must contain"), heads, rows, 3),))


def tell_needed(claims: Sequence[Claim], t: Teller) -> Told:
    """Votes needed from undocumented stations against those left."""
    heads = (
        t._("Announced"),
        t._("Choice"),
        t._("Figures"),
        t._("Votes needed"),
        t._("For each undocumented station"),
        t._("Left by the announced total"),
        t._("Voters there"),
        t._("Missing"),
    )
    rows = tuple(
        (
            t.bulletin(v["bulletin"]),
            t.choice(v["choice"]),
            t.collection(c.collection),
            t.signed(v["needed"]),
            t.number(v["per_station"], 1),
            t.whole(v["left"]),
            t.whole(v["by_register"]),
            t.whole(v["short"]) if is_over(v["short"]) else t._("fits"),
        )
        for c in claims
        for v in (c.values,)
    )
    note = t._("Votes needed below zero: more votes are documented than were announced.")
    return Told((note,), (Grid(t._("Votes that must come from undocumented stations"), heads, rows, 3),))


def tell_certificate(claims: Sequence[Claim], t: Teller) -> Told:
    """The least number of votes that must be wrong, by turnout."""
    frames = {frame.id: frame.name for frame in t.election.plan.frames}
    heads = (
        t._("Announced"),
        t._("Figures"),
        t._("Voters by"),
        t._("Turnout at most"),
        t._("Stations inside"),
        t._("Votes that must be wrong at least"),
    )
    rows = tuple(
        (
            t.bulletin(v["bulletin"]),
            t.collection(c.collection),
            frames.get(str(v["frame"]), t._("the register")),
            t.percent(ppm(v["cap_ppm"]), 0),
            "–".join(t.whole(n) for n in v["inside"]) if isinstance(v["inside"], Sequence) else "",
            t.whole(v["least_wrong"]),
        )
        for c in claims
        for v in (c.values,)
    )
    return Told(grids=(Grid(t._("Whatever stations were left out"), heads, rows, 3),))


def tell_hygiene(claims: Sequence[Claim], t: Teller) -> Told:
    """Printed shares against votes, and bulletins against each other."""
    notes = []
    shares = []
    for claim in claims:
        v = claim.values
        name = t.bulletin(v["bulletin"])
        if v["sum_of_shares"] is not None:
            total = t.number(v["sum_of_shares"], 2)
            notes.append(t._("The shares printed in “%(name)s” add up to %(total)s%%.", name=name, total=total))
        for row in rows_at(v["shares"]):
            agrees = {"rounded": t._("when rounded"), "cut": t._("when cut off"), "no": t._("no")}[str(row["agrees"])]
            shares.append((name, t.choice(row["choice"]), str(row["printed"]), t.number(row["worked_out"], 4), agrees))
        if isinstance(grown := v["growth"], Mapping):
            since = t.bulletin(grown["since"])
            fell = grown["fallen"]
            if isinstance(fell, Sequence) and fell:
                told = t._("Figures fell from “%(since)s” to “%(name)s”: %(fallen)s.", since=since, name=name,
                           fallen=", ".join(t.choice(one) for one in fell))  # fmt: skip
            else:
                told = t._("No figure fell from “%(since)s” to “%(name)s”.", since=since, name=name)
            notes.append(told)
            if grown["per_station_after"] is not None:
                before, after = t.number(grown["per_station_before"], 1), t.number(grown["per_station_after"], 1)
                notes.append(
                    t._(
                        "Votes for each station: %(before)s before, %(after)s in those added.",
                        before=before,
                        after=after,
                    )
                )
    heads = (t._("Announced"), t._("Choice"), t._("Printed, %"), t._("Worked out, %"), t._("Agrees"))
    grids = (Grid(t._("Printed shares against the votes"), heads, tuple(shares), 2),) if shares else ()
    return Told(tuple(notes), grids)


def tell_percent_first(claims: Sequence[Claim], t: Teller) -> Told:
    """Whether votes were worked out from percentages."""
    heads = (
        t._("Announced"),
        t._("Total"),
        t._("Matches percentages with"),
        t._("By chance one in"),
        t._("After 9 tests"),
    )
    rows = []
    for claim in claims:
        v = claim.values
        if v["decimals"] is None:
            rows.append((t.bulletin(v["bulletin"]), t.whole(v["total"]), t._("no precision"), "–", "–"))
        else:
            decimals = t.ngettext("%(n)s decimal", "%(n)s decimals", int(str(v["decimals"]))) % {"n": v["decimals"]}
            chance = (t.whole(v["one_in"]), t.whole(v.get("corrected_one_in")))
            rows.append((t.bulletin(v["bulletin"]), t.whole(v["total"]), decimals, *chance))
    note = t._("A match says that votes were worked out from percentages; it does not say that those are untrue.")
    return Told((note,), (Grid(t._("Percentages first"), heads, tuple(rows)),))
