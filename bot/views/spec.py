"""The form behind `/codegen`, a step a view: block ids are the names of Spec's fields, and of the plan's."""

import hashlib
import re
from collections.abc import Mapping
from decimal import Decimal

from pydantic import ValidationError
from pydantic_core import ErrorDetails

from bot.payload import Payload
from bot.views import blocks, fit
from bot.views.blocks import Block
from bot.views.steps import Answers, Step, fields_of
from bot.views.words import FieldWords, OptionWords, form_words
from jobs.domain.base_model import Frozen
from jobs.domain.starter import NamedStarter

CALLBACK = "spec"
"""The form's callback_id."""
REPOSITORY, REVIEWERS, DEPENDS_ON = "repository", "reviewers", "depends_on"
"""action_ids of the pickers that ask for options."""
WHEN = "when"
"""action_id of the choice that brings a date into the view."""
QUOTED = "spec_quoted"
"""action_id of the button that begins a form with what was written in a thread."""
BACK = "spec_back"
"""action_id of the button to the step before."""
TEMPLATE = "template"
"""action_id of the choice that writes lines into the fields below it."""

ENGINE = "engine"
"""action_id of the choice of who writes the change."""
ORDINARY = "ordinary"
"""The choice that leaves it to the operator."""
NOTHING = "none"
"""The choice that begins with nothing."""
FILLED = ("criteria", "non_goals", "docs")
"""Fields that a template writes into."""

_OPTIONAL = frozenset({"context", "target", "non_goals", "paths", "reviewers", "usd", "depends_on"})
_MULTILINE = frozenset({"goal", "context", "criteria", "non_goals", "paths"})
_LONGEST = {"title": 150, "target": 250}
_AMOUNT = re.compile(r"[0-9]{1,9}(\.[0-9]{1,9})?")
_ASKING = {REPOSITORY: False, REVIEWERS: True, DEPENDS_ON: True}
"""Pickers that ask for options → whether more than one may be chosen."""


class Origin(Frozen):
    """Where a form was asked for and where it stands; travels in the view's private_metadata."""

    channel: str
    """Channel id."""
    draft: str
    """Id of what was entered so far."""
    step: Step = Step.INTENT
    """Which view this is."""
    fills: int = 0
    """As in the draft: fields that were written over have another block id."""


class Offer(Frozen):
    """What the operator's file offers a form."""

    cap: Decimal = Decimal(5)
    """The most that one run may cost, in US dollars."""
    windows: tuple[str, ...] = ()
    """Names of the windows that a task may wait for."""
    window: str = ""
    """The channel's own window; empty when tasks from there start at once."""
    engines: tuple[str, ...] = ()
    """Engines that may be chosen, the ordinary one first."""
    templates: tuple[NamedStarter, ...] = ()
    """Templates of the chosen kind, the proposed one first."""


def step_view(answers: Answers, origin: Origin, offer: Offer | None = None) -> Block:
    """One step of the form, filled with answers."""
    words, offer = form_words(CALLBACK), offer or Offer()
    shown = _begun(answers, offer)
    names = [name for name in fields_of(origin.step, shown) if name != ENGINE or _choice(shown, offer)]
    inputs = [_named(_input(name, shown, offer), name, origin) for name in names]
    own = words.steps[origin.step]
    back = [blocks.actions(blocks.button(BACK, words.back, BACK))] if origin.step is not Step.INTENT else []
    return {
        "type": "modal",
        "callback_id": CALLBACK,
        "title": blocks.plain(words.title, fit.TITLE),
        "submit": blocks.plain(own.submit, fit.TITLE),
        "close": blocks.plain(words.close, fit.TITLE),
        "private_metadata": fit.fit(origin.model_dump_json(), fit.METADATA),
        "blocks": [blocks.context(own.note), *inputs, *back],
    }


def loading_view() -> Block:
    """What is shown at once, while facts for the form are collected."""
    return notice_view(form_words(CALLBACK).loading)


def notice_view(text: str) -> Block:
    """A view that only says something, in mrkdwn."""
    words = form_words(CALLBACK)
    return {
        "type": "modal",
        "title": blocks.plain(words.title, fit.TITLE),
        "close": blocks.plain(words.leave, fit.TITLE),
        "blocks": [blocks.section(text)],
    }


def begin_button(draft: str) -> Block:
    """The button that begins a form with what was written in a thread."""
    return blocks.button(QUOTED, form_words(CALLBACK).begin, draft, style="primary")


def failed_text() -> str:
    """What stands in the form's place when its facts could not be collected."""
    return form_words(CALLBACK).failed


def expired_text() -> str:
    """What is said when what was entered before is gone."""
    return form_words(CALLBACK).expired


def repository_option(path: str) -> Block:
    """A repository as an option; the text keeps both ends of a long path: its group and its name."""
    group = fit.OPTION_TEXT // 3
    text = path if len(path) <= fit.OPTION_TEXT else f"{path[:group]}…{path[group + 1 - fit.OPTION_TEXT :]}"
    return blocks.option(repository_reference(path), OptionWords(text=text))


def repository_reference(path: str) -> str:
    """A repository's path as an option's value: itself, or cut and hashed when it is too long for Slack."""
    path = fit.sound(path)
    if len(path.encode()) <= fit.OPTION_VALUE:
        return path
    return f"{path[:50]}#{hashlib.sha256(path.encode()).hexdigest()[:16]}"


def named_option(value: str, text: str = "") -> Block:
    """A person or a task as an option of a picker."""
    return blocks.option(value, OptionWords(text=text or value))


