"""A large spec as a batch of small ones, each verifiable by itself: a model proposes, a person decides."""

import hashlib
import json
from typing import Annotated

import yaml
from pydantic import Field

from jobs.domain.base_model import Frozen
from jobs.domain.plan import Label
from jobs.domain.prompts import PromptSet
from jobs.domain.spec import Line, Spec
from jobs.errors import Refused
from jobs.ports.model import Model, Prompt, Unanswered
from jobs.render import prompt
from jobs.specify.batch_file import read_batch


class Part(Frozen):
    """One small spec; what it leaves out is as in the large one."""

    name: Label
    """A short name: small letters, digits, dashes."""
    title: Annotated[str, Field(min_length=1, max_length=150)]
    """One line, imperative."""
    goal: Line
    """Why, and what is missing without it."""
    criteria: Annotated[tuple[Line, ...], Field(min_length=1, max_length=12)]
    """What must be true afterwards, one statement each, checkable before the later parts are there."""
    depends_on: tuple[Label, ...] = ()
    """Names of the parts that must be done first."""


class Division(Frozen):
    """The parts, in an order in which they could be done."""

    parts: Annotated[tuple[Part, ...], Field(min_length=2, max_length=10)]
    """Two to ten; together they cover every criterion of the large spec."""


async def split(spec: Spec, model: Model, prompts: PromptSet | None = None) -> str:
    """The parts as a batch document; raises Unanswered when the model gives none that could be accepted."""
    text = spec.model_dump_json(indent=1, exclude_defaults=True, exclude={"engine", "template"})
    mark = hashlib.sha256(text.encode(errors="replace")).hexdigest()[:12]
    asked = Prompt(
        system=prompt(prompts, "split/system"),
        text=prompt(prompts, "split/question", spec=text, mark=mark),
    )
    answer = await model.ask(asked, Division)
    document = written(spec, answer.value)
    try:
        read_batch(document)
    except Refused as refused:
        raise Unanswered(f"its parts do not fit together: {refused}", spend=answer.spend) from None
    return document


def written(spec: Spec, division: Division) -> str:
    """The parts as YAML, with kind, target, paths, docs and engine of the large spec."""
    kept = {"kind", "target", "paths", "docs", "engine"}
    shared = spec.model_dump(mode="json", include=kept, exclude_defaults=True)
    shared["kind"] = spec.kind.value
    tasks = []
    for one in division.parts:
        criteria = [{"id": f"AC{at}", "text": text} for at, text in enumerate(one.criteria, 1)]
        own = {"title": one.title, "goal": one.goal, "criteria": criteria}
        after = {"depends_on": list(one.depends_on)} if one.depends_on else {}
        tasks.append({"name": one.name, **after, "spec": {**shared, **own}})
    document = {"title": spec.title, "repository": spec.repository, "tasks": tasks}
    # distinct objects: YAML would write what is shared as an alias, which a batch may not have
    document = json.loads(json.dumps(document))
    return yaml.safe_dump(document, sort_keys=False, allow_unicode=True, width=100)
