"""A town of eight stations with two contests on one sheet, and photos whose pixels are plain text."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from testigo.core.register import register_from_csv
from testigo.errors import BadPhoto
from testigo.flows.setup import prepare, setup
from testigo.ports import CodeSeen, Master, Sight, StraightPage, World
from testigo.store.memory import MemoryBlobs, MemoryJournal, MemoryLog, MemorySigner, MemoryViews
from testigo.tables.files import FileTables
from testigo.verification.places import STATIONS_FILE

STATIONS = tuple(f"T{n}" for n in range(1, 9))
FIELDS = ("ANA", "BEN", "X1", "X2", "YES", "mvalid", "cvalid")
Figures = tuple[int, int, int, int, int]
"""ANA, BEN, X1, X2, YES; both contests have as many valid votes as these add up to."""

ELECTION = """
[election]
id = "town"
name = "The town"
date = "2031-05-04"
origin = "log.example/town"
language = "en"
licence = "CC0-1.0"
[areas]
nation = "The town"
levels = ["ward"]
[register]
file = "stations.csv"
[station]
pattern = "T[1-9]"
[[contest]]
id = "mayor"
name = "Mayor"
form = "sheet"
valid = "mvalid"
[[contest.choice]]
id = "ANA"
name = "Ana"
colour = "#0072b2"
[[contest.choice]]
id = "BEN"
name = "Ben"
colour = "#d55e00"
[[contest]]
id = "council"
name = "Council"
form = "sheet"
valid = "cvalid"
[[contest.choice]]
id = "X"
name = "List X"
colour = "#009e73"
lines = ["X1", "X2"]
[[contest.choice]]
id = "YES"
name = "List Yes"
colour = "#cc79a7"
{sources}
{policy}
[[announced]]
id = "evening"
name = "Evening bulletin"
contest = "mayor"
source = "town hall"
votes = {{ ANA = 100, BEN = 500 }}
"""
SOURCE = """
[[source]]
id = "{id}"
name = "Table of the {id}"
licence = "CC0-1.0"
published_at = "{id}.example"
[source.columns]
station = "STATION"
"""
BASES = ("photo", "north", "south")
FORM = r"""
[form]
id = "sheet"
name = "The sheet"
paper_mm = [210, 297]
fields = ["ANA", "BEN", "X1", "X2", "YES", "mvalid", "cvalid"]
[[code]]
symbology = "QRCode"
pattern = 'TOWN\|(?P<station>T[1-9])\|(?P<all>[0-9,]+)'
lists = { all = ["ANA", "BEN", "X1", "X2", "YES", "mvalid", "cvalid"] }
[[rule]]
code = "M"
text = "ANA + BEN = mvalid"
[[rule]]
code = "C"
text = "X1 + X2 + YES = cvalid"
"""


def write_town(
    folder: Path,
    *,
    bases: Sequence[str] = BASES,
    needs: Mapping[str, int] | None = None,
    disagreement: str = "quarantine",
) -> Path:
    """An election folder whose policy has these bases, in this order."""
    policy = f'[policy]\ndisagreement = "{disagreement}"\n'
    for basis in bases:
        own = {"photo": 'from = "reading"', "desk": 'from = "entry"'}
        origin = own.get(basis, f'from = "report"\nsource = "{basis}"')
        policy += f'[[policy.basis]]\nid = "{basis}"\n{origin}\nneeds = {(needs or {}).get(basis, 1)}\n'
    columns = "".join(f'{field} = "{field}"\n' for field in FIELDS)
    sources = "".join(SOURCE.format(id=source) + columns for source in ("north", "south"))
    (folder / "forms" / "sheet").mkdir(parents=True)
    (folder / "election.toml").write_text(ELECTION.format(sources=sources, policy=policy))
    (folder / "forms" / "sheet" / "form.toml").write_text(FORM)
    rows = [f"{station},300,{n // 4},Ward {n // 4}" for n, station in enumerate(STATIONS)]
    (folder / "stations.csv").write_text("\n".join(["station,registered,ward,ward_name", *rows, ""]))
    return folder


def memory_world(folder: Path, home: Path) -> World:
    """The election set up in memory: the same key, and so the same signatures, every time."""
    prepared = prepare(folder, FileTables(), None)
    election, forms = prepared.folder.election, prepared.folder.forms
    register = register_from_csv(prepared.files[STATIONS_FILE].decode(), election, STATIONS_FILE)
    journal = MemoryJournal()
    views, signer = MemoryViews(journal), MemorySigner(election.origin, bytes(32))
    world = World(
        home, election, forms, register, journal, views, MemoryBlobs(), MemoryLog(), signer, FileTables()
    )  # fmt: skip
    setup(world, prepared.files)
    return world


def figures_of(station: str) -> Figures:
    """The figures that everybody states for a station who has nothing else to say."""
    n = int(station[1:])
    return (20 + n, 30 - n, 5 * n, 7, 30)


def line_of(figures: Figures) -> str:
    ana, ben, x1, x2, yes = figures
    return ",".join(map(str, (*figures, ana + ben, x1 + x2 + yes)))


def table(figures: Mapping[str, Figures] | Sequence[str], *more: str) -> bytes:
    """A CSV table with a line for each station, and more lines as they are."""
    stated = figures if isinstance(figures, Mapping) else {station: figures_of(station) for station in figures}
    lines = [f"{station},{line_of(one)}" for station, one in stated.items()]
    return "\n".join([",".join(("STATION", *FIELDS)), *lines, *more, ""]).encode()


def photo(*codes: str, taken: str = "") -> bytes:
    """A photo that shows these codes; `taken` makes it another photo of the same sheet."""
    return "\n".join(["PHOTO", "exif: a name and a place", *(f"QRCode {code}" for code in codes), taken]).encode()


def sheet(station: str, figures: Figures | None = None, taken: str = "") -> bytes:
    """A photo of a station's sheet."""
    return photo(f"TOWN|{station}|{line_of(figures or figures_of(station))}", taken=taken)


@dataclass(frozen=True)
class TextMaster:
    """A stripped photo of this town."""

    data: bytes
    media: str = "image/jpeg"
    width: int = 30
    height: int = 40
    orient: int = 1
    method: str = "text"


class TextReader:
    """A `Reader` of photos that are text: no pixels, no child processes."""

    def masters(self, data: bytes) -> tuple[Master, ...]:
        """See `ports.Reader`; the pages of a scan are parted by form feeds."""
        pages = data.removeprefix(b"%PDF-").split(b"\f")
        if any(not page.startswith(b"PHOTO") for page in pages):
            raise BadPhoto("foreign", "expected a photo, came something else")
        kept = (b"\n".join(line for line in page.split(b"\n") if not line.startswith(b"exif")) for page in pages)
        return tuple(TextMaster(page) for page in kept)

    def read(self, data: bytes, orient: int) -> Sight:
        """See `ports.Reader`."""
        codes = (line.split(" ", 1) for line in data.decode().split("\n") if line.startswith("QRCode "))
        return Sight(tuple(CodeSeen(symbology, text) for symbology, text in codes), len(data))

    def thumbnail(self, data: bytes, orient: int, width: int) -> bytes:
        """See `ports.Reader`."""
        return f"{width} wide: ".encode() + data

    def straightened(self, data: bytes, orient: int) -> tuple[StraightPage, ...]:
        return ()
