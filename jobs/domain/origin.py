"""What a task was made from, as its origin tells it."""

import re

_ISSUE = re.compile(r"gitlab/(.+)/issues/(\d+)")


def issue_origin(project: str, iid: int) -> str:
    """The origin of the one task that an issue stands for."""
    return f"gitlab/{project}/issues/{iid}"


def issue_of(origin: str) -> tuple[str, int] | None:
    """Project and number of the issue that an origin names; None when it names none."""
    found = _ISSUE.fullmatch(origin)
    return (found[1], int(found[2])) if found else None
