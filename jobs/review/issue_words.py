"""What people say to the bot on an issue, and whose words count; pure."""

import re

from jobs.domain.people import Person
from jobs.ports.inbound import IssueComment, IssueThread
from jobs.settings import OperatorFile, RepositorySettings

_COMMAND = re.compile(r"^[ \t]*/codegen\b(?:[ \t]+(\w+))?", re.MULTILINE)


def command(text: str) -> str | None:
    """What follows `/codegen` at a line's start, empty for nothing; None when a text has no such line."""
    found = _COMMAND.search(text)
    return (found[1] or "").casefold() if found else None


def person_of(username: str, project: str, operator: OperatorFile) -> Person | None:
    """The Slack user with a role in a repository who is this GitLab user; None for everybody else."""
    known = operator.people.get(username)
    own = operator.repositories.get(project, RepositorySettings())
    named = known is not None and known in (*operator.operators, *own.maintainers, *own.people)
    return Person(id=known, name=username) if known is not None and named else None


def asker(thread: IssueThread, operator: OperatorFile) -> Person | None:
    """Who asks for a change by an issue: its author where it is labelled, else who commented `/codegen`."""
    labelled = operator.review.issue_label in thread.labels
    names = [thread.author] if labelled else []
    names += [one.author for one in commands(thread)]
    return next((found for name in names if (found := person_of(name, thread.project, operator))), None)


def wanted(thread: IssueThread, operator: OperatorFile) -> bool:
    """True when an issue carries the label, or somebody with a role commented `/codegen`."""
    return operator.review.issue_label in thread.labels or asker(thread, operator) is not None


def commands(thread: IssueThread) -> tuple[IssueComment, ...]:
    """Comments of people that begin with `/codegen`, oldest first."""
    return tuple(one for one in thread.comments if not one.ours and command(one.text) is not None)


def strangers(thread: IssueThread, operator: OperatorFile) -> tuple[str, ...]:
    """Usernames that said `/codegen` without a role, once each."""
    names = (one.author for one in commands(thread))
    return tuple(dict.fromkeys(name for name in names if person_of(name, thread.project, operator) is None))


def confirmed(
    thread: IssueThread, shown: IssueComment, operator: OperatorFile
) -> tuple[IssueComment, Person] | None:
    """The first `/codegen go` of somebody with a role after the note took the words it has now."""
    for one in commands(thread):
        person = person_of(one.author, thread.project, operator)
        if person is not None and command(one.text) == "go" and one.at > shown.updated_at:
            return one, person
    return None
