"""Filling in the spec form as a person does: pick from what is offered, type the rest, step by step."""

from collections.abc import Mapping
from typing import Any

from jobs.domain.spec import Criterion, Spec
from jobs.errors import Stop
from playground.person import Person

Payload = dict[str, Any]


async def fill(person: Person, spec: Spec, *, within: float = 60.0) -> None:
    """Fill in the open form and submit it; raises Stop with Slack's words when it is refused."""
    view_id = await opened(person, within=within)
    answer = await submit(person, view_id, await answers(person, view_id, spec))
    if not answer.get("ok"):
        raise Stop(f"The form was not accepted: {answer.get('errors') or answer.get('error')}")


async def submit(person: Person, view_id: str, values: Mapping[str, dict[str, Payload]]) -> Payload:
    """Submit step after step, each with those values that it asks for; the last answer."""
    while True:
        before = await _inputs(person, view_id)
        here = {name: value for name, value in values.items() if name in before}
        answer = await person.submit(view_id, here)
        if not answer.get("ok") or await _inputs(person, view_id) in (before, []):
            return answer


async def opened(person: Person, *, within: float) -> str:
    """Id of the form once it is open; raises TimeoutError."""
    view: Payload = await person.wait_for(lambda: _form(person), within)
    return str(view["id"])


async def answers(person: Person, view_id: str, spec: Spec) -> dict[str, dict[str, Payload]]:
    """What the person enters, as in Slack's `state.values`; raises Stop when the repository is missing."""
    return await _values(person, view_id, spec)


async def _inputs(person: Person, view_id: str) -> list[str]:
    view: Payload = next((one for one in await person.views() if one["id"] == view_id), {"blocks": []})
    return [block["block_id"] for block in view["blocks"] if block["type"] == "input"]


async def _form(person: Person) -> Payload | None:
    stack = await person.views()
    return stack[-1] if stack and any(one.get("block_id") == "goal" for one in stack[-1]["blocks"]) else None


async def _values(person: Person, view_id: str, spec: Spec) -> dict[str, dict[str, Payload]]:
    offered = await person.options(view_id, "repository", spec.repository)
    repository = next((one for one in offered if one["text"]["text"] == spec.repository), None)
    if repository is None:
        raise Stop(f"The form does not offer {spec.repository}.", remedy="Is a worker running?")
    typed = {
        "title": spec.title,
        "goal": spec.goal,
        "criteria": "\n".join(_line(one) for one in spec.criteria),
        "non_goals": "\n".join(spec.non_goals),
        "paths": "\n".join([*spec.paths.allow, *(f"!{path}" for path in spec.paths.deny)]),
        "target": spec.target or "",
    }
    values: dict[str, dict[str, Payload]] = {
        name: {name: {"type": "plain_text_input", "value": text}} for name, text in typed.items() if text
    }
    kind = {"text": {"type": "plain_text", "text": spec.kind.value.capitalize()}, "value": spec.kind.value}
    values["kind"] = {"kind": {"type": "static_select", "selected_option": kind}}
    values["repository"] = {"repository": {"type": "external_select", "selected_option": repository}}
    return values


def _line(criterion: Criterion) -> str:
    proof = criterion.proof
    if proof is None:
        return criterion.text
    if proof.review:
        return f"{criterion.text} :: review"
    how = f"run: {proof.command}" if proof.command else f"tests: {', '.join(proof.tests)}"
    return f"{criterion.text} :: {how}"
