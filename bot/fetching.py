"""What a form needs from a worker: asked for while the loading view is shown, waited for within a bound."""

import re
import secrets

from bot import access, say
from bot.door import Door
from bot.listeners.opening import Filling
from bot.views.fit import SECTION, fit
from bot.views.spec import repository_reference
from jobs.domain.errand import Errand, ErrandKind, Fetched
from jobs.domain.intake import Several
from jobs.domain.people import Person
from jobs.specify.batch_file import Intake, informed

ISSUE_WITHIN = 20.0
"""Seconds GitLab may take to show an issue."""
LOOK_WITHIN = 15.0
"""Seconds a worker may take to look at the specs of a batch."""
SPLIT_WITHIN = 95.0
"""Seconds a model may take to divide a spec."""

_ISSUE = re.compile(r"^<?https?://[^/\s]+/([^\s]+?)/-/(?:issues|work_items)/(\d{1,9})(?:[#?][^\s>]*)?>?$")
_GOAL = 600


def issue_in(text: str) -> tuple[str, int] | None:
    """Project and number in the address of an issue, or None when it is none."""
    found = _ISSUE.match(text.strip())
    return (found[1], int(found[2])) if found else None


async def from_issue(url: str, *, channel: str, person: Person, door: Door) -> Filling:
    """The form's beginning: title, the first paragraph as goal, all of it quoted beside."""
    known = issue_in(url)
    if known is None:
        return Filling(refusal=say.answer("no_issue"))
    project, iid = known
    allowed = access.may_ask(door.operator, repository=project, channel=channel, person=person)
    if not allowed.granted:
        refusal = say.refusal(allowed, door.operator, channel=channel, person=person, repository=project)
        return Filling(refusal=refusal)
    bare = url.strip().strip("<>")
    errand = Errand(id=secrets.token_hex(8), kind=ErrandKind.ISSUE, repository=project, iid=iid, url=bare)
    found = await door.line.fetch(errand, seconds=ISSUE_WITHIN)
    if found is None or found.problem:
        return Filling(refusal=_why(found))
    first = found.text.strip().split("\n\n")[0]
    answers = {
        "repository": repository_reference(project),
        "title": fit(found.title, 150),
        "goal": fit(first, _GOAL),
        "context": fit(found.text.strip(), SECTION) if found.text.strip() != first else "",
    }
    return Filling(answers={name: text for name, text in answers.items() if text}, source=bare)


async def divided(task: str, repository: str, *, door: Door) -> tuple[str, str]:
    """The batch document that a task's spec is divided into, and why there is none."""
    errand = Errand(id=secrets.token_hex(8), kind=ErrandKind.SPLIT, repository=repository, task=task)
    found = await door.line.fetch(errand, seconds=SPLIT_WITHIN)
    return (found.text, "") if found and not found.problem else ("", _why(found))


async def looked_over(intake: Intake, *, door: Door) -> Intake:
    """The same with what a worker knows of each spec; as it is when none answers in time."""
    batch = intake.batch
    repository = batch.tasks[0].spec.repository
    # what a template says is in it already
    left_out = {"tasks": {"__all__": {"spec": {"template"}}}}
    document = batch.model_dump_json(exclude_defaults=True, exclude=left_out)
    errand = Errand(id=secrets.token_hex(8), kind=ErrandKind.LOOK, repository=repository, document=document)
    found = await door.line.fetch(errand, seconds=LOOK_WITHIN)
    if found is None or found.problem:
        return intake
    return informed(intake, Several.model_validate_json(found.text))


def _why(found: Fetched | None) -> str:
    return say.answer("not_fetched", problem=found.problem if found else "")
