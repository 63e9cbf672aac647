"""Reading `.codegen.yml` from the default branch, and nowhere else: a change cannot loosen its own checks."""

from typing import Final

from pydantic import ValidationError

from jobs.domain.repository_file import FILE_NAME, MergeRequestTable, RepositoryFile
from jobs.domain.review import Repository
from jobs.errors import Refused, Stop, StopKind
from jobs.ports import Tools, Workspaces
from jobs.settings import problems_by_field
from jobs.specify.document import innermost, parsed

_LIMIT: Final = 64_000


async def repository_file(
    workspaces: Workspaces, repository: Repository, *, checks: frozenset[str]
) -> RepositoryFile:
    """What the default branch's head says, or nothing said; raises Stop with every problem by field.

    `checks` are the names of the built-in checks.
    """
    commit = await workspaces.resolve(repository, repository.default_branch)
    content = await workspaces.file(repository, commit, FILE_NAME)
    if content is None:
        return RepositoryFile()
    settings = read(content, branch=repository.default_branch)
    problems = {f"gates.{name}": "is no built-in check" for name in settings.gates if name not in checks}
    problems |= {
        f"checks.{name}": "is the name of a built-in check" for name in settings.checks if name in checks
    }
    if problems:
        raise _stop(problems, repository.default_branch)
    return settings


async def written_conventions(workspaces: Workspaces, repository: Repository) -> MergeRequestTable:
    """How merge requests are written here, by the default branch; raises Stop as `repository_file`."""
    commit = await workspaces.resolve(repository, repository.default_branch)
    content = await workspaces.file(repository, commit, FILE_NAME)
    return (
        MergeRequestTable()
        if content is None
        else read(content, branch=repository.default_branch).merge_request
    )


async def written_fixes(tools: Tools, project: str) -> int | None:
    """How many runs in a row may mend a pipeline of a project, if it says so; raises as `repository_file`."""
    repository = await tools.forge.repository(project)
    commit = await tools.workspaces.resolve(repository, repository.default_branch)
    content = await tools.workspaces.file(repository, commit, FILE_NAME)
    return None if content is None else read(content, branch=repository.default_branch).review.fixes


def read(content: bytes, *, branch: str) -> RepositoryFile:
    """The document; raises Stop."""
    if len(content) > _LIMIT:
        raise _stop({"document": f"is larger than {_LIMIT // 1000} kB"}, branch)
    try:
        problems, data = parsed(content.decode("utf-8"))
    except UnicodeDecodeError:
        raise _stop({"document": "is not UTF-8 text"}, branch) from None
    except Refused as refused:
        raise _stop(refused.problems, branch) from None
    if data is not None and not isinstance(data, dict):
        raise _stop(
            problems or {"document": "must be a mapping with fields such as suite and checks"}, branch
        )
    try:
        found = RepositoryFile.model_validate(data or {})
    except ValidationError as error:
        raise _stop(problems | innermost(problems_by_field(error)), branch) from None
    if problems:
        raise _stop(problems, branch)
    return found


def _stop(problems: dict[str, str], branch: str) -> Stop:
    told = "; ".join(f"{field}: {text}" for field, text in problems.items())
    return Stop(
        f"{FILE_NAME} on {branch} cannot be used: {told}.",
        remedy=f"Correct {FILE_NAME} on the branch {branch}; docs/codegen-yml.md lists every field.",
        kind=StopKind.INPUT,
    )
