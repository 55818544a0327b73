"""Where each page lies: relative paths that work from a folder, a server or an archive, on any file system."""

import hashlib
import re

from testigo.core.ids import NATION, AreaId, Digest, StationCode

HOME = "index.html"
TABLES = "bundle/data/tables"

_UNSAFE = re.compile(r"[^A-Za-z0-9.-]|\.(?![0-9])|^[.-]")
_LONGEST = 120


LANGUAGES = (("en", "English"), ("es", "Español"))
"""The languages in which an assessment is written, whatever the language of the site."""
PEOPLE_LANGUAGES = (*LANGUAGES, ("ar", "العربية"))
"""The languages of the places where people work: phone, desks, board."""


def assessment_page(language: str) -> str:
    """The assessment in one of its languages."""
    return f"assessment.{language}.html"


def assessment_language(language: str) -> str:
    """The language in which a site of this language shows its assessment: its own where there is one, else English."""
    base = language.replace("_", "-").split("-")[0].lower()
    return base if base in dict(LANGUAGES) else LANGUAGES[0][0]


def path_safe(code: str) -> str:
    """A file name for a code: letters, digits, `-` and dots before a digit stay, other bytes become `_` and two
    hexadecimal digits of their UTF-8, and a very long code its hash; two codes never share a name."""
    name = _UNSAFE.sub(_escaped, code)
    return name if len(name) <= _LONGEST else f"_h{hashlib.sha256(code.encode()).hexdigest()}"


def _escaped(match: re.Match[str]) -> str:
    return "".join(f"_{byte:02X}" for byte in match.group().encode("utf-8", "surrogatepass"))


def station_page(code: StationCode) -> str:
    """The page of a station."""
    return f"s/{path_safe(code)}.html"


def area_page(area: AreaId, page_depth: int) -> str:
    """Where an area is shown: its own page down to `page_depth` levels, below that a section of its parent's page."""
    if area == NATION:
        return HOME
    codes = [path_safe(code) for code in area.split("/")]
    own = "/".join(["a", *codes[:page_depth], HOME])
    return own if len(codes) <= page_depth else f"{own}#{anchor_of(area)}"


def anchor_of(area: AreaId) -> str:
    """The id of an area's section within the page of its parent."""
    return f"g-{path_safe(area.rpartition('/')[2])}"


def root_of(page: str) -> str:
    """The way from a page up to the root of the site: empty or `../` for every folder."""
    return "../" * page.count("/")


def object_path(digest: Digest) -> str:
    """Where the bundle beside the site keeps these bytes."""
    return f"bundle/data/objects/{digest[:2]}/{digest[2:4]}/{digest}"
