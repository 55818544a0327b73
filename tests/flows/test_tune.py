"""`read --tune`: thresholds from photos of sheets that people have settled; nothing is kept or changed."""

from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest
from ink import ink
from town import FIELDS, FORM, SOURCE, TextReader, figures_of, line_of, memory_world, photo, table, write_town
from two_pages import ONE, TWO, PagedReader, write_two_pages
from two_pages import written as page

from testigo.commands.photos import tuned_lines
from testigo.core.records import Reading
from testigo.errors import BadUsage
from testigo.flows.intake import files_of, intake
from testigo.flows.read import read
from testigo.flows.report import report
from testigo.flows.tune import SettledSheets, settled_sheets, tune
from testigo.ports import PageSeen, Reader, Sight, World
from testigo.stats.agreement import clopper_pearson
from testigo.stats.tuning import Tally, Tuned

STATIONS = tuple(f"T{n}" for n in range(1, 25))
TAKES = 2
ON_PAPER = ("ANA", "BEN", "mvalid")


class InkReader(TextReader):
    """Reads the codes of text photos, and lines `INK field number sure` as what stands in boxes."""

    def read(self, data: bytes, orient: int) -> Sight:
        """See `ports.Reader`."""
        seen = super().read(data, orient)
        lines = [line.split() for line in data.decode().split("\n") if line.startswith("INK ")]
        inked = tuple(ink(field, int(number), float(sure)) for _, field, number, sure in lines)
        return Sight(seen.codes, seen.phash, (PageSeen("sheet", 1, inked, codes=seen.codes),) if inked else ())


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
    code = "[[code]]\nsymbology = \"QRCode\"\npattern = 'TOWN\\|(?P<station>T[1-9][0-9]?)'\n"
    rule = '[[rule]]\ncode = "M"\ntext = "ANA + BEN = mvalid"\n'
    return head + 'photos = "cropped"\n' + code + boxes + rule


def enlarged(folder: Path) -> Path:
    """The election's folder with all of STATIONS."""
    rows = [f"{station},300,{n // 4},Ward {n // 4}" for n, station in enumerate(STATIONS)]
    (folder / "stations.csv").write_text("\n".join(["station,registered,ward,ward_name", *rows, ""]))
    election = folder / "election.toml"
    election.write_text(election.read_text().replace('"T[1-9]"', '"T[1-9][0-9]?"'))
    return folder


def taken(world: World, folder: Path, photos: Sequence[bytes], reader: Reader) -> None:
    """Takes the photos in and reads them."""
    for number, data in enumerate(photos):
        (folder / f"{number:03}.jpg").write_bytes(data)
    files = files_of([folder / f"{number:03}.jpg" for number in range(len(photos))])
    with ThreadPoolExecutor(1) as executor:
        intake(world, files, {}, executor, reader, lambda n: None)
        read(world, executor, reader, lambda n: None)


Town = Callable[..., World]


@pytest.fixture
def town(tmp_path: Path) -> Town:
    """A town with these photos, read; `stated` stations were reported by the source of the north."""

    def made(photos: list[bytes], stated: tuple[str, ...] = STATIONS) -> World:
        folder = enlarged(write_town(tmp_path / "election"))
        (folder / "forms" / "sheet" / "form.toml").write_text(form_by_hand())
        (tmp_path / "home").mkdir()
        world = memory_world(folder, tmp_path / "home")
        taken(world, tmp_path, photos, InkReader())
        report(world, "north", "north.csv", table(stated))
        return world

    return made


@pytest.fixture
def paged(tmp_path: Path) -> Town:
    """The town whose sheets have two pages, with these photos, read; all stations were reported, as ONE and TWO."""

    def made(photos: list[bytes]) -> World:
        folder = enlarged(write_two_pages(tmp_path / "election"))
        columns = "".join(f'{field} = "{field}"\n' for field in ONE | TWO)
        with (folder / "election.toml").open("a") as file:
            file.write(SOURCE.format(id="north") + columns)
        form = folder / "forms" / "sheet" / "form.toml"
        form.write_text(form.read_text().replace("T[1-9])", "T[1-9][0-9]?)"))
        (tmp_path / "home").mkdir()
        world = memory_world(folder, tmp_path / "home")
        taken(world, tmp_path, photos, PagedReader())
        lines = [",".join(map(str, (station, *(ONE | TWO).values()))) for station in STATIONS]
        report(world, "north", "north.csv", "\n".join([",".join(("STATION", *(ONE | TWO))), *lines, ""]).encode())
        return world

    return made


def sheets(sure: float = 0.99) -> list[bytes]:
    return [written(station, take, sure=sure) for station in STATIONS for take in range(TAKES)]


def stated(settled: SettledSheets) -> dict[str, dict[str, int]]:
    """The settled figures by station and field."""
    return {str(station): {str(field): n for field, n in counts.items()} for _, station, counts in settled.photos}


def tuned(world: World, settled: SettledSheets, target: float = 0.5, reader: Reader | None = None) -> tuple[Tuned, int]:
    steps: list[int] = []
    with ThreadPoolExecutor(2) as executor:
        found = tune(world, settled, executor, reader or InkReader(), target, steps.append)
    return found, sum(steps)


