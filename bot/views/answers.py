"""What a person entered, read back: the state of a view to answers, answers to a Spec."""

from collections.abc import Iterable
from datetime import UTC, datetime

from pydantic import ValidationError

from bot.payload import Payload
from bot.views import fit
from bot.views.spec import CALLBACK, NOTHING, ORDINARY, problems_of, repository_reference
from bot.views.steps import Answers
from bot.views.words import form_words
from jobs.domain.plan import Plan
from jobs.domain.spec import Spec
from jobs.domain.task import Task
from jobs.errors import Refused
from jobs.specify import notation

_UNSAID = {"engine": ORDINARY, "template": NOTHING}
"""Choices that stand for a field that is left out."""


def entered(view: Payload) -> dict[str, str]:
    """What a person entered: one text per input of the view, by its action_id; empty for an empty one."""
    values = view["state"]["values"]
    return {name: _value(one) for elements in values.values() for name, one in elements.items()}


def merged(known: Answers, view: Payload) -> dict[str, str]:
    """What was known with what this view holds; what was emptied is gone."""
    return {name: text for name, text in {**known, **entered(view)}.items() if text.strip()}


def answers_of(spec: Spec) -> dict[str, str]:
    """A spec in the form's notation."""
    written = {
        "kind": spec.kind.value,
        "repository": repository_reference(spec.repository),
        "title": spec.title,
        "goal": spec.goal,
        "context": spec.context,
        "criteria": "\n".join(notation.write_criterion(one) for one in spec.criteria),
        "non_goals": "\n".join(spec.non_goals),
        "paths": notation.write_paths(spec.paths),
        "target": spec.target or "",
        "docs": spec.docs.value,
        "engine": spec.engine or "",
        "template": spec.template or NOTHING,
    }
    return {name: text for name, text in written.items() if text}


def answers_of_plan(plan: Plan) -> dict[str, str]:
    """When a task runs, in the form's notation."""
    found = {"priority": plan.priority.value, "depends_on": "\n".join(plan.depends_on)}
    if plan.not_before:
        found |= {"when": "at", "at": str(int(plan.not_before.timestamp()))}
    elif plan.window:
        found["when"] = f"window:{plan.window}"
    return {name: text for name, text in found.items() if text}


def answers_of_task(task: Task) -> dict[str, str]:
    """Everything that the form asks for, as a task has it."""
    own = {"usd": f"{task.cap.usd:f}", "reviewers": "\n".join(task.reviewers)}
    known = answers_of(task.spec) | answers_of_plan(task.plan) | own
    return {name: text for name, text in known.items() if text}


def read_spec(given: Answers, *, repositories: Iterable[str] = ()) -> Spec:
    """The spec that answers describe; raises Refused with every problem, by block id."""
    spec, problems = parsed(given, repositories=repositories)
    if spec is None or problems:
        raise Refused(problems)
    return spec


def parsed(given: Answers, *, repositories: Iterable[str] = ()) -> tuple[Spec | None, dict[str, str]]:
    """The spec that answers describe, None when they make none, and every problem by block id."""
    problems: dict[str, str] = {}
    fields: dict[str, object] = {name: text for name, text in given.items() if name in Spec.model_fields}
    fields = {name: text for name, text in fields.items() if text != _UNSAID.get(name)}
    fields["criteria"] = _criteria(given.get("criteria", ""), problems)
    fields["non_goals"] = notation.lines(given.get("non_goals", ""))
    fields["paths"] = notation.read_paths(given.get("paths", ""))
    fields["repository"] = next(
        (path for path in repositories if repository_reference(path) == given.get("repository")),
        given.get("repository", ""),
    )
    try:
        return Spec.model_validate(fields), problems
    except ValidationError as error:
        return None, problems_of(error) | problems


def _value(element: Payload) -> str:
    several = element.get("selected_options")
    if several is not None:
        return "\n".join(fit.sound(str(one["value"])) for one in several)
    moment = element.get("selected_date_time")
    if moment is not None:
        return str(int(moment))
    chosen = element.get("selected_option")
    return fit.sound(str(chosen["value"] if chosen else element.get("value") or ""))


def moment_of(text: str) -> datetime | None:
    """A date as the form holds it: seconds since 1970."""
    return datetime.fromtimestamp(int(text), UTC) if text.isdigit() else None


def _criteria(text: str, problems: dict[str, str]) -> list[dict[str, object]]:
    found: list[dict[str, object]] = []
    words = form_words(CALLBACK)
    for number, line in enumerate(notation.lines(text), start=1):
        try:
            found.append(notation.read_criterion(line, number))
        except notation.ProofError:
            problems.setdefault("criteria", words.criterion.format(number=number, problem=words.proof))
            found.append({"id": f"AC{number}", "text": line})
    return found
