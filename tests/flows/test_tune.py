"""`read --tune`: thresholds from photos of sheets that people have settled; nothing is kept or changed."""

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest
from ink import ink
from town import FIELDS, FORM, STATIONS, TextReader, figures_of, line_of, memory_world, photo, table, write_town

from testigo.core.records import Reading
from testigo.errors import BadUsage
from testigo.flows.intake import files_of, intake
from testigo.flows.read import read
from testigo.flows.report import report
from testigo.flows.tune import SettledSheets, settled_sheets, tune
from testigo.ports import PageSeen, Sight, World
from testigo.stats.tuning import Tuned

TAKES = 3
ON_PAPER = ("ANA", "BEN", "mvalid")


class InkReader(TextReader):
    """Reads the codes of text photos, and lines `INK field number sure` as what stands in boxes."""

    def read(self, data: bytes, orient: int) -> Sight:
        """See `ports.Reader`."""
        seen = super().read(data, orient)
        lines = [line.split() for line in data.decode().split("\n") if line.startswith("INK ")]
        inked = tuple(ink(field, int(number), float(sure)) for _, field, number, sure in lines)
        return Sight(seen.codes, seen.phash, (PageSeen("sheet", 1, inked),) if inked else ())


def written(station: str, take: int, *, ana: int | None = None, sure: float = 0.99) -> bytes:
    """A photo of a station's sheet whose code names the station; `ana` is read instead of the votes for Ana."""
    votes = figures_of(station)
    said = {"ANA": votes[0] if ana is None else ana, "BEN": votes[1]}
    said["mvalid"] = sum(said.values())
    lines = [f"INK {field} {said[field]} {sure}" for field in ON_PAPER]
    return photo(f"TOWN|{station}", taken="\n".join([*lines, f"take {take}"]))


def form_by_hand() -> str:
    """The town's form, whose code names the station alone and whose figures stand in boxes."""
    head, _ = FORM.split("[[code]]")
    boxes = "".join(
        f'[[box]]\nfield = "{field}"\nbox_mm = [10, {20 * place + 10}, 20, 10]\ncells = 2\n'
        for place, field in enumerate(ON_PAPER)
    )
    code = "[[code]]\nsymbology = \"QRCode\"\npattern = 'TOWN\\|(?P<station>T[1-9])'\n"
    rule = '[[rule]]\ncode = "M"\ntext = "ANA + BEN = mvalid"\n'
    return head + 'photos = "cropped"\n' + code + boxes + rule


Town = Callable[..., World]


@pytest.fixture
def town(tmp_path: Path) -> Town:
    """A town with these photos, read; `stated` stations were reported by the source of the north."""

    def made(photos: list[bytes], stated: tuple[str, ...] = STATIONS) -> World:
        folder = write_town(tmp_path / "election")
        (folder / "forms" / "sheet" / "form.toml").write_text(form_by_hand())
        (tmp_path / "home").mkdir()
        world = memory_world(folder, tmp_path / "home")
        for number, data in enumerate(photos):
            (tmp_path / f"{number:02}.jpg").write_bytes(data)
        files = files_of([tmp_path / f"{number:02}.jpg" for number in range(len(photos))])
        with ThreadPoolExecutor(1) as executor:
            intake(world, files, {}, executor, InkReader(), lambda n: None)
            read(world, executor, InkReader(), lambda n: None)
        report(world, "north", "north.csv", table(stated))
        return world

    return made


def sheets(sure: float = 0.99) -> list[bytes]:
    return [written(station, take, sure=sure) for station in STATIONS for take in range(TAKES)]


def stated(settled: SettledSheets) -> dict[str, dict[str, int]]:
    """The settled figures by station and field."""
    return {str(station): {str(field): n for field, n in counts.items()} for _, station, counts in settled.photos}


def tuned(world: World, settled: SettledSheets, target: float = 0.5) -> tuple[Tuned, int]:
    steps: list[int] = []
    with ThreadPoolExecutor(2) as executor:
        found = tune(world, settled, executor, InkReader(), target, steps.append)
    return found, sum(steps)


def test_an_election_without_handwriting_has_nothing_to_tune(tmp_path: Path) -> None:
    (tmp_path / "home").mkdir()
    world = memory_world(write_town(tmp_path / "election"), tmp_path / "home")
    with pytest.raises(BadUsage, match="this election has none"):
        settled_sheets(world)


def test_settled_are_the_photos_whose_stations_were_reported(town: Town) -> None:
    settled = settled_sheets(town(sheets(), STATIONS[:7]))
    assert [digest for digest, _, _ in settled.photos] == sorted({digest for digest, _, _ in settled.photos})
    assert len(settled.photos) == 7 * TAKES
    assert {station for _, station, _ in settled.photos} == set(STATIONS[:7])
    for station, counts in stated(settled).items():
        assert (counts["ANA"], counts["BEN"]) == figures_of(station)[:2]


def test_too_few_settled_sheets_are_refused_with_their_number(town: Town) -> None:
    world = town(sheets(), STATIONS[:6])
    with pytest.raises(BadUsage, match=r"expected at least 20 photos .* came 18: read the photos and report"):
        settled_sheets(world)


def test_photos_without_handwriting_are_not_settled_sheets(town: Town) -> None:
    only_codes = [photo(f"TOWN|{station}", taken="no ink") for station in STATIONS]
    assert len(settled_sheets(town([*sheets(), *only_codes])).photos) == 8 * TAKES


def test_a_figure_that_two_sources_tell_differently_is_not_settled(town: Town) -> None:
    world = town(sheets())
    ana, ben, x1, x2, yes = figures_of("T1")
    report(world, "south", "south.csv", table({"T1": (ana + 1, ben, x1, x2, yes), "T2": figures_of("T2")}))
    settled = stated(settled_sheets(world))
    assert settled["T1"].keys() == set(FIELDS) - {"ANA", "mvalid"}
    assert settled["T1"]["BEN"] == ben
    assert ",".join(str(settled["T2"][field]) for field in FIELDS) == line_of(figures_of("T2"))


def test_sheets_that_are_read_as_people_settled_them_are_all_accepted(town: Town) -> None:
    world = town(sheets())
    found, steps = tuned(world, settled_sheets(world))
    assert steps == 8 * TAKES
    assert (found.chosen.accepted, found.chosen.wrong) == (12, 0)
    assert (found.measured.n, found.measured.accepted, found.measured.wrong) == (12, 12, 0)


def test_doubtful_readings_that_are_wrong_make_the_threshold_stricter(town: Town) -> None:
    # A third of the photos is read as one vote more for Ana, with a sum that agrees, and with less of a probability.
    wrong = [written(station, 9, ana=figures_of(station)[0] + 1, sure=0.9) for station in STATIONS]
    world = town([*sheets(), *wrong])
    settled = settled_sheets(world)
    found, _ = tuned(world, settled, target=0.3)
    loosest = found.curve[0]
    assert (loosest.accepted, loosest.wrong) == (8 * TAKES + 8, 8)
    assert (found.chosen.wrong, found.measured.wrong) == (0, 0)
    assert found.chosen.accepted + found.measured.accepted == 8 * TAKES


def test_tuning_keeps_and_changes_nothing(town: Town) -> None:
    world = town(sheets())
    before = list(world.views.records())
    tuned(world, settled_sheets(world))
    assert list(world.views.records()) == before
    assert sum(type(record) is Reading for _, record in before) == 8 * TAKES
