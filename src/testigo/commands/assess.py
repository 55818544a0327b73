"""`testigo assess`: what the sheets prove, in plain sentences, tables, Markdown, JSON."""

import sys
from pathlib import Path

from testigo.assessment.serial import assessment_json
from testigo.commands.options import FlagOption, HomeOption, JsonOption
from testigo.errors import BadUsage
from testigo.flows.assess import assess_now, assessment_files
from testigo.site.assessed import sections_of
from testigo.site.assessment import layers_told, teller_of
from testigo.site.paths import LANGUAGES, assessment_language
from testigo.terminal import say, steps, table
from testigo.wiring import home_of, open_home


def assess_command(
    *,
    home: HomeOption = None,
    out: Path | None = None,
    language: str | None = None,
    full: FlagOption = False,
    json_: JsonOption = False,
) -> None:
    """What do these sheets prove, about the outcome and about the announced result, and what do they not prove?

    Parameters
    ----------
    home
        The deployment's home; TESTIGO_HOME if not given.
    out
        A folder to write assessment.json and the Markdown texts into.
    language
        en or es; the election's language if not given, English where there is no text in it.
    full
        Every table, not only the sentences.
    json_
        Print the claims as JSON.
    """
    world = open_home(home_of(home))
    if language is not None and language not in dict(LANGUAGES):
        raise BadUsage(f"--language: expected one of {', '.join(dict(LANGUAGES))}; came {language}")
    with steps("assess") as step:
        assessment = assess_now(world, step)
    if out is not None:
        out.mkdir(parents=True, exist_ok=True)
        for name, data in assessment_files(assessment, world.election).items():
            (out / name).write_bytes(data)
            say(f"{out / name}")
    if json_:
        sys.stdout.write(assessment_json(assessment).decode())
        return
    teller = teller_of(world.election, language or assessment_language(world.election.language))
    for number, sentence in enumerate(assessment.sentences, 1):
        say(f"{number}. {teller.sentence(sentence)}")
    if not full:
        return
    sections = sections_of(assessment, teller)
    for layer, name, meaning in layers_told(teller):
        say(f"\n== {name}\n{meaning}")
        for section in sections:
            if section.layer == layer:
                say(f"\n{section.title} · {section.contest}")
                for note in section.notes:
                    say(note)
                for grid in section.grids:
                    table(grid.caption, grid.heads, grid.rows, left=grid.texts)
