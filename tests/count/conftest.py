"""What the tests of the count share."""

import pytest
from two_contests import TWO_CONTESTS

from testigo.core.election import Election


@pytest.fixture(scope="session")
def election() -> Election:
    """An election with two contests."""
    return TWO_CONTESTS
