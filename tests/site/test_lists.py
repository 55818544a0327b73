"""Lists leave nothing out: missing stations, findings, rows set aside, sources, how to check."""

import re
from collections import Counter
from collections.abc import Callable

from html_read import read_page

from testigo.core.ids import AreaId, StationCode
from testigo.core.register import Station
from testigo.site.edition import edition_of
from testigo.site.missing import missing_pages
from testigo.site.values import Published


def test_missing_stations_are_listed_by_area(files: dict[str, bytes]) -> None:
    text = read_page(files["missing.html"]).text
    assert "The register lists all 60 stations. Nothing is held about 3 of them." in text
    assert [code for code in ("111.04", "111.05", "221.04") if code in text] == ["111.04", "111.05", "221.04"]
    assert "111.01" not in text


def test_where_the_register_is_not_complete_it_is_said_how_many_nobody_can_place(
    arabic_files: dict[str, bytes],
) -> None:
    assert (
        "30,026 stations are expected in the nation; 60 are known by code; it is not known where the other 29,966 are. "
        "Of those that are known, nothing is held about 3." in read_page(arabic_files["missing.html"]).text
    )


def test_many_missing_stations_are_split_by_the_largest_areas(make_flat: Callable[..., Published]) -> None:
    many = {StationCode(f"M{n}"): Station(StationCode(f"M{n}"), (str(n % 2 + 1),), None) for n in range(600)}
    published = make_flat('levels = ["state"]', more=many)
    first, *parts = missing_pages(edition_of(published, {}))
    assert [(part.page, part.total) for part in parts] == [("missing/1.html", "300"), ("missing/2.html", "300")]
    assert first.parts == (("One", "missing/1.html", "300"), ("Two", "missing/2.html", "300"))
    assert first.groups == ()
    assert {code for part in parts for _, codes in part.groups for code in codes} == set(many)
    assert AreaId("2") in published.register.names


def test_findings_name_their_stations_and_loose_photos_and_the_rows_set_aside(files: dict[str, bytes]) -> None:
    page = read_page(files["findings.html"])
    overview = {row[0].split(":")[0].split()[-1]: row[1] for row in page.tables[0][1:]}
    assert {code: count for code, count in overview.items() if count != "0"} == {
        "ID-CODES": "1", "CO-UNREAD": "1", "SU-PARTS": "3", "CP-SOURCES": "1", "CP-CORRECTED": "1"
    }  # fmt: skip
    assert "the code names 999" in page.text
    assert "Newspaper: unknown-station 1 Line 17: 99 <i>" in page.text
    assert "Newspaper: not-a-number 1 Line 1803: x1" in page.text


def test_sources_tell_their_licence_and_what_was_taken_and_set_aside(
    published: Published, files: dict[str, bytes]
) -> None:
    page = read_page(files["sources.html"])
    assert "21 photos are held; 18 of them gave figures of a station." in page.text
    data = files["sources.html"].decode()
    lists = [re.findall(r"<dd>(.*?)</dd>", part) for part in data.split('<dl class="plain">')[1:]]
    kind = "a table that reports figures of stations"
    which = '(<a href="findings.html#aside">which</a>)'
    assert lists == [
        [kind, "CC BY 4.0", "2031-05-05", "56", "0"],
        [kind, "public domain", "2031-05-06", "0", f"not-a-number: 1; unknown-station: 1 {which}"],
    ]
    accepted = Counter((result.basis, result.status) for _, result in published.results.values())
    assert page.tables[0][1:] == [
        [words, "President", str(accepted[basis, "counted"]), str(accepted[basis, "quarantined"])]
        for basis, words in (
            ("photos", "Read from a photo of the sheet."),
            ("party", "Taken from a table: Party's table."),
        )
    ]


def test_the_check_page_gives_the_key_and_the_checkpoint_as_they_are(
    published: Published, files: dict[str, bytes]
) -> None:
    page = files["check.html"].decode().replace("&#43;", "+")
    assert published.vkey in page
    assert published.checkpoint.decode() in page
    assert "python3 verify_alone.py BUNDLE --policy policy.txt" in page


def test_downloads_list_the_tables_of_the_bundle(files: dict[str, bytes]) -> None:
    links = read_page(files["downloads.html"]).attributes("href")
    assert [link for link in links if link.startswith("bundle/data/tables/")] == [
        f"bundle/data/tables/{name}"
        for name in ("stations.csv", "areas.csv", "reports.csv", "photos.csv", "findings.csv", "README.md")
    ]  # fmt: skip
