"""The site in parts, which several processes write, is the site."""

from itertools import chain

import pytest

from testigo.core.ids import Digest
from testigo.site.pages import site_parts
from testigo.site.values import Published


@pytest.mark.parametrize("slices", [1, 2, 7, 1000])
def test_the_parts_together_are_the_files_of_the_site_in_their_order(
    published: Published, thumbnails: dict[Digest, str], files: dict[str, bytes], slices: int
) -> None:
    parts = site_parts(published, thumbnails=thumbnails, slices=slices)
    assert len(parts) <= 1 + slices
    assert list(chain.from_iterable(parts)) == list(files.items())


def test_the_first_part_has_every_page_but_those_of_stations(
    published: Published, thumbnails: dict[Digest, str], files: dict[str, bytes]
) -> None:
    first, *rest = site_parts(published, thumbnails=thumbnails, slices=2)
    stations = [name for part in rest for name, _ in part]
    assert len(stations) == len(published.dossiers)
    assert {name for name, _ in first} == files.keys() - set(stations)
