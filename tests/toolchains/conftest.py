from collections.abc import Iterator

import pytest

from tests.verification import Workshop, workshop


@pytest.fixture
def shop() -> Iterator[Workshop]:
    """No environment: the programs of the sandbox's own /usr."""
    with workshop(None) as one:
        yield one
