from collections.abc import Iterator

import pytest

from tests.verification import Workshop, build_tools, workshop


@pytest.fixture(scope="session")
def tools() -> str:
    return build_tools()


@pytest.fixture
def shop(tools: str) -> Iterator[Workshop]:
    """A workshop whose environment has pytest, ruff, bandit and mypy."""
    with workshop(tools) as one:
        yield one
