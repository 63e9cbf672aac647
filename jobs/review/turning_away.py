"""A polite answer to people who address the bot without a role: once per person and merge request."""

from jobs.domain.observed import Sight
from jobs.domain.review import MergeRequestState
from jobs.domain.task import Task
from jobs.ports import Review
from jobs.render import neutral, render
from jobs.review.rework import strangers, turned_away
from jobs.settings import OperatorFile


async def turn_away(task: Task, sight: Sight, review: Review, *, operator: OperatorFile) -> int:
    """Answer everybody who was not answered yet; returns how many there were."""
    request = sight.merge_request
    open_ = request.state is MergeRequestState.OPENED
    found = strangers(task, sight, operator=operator) if open_ else ()
    for one in found:
        text = render("merge_request/no_role.md.j2", who=neutral(one.author))
        key = turned_away(task, one.author)
        await review.answer(request.project, request.iid, discussion=one.discussion, text=text, key=key)
    return len(found)
