"""Looking at a spec before anything is spent: the repository, its tests, open merge requests, an opinion."""

import re
from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass

from jobs.domain.base_model import Frozen
from jobs.domain.budget import Spend
from jobs.domain.prompts import PromptSet
from jobs.domain.review import MergeRequest
from jobs.domain.spec import Gap, Spec
from jobs.errors import Stop
from jobs.ports import Forge, Model, OpenRequests, Workspaces
from jobs.ports.model import Unanswered
from jobs.specify.opinion import opinion
from jobs.specify.rules import gap, normal

ALIKE = 0.6
"""Share of words from which two titles are taken for the same wish."""


@dataclass(frozen=True)
class Sources:
    """Where facts about a spec come from."""

    forge: Forge
    workspaces: Workspaces
    requests: OpenRequests | None
    """None: nothing is known of others' merge requests."""
    model: Model | None
    """Who is asked for an opinion; None: nobody."""
    suite: Callable[[Spec], Awaitable[str]]
    """Runs the tests on the target branch and says how it went; raises Stop when they cannot be run."""
    engine: Callable[[Spec], object] | None = None
    """Finds who would write it; raises Stop for an engine that is not offered."""
    prompts: PromptSet | None = None
    """What the model is asked with; None is what is shipped."""


class Seen(Frozen):
    """What was found out."""

    gaps: tuple[Gap, ...] = ()
    """What the rules could not know."""
    facts: tuple[str, ...] = ()
    """What was seen, a sentence each."""
    spend: Spend = Spend()
    """What the opinion has used."""

    def __add__(self, other: "Seen") -> "Seen":
        """Both together."""
        return Seen(
            gaps=self.gaps + other.gaps, facts=self.facts + other.facts, spend=self.spend + other.spend
        )


async def look(spec: Spec, sources: Sources) -> Seen:
    """Everything that can be found out; raises Transient when something is away for the moment."""
    reached = await _reached(spec, sources)
    if reached.gaps:
        return reached
    seen = reached + await _tested(spec, sources) + await _repeated(spec, sources)
    return seen + await _judged(spec, sources)


async def skim(spec: Spec, sources: Sources) -> Seen:
    """What can be found out at once: nothing is run, and no model is asked; raises Transient."""
    reached = await _reached(spec, sources)
    return reached if reached.gaps else reached + await _repeated(spec, sources)


def repeats(spec: Spec, requests: Sequence[MergeRequest]) -> tuple[Gap, ...]:
    """Open merge requests whose title wishes for the same; numbers tell two wishes apart."""
    own = _words(spec.title)
    return tuple(
        gap("duplicate_request", what=one.title, id=f"!{one.iid}")
        for one in requests
        if _alike(own, _words(one.title.removeprefix("Draft: ")))
    )[:3]


async def _reached(spec: Spec, sources: Sources) -> Seen:
    try:
        repository = await sources.forge.repository(spec.repository)
    except Stop as stop:
        return Seen(gaps=(_unreachable("repository", stop),))
    branch = spec.target or repository.default_branch
    try:
        commit = await sources.workspaces.resolve(repository, branch)
    except Stop as stop:
        return Seen(gaps=(_unreachable("target", stop),))
    try:
        if sources.engine is not None:
            sources.engine(spec)
    except Stop as stop:
        return Seen(gaps=(_unreachable("engine", stop),))
    return Seen(facts=(f"It would start from {branch} at {commit[:10]}.",))


async def _tested(spec: Spec, sources: Sources) -> Seen:
    try:
        return Seen(facts=(await sources.suite(spec),))
    except Stop as stop:
        return Seen(gaps=(gap("suite", what=stop.reason, remedy=stop.remedy or "Mend them first."),))


async def _repeated(spec: Spec, sources: Sources) -> Seen:
    if sources.requests is None:
        return Seen()
    return Seen(gaps=repeats(spec, await sources.requests.open_requests(spec.repository)))


async def _judged(spec: Spec, sources: Sources) -> Seen:
    if sources.model is None:
        return Seen()
    try:
        gaps, spend = await opinion(spec, sources.model, sources.prompts)
    except Unanswered as nothing:
        return Seen(facts=(f"No second reading: {nothing.reason}",), spend=nothing.spend)
    told = f"{sources.model.name} read it too and {'would ask back' if gaps else 'has no question'}."
    return Seen(gaps=gaps, facts=(told,), spend=spend)


def _unreachable(field: str, stop: Stop) -> Gap:
    return gap("unreachable", field=field, what=stop.reason, remedy=stop.remedy or "Choose another one.")


def _words(title: str) -> frozenset[str]:
    return frozenset(normal(title).split())


def _alike(one: frozenset[str], other: frozenset[str]) -> bool:
    numbers = [{word for word in words if re.search(r"\d", word)} for words in (one, other)]
    if numbers[0] != numbers[1] or not one or not other:
        return False
    return len(one & other) / len(one | other) >= ALIKE
