"""The words of the pages: the catalogues are complete, and a page says truly in which language its words are."""

import html
import re
from collections.abc import Callable, Iterator
from dataclasses import replace
from pathlib import Path

import pytest
from babel.messages.catalog import Catalog
from html_read import read_page
from words_update import LOCALE, brought_up_to_date, marked_words, read_catalogue, word_of

from testigo.assessment.claims import Assessment
from testigo.site.pages import site_files
from testigo.site.paths import PEOPLE_LANGUAGES
from testigo.site.press import own_language
from testigo.site.seen import told_seen
from testigo.site.values import Published
from testigo.site.words import words_of

CATALOGUES = sorted(LOCALE.glob("*.po"))
LONG = 12
"""Shorter words may well be the same in two languages."""

FORBIDDEN = {
    "ar": ("تزوير", "فائز", "سرقة", "مزور", "تلاعب", "شاذ"),
    "es": (
        "fraud", "ganador", "vencedor", "triunf", "derrota", "robo", "robad", "anomalía", "anómal", "amañ", "trampa",
        "irregular", "ilegítim", "usurp", "adulterad", "manipula",
    ),
}  # fmt: skip
"""Beginnings of words that take a side, by language; those of English stand in test_every_page.py."""

ENGLISH = re.compile(
    r"\b(?:the|of|and|with|votes|station|stations|sheet|sheets|is|are|not|which|from)\b", re.IGNORECASE
)
EVERY_CATALOGUE = pytest.mark.parametrize("path", CATALOGUES, ids=lambda path: path.stem)


def _pairs(catalogue: Catalog) -> Iterator[tuple[str, str]]:
    """Every text with its translation; where the number decides, the text for many with each of its translations."""
    for message in catalogue:
        told = message.string
        if not message.id:
            continue
        english = message.id if isinstance(message.id, str) else message.id[1]
        for text in [told] if isinstance(told, str) else told or [""]:
            yield english, str(text or "")


def _gaps(text: str) -> list[str]:
    return sorted(re.findall(r"%\(\w+\)s", text))


def test_every_language_but_that_of_the_code_has_a_catalogue() -> None:
    assert {path.stem for path in CATALOGUES} == {language for language, _ in PEOPLE_LANGUAGES} - {"en"}


@EVERY_CATALOGUE
def test_a_catalogue_has_every_marked_word_and_no_other(path: Path) -> None:
    catalogue = read_catalogue(path)
    assert {word_of(message.id, message.context) for message in catalogue if message.id} == marked_words(path.stem)
    assert (catalogue.obsolete, [message.id for message in catalogue if message.fuzzy and message.id]) == ({}, [])
    assert [english for english, told in _pairs(catalogue) if not told.strip()] == []


@EVERY_CATALOGUE
def test_a_catalogue_is_written_the_way_the_program_writes_it(path: Path) -> None:
    assert path.read_bytes() == brought_up_to_date(path)


@EVERY_CATALOGUE
def test_a_translation_has_the_gaps_of_its_text_and_nothing_that_a_page_would_take_for_markup(path: Path) -> None:
    catalogue = read_catalogue(path)
    pairs = list(_pairs(catalogue))
    one = {message.id[1]: message.id[0] for message in catalogue if isinstance(message.id, tuple)}
    wrong = [
        (english, told)
        for english, told in pairs
        if _gaps(told) not in (_gaps(english), _gaps(one.get(english, english)))
    ]
    assert wrong == []
    assert [told for english, told in pairs if english.count("%%") != told.count("%%")] == []
    assert [told for _, told in pairs if re.search(r'[<>&"{}]', told)] == []


@EVERY_CATALOGUE
def test_a_translation_begins_and_ends_as_its_text_does(path: Path) -> None:
    """The same sign at the end, and a capital where the text has one: sentences stay sentences, cells stay cells."""
    wrong = [
        (english, told)
        for english, told in _pairs(read_catalogue(path))
        if told and (english[-1] in ".:?;" or told[-1] in ".:?؟;") and english[-1] != told[-1].replace("؟", "?")
    ]
    assert wrong == []


def test_a_word_that_takes_a_side_is_in_no_catalogue_and_on_no_page(spanish_files: dict[str, bytes]) -> None:
    for path in CATALOGUES:
        sides = re.compile(rf"\b(?:{'|'.join(FORBIDDEN[path.stem])})", re.IGNORECASE)
        assert [told for _, told in _pairs(read_catalogue(path)) if sides.search(told)] == []
        assert [name for name, data in spanish_files.items() if sides.search(data.decode())] == []


def _pages_in_spanish(files: dict[str, bytes]) -> dict[str, str]:
    return {
        path: html.unescape(data.decode())
        for path, data in files.items()
        if path.endswith(".html") and path != "assessment.en.html"
    }


def test_a_spanish_election_has_no_page_with_an_english_text(spanish_files: dict[str, bytes]) -> None:
    catalogue = read_catalogue(LOCALE / "es.po")
    english = {
        part.strip()
        for text, told in _pairs(catalogue)
        if text != told
        for part in re.split(r"%\(\w+\)s", text)
        if len(part.strip()) > LONG
    }
    pages = _pages_in_spanish(spanish_files)
    assert len(pages) > 60
    assert [(path, text) for path, page in pages.items() for text in english if text in page] == []


