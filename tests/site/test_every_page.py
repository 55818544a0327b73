"""What must hold on every page of the site."""

import itertools
import posixpath
import re
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from html_read import Page, read_page

from testigo.core.ids import StationCode
from testigo.core.register import Station
from testigo.site import pages as pages_module
from testigo.site.pages import site_files
from testigo.site.values import Published

TEMPLATES = Path(pages_module.__file__).parent / "templates"

FORBIDDEN = ("winner", "fraud", "stolen", "anomaly", "anomalies", "ground truth")


@pytest.fixture(scope="session")
def pages(files: dict[str, bytes], arabic_files: dict[str, bytes], spanish_files: dict[str, bytes]) -> dict[str, Page]:
    """All pages of the three sites, those of the elections in Arabic and Spanish under `ar/` and `es/`."""
    every = {
        **files,
        **{f"ar/{path}": data for path, data in arabic_files.items()},
        **{f"es/{path}": data for path, data in spanish_files.items()},
    }
    return {path: read_page(data) for path, data in every.items() if path.endswith(".html")}


def _links(path: str, page: Page) -> Iterator[tuple[str, str]]:
    for name in ("href", "src"):
        for link in page.attributes(name):
            target, _, anchor = link.partition("#")
            yield posixpath.normpath(posixpath.join(posixpath.dirname(path), target)) if target else path, anchor


def test_every_relative_link_leads_to_a_file_of_the_site_or_of_the_bundle(
    files: dict[str, bytes], thumbnails: dict[str, str]
) -> None:
    read = {path: read_page(data) for path, data in files.items() if path.endswith(".html")}
    there = files.keys() | set(thumbnails.values())
    ids = {path: set(page.attributes("id")) for path, page in read.items()}
    broken = [
        (path, target, anchor)
        for path, page in read.items()
        for target, anchor in _links(path, page)
        if not target.startswith("bundle/") and (target not in there or (anchor and anchor not in ids[target]))
    ]
    assert broken == []


def test_pages_of_several_contests_and_many_missing_stations_link_as_well(make_flat: Callable[..., Published]) -> None:
    many = {StationCode(f"M{n}"): Station(StationCode(f"M{n}"), (str(n % 2 + 1),), None) for n in range(600)}
    second = """
[[contest]]
id = "question"
name = "Question"
form = "sheet"
[[contest.choice]]
id = "yes"
name = "Yes"
colour = "#1b6ca8"
"""
    files = dict(site_files(make_flat('levels = ["state"]', more=many, second_contest=second)))
    read = {path: read_page(data) for path, data in files.items() if path.endswith(".html")}
    assert {"missing/1.html", "missing/2.html", "a/1/index.html"} <= read.keys()
    assert "Nothing was accepted for this contest." in read["s/S1.html"].text
    for path, page in read.items():
        ids = page.attributes("id")
        assert len(ids) == len(set(ids)), path
        assert [t for t, _ in _links(path, page) if t not in files and not t.startswith("bundle/")] == [], path


def test_every_page_can_be_reached_from_the_home_page(files: dict[str, bytes]) -> None:
    read = {path: read_page(data) for path, data in files.items() if path.endswith(".html")}
    reached, ahead = {"index.html"}, ["index.html"]
    while ahead:
        for target, _ in _links(here := ahead.pop(), read[here]):
            if target in read and target not in reached:
                reached.add(target)
                ahead.append(target)
    assert reached == read.keys()


def test_no_page_asks_another_host_or_runs_a_script_or_styles_in_place(pages: dict[str, Page]) -> None:
    for path, page in pages.items():
        links = page.attributes("href") + page.attributes("src")
        assert [link for link in links if re.match(r"[a-z]+:|/", link)] == [], path
        assert page.count("script") == page.count("style") == 0, path
        assert [name for _, attributes in page.tags for name in attributes if name == "style" or name[:2] == "on"] == []
        policy = [a["content"] for tag, a in page.tags if a.get("http-equiv") == "Content-Security-Policy"]
        assert len(policy) == 1, path
        assert policy[0].startswith("default-src 'self'; script-src 'none'"), path


