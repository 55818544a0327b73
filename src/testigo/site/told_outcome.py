"""Claims about the outcome as tables."""

import re
from collections.abc import Mapping, Sequence

from markupsafe import Markup

from testigo.assessment.claims import Claim, Value
from testigo.core.ids import AreaId
from testigo.site.grids import Grid, Told, items_at, number_at, ppm, rows_at
from testigo.site.paths import area_page
from testigo.site.plots import Axis, Line, Tile, line_plot, tile_map
from testigo.site.teller import Teller

TILE_LETTERS = 8


def tell_standing(claims: Sequence[Claim], t: Teller) -> Told:
    """Who leads and by how much; a dash where no choice leads alone."""
    rows = tuple(
        (
            t.collection(claim.collection),
            t.choice(claim.values["leader"]) if claim.values["leader"] else "–",
            t.whole(claim.values["lead"]),
        )
        for claim in claims
    )
    return Told((), (Grid(t._("Who leads"), (t._("Figures"), t._("Leads"), t._("Lead")), rows, 2),))


def tell_certainty(claims: Sequence[Claim], t: Teller) -> Told:
    """Lead against the voters of the missing stations, by collection and frame; then with lower turnouts."""
    rows = []
    for claim in claims:
        v = claim.values
        frame = _frame(v, t)
        at_most = "≤ " if v["missing_is"] == "at most" else ""
        at_least = "≥ " if at_most else ""
        rows.append(
            (
                t.collection(claim.collection),
                frame,
                t.choice(v["leader"]),
                t.whole(v["lead"]),
                at_most + t.whole(v["missing"]),
                at_least + t.signed(v["slack"]),
                t.percent(v["share_needed"], 1),
                t._("no") if v["certain"] == "yes" else t._("yes"),
            )
        )
    heads = (
        t._("Figures"),
        t._("Voters by"),
        t._("Leads"),
        t._("Lead"),
        t._("Voters (or votes) of the missing stations"),
        t._("Lead less all of them"),
        t._("Share of them that would have to vote for the next"),
        t._("Can it still flip?"),
    )
    capped = _capped(claims, t)
    note = t._("The worst case needs no assumption about turnout; any turnout below 100% is an assumption.")
    worst = Grid(t._("Worst case"), heads, tuple(rows), 3)
    return Told((note,), (worst, capped) if capped.rows else (worst,))


def _frame(values: Mapping[str, Value], t: Teller) -> str:
    """By whose word: the frame's name and source; what others state of votes cast is told as such."""
    votes = t._("votes cast there") if values["missing_of"] == "votes" else ""
    return " · ".join(str(part) for part in (values["frame_name"], votes, values["frame_source"]) if part) or t._(
        "the register"
    )


def _capped(claims: Sequence[Claim], t: Teller) -> Grid:
    caps = [row["cap_ppm"] for row in rows_at(claims[0].values["caps"])]
    heads = (
        t._("Figures"),
        t._("Voters by"),
        *(t._("Turnout at most %(cap)s", cap=t.percent(ppm(cap), 0)) for cap in caps),
    )
    rows = tuple(
        (
            t.collection(claim.collection),
            _frame(claim.values, t),
            *(t.signed(row["slack"]) for row in rows_at(claim.values["caps"])),
        )
        for claim in claims
        if claim.values["missing"] and claim.values["caps"]
    )
    return Grid(t._("Lead less the most votes that the missing stations can hold"), heads, rows, 2)


def tell_areas(claims: Sequence[Claim], t: Teller) -> Told:
    """How many areas of each level cannot flip any more."""
    rows = tuple(
        (t.gettext(str(c.values["level"])), t.whole(c.values["areas"]), t.whole(c.values["certain"])) for c in claims
    )
    heads = (t._("Level"), t._("Areas"), t._("Cannot flip any more"))
    return Told(grids=(Grid(t._("Areas by level"), heads, rows),))


