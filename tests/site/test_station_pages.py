"""A station's page shows what was accepted, everything else beside it, and the proof."""

from html_read import read_page

from testigo.core.ids import Digest, StationCode
from testigo.site.paths import station_page
from testigo.site.stations import leaf_number
from testigo.site.values import Published


def test_every_station_that_something_is_held_about_has_a_page(published: Published, files: dict[str, bytes]) -> None:
    stations = {path for path in files if path.startswith("s/")}
    assert stations == {station_page(code) for code in published.dossiers}


def test_evidence_stands_side_by_side_and_a_cell_that_differs_says_so_in_words(files: dict[str, bytes]) -> None:
    table = read_page(files["s/112.02.html"]).tables[0]
    assert table[0] == ["Figure", "In quarantine", "Party's table"]
    ana = int(table[1][1])
    assert table[1] == ["Ana Núñez", str(ana), f"{ana - 1} differs"]
    assert [row[1] == row[2] for row in table[2:]] == [True] * 5


def test_the_basis_and_the_findings_are_told_in_words(files: dict[str, bytes]) -> None:
    text = read_page(files["s/112.02.html"]).text
    assert "Read from a photo of the sheet." in text
    assert "The parts do not add up to the total SU-PARTS" in text
    assert "(holds the station in quarantine)" in text
    assert "Taken from a table: Party's table." in read_page(files["s/111.02.html"]).text


def test_a_station_without_figures_says_that_nothing_was_accepted(files: dict[str, bytes]) -> None:
    text = read_page(files["s/112.01.html"]).text
    assert "? no figures" in text
    assert "Nothing was accepted for this contest." in text
    assert "No result is recorded for this station yet." in text


def test_unknown_registered_voters_are_unknown(files: dict[str, bytes]) -> None:
    assert "Registered voters: unknown" in read_page(files["s/112.03.html"]).text
    assert "Registered voters: 600" in read_page(files["s/112.02.html"]).text


def test_a_photo_is_shown_or_the_page_says_why_not(
    published: Published, files: dict[str, bytes], thumbnails: dict[Digest, str]
) -> None:
    seen = set()
    for code, dossier in published.dossiers.items():
        page = read_page(files[station_page(code)])
        for photo in dossier.photos:
            links = page.attributes("href")
            rendition = published.renditions.get(photo.photo)
            if photo.photo in published.withheld:
                assert "Withheld: privacy." in page.text
                seen.add("withheld")
            elif rendition is None:
                assert "Held, not published: personal data may stand where it could not be covered." in page.text
                seen.add("private")
            else:
                sha = rendition.sha256
                assert links.count(f"../bundle/data/objects/{sha[:2]}/{sha[2:4]}/{sha}") == 2
                assert f"../{thumbnails[photo.photo]}" in page.attributes("src")
                assert "Full public copy (JPEG, 121 kB)" in page.text
                covered = sha != photo.photo
                assert (photo.photo in page.text) == covered
                seen.add("covered" if covered else "shown")
    assert seen == {"withheld", "private", "shown", "covered"}


def test_a_page_says_that_personal_data_is_covered_and_names_the_photo_itself(
    published: Published, files: dict[str, bytes]
) -> None:
    told = "Parts that show personal data, and everything beside the sheet, are covered in this copy."
    for code, dossier in published.dossiers.items():
        copies = [published.renditions[photo.photo] for photo in dossier.photos if photo.photo in published.renditions]
        covered = [copy for copy in copies if copy.mask != "none" and copy.photo not in published.withheld]
        text = read_page(files[station_page(code)]).text
        assert text.count(told) == len(covered)
        assert all(copy.photo in text for copy in covered)


def test_the_proof_stands_on_the_page_as_it_is_with_the_number_of_its_record(
    published: Published, files: dict[str, bytes]
) -> None:
    code = StationCode("111.01")
    proof = published.proof_of(published.results[code, "president"][0]).decode()
    page = files[station_page(code)].decode()
    assert f'<pre dir="ltr" tabindex="0">{proof}</pre>' in page.replace("&#43;", "+")
    assert f"This result is record {leaf_number(proof)} of the published log." in page


def test_a_station_links_up_to_its_areas(files: dict[str, bytes]) -> None:
    page = read_page(files["s/112.02.html"])
    assert page.attributes("href")[12:16] == ["../index.html", "../a/1/index.html", "../a/1/1/index.html",
                                              "../a/1/1/index.html#g-2"]  # fmt: skip


def test_leaf_numbers_come_from_the_index_line() -> None:
    assert leaf_number("c2sp.org/tlog-proof@v1\nextra aW5kZXggOQ==\nindex 25072\nAAAA\n\nlog\n3\n") == 25072
