"""What a run's models are told: chosen once, kept with the run, the same after a resume."""

from collections.abc import Mapping
from typing import Final

from pydantic import ValidationError

from jobs.domain.prompts import STANDARDS, PromptSet, PromptSource, PromptText
from jobs.domain.repository_file import FILE_NAME, LONGEST_WORDING, Wording
from jobs.domain.review import Repository
from jobs.domain.task import Task
from jobs.errors import Stop, StopKind
from jobs.ports import Artifacts, Tools, Workspaces
from jobs.render import SHIPPED
from jobs.stages.progress import Progress
from jobs.stages.repository_file import repository_file
from jobs.stages.verify import NAMES
from jobs.stages.workspace import Ground

ALL: Final = 48_000
"""Most characters that a repository tells an engine in all."""


async def pinned(task: Task, ground: Ground, tools: Tools, progress: Progress) -> Ground:
    """The ground with the run's prompts: those it began with, else chosen now and kept in its record."""
    known = await _kept(progress.run.templates, tools.artifacts)
    if known is None:
        ours = tools.prompts.for_task(task.id) or SHIPPED
        known = await chosen(ours, ground.repository, tools.workspaces)
        await tools.artifacts.put(_key(known.digest), known.model_dump_json().encode())
        await progress.note(templates=known.digest, prompts=known.pin)
    return ground.model_copy(update={"prompts": known})


async def chosen(ours: PromptSet, repository: Repository, workspaces: Workspaces) -> PromptSet:
    """This installation's texts with the repository's on top; raises Stop, by field."""
    file = await repository_file(workspaces, repository, checks=NAMES)
    wanted = {f"prompts.{name}": one for name, one in file.prompts.items()}
    if file.standards is not None:
        wanted[STANDARDS] = file.standards
    return ours.with_texts(await _written(wanted, repository, workspaces))


async def _kept(digest: str, artifacts: Artifacts) -> PromptSet | None:
    """The texts of a version; None when none was chosen, or they are not kept any more."""
    stored = await artifacts.get(_key(digest)) if digest else None
    try:
        return PromptSet.model_validate_json(stored) if stored else None
    except ValidationError:
        return None


async def _written(
    wanted: Mapping[str, Wording], repository: Repository, workspaces: Workspaces
) -> tuple[PromptText, ...]:
    problems: dict[str, str] = {}
    found = []
    for field, wording in wanted.items():
        text, problem = await _words(wording, repository, workspaces)
        problems |= {field: problem} if problem else {}
        name = field.removeprefix("prompts.")
        source = PromptSource.REPOSITORY
        extends = name == STANDARDS or not wording.replace
        found.append(PromptText(name=name, source=source, text=text, extends=extends))
    if not problems and sum(len(one.text) for one in found) > ALL:
        problems["prompts"] = f"have more than {ALL} characters in all"
    if problems:
        told = "; ".join(f"{field}: {problem}" for field, problem in problems.items())
        raise Stop(
            f"{FILE_NAME} on {repository.default_branch} cannot be used: {told}.",
            remedy=f"Correct it on the branch {repository.default_branch}; docs/codegen-yml.md says how.",
            kind=StopKind.INPUT,
        )
    return tuple(found)


async def _words(wording: Wording, repository: Repository, workspaces: Workspaces) -> tuple[str, str]:
    """The words, or what is wrong with their file."""
    if wording.file is None:
        return wording.text or "", ""
    commit = await workspaces.resolve(repository, repository.default_branch)
    content = await workspaces.file(repository, commit, wording.file)
    if content is None:
        return "", f"there is no file {wording.file}"
    try:
        text = content.decode("utf-8")
    except UnicodeDecodeError:
        return "", f"{wording.file} is not UTF-8 text"
    if not text.strip():
        return "", f"{wording.file} is empty"
    if len(text) > LONGEST_WORDING:
        return "", f"{wording.file} has {len(text)} characters; {LONGEST_WORDING} is the most"
    return text, ""


def _key(digest: str) -> str:
    return f"prompts/{digest}"
