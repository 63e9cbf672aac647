from collections.abc import Iterator

import pytest

from tests.verification import Workshop, build_environment, workshop


@pytest.fixture(scope="session")
def built() -> str:
    return build_environment()


@pytest.fixture(scope="session")
def shop(built: str) -> Iterator[Workshop]:
    """One repository for all: checkouts and what a suite does on a target base are made once."""
    with workshop(built) as one:
        yield one