def test_an_election_without_handwriting_has_nothing_to_tune(tmp_path: Path) -> None:
    (tmp_path / "home").mkdir()
    world = memory_world(write_town(tmp_path / "election"), tmp_path / "home")
    with pytest.raises(BadUsage, match="this election has none"):
        settled_sheets(world)


def test_settled_are_the_photos_whose_stations_were_reported(town: Town) -> None:
    settled = settled_sheets(town(sheets(), STATIONS[:20]))
    assert [digest for digest, _, _ in settled.photos] == sorted({digest for digest, _, _ in settled.photos})
    assert len(settled.photos) == 20 * TAKES
    assert settled.stations == set(STATIONS[:20])
    for station, counts in stated(settled).items():
        assert (counts["ANA"], counts["BEN"]) == figures_of(station)[:2]


def test_many_photos_of_too_few_stations_are_refused_with_both_numbers(town: Town) -> None:
    world = town(sheets(), STATIONS[:19])
    with pytest.raises(BadUsage, match=r"at 20 stations or more .* came 38 photos of 19 stations: read the photos and"):
        settled_sheets(world)


def test_photos_without_handwriting_are_not_settled_sheets(town: Town) -> None:
    only_codes = [photo(f"TOWN|{station}", taken="no ink") for station in STATIONS]
    assert len(settled_sheets(town([*sheets(), *only_codes])).photos) == 24 * TAKES


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
    assert steps == 24 * TAKES
    assert found.chosen.stations == found.measured.stations == Tally(12, 12, 0)
    assert found.chosen.photos == found.measured.photos == Tally(12 * TAKES, 12 * TAKES, 0)


def test_two_photos_that_misread_one_sheet_alike_are_one_error(town: Town) -> None:
    # The sum agrees, as where a writer's sevens look like ones in every photo.
    alike = [written("T1", take, ana=figures_of("T1")[0] + 1) for take in range(TAKES)]
    world = town([*sheets()[TAKES:], *alike])
    found, _ = tuned(world, settled_sheets(world))
    loosest = found.curve[0]
    assert (loosest.stations, loosest.photos) == (Tally(24, 24, 1), Tally(24 * TAKES, 24 * TAKES, TAKES))
    assert (loosest.low, loosest.high) == clopper_pearson(1, 24)


def test_doubtful_readings_that_are_wrong_make_the_threshold_stricter(town: Town) -> None:
    # A third photo of each sheet is read as one vote more for Ana, with a sum that agrees, and with less of a
    # probability: a station with one wrong photo is wrong.
    wrong = [written(station, 9, ana=figures_of(station)[0] + 1, sure=0.9) for station in STATIONS]
    world = town([*sheets(), *wrong])
    settled = settled_sheets(world)
    found, _ = tuned(world, settled, target=0.3)
    loosest = found.curve[0]
    assert (loosest.stations, loosest.photos) == (Tally(24, 24, 24), Tally(24 * TAKES + 24, 24 * TAKES + 24, 24))
    for half in (found.chosen, found.measured):
        assert (half.stations, half.photos) == (Tally(12, 12, 0), Tally(12 * TAKES + 12, 12 * TAKES, 0))


def test_pages_in_separate_photos_are_weighed_as_one_sheet(paged: Town) -> None:
    world = paged([page(station, number, dict(said)) for station in STATIONS for number, said in ((1, ONE), (2, TWO))])
    found, steps = tuned(world, settled_sheets(world), reader=PagedReader())
    assert steps == 48
    assert found.curve[0].stations == Tally(24, 24, 0)
    assert found.curve[0].photos == Tally(48, 48, 0)


def test_a_sheet_that_is_wrong_on_one_page_is_one_wrong_station_and_a_lone_page_is_never_accepted(paged: Town) -> None:
    wrong = [page("T1", 1, {"ANA": 21, "BEN": 30}), page("T1", 2, {"null": 1, "cast": 52})]
    alone = [page("T2", 1, dict(ONE))]
    twice = [page("T3", 1, dict(ONE), taken="again")]
    others = [page(station, n, dict(said)) for station in STATIONS[2:] for n, said in ((1, ONE), (2, TWO))]
    world = paged([*wrong, *alone, *twice, *others])
    found, _ = tuned(world, settled_sheets(world), reader=PagedReader())
    assert found.curve[0].stations == Tally(24, 23, 1)
    assert found.curve[0].photos == Tally(48, 47, 2)


def test_what_is_told_counts_stations_and_photos(town: Town) -> None:
    alike = [written("T1", take, ana=figures_of("T1")[0] + 1) for take in range(TAKES)]
    world = town([*sheets()[TAKES:], *alike])
    found, _ = tuned(world, settled_sheets(world))
    head, loosest, *_ = lines = list(tuned_lines(found, 1000))
    assert head.split()[:6] == ["posterior", "stations", "accepted", "wrong", "photos", "accepted"]
    assert loosest.split()[:9] == ["0.5000", "24", "of", "24", "(100.0%)", "1", "48", "of", "48"]
    assert any(line.startswith("on the other half: 12 of 12 (100.0%) stations accepted") for line in lines)
    assert "so few stations do not show that at most 1 in 1,000 is wrong" in "\n".join(lines)


def test_tuning_keeps_and_changes_nothing(town: Town) -> None:
    world = town(sheets())
    before = list(world.views.records())
    tuned(world, settled_sheets(world))
    assert list(world.views.records()) == before
    assert sum(type(record) is Reading for _, record in before) == 24 * TAKES
