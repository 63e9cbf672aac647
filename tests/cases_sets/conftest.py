from collections.abc import Iterator
from contextlib import ExitStack

import pytest

from tests.verification import Workshop, build_environment, workshop


@pytest.fixture(scope="session")
def shops() -> Iterator[dict[bool, Workshop]]:
    """One repository with pytest and one without; checkouts and the base suites' results are shared."""
    with ExitStack() as open_until_the_end:
        yield {
            True: open_until_the_end.enter_context(workshop(build_environment())),
            False: open_until_the_end.enter_context(workshop(None)),
        }
