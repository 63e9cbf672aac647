"""git's complaints as sentences for people."""

import re

from jobs.domain.review import Repository
from jobs.errors import Stop, StopKind, Transient
from jobs.ports import BranchMoved

_TOKEN = (
    "Authentication failed",
    "HTTP Basic: Access denied",
    "could not read Username",
    "returned error: 401",
    "returned error: 403",
)
_MISSING = (
    "not found",
    "returned error: 404",
    "does not appear to be a git repository",
    "does not exist",
    "not a git repository",
)
_PASSING = re.compile(
    r"returned error: (5\d\d|429)|timed out|Connection reset|hung up|early EOF|unexpected disconnect"
    r"|Empty reply|RPC failed|Failed to connect|Could not connect|Connection refused|Could not resolve host"
)
_PROTECTED = ("protected branch", "not allowed to push", "GL-HOOK-ERR", "pre-receive hook declined")
_MOVED = ("stale info", "fetch first", "non-fast-forward", "cannot lock ref", "reference already exists")


def passes(errors: str) -> bool:
    """Whether trying again later may help."""
    return _PASSING.search(errors) is not None


def unreachable(repository: Repository, errors: str) -> Stop | Transient:
    """Why fetching failed."""
    if passes(errors):
        return Transient(f"The repository {repository.path} cannot be reached.", retry_after=2.0)
    if any(one in errors for one in _TOKEN):
        return Stop(
            f"The token was refused for {repository.path}.",
            remedy="Give it access to the project with the scopes api and write_repository.",
        )
    if any(one in errors for one in _MISSING):
        return Stop(
            f"There is no repository {repository.path}, or the token may not see it.",
            remedy="Check the path and the token's access.",
            kind=StopKind.INPUT,
        )
    return Stop(
        f"The repository {repository.path} cannot be reached.", remedy="Check its address and the network."
    )


def unknown_revision(repository: Repository, revision: str) -> Stop:
    """No such branch, tag or commit."""
    return Stop(
        f"There is no branch, tag or commit {revision} in {repository.path}.",
        remedy="Check its name.",
        kind=StopKind.INPUT,
    )


def push_refused(repository: Repository, branch: str, errors: str) -> Exception:
    """Why pushing failed."""
    if any(one in errors for one in _PROTECTED):
        return Stop(
            f"{repository.path} does not let the token push to {branch}.",
            remedy="Allow the token's role to push to branches that start with codegen/.",
        )
    if any(one in errors for one in _MOVED):
        return BranchMoved(f"{branch} is not where it was expected")
    if any(one in errors for one in _TOKEN):
        return Stop(
            f"The token was refused for {repository.path}.",
            remedy="Give it the role Developer and the scopes api and write_repository.",
        )
    return unreachable(repository, errors)


def does_not_apply(errors: str) -> Stop:
    """A diff that git could not apply."""
    found = re.search(r"^error: (.+)$", errors, re.MULTILINE)
    detail = f": {found.group(1)[:300]}" if found else ""
    return Stop(
        f"The change does not apply{detail}.", remedy="Make it against the current tree.", kind=StopKind.INPUT
    )


def not_committable(errors: str) -> Stop | None:
    """A tree with something that git cannot store; None when the errors tell of something else."""
    found = re.search(r"^fatal: Unable to process path (.+)$", errors, re.MULTILINE)
    if found is None:
        return None
    return Stop(
        f"{found.group(1)[:300]} cannot be committed: it is no readable file, folder or link.",
        remedy="Leave it out of the change.",
    )


def unrelated(repository: Repository) -> Stop:
    """Two commits without a common ancestor."""
    return Stop(
        f"The two commits in {repository.path} have no common history.",
        remedy="Choose another target branch.",
        kind=StopKind.INPUT,
    )
