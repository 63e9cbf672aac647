"""The form behind `/codegen`: block ids are the names of Spec's fields; builder and parser side by side."""

import hashlib
from collections.abc import Iterable, Mapping

from pydantic import ValidationError

from bot.payload import Payload
from bot.views import blocks, fit, notation
from bot.views.blocks import Block
from bot.views.words import OptionWords, form_words
from jobs.domain.base_model import Frozen
from jobs.domain.spec import Spec
from jobs.errors import Refused

CALLBACK = "spec"
"""The form's callback_id."""
REPOSITORY = "repository"
"""action_id of the picker that asks for options."""

Answers = Mapping[str, str]
"""What the form holds: field of the spec → text in the form's notation; empty fields are left out."""

_OPTIONAL = ("non_goals", "paths", "target", "docs")
_MULTILINE = ("goal", "criteria", "non_goals", "paths")
_LONGEST = {"title": 150, "target": 250}


class Origin(Frozen):
    """Where a form was asked for; travels in the view's private_metadata."""

    channel: str
    """Channel id."""


def spec_view(answers: Answers, origin: Origin) -> Block:
    """The form, filled with answers."""
    words = form_words(CALLBACK)
    required = [_input(name, answers) for name in words.fields if name not in _OPTIONAL]
    optional = [_input(name, answers) for name in words.fields if name in _OPTIONAL]
    return {
        "type": "modal",
        "callback_id": CALLBACK,
        "title": blocks.plain(words.title, fit.TITLE),
        "submit": blocks.plain(words.submit, fit.TITLE),
        "close": blocks.plain(words.close, fit.TITLE),
        "private_metadata": fit.fit(origin.model_dump_json(), fit.METADATA),
        "blocks": [*required, {"type": "divider"}, blocks.context(words.optional), *optional],
    }


def loading_view() -> Block:
    """What is shown at once, while facts for the form are collected."""
    words = form_words(CALLBACK)
    return notice_view(words.loading)


def notice_view(text: str) -> Block:
    """A view that only says something, in mrkdwn."""
    words = form_words(CALLBACK)
    return {
        "type": "modal",
        "title": blocks.plain(words.title, fit.TITLE),
        "close": blocks.plain(words.close, fit.TITLE),
        "blocks": [blocks.section(text)],
    }


def repository_option(path: str) -> Block:
    """A repository as an option; the text keeps the end of a long path, where its name is."""
    text = path if len(path) <= fit.OPTION_TEXT else "…" + path[1 - fit.OPTION_TEXT :]
    return blocks.option(repository_reference(path), OptionWords(text=text))


def repository_reference(path: str) -> str:
    """A repository's path as an option's value: itself, or cut and hashed when it is too long for Slack."""
    path = fit.sound(path)
    if len(path.encode()) <= fit.OPTION_VALUE:
        return path
    return f"{path[:50]}#{hashlib.sha256(path.encode()).hexdigest()[:16]}"


def answers_of(spec: Spec) -> dict[str, str]:
    """A spec in the form's notation."""
    written = {
        "kind": spec.kind.value,
        "repository": repository_reference(spec.repository),
        "title": spec.title,
        "goal": spec.goal,
        "criteria": "\n".join(notation.write_criterion(one) for one in spec.criteria),
        "non_goals": "\n".join(spec.non_goals),
        "paths": notation.write_paths(spec.paths),
        "target": spec.target or "",
        "docs": spec.docs.value,
    }
    return {name: text for name, text in written.items() if text}


def failed_text() -> str:
    """What stands in the form's place when its facts could not be collected."""
    return form_words(CALLBACK).failed


def errors(problems: Mapping[str, str], view: Payload) -> dict[str, str]:
    """Problems by block id, as `response_action: errors` takes them: each must be at an input of the view."""
    inputs = list(view["state"]["values"])
    placed: dict[str, str] = {}
    for field, text in problems.items():
        placed.setdefault(field if field in inputs else inputs[0], fit.fit(text, fit.ERROR))
    return placed


def origin_of(view: Payload) -> Origin:
    """Where a form was asked for."""
    return Origin.model_validate_json(view["private_metadata"])


def answers(view: Payload) -> dict[str, str]:
    """What a person entered: one text per field, empty ones left out."""
    values = view["state"]["values"]
    given = {name: _value(next(iter(elements.values()))) for name, elements in values.items()}
    return {name: text for name, text in given.items() if text.strip()}


def read_spec(given: Answers, *, repositories: Iterable[str] = ()) -> Spec:
    """The spec that answers describe; raises Refused with every problem, by block id."""
    spec, problems = parsed(given, repositories=repositories)
    if spec is None or problems:
        raise Refused(problems)
    return spec


def parsed(given: Answers, *, repositories: Iterable[str] = ()) -> tuple[Spec | None, dict[str, str]]:
    """The spec that answers describe, None when they make none, and every problem by block id."""
    problems: dict[str, str] = {}
    fields: dict[str, object] = dict(given)
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
        return None, _by_block(error) | problems


def _input(name: str, given: Answers) -> Block:
    words = form_words(CALLBACK)
    field, value = words.fields[name], given.get(name, "")
    if name == REPOSITORY:
        initial = repository_option(value) if value else None
        element = blocks.external_select(name, initial=initial, placeholder=field.placeholder)
    elif name in words.options:
        options = [blocks.option(one, words.options[name][one]) for one in words.options[name]]
        element = blocks.select(name, options=options, value=value, placeholder=field.placeholder)
    else:
        longest = _LONGEST.get(name, fit.SECTION)
        element = blocks.text_input(
            name, value=value, placeholder=field.placeholder, multiline=name in _MULTILINE, longest=longest
        )
    return blocks.labelled(element, label=field.label, hint=field.hint, optional=name in _OPTIONAL)


def _value(element: Payload) -> str:
    chosen = element.get("selected_option")
    return fit.sound(str(chosen["value"] if chosen else element.get("value") or ""))


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


def _by_block(error: ValidationError) -> dict[str, str]:
    problems: dict[str, str] = {}
    for one in error.errors(include_url=False, include_input=False, include_context=False):
        block, *rest = (str(part) for part in one["loc"] or ("title",))
        problems.setdefault(block, fit.fit(_sentence(one["type"], one["msg"], rest), fit.ERROR))
    return problems


def _sentence(kind: str, message: str, place: list[str]) -> str:
    words = form_words(CALLBACK)
    if kind in ("missing", "string_too_short", "too_short"):
        message = words.missing
    if kind == "extra_forbidden":
        message = words.unknown
    message = message.removeprefix("Value error, ")
    if place and place[0].isdigit():
        return words.criterion.format(number=int(place[0]) + 1, problem=message)
    return message