def errors(problems: Mapping[str, str], view: Payload) -> dict[str, str]:
    """Problems by block id, as `response_action: errors` takes them: each must be at an input of the view."""
    inputs = {name: block for block, elements in view["state"]["values"].items() for name in elements}
    labels = {name: words.label for name, words in form_words(CALLBACK).fields.items()}
    placed: dict[str, str] = {}
    for field, text in problems.items():
        told = text if field in inputs else f"{labels.get(field, field)}: {text}"
        placed.setdefault(inputs.get(field) or next(iter(inputs.values())), fit.fit(told, fit.ERROR))
    return placed


def origin_of(view: Payload) -> Origin:
    """Where a form was asked for, and which step it shows."""
    return Origin.model_validate_json(view["private_metadata"])


def _begun(answers: Answers, offer: Offer) -> dict[str, str]:
    """The answers with what the form proposes where nothing was entered."""
    proposed = {
        TEMPLATE: NOTHING,
        "docs": "none",
        ENGINE: ORDINARY,
        "priority": "normal",
        WHEN: f"window:{offer.window}" if offer.window else "now",
    }
    return {**proposed, **answers}


def _named(block: Block, name: str, origin: Origin) -> Block:
    """A field that the form has written over is another one for Slack, which else keeps what it showed."""
    return block | {"block_id": f"{name}-{origin.fills}"} if origin.fills and name in FILLED else block


def _input(name: str, given: Answers, offer: Offer) -> Block:
    field, value = _worded(name, given, offer), given.get(name, "")
    element = _chosen(name, value, field, offer) or blocks.text_input(
        name,
        value=value,
        placeholder=field.placeholder,
        multiline=name in _MULTILINE,
        longest=_LONGEST.get(name, fit.SECTION),
    )
    block = blocks.labelled(element, label=field.label, hint=field.hint, optional=name in _OPTIONAL)
    return block | {"dispatch_action": True} if name in (WHEN, TEMPLATE) else block


def _chosen(name: str, value: str, field: FieldWords, offer: Offer) -> Block | None:
    """The element of a field that is chosen, not written."""
    if name in _ASKING:
        listed = [one for one in value.splitlines() if one.strip()]
        named = [repository_option(one) if name == REPOSITORY else named_option(one) for one in listed]
        if _ASKING[name]:
            return blocks.multi_external_select(name, initial=named, placeholder=field.placeholder)
        return blocks.external_select(
            name, initial=named[0] if named else None, placeholder=field.placeholder
        )
    if name == "at":
        return blocks.moment(name, value)
    if name == "usd":
        amount = value if _AMOUNT.fullmatch(value) else ""
        return blocks.number(name, value=amount, placeholder=field.placeholder)
    options = _options(name, offer)
    return (
        blocks.select(name, options=options, value=value, placeholder=field.placeholder) if options else None
    )


def _choice(given: Answers, offer: Offer) -> bool:
    """Whether there is anything to choose; what was chosen before can always be chosen otherwise."""
    return len(offer.engines) > 1 or given.get(ENGINE, ORDINARY) != ORDINARY


def _options(name: str, offer: Offer) -> list[Block]:
    words = form_words(CALLBACK).options.get(name, {})
    if name == TEMPLATE:
        return [*map(_template_option, offer.templates[:90]), blocks.option(NOTHING, words[NOTHING])]
    if name == ENGINE:
        usual = words["named" if offer.engines else ORDINARY].text
        further = [named_option(one) for one in offer.engines[1:90]]
        text = usual.format(name=offer.engines[0]) if offer.engines else usual
        return [blocks.option(ORDINARY, OptionWords(text=text)), *further]
    if name != WHEN:
        return [blocks.option(one, text) for one, text in words.items()]
    named = {
        f"window:{one}": OptionWords(text=words["window"].text.format(name=one)) for one in offer.windows[:90]
    }
    return [
        blocks.option(one, text) for one, text in {"now": words["now"], **named, "at": words["at"]}.items()
    ]


def _worded(name: str, given: Answers, offer: Offer) -> FieldWords:
    words = form_words(CALLBACK).fields[name]
    if name == "usd":
        cap = f"{offer.cap:.2f}"
        return words.model_copy(
            update={
                "hint": (words.hint or "").format(cap=cap),
                "placeholder": words.placeholder.format(cap=cap),
            }
        )
    if name != "goal" or not offer.templates:
        return words
    chosen = next((one for one in offer.templates if one.name == given.get(TEMPLATE)), offer.templates[0])
    return words.model_copy(update={"placeholder": chosen.starter.goal})


def _template_option(one: NamedStarter) -> Block:
    words = OptionWords(text=one.starter.title, description=one.starter.description or None)
    return blocks.option(one.name, words)


def problems_of(error: ValidationError) -> dict[str, str]:
    """pydantic's complaints as one sentence per block id."""
    problems: dict[str, str] = {}
    for one in error.errors(include_url=False, include_input=False):
        block, *rest = (str(part) for part in one["loc"] or ("title",))
        problems.setdefault(block, fit.fit(_sentence(one, rest), fit.ERROR))
    return problems


def _sentence(problem: ErrorDetails, place: list[str]) -> str:
    words, facts = form_words(CALLBACK), problem.get("ctx", {})
    match problem["type"]:
        case "missing" | "string_too_short" | "too_short":
            message = words.missing
        case "extra_forbidden":
            message = words.unknown
        case "too_long":
            message = words.too_many.format(count=facts["actual_length"], most=facts["max_length"])
        case "string_too_long":
            message = words.too_long.format(most=facts["max_length"])
        case _:
            message = problem["msg"].removeprefix("Value error, ")
    if place and place[0].isdigit():
        return words.criterion.format(number=int(place[0]) + 1, problem=message)
    return message
