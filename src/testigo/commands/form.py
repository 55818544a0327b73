"""`testigo form new`: draw a form on a photo of its sheet, in a page on this machine."""

import sys
import webbrowser
from contextlib import suppress
from pathlib import Path
from typing import Annotated

from cyclopts import App, Parameter

from testigo.commands.options import FlagOption
from testigo.errors import BadUsage
from testigo.terminal import say

app = App(name="form", help_format="plaintext")


@app.command(name="new")
def new_command(
    *photos: Path,
    election: Path | None = None,
    sample: Annotated[list[Path] | None, Parameter(consume_multiple=True, negative="")] = None,
    no_browser: FlagOption = False,
) -> None:
    """Draw a form: mark the sheet's corners, draw its boxes, name them, type its sums, and see what is read.

    A page is opened that only this machine can see; it ends by its button or Ctrl-C. Nothing is written before
    somebody presses "Save" there.

    Parameters
    ----------
    photos
        A photo of the sheet (JPEG, PNG), empty or filled in; one of each of its pages.
    election
        The election's folder, whose ballot names the figures; the form is saved in its forms/. Without it, in forms/
        here.
    sample
        Photos of filled sheets to try the form on; more can be added on the page.
    no_browser
        Only print the address, open no browser.
    """
    if not photos:
        raise BadUsage("expected a photo of the sheet, one of each of its pages")
    try:
        from testigo.designer.opening import opened_desk
    except ImportError as error:
        wanted = "pip install 'testigo[server,vision]'"
        raise BadUsage(f"the designer needs the libraries for pages and images ({wanted}): {error}") from None
    with opened_desk(photos, sample or [], election) as desk:
        say(desk.address)
        say('open this address in a browser on this machine; end with the button "End" there, or Ctrl-C')
        # Who reads this through a pipe waits for the address as well.
        sys.stdout.flush()
        if not no_browser:
            webbrowser.open(desk.address)
        # Ctrl-C is one of the two ways to end it.
        with suppress(KeyboardInterrupt):
            desk.serve()