def test_a_spanish_page_has_no_english_words_but_those_of_names_sources_and_commands(
    spanish_files: dict[str, bytes],
) -> None:
    for path, page in _pages_in_spanish(spanish_files).items():
        own = re.sub(r"<(pre|code|bdi|svg|title)\b.*?</\1>|<[^>]*>", " ", page, flags=re.DOTALL)
        assert ENGLISH.findall(own) == [], path


def test_a_spanish_page_tells_its_figures_findings_and_levels_in_spanish(spanish_files: dict[str, bytes]) -> None:
    home = read_page(spanish_files["index.html"])
    assert home.tables[0][0] == ["Opción", "Votos y porcentaje", "Con cuarentena"]
    assert "En cuarentena" not in home.tables[0][0]
    assert "Por estado" in home.text
    station = read_page(spanish_files["s/112.02.html"]).text
    assert "Las partes no suman el total SU-PARTS" in station
    assert "(retiene la mesa en cuarentena)" in station
    assert re.search(r"Vio: opciones y valid: [0-9]+ y [0-9]+", station)
    assert "el código nombra 999" in read_page(spanish_files["findings.html"]).text


def test_numbers_are_written_as_the_words_of_the_page_are(
    spanish_files: dict[str, bytes], arabic_files: dict[str, bytes]
) -> None:
    assert "30.026" in read_page(spanish_files["index.html"]).text
    assert "30,026" in read_page(arabic_files["index.html"]).text
    assert "4,096" in read_page(spanish_files["assessment.en.html"]).text
    assert "4.096" in read_page(spanish_files["assessment.es.html"]).text


def test_an_election_without_words_in_its_language_has_english_pages_that_say_so_and_names_that_are_its_own(
    arabic_files: dict[str, bytes],
) -> None:
    for path, data in arabic_files.items():
        if not path.endswith(".html") or path == "assessment.es.html":
            continue
        page = data.decode()
        assert '<html lang="en" dir="ltr">' in page, path
        own = [text for attribute, text in re.findall(r'<bdi( lang="ar")?>([^<]*)</bdi>', page) if attribute]
        assert any(text.startswith("Example election") for text in own), path
        arabic = re.findall(r"<bdi([^>]*)>[^<]*[\u0600-\u06ff][^<]*</bdi>", page)
        assert set(arabic) <= {' lang="ar"'}, path
    assert "ولاية الشمال" in arabic_files["index.html"].decode()


def test_names_carry_a_language_only_where_it_is_not_that_of_the_page(files: dict[str, bytes]) -> None:
    assert [own_language(*pair) for pair in (("en", "en"), ("es_VE", "es"), ("ar-LY", "en"), ("pt_BR", "en"))] == [
        "", "", ' lang="ar-LY"', ' lang="pt-BR"'
    ]  # fmt: skip
    assert b"<bdi lang=" not in files["index.html"]


@pytest.mark.parametrize(
    ("language", "words"), [("es", "es"), ("es-VE", "es"), ("ES_bo", "es"), ("en", "en"), ("ar", "en"), ("xx", "en")]
)
def test_words_are_those_of_the_language_or_english(language: str, words: str) -> None:
    assert words_of(language).language == words
    assert words_of(language).gettext("Findings") == {"es": "Hallazgos", "en": "Findings"}[words]
    assert words_of(language).gettext("") == ""


def test_the_number_decides_the_form_of_a_text() -> None:
    one, many = "%(n)s decimal", "%(n)s decimals"
    assert [words_of("es").ngettext(one, many, n) for n in (0, 1, 2)] == [
        "%(n)s decimales", "%(n)s decimal", "%(n)s decimales"
    ]  # fmt: skip


def test_what_checks_saw_is_told_in_the_words_of_the_page_or_left_as_it_is() -> None:
    spanish = words_of("es")
    saw = "party against paper: EG 10 and 11, NM 2 and 3 and 5 more; party against photo: EG 10 and 12"
    assert told_seen("CP-SOURCES", saw, spanish) == (
        "party frente a paper: EG 10 y 11, NM 2 y 3 y 5 más; party frente a photo: EG 10 y 12"
    )
    assert told_seen("CP-SOURCES", saw, words_of("en")) == saw
    assert told_seen("SU-FORM", "sum: a + b = c: 3 = 4", spanish) == "sum: a + b = c: 3 = 4"


def test_every_finding_of_a_spanish_election_is_told_in_spanish(make_published: Callable[..., Published]) -> None:
    published = make_published("es")
    spanish = words_of("es")
    found = [f for outcomes in published.outcomes.values() for outcome in outcomes for f in outcome.findings]
    found += [*published.loose, *(f for findings in published.across.values() for f in findings)]
    codes = {f.code for f in found if told_seen(f.code, f.saw, spanish) == f.saw}
    assert {f.code for f in found} - codes >= {"SU-PARTS", "CP-SOURCES", "CO-UNREAD", "ID-UNKNOWN"}
    assert codes <= {"SU-FORM", "BO-FIELD", "CP-CORRECTED"}


def test_two_publications_in_spanish_are_the_same_bytes(
    make_published: Callable[..., Published], spanish_files: dict[str, bytes]
) -> None:
    words_of.cache_clear()
    published = make_published("es-VE", "expected_stations = 30026")
    assert isinstance(published.assessment, Assessment)
    assert dict(site_files(replace(published))) == spanish_files