def tell_curve(claims: Sequence[Claim], t: Teller) -> Told:
    """After which part of the stations the outcome was certain, had they come in random order; and by batch."""
    caps = [row["cap_ppm"] for row in rows_at(claims[0].values["caps"])]
    heads = (
        t._("Figures"),
        t._("Voters by"),
        *(t._("Turnout at most %(cap)s", cap=t.percent(ppm(cap), 0)) for cap in caps),
    )
    rows = tuple(
        (
            t.collection(claim.collection),
            str(claim.values["frame_name"] or t._("the register")),
            *(
                f"{t.percent(row['median'], 1)} ({t.percent(row['low'], 1)} – {t.percent(row['high'], 1)})"
                for row in rows_at(claim.values["caps"])
            ),
        )
        for claim in claims
    )
    note = t._("Part of all stations after which it was certain: half of the random orders, and 90% of them.")
    grids = [Grid(t._("Had the stations come in random order"), heads, rows, 2)]
    batches = tuple(
        (t.collection(claim.collection), t.whole(row["batch"]), t.whole(row["stations"]), t.signed(row["slack"]))
        for claim in claims[:1]
        for row in rows_at(claim.values["batches"])
    )
    if len(batches) > 1:
        heads = (t._("Figures"), t._("Batch"), t._("Stations"), t._("Lead less all missing voters"))
        grids.append(Grid(t._("After every sealed batch"), heads, batches))
    return Told((note,), tuple(grids), (_curve_picture(claims[0], t),))


def _curve_picture(claim: Claim, t: Teller) -> Markup:
    points = [items_at(point) for point in items_at(claim.values["points"])]
    band = [(number_at(x), number_at(low), number_at(high)) for x, low, _, high in points]
    middle = tuple((number_at(x), number_at(half)) for x, _, half, _ in points)
    lows, highs = min(low for _, low, _ in band), max(high for _, _, high in band)
    across = Axis(
        0, 1, t._("part of the stations that have arrived"), tuple((n / 4, t.percent(n / 4, 0)) for n in range(5))
    )
    # The top is named only where it stands clear of the zero.
    heights = (lows, lows / 2, 0.0, *((highs,) if highs > -lows / 12 else ()))
    marks = tuple((value, t.signed(round(value))) for value in heights)
    up = Axis(lows, max(highs, 0.0), "", marks)
    title = t._("The lead less all voters of the missing stations, as sheets come in; above zero it is certain")
    return line_plot(title, across, up, [Line(middle, "", "")], band)


def tell_coverage(claims: Sequence[Claim], t: Teller) -> Told:
    """Counted stations of the largest areas, as a map of equal squares and as a table."""
    values = claims[0].values
    depth = max(1, len(t.election.areas.levels) - 1)
    tiles, rows = [], []
    for row in rows_at(values["areas"]):
        counted, expected = number_at(row["counted"]), row["expected"]
        whole = number_at(row["listed"] if expected is None else expected)
        name = str(row["name"] or row["area"])
        told = t._("%(counted)s of %(expected)s", counted=t.whole(row["counted"]),
                   expected=t._("an unknown number") if expected is None else t.whole(expected))  # fmt: skip
        part = counted / whole if whole and expected is not None else None
        page = area_page(AreaId(str(row["area"])), depth)
        tiles.append(Tile(short_name(name, t.election.areas.ignore_words), f"{name}: {told}", part, page))
        rows.append((name, t.whole(row["counted"]), t.whole(row["listed"]), t.whole(expected)))
    heads = (
        t.gettext(str(values["level"])),
        t._("Stations counted"),
        t._("Stations that the register lists"),
        t._("Stations there are"),
    )
    title = t._("Counted stations of every area; a dashed edge says that nobody knows how many there are")
    ordered = sorted(zip(tiles, rows, strict=True), key=lambda pair: pair[1][0])
    grid = Grid(t._("Stations by area"), heads, tuple(row for _, row in ordered))
    return Told((), (grid,), (tile_map(title, [tile for tile, _ in ordered]),))


def short_name(name: str, ignored: Sequence[str]) -> str:
    """A name that fits on a small square: without the words that do not count, cut to eight letters."""
    words = [word for word in re.split(r"[\s.]+", name) if word and word.casefold() not in ignored]
    whole = " ".join(words) or name
    return whole if len(whole) <= TILE_LETTERS else whole[: TILE_LETTERS - 1] + "…"
