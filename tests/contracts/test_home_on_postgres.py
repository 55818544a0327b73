"""A home whose database is PostgreSQL: the way of a table from setup to rebuild."""

from collections.abc import Callable
from pathlib import Path

import pytest

from testigo.flows.seal import seal
from testigo.wiring import make_home, open_home, open_private, rebuilt_equals


@pytest.mark.thirdparty
def test_a_home_is_set_up_and_opened_again_on_postgres(
    project: Path, tmp_path: Path, new_database: Callable[[], str]
) -> None:
    world, _ = make_home(project / "elections" / "demo", tmp_path / "home", None, database=new_database())
    assert not (tmp_path / "home" / "testigo.sqlite").exists()
    again = open_home(tmp_path / "home")
    assert again.journal.heads() == world.journal.heads() != ()
    private = open_private(again)
    private.put_setting("night", "open")
    other = open_private(world)
    assert other.setting("night") == "open"
    seal(again)
    assert rebuilt_equals(again) == ()
    for store in (world.journal, again.journal, private, other):
        store.close()  # type: ignore[attr-defined]
