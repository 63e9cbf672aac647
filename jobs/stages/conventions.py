"""How a repository writes merge requests and commits: its own words around ours."""

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


def titled(task: Task, table: MergeRequestTable) -> str:
    """The merge request's title by the repository's template, in one line."""
    text = table.title.format(
        title=" ".join(task.spec.title.split()),
        kind=task.spec.kind.value,
        type=TYPES[task.spec.kind],
        task=task.id,
        issue=f"#{task.issue}" if task.issue else "",
    )
    return " ".join(text.split())


def subject(task: Task, table: MergeRequestTable) -> str:
    """The commit's first line in the repository's style."""
    title = " ".join(task.spec.title.split())
    if table.commit is CommitStyle.CONVENTIONAL:
        return f"{TYPES[task.spec.kind]}: {title[:1].lower()}{title[1:]}"
    return title


def closing_line(task: Task, table: MergeRequestTable) -> str:
    """What links the merge request with the issue it came from; empty when it came from none."""
    if not task.issue:
        return ""
    return f"{table.closing} #{task.issue}" if table.closing else f"For #{task.issue}"
