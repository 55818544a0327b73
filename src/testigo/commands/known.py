"""`testigo known`: sheets whose answers are known, to learn on and to measure with."""

from pathlib import Path

from testigo.commands.options import HomeOption
from testigo.errors import BadUsage
from testigo.flows.known import take_known
from testigo.terminal import number, say, warn
from testigo.wiring import home_of, open_home, open_private, photo_readers


def known_command(folder: Path, *, home: HomeOption = None, training: int = 3, every: int = 25) -> None:
    """Take sheets with known answers: clerks learn on the first ones, later ones measure them.

    They count for nothing and stay out of the log. Servers that run see them when they are started again.

    Parameters
    ----------
    folder
        Photos and `answers.csv`: the columns file, station, and one for each field of the form: a number, - for blank,
        ? for illegible. Columns form and problem may stand there too.
    home
        The deployment's home; TESTIGO_HOME if not given.
    training
        How many each clerk keys first, and sees afterwards what was right.
    every
        After how many sheets of their own another is mixed in, unseen; 0 for none.
    """
    if training < 0 or every < 0:
        raise BadUsage("--training and --every: expected 0 or more")
    world = open_home(home_of(home))
    with photo_readers(world) as reader:
        taken = take_known(world, folder, reader, open_private(world), training=training, every=every)
    for line, sentence in taken.refused:
        warn(f"answers.csv, line {line}: {sentence}")
    say(f"{number(taken.taken)} sheets with known answers; each clerk learns on {number(min(training, taken.taken))}")
    if every:
        say(f"after every {number(every)} sheets of their own another is mixed in")
    if taken.taken < training:
        warn(f"expected {number(training)} sheets or more to learn on, there are {number(taken.taken)}")
