"""What a page of the site says, for tests: headings, links, ids, tables as texts, and every attribute."""

from dataclasses import dataclass, field
from html.parser import HTMLParser

_VOID = ("meta", "link", "br", "img", "rect")


@dataclass
class Page:
    """A parsed page; `tables` are rows of cell texts, `open_tags` what was left open at the end."""

    tags: list[tuple[str, dict[str, str]]] = field(default_factory=list)
    tables: list[list[list[str]]] = field(default_factory=list)
    text: str = ""
    headings: list[tuple[str, str]] = field(default_factory=list)
    open_tags: list[str] = field(default_factory=list)
    wrongly_closed: list[str] = field(default_factory=list)

    def attributes(self, name: str) -> list[str]:
        """All values of an attribute, in order."""
        return [attributes[name] for _, attributes in self.tags if name in attributes]

    def count(self, tag: str) -> int:
        """How many elements of this name there are."""
        return sum(name == tag for name, _ in self.tags)


class _Reader(HTMLParser):
    def __init__(self) -> None:
        super().__init__()
        self.page = Page()
        self._cell: list[str] | None = None

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.page.tags.append((tag, {name: value or "" for name, value in attrs}))
        if tag not in _VOID:
            self.page.open_tags.append(tag)
        if tag == "table":
            self.page.tables.append([])
        elif tag == "tr":
            self.page.tables[-1].append([])
        elif tag in ("td", "th"):
            self._cell = []
        elif tag in ("h1", "h2", "h3"):
            self.page.headings.append((tag, ""))
        elif tag == "br" and self._cell is not None:
            self._cell.append(" ")

    def handle_endtag(self, tag: str) -> None:
        if not self.page.open_tags or self.page.open_tags[-1] != tag:
            self.page.wrongly_closed.append(tag)
        else:
            self.page.open_tags.pop()
        if tag in ("td", "th") and self._cell is not None:
            self.page.tables[-1][-1].append(" ".join("".join(self._cell).split()))
            self._cell = None

    def handle_startendtag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.page.tags.append((tag, {name: value or "" for name, value in attrs}))

    def handle_data(self, data: str) -> None:
        self.page.text += data
        if self._cell is not None:
            self._cell.append(data)
        heading = next((tag for tag in reversed(self.page.open_tags) if tag in ("h1", "h2", "h3")), None)
        if heading:
            tag, text = self.page.headings[-1]
            self.page.headings[-1] = (tag, text + data)


def read_page(data: bytes) -> Page:
    """The parsed page."""
    reader = _Reader()
    reader.feed(data.decode("utf-8"))
    reader.close()
    reader.page.text = " ".join(reader.page.text.split())
    return reader.page
