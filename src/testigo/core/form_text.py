"""A form written as the text of its form.toml, in the one order and spelling in which programs write it."""

import json
import re
from collections.abc import Iterable, Iterator

from testigo.core.arithmetic import Rule
from testigo.core.form import Box, CodeGrammar, Column, Form, PersonalRegion, WordsBox

_BARE = re.compile(r"[A-Za-z0-9_-]+")
_LITERAL = re.compile(r"[^\x00-\x1f\x7f']*")
_WIDTH = 110


def form_to_toml(form: Form, *, note: str = "") -> str:
    """The text from which `form_from_toml` makes this form again; `note` stands in front of it as a comment.

    What has its usual value is left out, as a person would leave it out.
    """
    parts = [*(f"# {line}" if line else "#" for line in note.splitlines())]
    parts += [""] if parts else []
    parts += _head(form)
    for code in form.codes:
        parts += ["", "[[code]]", *_code(code)]
    for box in form.boxes:
        parts += ["", "[[box]]", *_box(box)]
    for column in form.columns:
        parts += ["", "[[column]]", *_column(column)]
    for words in form.words:
        parts += ["", "[[tallies]]" if words.language is None else "[[words]]", *_words(words)]
    for rule in form.rules:
        parts += ["", "[[rule]]", *_rule(rule)]
    for region in form.personal:
        parts += ["", "[[personal]]", *_personal(region)]
    return "\n".join(parts) + "\n"


def _head(form: Form) -> Iterator[str]:
    yield "[form]"
    yield f"id = {_text(form.id)}"
    yield f"name = {_text(form.name)}"
    yield f"paper_mm = {_numbers(form.paper_mm)}"
    yield f"pages = {form.pages}"
    yield f"fields = {_texts(form.fields)}"
    if form.reference is not None:
        yield f"reference = {_text(form.reference)}"
    if form.cropped:
        yield 'photos = "cropped"'


def _code(code: CodeGrammar) -> Iterator[str]:
    yield f"symbology = {_text(code.symbology)}"
    yield f"pattern = {_text(code.pattern.pattern)}"
    if code.lists:
        groups = ", ".join(f"{_key(group)} = {_texts(fields)}" for group, fields in code.lists)
        yield f"lists = {{ {groups} }}"
    if code.station_as != "{station}":
        yield f"station_as = {_text(code.station_as)}"
    if code.region_mm is not None:
        yield f"region_mm = {_numbers(code.region_mm)}"
    yield from _page(code.page)


def _box(box: Box) -> Iterator[str]:
    yield f"field = {_text(box.field)}"
    yield from _page(box.page)
    yield f"box_mm = {_numbers(box.box_mm)}"
    if box.cells != 1:
        yield f"cells = {box.cells}"


def _words(words: WordsBox) -> Iterator[str]:
    yield f"field = {_text(words.field)}"
    if words.language is not None:
        yield f"language = {_text(words.language)}"
    yield from _page(words.page)
    yield f"box_mm = {_numbers(words.box_mm)}"


def _column(column: Column) -> Iterator[str]:
    yield f"fields = {_texts(column.fields)}"
    yield from _page(column.page)
    yield f"box_mm = {_numbers(column.box_mm)}"
    yield f"rows = {column.rows}"
    yield f"digits = {column.digits}"


def _rule(rule: Rule) -> Iterator[str]:
    yield f"code = {_text(rule.code)}"
    yield f"text = {_text(rule.text)}"
    if rule.tolerance:
        yield f"tolerance = {rule.tolerance}"
    if rule.law is not None:
        yield f"law = {_text(rule.law)}"
    if rule.weight != "hold":
        yield f"weight = {_text(rule.weight)}"


def _personal(region: PersonalRegion) -> Iterator[str]:
    yield f"what = {_text(region.what)}"
    yield from _page(region.page)
    yield f"box_mm = {_numbers(region.box_mm)}"


def _page(page: int) -> Iterator[str]:
    if page != 1:
        yield f"page = {page}"


def _text(text: str) -> str:
    """A TOML string: literal where there is a backslash to be spared (TOML 1.0, Strings), else with JSON's escapes."""
    if "\\" in text and _LITERAL.fullmatch(text):
        return f"'{text}'"
    # Every escape of JSON is one of TOML; TOML also asks for that of U+007F.
    return json.dumps(text, ensure_ascii=False).replace("\x7f", "\\u007f")


def _key(name: str) -> str:
    return name if _BARE.fullmatch(name) else json.dumps(name, ensure_ascii=False).replace("\x7f", "\\u007f")


def _texts(texts: Iterable[str]) -> str:
    listed = [_text(text) for text in texts]
    line = f"[{', '.join(listed)}]"
    return line if len(line) <= _WIDTH else "[\n" + "".join(f"  {text},\n" for text in listed) + "]"


def _numbers(numbers: Iterable[float]) -> str:
    return f"[{', '.join(str(int(n)) if float(n).is_integer() else repr(float(n)) for n in numbers)}]"
