"""What each column of the public tables holds, and the dictionary of a bundle that is made from it."""

from testigo.core.election import Election

DICTIONARY = "README.md"
LEVEL = "<level>"
FIGURE = "<figure>"
WITH_QUARANTINE = ".with_quarantine"

COLUMNS: tuple[tuple[str, str, tuple[tuple[str, str], ...]], ...] = (
    (
        "stations.csv",
        "One row for every station of the register and contest, also where nothing is held.",
        (
            ("station", "The station's code in the register."),
            (LEVEL, "The code of the area of this level that contains the station."),
            ("registered", "Registered voters; empty where the register does not say."),
            ("contest", "The contest's id in election.toml."),
            ("status", "counted, quarantined, no figures (something is held, no figures follow) or missing (nothing)."),
            ("basis", "The basis of the acceptance policy that gave the figures."),
            (FIGURE, "Ballots for a choice, or another figure of the contest; empty where it was not stated."),
            ("sum_of_choices", "The votes of all choices; empty where one is absent."),
            ("findings", "Codes of the checks that failed, separated by spaces."),
            ("leaf", "The leaf hash of the result in force."),
        ),
    ),
    (
        "areas.csv",
        "One row for every contest and area, the nation first.",
        (
            ("contest", "The contest's id in election.toml."),
            ("area", "Codes from the largest level down, joined by /; empty for the nation."),
            ("level", "The level of the area; empty for the nation."),
            ("name", "The area's name in the register."),
            ("expected", "Stations that the area has; empty where nobody knows."),
            ("received", "Stations that anything is held about."),
            ("read", "Stations with figures."),
            ("counted", "Stations whose figures are in the totals."),
            ("quarantined", "Stations whose figures are kept out of the totals until somebody has looked."),
            (FIGURE, "Ballots in the counted stations; empty where none of them states the figure."),
            (FIGURE + WITH_QUARANTINE, "The same with the stations in quarantine."),
        ),
    ),
    (
        "reports.csv",
        "Every row of every table that was taken in, also rows that were set aside or corrected later.",
        (
            ("source", "Who published the table: an id in election.toml."),
            ("station", "The station that the row names; empty where no code was understood."),
            ("row", "The line of the table; 1 is the header."),
            ("table", "SHA-256 of the table's file."),
            ("aside", "Why the row takes no part; empty where it does."),
            ("saw", "What was seen in a row that was set aside."),
            (FIGURE, "Ballots as the row states them; empty where it states none."),
            ("leaf", "The leaf hash of the record."),
            ("superseded", "yes where the source corrected the row later, else no."),
        ),
    ),
    (
        "photos.csv",
        "Every photo that is held, published or not.",
        (
            ("photo", "SHA-256 of the photo's master (the photo without metadata)."),
            ("claimed", "The stations that senders named, separated by spaces."),
            ("station", "The station that the photo's codes name."),
            ("outcome", "figures, station, foreign, nothing, or waiting where it was not read yet."),
            ("withheld", "Why the photo is not shown; empty where it may be shown."),
            ("rendition", "SHA-256 of the public copy in data/objects; empty where there is none."),
        ),
    ),
    (
        "findings.csv",
        "What the checks saw. A finding is a reason to look, not a verdict.",
        (
            ("station", "The station; empty where a photo belongs to none."),
            ("code", "The check, explained in docs/checks.md."),
            ("weight", "hold keeps the station out of the totals, warn only lists it."),
            ("saw", "What was seen, in numbers."),
        ),
    ),
)
"""File, what a row of it is, and its columns; `<level>` and `<figure>` stand for those of the election."""


def dictionary_text(election: Election) -> str:
    """The dictionary of this election's tables, in Markdown."""
    lines = [f"# Tables of {election.name}", "", f"Licence of the tables: {election.licence}.", ""]
    lines += ["UTF-8, commas, one header line. An empty cell is unknown, never zero; figures are in ballots.", ""]
    lines.append(f"Levels of areas, from large to small: {', '.join(election.areas.levels)}.")
    for contest in election.contests:
        lines += ["", f"## Figures of the contest {contest.id}: {contest.name}", ""]
        for choice in contest.choices:
            sums = f", the sum of {', '.join(choice.lines)} where a source states these" if choice.lines else ""
            lines.append(f"- `{choice.id}`: {choice.name}{sums}")
        others = [("valid votes", contest.valid), ("blank votes", contest.blank)]
        others += [("null votes", field) for field in contest.null] + [("ballots cast", contest.cast)]
        lines += [f"- `{field}`: {what}" for what, field in others if field is not None]
    for file, rows, columns in COLUMNS:
        lines += ["", f"## {file}", "", rows, ""]
        lines += [f"- `{name}`: {meaning}" for name, meaning in columns]
    return "\n".join(lines) + "\n"
