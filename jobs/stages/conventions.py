"""How a repository writes merge requests and commits: its own words around ours."""

import re

from jobs.domain.origin import issue_of
from jobs.domain.repository_file import CommitStyle, MergeRequestTable
from jobs.domain.spec import Kind
from jobs.domain.task import Task

TYPES = {
    Kind.FEATURE: "feat",
    Kind.BUGFIX: "fix",
    Kind.TESTS: "test",
    Kind.DOCS: "docs",
    Kind.REFACTOR: "refactor",
    Kind.BOILERPLATE: "chore",
}
"""Kinds of changes as Conventional Commits call them, see https://www.conventionalcommits.org/."""


_ISSUE = re.compile(r"\b(?:close[sd]?|fix(?:e[sd])?|resolve[sd]?|issue):?\s+#(\d{1,9})\b", re.IGNORECASE)


def titled(task: Task, table: MergeRequestTable) -> str:
    """The merge request's title by the repository's template, in one line."""
    text = table.title.format(
        title=" ".join(task.spec.title.split()),
        kind=task.spec.kind.value,
        type=TYPES[task.spec.kind],
        task=task.id,
        issue=f"#{linked_issue(task)}" if linked_issue(task) else "",
    )
    return " ".join(text.split())


def subject(task: Task, table: MergeRequestTable) -> str:
    """The commit's first line in the repository's style."""
    title = " ".join(task.spec.title.split())
    if table.commit is CommitStyle.CONVENTIONAL:
        return f"{TYPES[task.spec.kind]}: {title[:1].lower()}{title[1:]}"
    return title


def closing_line(task: Task, table: MergeRequestTable) -> str:
    """What links the merge request with its issue; empty when there is none."""
    issue = linked_issue(task)
    if issue is None:
        return ""
    return f"{table.closing} #{issue}" if table.closing else f"For #{issue}"


def linked_issue(task: Task) -> int | None:
    """The repository's issue that a task was made from, or that its goal closes in so many words."""
    known = issue_of(task.origin)
    if known is not None and known[0] == task.spec.repository:
        return known[1]
    found = _ISSUE.search(task.spec.goal)
    return int(found[1]) if found else None
