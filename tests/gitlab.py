"""A GitLab whose every call, answer and hook is held against the published types."""

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from playground.gitlab import GitLabStandIn
from playground.gitlab.contracts import Contract


@contextmanager
def a_gitlab(home: Path) -> Iterator[GitLabStandIn]:
    """The stand-in with its repositories in `home`; at the end nothing may have differed."""
    contract = Contract()
    yield GitLabStandIn(home / "repositories", witness=contract)
    assert not contract.problems, "\n".join(sorted(set(contract.problems)))
