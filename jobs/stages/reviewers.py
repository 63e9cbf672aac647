"""Who is asked to review: CODEOWNERS, then codegen.toml, then who wrote the code; whoever has room."""

from jobs.checks.diff import touched_lines
from jobs.domain import codeowners
from jobs.domain.run import Run
from jobs.ports import Tools
from jobs.stages.workspace import Ground

FILES = 5
"""Files of a change whose authors are asked for, the largest changes first."""

_LIMIT = 200_000


async def reviewers(run: Run, ground: Ground, tools: Tools) -> tuple[tuple[str, ...], tuple[str, ...]]:
    """Whom to ask now; where none of them has room, nobody, and whom to ask later.

    Of several who could, who wrote the touched lines comes first, then who has least to review.
    """
    groups, authors = await _groups(run, ground, tools)
    named = tuple(dict.fromkeys(one for usernames, _ in groups for one in usernames))
    counts = {one: await _open_reviews(one, tools) for one in named}
    rank = {one: number for number, one in enumerate(authors)}
    best = sorted(named, key=lambda one: (rank.get(one, len(rank)), counts[one]))
    asked: list[str] = []
    for usernames, count in groups:
        missing = max(0, count - sum(one in asked for one in usernames))
        free = [one for one in best if one in usernames and one not in asked]
        asked += [one for one in free if counts[one] < tools.operator.review.per_reviewer][:missing]
    return tuple(asked), () if asked else tuple(best)


async def _groups(
    run: Run, ground: Ground, tools: Tools
) -> tuple[list[tuple[tuple[str, ...], int]], tuple[str, ...]]:
    """Usernames and how many of them are needed, by the rule that names them; and who wrote the lines."""
    paths = tuple(one.path for one in run.patch.files) if run.patch else ()
    owned = [one for one in await _owners(paths, ground, tools) if not one.optional]
    groups = [(one.usernames, one.approvals) for one in owned]
    if ground.reviewers:
        groups.append((ground.reviewers, len(ground.reviewers)))
    if groups and all(len(usernames) <= count for usernames, count in groups):
        return groups, ()  # there is nothing to choose
    authors = await _authors(run, ground, tools)
    return groups or ([(authors, 1)] if authors else []), authors


async def _authors(run: Run, ground: Ground, tools: Tools) -> tuple[str, ...]:
    """Who wrote the lines that the change touches, in its largest files."""
    if tools.reviewing is None or run.patch is None:
        return ()
    lines = touched_lines(run.patch.diff)
    largest = sorted(run.patch.files, key=lambda one: one.added + one.removed, reverse=True)
    known = [path for path in (one.old_path or one.path for one in largest) if path in lines][:FILES]
    if not known:
        return ()
    spans = {path: lines[path] for path in known}
    return await tools.reviewing.authors(ground.repository.path, ground.target_base, spans)


async def _owners(paths: tuple[str, ...], ground: Ground, tools: Tools) -> tuple[codeowners.Owners, ...]:
    # a change cannot choose its own reviewers: the file of the target counts
    for place in codeowners.PLACES:
        content = await tools.workspaces.file(ground.repository, ground.target_base, place)
        if content is not None:
            text = content[:_LIMIT].decode("utf-8", "replace")
            return codeowners.owners(codeowners.read(text), paths)
    return ()


async def _open_reviews(username: str, tools: Tools) -> int:
    return 0 if tools.reviewing is None else await tools.reviewing.open_reviews(username)
