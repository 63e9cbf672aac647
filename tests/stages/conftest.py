from collections.abc import Iterator

import pytest

from tests.verification import Workshop, build_environment, workshop


@pytest.fixture(scope="session")
def built() -> str:
    return build_environment()


@pytest.fixture
def shop(built: str) -> Iterator[Workshop]:
    with workshop(built) as one:
        yield one
