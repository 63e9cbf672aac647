"""Who is asked to review: CODEOWNERS, then codegen.toml, then who wrote the code; whoever has room."""

from jobs.domain import codeowners
from jobs.domain.run import Run
from jobs.ports import Tools
from jobs.stages.workspace import Ground

FILES = 5
"""Files of a change whose authors are asked for, the largest changes first."""

_LIMIT = 200_000


async def reviewers(run: Run, ground: Ground, tools: Tools) -> tuple[tuple[str, ...], tuple[str, ...]]:
    """Whom to ask now; where none of them has room, nobody, and whom to ask later."""
    paths = tuple(one.path for one in run.patch.files) if run.patch else ()
    groups = await _groups(paths, run, ground, tools)
    asked: list[str] = []
    for usernames, count in groups:
        free = [one for one in usernames if one not in asked and await _has_room(one, tools)]
        missing = max(0, count - sum(one in asked for one in usernames))
        asked += free[:missing]
    wanted = tuple(dict.fromkeys(one for usernames, _ in groups for one in usernames))
    return tuple(asked), () if asked else wanted


async def _groups(
    paths: tuple[str, ...], run: Run, ground: Ground, tools: Tools
) -> list[tuple[tuple[str, ...], int]]:
    """Usernames, the best first, and how many of them are needed."""
    owned = [one for one in await _owners(paths, ground, tools) if not one.optional]
    groups = [(one.usernames, one.approvals) for one in owned]
    if ground.reviewers:
        groups.append((ground.reviewers, len(ground.reviewers)))
    if groups or tools.reviewing is None or run.patch is None:
        return groups
    largest = sorted(run.patch.files, key=lambda one: one.added + one.removed, reverse=True)[:FILES]
    touched = tuple(one.old_path or one.path for one in largest)
    authors = await tools.reviewing.authors(ground.repository.path, ground.target_base, touched)
    return [(authors, 1)] if authors else []


async def _owners(paths: tuple[str, ...], ground: Ground, tools: Tools) -> tuple[codeowners.Owners, ...]:
    # a change cannot choose its own reviewers: the file of the target counts
    for place in codeowners.PLACES:
        content = await tools.workspaces.file(ground.repository, ground.target_base, place)
        if content is not None:
            text = content[:_LIMIT].decode("utf-8", "replace")
            return codeowners.owners(codeowners.read(text), paths)
    return ()


async def _has_room(username: str, tools: Tools) -> bool:
    if tools.reviewing is None:
        return True
    return await tools.reviewing.open_reviews(username) < tools.operator.review.per_reviewer
