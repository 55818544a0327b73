"""What all tests share: where the real data is."""

import os
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[1]


@pytest.fixture(scope="session")
def shared_data() -> Path:
    """The folder of real tables and sheets; tests skip without it, except in CI, where it must be there."""
    folder = ROOT.parent / "shared" / "data"
    if not folder.is_dir():
        reason = "the real data (../shared/data) is not here"
        if os.environ.get("CI"):
            pytest.fail(reason)
        pytest.skip(reason)
    return folder


@pytest.fixture(scope="session")
def project() -> Path:
    """The project's root."""
    return ROOT