def test_every_page_has_its_language_a_title_one_heading_and_a_way_past_the_menu(pages: dict[str, Page]) -> None:
    for path, page in pages.items():
        name = posixpath.basename(path)
        spanish = name == "assessment.es.html" or (path.startswith("es/") and name != "assessment.en.html")
        language = {"lang": "es" if spanish else "en", "dir": "ltr"}
        assert [attributes for tag, attributes in page.tags if tag == "html"] == [language], path
        names = [tag for tag, _ in page.tags]
        # Pictures have titles of their own.
        titles = names[: names.index("body")].count("title")
        assert (page.count("h1"), titles, page.count("main")) == (1, 1, 1), path
        assert page.tags[[tag for tag, _ in page.tags].index("body") + 1] == ("a", {"class": "skip", "href": "#main"})
        ids = page.attributes("id")
        assert len(ids) == len(set(ids)), path


def test_every_page_says_in_one_sentence_what_it_is_in_its_language(
    files: dict[str, bytes], spanish_files: dict[str, bytes]
) -> None:
    said = {"en": ", counted from its tally sheets.", "es": ": cómputo a partir de sus actas."}
    for path, data in (*files.items(), *spanish_files.items()):
        if path.endswith(".html"):
            (language,) = re.findall(r'<html lang="(\w+)', text := data.decode())
            told = re.findall(r'<meta name="description" content="([^"]+)">', text)
            assert [said[language] in one for one in told] == [True], path


def test_every_element_is_closed_where_it_should_be(pages: dict[str, Page]) -> None:
    assert {path: (p.open_tags, p.wrongly_closed) for path, p in pages.items() if p.open_tags or p.wrongly_closed} == {}


def test_headings_go_down_one_step_at_a_time(pages: dict[str, Page]) -> None:
    for path, page in pages.items():
        steps = [int(tag[1]) for tag, _ in page.headings]
        assert all(b - a <= 1 for a, b in itertools.pairwise(steps)), path


def test_tables_that_may_be_wide_scroll_in_a_region_that_has_a_name_and_takes_the_focus(pages: dict[str, Page]) -> None:
    for page in pages.values():
        regions = [attributes for tag, attributes in page.tags if attributes.get("class") == "scroll"]
        assert len(regions) == page.count("table")
        for region in regions:
            assert (region["role"], region["tabindex"]) == ("region", "0")
            assert region["aria-label"]


def test_no_page_uses_a_word_that_takes_a_side(files: dict[str, bytes], arabic_files: dict[str, bytes]) -> None:
    found = [
        (path, word)
        for path, data in [*files.items(), *arabic_files.items()]
        for word in FORBIDDEN
        if word in data.decode().casefold()
    ]
    assert found == []


def test_names_and_texts_from_outside_are_escaped(files: dict[str, bytes]) -> None:
    everything = b"".join(files.values())
    assert b"<script>" not in everything
    assert b"<b>2031" not in everything
    assert b"&lt;script&gt;alert(1)&lt;/script&gt;" in files["index.html"]
    assert b"&lt;script&gt;alert(2)&lt;/script&gt;" in files["findings.html"]
    assert b"99 &lt;i&gt;" in files["findings.html"]
    assert b"Cy &amp; Co" in files["index.html"]


def test_the_same_publication_gives_the_same_bytes_in_the_same_order(
    published: Published, thumbnails: dict[str, str], files: dict[str, bytes]
) -> None:
    assert list(site_files(published, thumbnails=thumbnails)) == list(files.items())


def test_no_two_files_share_a_path_and_none_leaves_the_root(published: Published) -> None:
    paths = [path for path, _ in site_files(published)]
    assert len(paths) == len(set(paths))
    assert [path for path in paths if path.startswith("/") or ".." in path.split("/")] == []


@pytest.mark.parametrize("template", sorted(TEMPLATES.glob("*.html")), ids=lambda path: path.name)
def test_every_visible_word_of_a_template_is_marked_for_translation(template: Path) -> None:
    source = re.sub(r"<(pre|style).*?</\1>", "", template.read_text(), flags=re.DOTALL)
    marked = re.findall(r'(?:aria-label|alt)="(?!\{\{ _)[^"]*"', source)
    bare = re.sub(r"\{%.*?%\}|\{\{.*?\}\}", "", source, flags=re.DOTALL)
    assert marked == []
    assert re.findall(r"[A-Za-z]{2,}", re.sub(r"<[^>]*>", "", bare)) == []


def test_pages_stay_small(files: dict[str, bytes]) -> None:
    assert max(len(data) for path, data in files.items() if path.startswith("s/")) <= 7_000
    assert len(files["index.html"]) <= 30_000
    assert len(files["site.css"]) <= 8_000
