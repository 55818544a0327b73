"""Claims about transcriptions of the same sheets, and screens of them, as tables."""

from collections.abc import Sequence

from testigo.assessment.auditing import RISKS
from testigo.assessment.claims import Claim, Value
from testigo.site.grids import Grid, Told, items_at, number_at, rows_at
from testigo.site.plots import Axis, fingerprint_plot
from testigo.site.teller import Teller


def tell_agreement(claims: Sequence[Claim], t: Teller) -> Told:
    """Pairs of transcriptions, and every cell that differs."""
    heads = (
        t._("Transcriptions"),
        t._("Stations in common"),
        t._("Stations that differ"),
        t._("Rate"),
        t._("95% interval"),
        t._("Cells that differ"),
        t._("Net change of the lead"),
    )
    rows = []
    cells: list[tuple[str, ...]] = []
    for claim in claims:
        v = claim.values
        pair = f"{t.collection(v['here'])} / {t.collection(v['there'])}"
        interval = f"{t.percent(v['low'], 3)} – {t.percent(v['high'], 3)}"
        differ = f"{t.whole(v['cells_differ'])} / {t.whole(v['cells'])}"
        rows.append((pair, t.whole(v["common"]), t.whole(v["differ"]), t.percent(v["rate"], 3), interval, differ,
                     t.signed(v["margin_net"])))  # fmt: skip
        cells += [
            (pair, str(row["station"]), t.choice(row["choice"]), t.whole(row["here"]), t.whole(row["there"]))
            for row in rows_at(v["listed"])
        ]
    note = t._("An error that both made alike is not seen here; only a third reading of a random sample finds it.")
    sizes = ", ".join(
        t._("%(sample)s for at most %(rate)s", sample=t.whole(row["sample"]), rate=t.percent(row["at_most"], 1))
        for row in rows_at(claims[0].values["third_reading"])
    )
    asked = t._("Cells to read a third time without an error for 95%% confidence: %(sizes)s.", sizes=sizes)
    grids = [Grid(t._("Stations where two transcriptions say exactly the same"), heads, tuple(rows))]
    if cells:
        listed = (t._("Transcriptions"), t._("Station"), t._("Choice"), t._("The first says"), t._("The second says"))
        grids.append(Grid(t._("Every cell that differs"), listed, tuple(cells), 3))
    return Told((note, asked), tuple(grids))


def _alarms(claim: Claim, t: Teller) -> str:
    """How often the screen raises an alarm where nothing was changed."""
    values = claim.values
    share = t.percent(number_at(values["false_alarms"]) / max(1.0, number_at(values["elections"])), 1)
    return t._("False alarms: %(share)s of %(elections)s clean elections like this one.", share=share,
               elections=t.whole(values["elections"]))  # fmt: skip


def _reported(value: Value, t: Teller) -> str:
    return t._("to be looked at") if value == "yes" else t._("nothing to report")


def tell_homogeneity(claims: Sequence[Claim], t: Teller) -> Told:
    """Scatter within centres, and the stations to be looked at again."""
    whole = [claim for claim in claims if claim.part != "list"]
    listed = [claim for claim in claims if claim.part == "list"]
    heads = (t._("Choice"), t._("Stations"), t._("Scatter over chance (phi)"), t._("Stations marked"), t._("Found"))
    rows = tuple(
        (
            t.choice(c.values["choice"]),
            t.whole(c.values["n"]),
            t.number(c.values["phi"], 4),
            t.whole(c.values["outliers"]),
            _reported(c.values["more_than_clean"], t),
        )
        for c in whole
    )
    grids = [Grid(t._("Scatter within centres"), heads, rows)] if rows else []
    for claim in listed:
        columns = (t._("Station"), t._("Choice"), t._("Perhaps exchanged"), t._("Votes"), t._("Valid votes"), t._("z"))
        work = tuple(
            (
                str(row["station"]),
                t.choice(row["choice"]),
                " ↔ ".join(t.choice(one) for one in items_at(row["exchange"])),
                t.whole(row["votes"]),
                t.whole(row["valid"]),
                t.number(row["z"], 1),
            )
            for row in rows_at(claim.values["listed"])
        )
        grids.append(Grid(t._("Stations to be looked at again, the largest difference first"), columns, work, 3))
    return Told(tuple(_alarms(claim, t) for claim in claims[:1]), tuple(grids))


def tell_lattice(claims: Sequence[Claim], t: Teller) -> Told:
    """Whole percentages, seen and expected."""
    heads = (t._("Choice"), t._("Found"), t._("Seen"), t._("Expected"), t._("z"))
    rows = tuple(
        (
            t.choice(claim.values["choice"]),
            _reported(claim.values["reported"], t),
            t.whole(hit["observed"]),
            t.number(hit["expected"], 1),
            t.number(hit["z"], 2),
        )
        for claim in claims
        for hit in rows_at(claim.values["hits"])
    )
    return Told((_alarms(claims[0], t),), (Grid(t._("Stations on a whole percentage"), heads, rows, 2),))


