"""Invitations: one-time secrets, aliases that name nobody, volunteers who cannot be told apart."""

import itertools
import re
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from testigo.core.roles import ROLES, Role
from testigo.flows.invite import invite, is_volunteers
from testigo.private import Session
from testigo.store.engine import sqlite_engine
from testigo.store.private_sql import SqlPrivate
from testigo.web.deployment import hidden
from testigo.web.sheet import invitation_sheet

NOW = datetime(2030, 1, 1, 18, tzinfo=UTC)


@pytest.mark.parametrize("role", ROLES)
def test_an_invitation_can_be_redeemed_by_its_secret_alone(tmp_path: Path, role: Role) -> None:
    private, numbers = SqlPrivate(sqlite_engine(tmp_path / "private.sqlite")), itertools.count()
    links = invite(
        private, role, 3, origin="https://count.example", now=NOW, days=2,
        token=lambda: f"{next(numbers):043}", hidden=hidden,
    )  # fmt: skip
    secrets = [link.address.removeprefix("https://count.example/i/") for link in links]
    assert len(set(secrets)) == 3
    assert {is_volunteers(secret) for secret in secrets} == {role == "volunteer"}
    aliases = [link.alias for link in links]
    assert (
        aliases == [None] * 3
        if role == "volunteer"
        else all(re.fullmatch(r"[cjso]-[0-9a-f]{8}", a or "") for a in aliases)
    )
    stored = (tmp_path / "private.sqlite").read_bytes() + (tmp_path / "private.sqlite-wal").read_bytes()
    assert not any(secret.encode() in stored for secret in secrets)
    for secret, days in ((secrets[0], 1), (secrets[1], 3)):
        now, own = NOW + timedelta(days=days), hidden(f"own {secret}")
        if role == "volunteer":
            got: object = private.enrol(hidden(secret), own, 40, now, now + timedelta(1))
            assert got == (40 if days == 1 else None)
        else:
            got = private.sign_in(hidden(secret), own, now, now + timedelta(1))
            assert got == (Session(role, str(aliases[0])) if days == 1 else None)
    private.close()


def test_a_sheet_has_a_code_for_every_link_and_needs_no_other_file(tmp_path: Path) -> None:
    private, numbers = SqlPrivate(sqlite_engine(tmp_path / "private.sqlite")), itertools.count()
    links = invite(
        private, "volunteer", 4, origin="https://count.example", now=NOW, days=2,
        token=lambda: f"{next(numbers):043}", hidden=hidden,
    )  # fmt: skip
    page = invitation_sheet(links, "Town & country", "ar")
    assert page.count("<svg") == 4
    assert all(link.address in page for link in links)
    assert 'dir="rtl"' in page
    assert "Town &amp; country" in page
    assert "src=" not in page
    private.close()
