"""The town with a sheet of two pages: choices on the first, null votes and ballots on the second, written by hand.

A photo is text. Its code names the station (`S|T1`), or states a page's figures (`A|T1|20,30`, `B|T1|1,51`); lines
`page 2 null=1 cast=51` are a page that was found, with what its boxes say and how surely (`~0.6` after a figure).
"""

from dataclasses import replace
from pathlib import Path

from ink import ink
from town import TextReader, photo, write_town

from testigo.core.form import form_from_toml
from testigo.flows.folder import PNG
from testigo.ports import PageSeen, Sight

FORM = r"""
[form]
id = "sheet"
name = "A sheet of two pages"
paper_mm = [100, 100]
pages = 2
fields = ["ANA", "BEN", "null", "cast"]
reference = "blank-{page}.png"
[[code]]
symbology = "QRCode"
pattern = 'S\|(?P<station>T[1-9])'
[[code]]
symbology = "QRCode"
pattern = 'S\|(?P<station>T[1-9])'
page = 2
[[code]]
symbology = "QRCode"
pattern = 'A\|(?P<station>T[1-9])\|(?P<ANA>[0-9]+),(?P<BEN>[0-9]+)'
[[code]]
symbology = "QRCode"
pattern = 'B\|(?P<station>T[1-9])\|(?P<null>[0-9]+),(?P<cast>[0-9]+)'
page = 2
[[box]]
field = "ANA"
box_mm = [10, 10, 20, 10]
cells = 2
[[box]]
field = "BEN"
box_mm = [10, 30, 20, 10]
cells = 2
[[box]]
field = "null"
page = 2
box_mm = [10, 10, 20, 10]
cells = 2
[[box]]
field = "cast"
page = 2
box_mm = [10, 30, 20, 10]
cells = 2
[[rule]]
code = "S"
text = "ANA + BEN + null = cast"
"""
SHEET = form_from_toml(FORM, "form.toml")
ONE, TWO = {"ANA": 20, "BEN": 30}, {"null": 1, "cast": 51}
WHOLE = ONE | TWO


def write_two_pages(folder: Path, *, bases: tuple[str, ...] = ("desk", "photo")) -> Path:
    """The town's election folder with one contest on a form of two pages, and pictures of both blanks."""
    write_town(folder, bases=bases)
    text = (folder / "election.toml").read_text()
    head, _, rest = text.partition('[[contest]]\nid = "council"')
    _, _, policy = rest.partition("[policy]")
    election = head.replace('valid = "mvalid"', 'null = ["null"]\ncast = "cast"') + "[policy]" + policy
    (folder / "election.toml").write_text(election)
    place = folder / "forms" / "sheet"
    (place / "form.toml").write_text(FORM)
    for page in (1, 2):
        (place / f"blank-{page}.png").write_bytes(PNG + f"the blank of page {page}".encode())
    return folder


def written(station: str | None, number: int, said: dict[str, int | str], taken: str = "") -> bytes:
    """A photo of one page; without a station no code is on it."""
    line = " ".join([f"page {number}", *(f"{field}={value}" for field, value in said.items())])
    return photo(*([f"S|{station}"] if station else []), taken=f"{line}\n{taken}")


BESIDE = "its code lies beside the page"


class PagedReader(TextReader):
    """Finds pages where the text says that they are."""

    def read(self, data: bytes, orient: int) -> Sight:
        """See `ports.Reader`."""
        sight = super().read(data, orient)
        on_it = () if BESIDE in data.decode() else sight.codes
        pages = tuple(replace(_page(line), codes=on_it) for line in _lines(data))
        return Sight(sight.codes, sight.phash, pages)


def _lines(data: bytes) -> list[list[str]]:
    return [line.split(" ")[1:] for line in data.decode().split("\n") if line.startswith("page ")]


def _page(parts: list[str]) -> PageSeen:
    number, *figures = parts
    seen = []
    for figure in figures:
        field, _, said = figure.partition("=")
        value, _, sure = said.partition("~")
        seen.append(ink(field, int(value), float(sure or 0.995)))
    return PageSeen("sheet", int(number), tuple(seen))