def tell_last_digit(claims: Sequence[Claim], t: Teller) -> Told:
    """Last digits against the smoothed histogram."""
    heads = (t._("Choice"), t._("Found"), t._("Stations"), t._("Chi-squared"), t._("p"))
    rows = tuple(
        (
            t.choice(v["choice"]),
            _reported(v["reported"], t),
            t.whole(v["n"]),
            t.number(v["chi2"], 1),
            t.number(v["p"], 3),
        )
        for v in (claim.values for claim in claims)
    )
    return Told((_alarms(claims[0], t),), (Grid(t._("Last digits"), heads, rows, 2),))


def tell_duplicates(claims: Sequence[Claim], t: Teller) -> Told:
    """Stations whose figures are the same for every choice."""
    groups = tuple((", ".join(map(str, items_at(group))),) for group in items_at(claims[0].values["groups"]))
    notes = (_alarms(claims[0], t), t._("Small stations can have the same figures by chance."))
    return Told(notes, (Grid(t._("Same figures for every choice"), (t._("Stations"),), groups),) if groups else ())


def tell_jump(claims: Sequence[Claim], t: Teller) -> Told:
    """Stations on either side of a tie between the two choices with most votes."""
    values = claims[0].values
    first, second = t.choice(values["choice"]), t.choice(values["other"])
    heads = (t._("Within so many thousandths of a tie"), t._("%(name)s ahead", name=first),
             t._("%(name)s ahead", name=second), t._("p"))  # fmt: skip
    rows = tuple(
        (t.whole(side["width"]), t.whole(side["above"]), t.whole(side["below"]), t.number(side["p"], 2))
        for side in rows_at(values["sides"])
    )
    notes = (_alarms(claims[0], t), _reported(values["reported"], t))
    return Told(notes, (Grid(t._("On either side of a tie"), heads, rows),))


def tell_fingerprint(claims: Sequence[Claim], t: Teller) -> Told:
    """A picture of turnout and share; it tests nothing."""
    pictures = []
    for claim in claims:
        name = t.choice(claim.values["choice"])
        cells = [[int(number_at(n)) for n in items_at(column)] for column in items_at(claim.values["cells"])]
        marks = tuple((n / 4, t.percent(n / 4, 0)) for n in range(5))
        title = t._("Stations by turnout and by the share of %(name)s", name=name)
        up = Axis(0, 1, "", marks)
        pictures.append(fingerprint_plot(title, Axis(0, 1, t._("turnout"), marks), up, cells))
    unknown = t.whole(claims[0].values["unknown"])
    note = t._(
        "Up: the share. Stations whose number of voters is not known are left out: %(unknown)s.", unknown=unknown
    )
    return Told((note,), (), tuple(pictures))


def tell_audit_size(claims: Sequence[Claim], t: Teller) -> Told:
    """How many stations to draw, for the outcome and for the digitisation."""
    pair = t._("Kaplan–Markov / capped bet")
    heads = (t._("Figures"), t._("Lead"), t._("Bounds over lead"), *(_risk_head(risk, pair, t) for risk in RISKS))
    outcome = tuple(
        (
            t.collection(c.collection),
            t.whole(c.values["margin"]),
            t.number(c.values["bound"], 4),
            *_draws(c.values["sizes"], t),
        )
        for c in claims
        if c.part == "outcome"
    )
    limits = (t._("Figures"), t._("Net error of the lead below"), *(_risk_head(risk, pair, t) for risk in RISKS))
    own = tuple(
        (t.collection(c.collection), t.whole(row["within"]), *_draws(row["sizes"], t))
        for c in claims
        if c.part == "digitisation"
        for row in rows_at(c.values["limits"])
    )
    note = t._("Stations to draw if no difference is found; testigo audit draws them and keeps the running p-value.")
    return Told(
        (note,),
        (
            Grid(t._("Does an independent count of stations confirm who leads?"), heads, outcome),
            Grid(t._("Is our own digitisation right to within so many votes?"), limits, own),
        ),
    )


def _risk_head(risk: float, pair: str, t: Teller) -> str:
    return t._("Risk %(risk)s: %(pair)s", risk=t.percent(risk, 0), pair=pair)


def _draws(sizes: Value, t: Teller) -> tuple[str, ...]:
    return tuple(f"{t.whole(one['kaplan_markov'])} / {t.whole(one['capped'])}" for one in rows_at(sizes))


def tell_reliability(claims: Sequence[Claim], t: Teller) -> Told:
    """How often each transcription says what all together make likeliest."""
    heads = (t._("Transcription"), t._("Cells"), t._("Likely right"), t._("95% interval"))
    rows = tuple(
        (
            t.collection(row["source"]),
            t.whole(row["cells"]),
            t.percent(row["right"], 4),
            f"{t.percent(row['low'], 4)} – {t.percent(row['high'], 4)}",
        )
        for claim in claims
        for row in rows_at(claim.values["sources"])
    )
    note = t._("This is for finding whom to help and what to read again; it does not count what all miss alike.")
    return Told((note,), (Grid(t._("Transcriptions against what all say together"), heads, rows),))
