"""How many bytes a public page is on a slow network, compressed, with its styles and without its photos."""

import gzip
import posixpath
import re

MOST = 30_000


def first_load(files: dict[str, bytes], path: str) -> int:
    """Bytes of a page and all that it asks for, each compressed once."""
    asked = re.findall(r'<link rel="(?:stylesheet|icon)" href="([^"#:]+)"', files[path].decode())
    inside = {posixpath.normpath(posixpath.join(posixpath.dirname(path), one)) for one in asked}
    assert inside, f"{path}: no styles"
    return sum(len(gzip.compress(files[one])) for one in {path, *inside})


def test_every_page_loads_in_few_bytes_and_without_a_script(files: dict[str, bytes]) -> None:
    pages = [path for path in files if path.endswith(".html")]
    assert any(path.startswith("s/") for path in pages)
    assert {path: size for path in pages if (size := first_load(files, path)) > MOST} == {}
    assert [path for path in pages if b"<script" in files[path]] == []
