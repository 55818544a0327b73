"""Estimates as tables: what follows from assumptions about the missing stations, several beside each other."""

from collections.abc import Mapping, Sequence

from markupsafe import Markup

from testigo.assessment.claims import Claim, Value
from testigo.site.grids import Grid, Told, items_at, number_at, rows_at
from testigo.site.plots import Axis, Line, line_plot
from testigo.site.teller import Teller


def tell_estimate(claims: Sequence[Claim], t: Teller) -> Told:
    """The shares of all stations by each way to make cells; that they differ says how much the assumption matters."""
    ways = {"area and size": t._("area and size of the centre"), "smaller areas": t._("smaller areas")}
    heads = (t._("Cells by"), t._("Choice"), t._("Share"), t._("95% interval"))
    rows = tuple(
        (
            ways.get(str(claim.values["cells_by"]), ""),
            t.choice(row["choice"]),
            t.percent(row["share"]),
            f"{t.percent(row['low'])} – {t.percent(row['high'])}",
        )
        for claim in claims
        for row in rows_at(claim.values["shares"])
    )
    note = t._("Two ways to make cells stand beside each other; where they differ the assumption matters.")
    return Told((note,), (Grid(t._("If missing stations vote like those of their cell"), heads, rows, 2),))


def tell_sensitivity(claims: Sequence[Claim], t: Teller) -> Told:
    """One row an assumption, and the share of the leader as a function of what is assumed."""
    grids = []
    notes = []
    for claim in claims:
        v = claim.values
        leader, rival = t.choice(v["leader"]), t.choice(v["rival"])
        heads = (
            t._("The %(number)s missing stations vote", number=t.whole(v["missing_stations"])),
            t._("%(name)s there", name=leader),
            t._("%(name)s there", name=rival),
            t._("%(name)s in all", name=leader),
            t._("%(name)s in all", name=rival),
        )
        rows = tuple(
            (
                _assumed(row["assumed"], leader, t),
                *(t.percent(row[key]) for key in ("leader_there", "rival_there", "leader", "rival")),
            )
            for row in rows_at(v["rows"])
        )
        grids.append(Grid(t._("By assumption: %(figures)s", figures=t.collection(claim.collection)), heads, rows))
    point = claims[0].values["tipping_point"]
    leader = t.choice(claims[0].values["leader"])
    if point is None:
        notes.append(t._("No share of %(name)s in the missing stations would make the lead vanish.", name=leader))
    else:
        share = t.percent(point)
        notes.append(t._("The lead would vanish if %(name)s had %(share)s there.", name=leader, share=share))
    return Told(tuple(notes), tuple(grids), (_picture(claims[0], t),))


def _assumed(value: Value, leader: str, t: Teller) -> str:
    told: Mapping[str, str] = {
        "like collected": t._("like those collected"),
        "like late arrivals": t._("like those that came late"),
        "like centres with one station": t._("like centres with one station"),
        "like the smallest centres": t._("like the smallest tenth of the centres"),
    }
    return told.get(str(value)) or t._("%(name)s: %(share)s", name=leader, share=str(value))


def _picture(claim: Claim, t: Teller) -> Markup:
    points = [tuple(number_at(n) for n in items_at(point)) for point in items_at(claim.values["curve"])]
    colours = {str(choice.id): choice.colour for contest in t.election.contests for choice in contest.choices}
    leader, rival = str(claim.values["leader"]), str(claim.values["rival"])
    marks = tuple((n / 4, t.percent(n / 4, 0)) for n in range(5))
    across = Axis(0, 1, t._("share of %(name)s in the missing stations", name=t.choice(leader)), marks)
    lines = [
        Line(tuple((x, first) for x, first, _ in points), colours[leader], t.choice(leader)),
        Line(tuple((x, second) for x, _, second in points), colours[rival], t.choice(rival)),
    ]
    title = t._("Shares in all stations, by what is assumed of the missing ones")
    return line_plot(title, across, Axis(0, 1, "", marks), lines)


def tell_late(claims: Sequence[Claim], t: Teller) -> Told:
    """Shares in early and late stations."""
    notes = []
    rows = []
    for claim in claims:
        v = claim.values
        rows += [
            (t.choice(row["choice"]), t.percent(row["early"]), t.percent(row["late"])) for row in rows_at(v["shares"])
        ]
        difference, error = t.number(100 * number_at(v["difference"]), 2), t.number(100 * number_at(v["error"]), 2)
        notes.append(
            t._("%(number)s stations came late. %(name)s: %(difference)s points there, standard error %(error)s.",
                number=t.whole(v["late_stations"]), name=t.choice(v["leader"]), difference=difference, error=error)
        )  # fmt: skip
        if abs(number_at(v["z"])) > 2:
            notes.append(t._("So what arrived is not a random part of all stations."))
    return Told(tuple(notes), (Grid(t._("Early and late"), (t._("Choice"), t._("Early"), t._("Late")), tuple(rows)),))
