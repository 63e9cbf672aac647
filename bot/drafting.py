"""A form on its way: what is known so far, what is wrong with it up to a step, and the next view."""

import secrets

from bot.door import Door, promptly
from bot.payload import Payload
from bot.views import spec as form
from bot.views.answers import merged, parsed
from bot.views.beginning import offered_for, refilled
from bot.views.blocks import Block
from bot.views.running import Running, offer_for, read_running
from bot.views.steps import Answers, Step, until
from jobs.domain.base_model import Frozen
from jobs.domain.draft import Draft
from jobs.domain.people import Person
from jobs.domain.spec import Gap, Spec
from jobs.domain.starter import Starters
from jobs.errors import Refused
from jobs.specify.gate import Facts, blocking, gaps_of

_UNKNOWN_YET = "0"
"""Stands for the criteria while only the first step is weighed: it has no gap of its own."""

_RECENT = 50
"""Open tasks of a channel that a new one is compared with."""


class Filled(Frozen):
    """A form that is complete."""

    spec: Spec
    """What is wanted."""
    gaps: tuple[Gap, ...]
    """What the rules only doubt."""
    running: Running
    """How it is to run."""
    starter: str = ""
    """The template that it began with, and its version."""


async def begin(door: Door, *, person: Person, channel: str, **facts: object) -> Draft:
    """A new draft, kept."""
    known = {"id": secrets.token_hex(8), "person": person.id, "channel": channel, **facts}
    known["engines"] = await promptly(door.tasks.engines())
    draft = Draft.model_validate(known)
    await promptly(door.tasks.keep_draft(draft))
    return draft


async def taken(view: Payload, person: Person, door: Door) -> Draft | None:
    """The draft with what this view holds, kept; None when what was entered before is gone."""
    origin = form.origin_of(view)
    known = await promptly(door.tasks.draft(origin.draft))
    if known is None or known.person != person.id:
        if origin.step is not Step.INTENT:
            return None
        engines = await promptly(door.tasks.engines())
        known = Draft(id=origin.draft, person=person.id, channel=origin.channel, engines=engines)
    draft = known.model_copy(update={"answers": merged(known.answers, view)})
    await promptly(door.tasks.keep_draft(draft))
    return draft


async def shown(draft: Draft, step: Step, door: Door) -> Block:
    """A step of the form, filled with what is known; a template's lines come with the step they are in."""
    templates = await templates_for(draft, door)
    if step is Step.SUCCESS:
        filled = refilled(draft, templates)
        if filled != draft:
            await promptly(door.tasks.keep_draft(filled))
        draft = filled
    origin = form.Origin(channel=draft.channel, draft=draft.id, step=step, fills=draft.fills)
    offer = _offer(draft, door).model_copy(update={"templates": offered_for(draft.answers, templates)})
    return form.step_view(draft.answers, origin, offer)


async def templates_for(draft: Draft, door: Door) -> Starters:
    """What a form may begin with: a repository's own, too, once it is chosen."""
    return (await door.known_templates()).within(repository_of(draft.answers, door))


async def weighed(draft: Draft, step: Step, door: Door, *, facts: Facts | None = None) -> Filled:
    """The form as far as it goes; raises Refused with every problem up to this step, by field."""
    answers = dict(draft.answers)
    if step is Step.INTENT:
        answers["criteria"] = _UNKNOWN_YET
    spec, problems = parsed(answers, repositories=door.operator.repositories)
    gaps = gaps_of(spec, facts) if spec else ()
    problems = blocking(gaps) | problems
    running = Running()
    if step is Step.RUNNING:
        try:
            running = read_running(answers, _offer(draft, door), door.now())
        except Refused as refused:
            problems |= refused.problems
    problems = until(step, problems)
    if spec is None or problems:
        raise Refused(problems)
    starter = (await templates_for(draft, door)).pin(spec.template) if step is Step.RUNNING else ""
    return Filled(spec=spec, gaps=gaps, running=running, starter=starter)


async def open_tasks(draft: Draft, door: Door) -> Facts:
    """What the rules compare a spec with: tasks of the channel that are not over."""
    found = await promptly(door.tasks.list(channel=draft.channel, limit=_RECENT))
    return Facts(open_tasks={one.id: one.spec for one in found if one.state.open and one.id != draft.task})


def repository_of(answers: Answers, door: Door) -> str:
    """The chosen repository's path."""
    chosen = answers.get("repository", "")
    paths = door.operator.repositories
    return next((path for path in paths if form.repository_reference(path) == chosen), chosen)


def _offer(draft: Draft, door: Door) -> form.Offer:
    repository = repository_of(draft.answers, door)
    found = offer_for(door.operator, repository=repository, channel=draft.channel)
    return found.model_copy(update={"engines": draft.engines})
