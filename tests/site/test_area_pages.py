"""The numbers of the home page and of areas are those of the tabulation, and its unknowns stay unknown."""

from collections import Counter
from collections.abc import Callable

from html_read import read_page

from testigo.core.ids import AreaId
from testigo.core.tabulation import standing_of
from testigo.site.pages import site_files
from testigo.site.values import Published


def _five(data: bytes) -> list[str]:
    text = data.decode()
    start = text.index('<dl class="five">')
    return [part.split("</dd>")[0] for part in text[start : text.index("</dl>", start)].split("<dd>")[1:]]


def test_the_home_page_adds_up_the_counted_stations_and_tells_what_quarantine_would_add(
    published: Published, files: dict[str, bytes]
) -> None:
    counted, both = Counter[str](), Counter[str]()
    for _, result in published.results.values():
        both.update(result.counts)
        if result.status == "counted":
            counted.update(result.counts)
    names = {choice.id: choice.name for choice in published.election.contests[0].choices}
    votes, all_votes = (sum(total[choice] for choice in names) for total in (counted, both))
    percent = {c: f"{counted[c] * 100 / votes:.2f}%" for c in names}
    all_percent = {c: f"{both[c] * 100 / all_votes:.2f}%" for c in names}
    rows = [
        [name, f"{counted[c]:,} {percent[c]}", f"{both[c]:,} {all_percent[c]}"]
        for c, name in sorted(names.items(), key=lambda item: -counted[item[0]])
    ]
    assert read_page(files["index.html"]).tables[0] == [
        ["Choice", "Votes and share", "With quarantine"],
        *rows,
        ["All choices", f"{votes:,}", f"{all_votes:,}"],
        ["Valid votes, as stated", f"{counted['valid']:,}", f"{both['valid']:,}"],
        ["Null votes (null)", f"{counted['null']:,}", f"{both['null']:,}"],
        ["Ballots cast, as stated", f"{counted['cast']:,}", f"{both['cast']:,}"],
    ]


def test_five_numbers_of_stations_stand_beside_every_total(files: dict[str, bytes]) -> None:
    assert _five(files["index.html"]) == ["60", "57", "56", "53", "3"]
    assert _five(files["a/1/index.html"]) == ["20", "18", "17", "14", "3"]
    assert _five(files["a/1/1/index.html"]) == ["10", "8", "7", "6", "1"]


def test_a_number_of_stations_that_nobody_knows_is_unknown_and_not_zero(arabic_files: dict[str, bytes]) -> None:
    assert _five(arabic_files["index.html"])[0] == "30,026"
    assert _five(arabic_files["a/1/index.html"])[0] == "unknown"
    states = read_page(arabic_files["index.html"]).tables[2]
    assert [row[-1] for row in states[1:]] == ["20 of unknown", "14 of unknown", "19 of unknown"]


def test_quarantine_is_told_against_the_lead(published: Published, files: dict[str, bytes]) -> None:
    contest = published.election.contests[0]
    totals = published.tabulation[contest.id, AreaId("")]
    counted, both = standing_of(contest, totals.counts), standing_of(contest, totals.with_quarantine)
    text = read_page(files["index.html"]).text
    assert (
        f"By their figures as they stand they hold {both.votes - counted.votes:,} votes; "
        f"the lead is {counted.lead:,}. That is enough to change who leads." in text
    )
    third = read_page(files["a/3/index.html"]).text
    assert "quarantine:" not in third


def test_equal_votes_have_no_leader(published: Published, files: dict[str, bytes]) -> None:
    assert "No choice leads: the first have the same number of votes." in read_page(files["a/2/index.html"]).text
    row = next(row for row in read_page(files["index.html"]).tables[2] if "script" in row[0])
    assert row[1:3] == ["nobody: same votes", ""]


def test_announced_figures_are_compared_only_where_something_follows(
    published: Published, files: dict[str, bytes]
) -> None:
    ana, bo, cy = (published.tabulation["president", AreaId("")].counts[c.id]
                   for c in published.election.contests[0].choices)  # fmt: skip
    assert read_page(files["index.html"]).tables[1] == [
        ["Choice", "Documented", "Announced", "Difference"],
        ["Ana Núñez", f"{ana:,}", "100", f"+{ana - 100:,}"],
        [f"Documented exceeds announced by {ana - 100:,}: both cannot be true of the same ballots."],
        ["بو الأول", f"{bo:,}", "999,999", f"−{999_999 - bo:,}"],
        ["Cannot be compared: stations are missing."],
        ["others", f"{cy:,}", "5", f"+{cy - 5:,}"],
        [f"Documented exceeds announced by {cy - 5:,}: both cannot be true of the same ballots."],
    ]


def test_the_smallest_areas_are_sections_of_their_parents_page_with_all_their_stations(
    published: Published, files: dict[str, bytes]
) -> None:
    page = read_page(files["a/1/1/index.html"])
    table = page.tables[1]
    assert [row[0] for row in table if len(row) == 1] == ["School 0", "School 1"]
    stations = {row[0]: row[1:] for row in table[1:] if len(row) > 1}
    assert stations.keys() == {code for code, s in published.register.stations.items() if s.areas[:2] == ("1", "1")}
    accepted = published.results["111.01", "president"][1].counts  # type: ignore[index]
    assert stations["111.01"] == ["✓ counted", *(str(accepted[c]) for c in ("ana", "bo", "cy"))]  # type: ignore[index]
    assert stations["111.04"] == ["– nothing held", ""]
    assert stations["112.01"] == ["? no figures", ""]
    assert stations["112.02"][0] == "‖ in quarantine"
    assert "g-1" in page.attributes("id")


def test_areas_led_count_every_area_with_votes_once(published: Published, files: dict[str, bytes]) -> None:
    table = read_page(files["index.html"]).tables[3]
    assert table[0] == ["Choice", "State", "District", "Centre"]
    assert [sum(int(row[n]) for row in table[1:]) for n in (1, 2, 3)] == [3, 6, 12]


def test_an_election_with_one_level_of_areas_lists_stations_on_their_pages(
    make_flat: Callable[[str], Published],
) -> None:
    files = dict(site_files(make_flat('levels = ["state"]')))
    assert "a/1/index.html" in files
    rows = read_page(files["a/1/index.html"]).tables[1][1:]
    assert [row[0] for row in rows] == ["S1", "S2"]
    assert 'href="../../s/S1.html"' in files["a/1/index.html"].decode()
