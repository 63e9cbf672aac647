"""Many specs at once: the form for a document, and the table of what the gate says of each."""

from collections.abc import Container

from bot.payload import Payload
from bot.views import blocks, fit
from bot.views.blocks import Block
from bot.views.words import OptionWords, batch_words
from jobs.domain.base_model import Frozen
from jobs.domain.estimate import Estimate
from jobs.render import Mrkdwn, mrkdwn
from jobs.specify.batch_file import BatchFile, Entry, Intake

CALLBACK = "batch"
"""callback_id of the form."""
APPROVAL = "batch_approval"
"""callback_id of the table, whose submit creates all tasks."""

DOCUMENT = "document"
"""block_id and action_id of the document's first part; the further ones end in their number."""
_PARTS = 4
"""Most inputs that a long document is divided into: Slack takes 3000 characters in each."""
TICKS = "ticks"
"""block_id and action_id of the first boxes; the further ones end in their number."""
_BOXES = 10
"""Most options of checkboxes."""
_SHOWN = 40
"""Specs in the table; a view has at most 100 blocks."""
_ROW = 800
"""Characters of one of them: a view has at most 250 kB, and a character may take six of them."""


class Place(Frozen):
    """Where a batch was asked for; travels in the view's private_metadata."""

    channel: str
    """Channel id."""
    draft: str
    """Id of the draft that keeps the document."""


def batch_view(place: Place, document: str = "") -> Block:
    """The form: a document pasted or uploaded; a long one stands in several inputs, see `editable`."""
    words = batch_words()
    parts = _parts(document) or [document]
    pasted = [_pasted(number, text, len(parts)) for number, text in enumerate(parts, start=1)]
    upload: Block = {
        "type": "file_input",
        "action_id": "file",
        "filetypes": ["yml", "yaml", "txt", "text"],
        "max_files": 1,
    }
    return _view(
        CALLBACK,
        place,
        submit=words.check,
        shown=[
            blocks.section(words.note),
            *pasted,
            blocks.labelled(upload, label=words.file, hint=None, optional=True),
        ],
    )


def editable(document: str) -> bool:
    """Whether a document fits into the inputs of the form."""
    return bool(_parts(document))


def pasted_text(view: Payload) -> str:
    """What stands in the inputs for the document, put together again."""
    values = view["state"]["values"]
    names = [DOCUMENT, *(f"{DOCUMENT}-{number}" for number in range(2, _PARTS + 1))]
    found = [str(values[name][name].get("value") or "") for name in names if name in values]
    return "\n".join(text for text in found if text.strip())


def approval_view(place: Place, intake: Intake, *, asked: str = "") -> Block:
    """What the gate says of each spec; there is a submit only when every one can be accepted.

    While a worker is `asked`, there is none yet: the view is replaced under this external_id.
    """
    words, batch = batch_words(), intake.batch
    rows = [blocks.section(_row(one.name, one.spec.title, intake)) for one in batch.tasks[:_SHOWN]]
    overlaps = [words.overlap.format(one=one, other=other) for one, other in intake.overlaps[:10]]
    lead = words.blocked if intake.blocked else words.ready.format(count=len(batch.tasks))
    lead = words.looking if asked else f"{lead} {_cost(intake)}"
    more = len(batch.tasks) - len(rows)
    tail = [blocks.context(mrkdwn(" ".join(overlaps)))] if overlaps else []
    tail += [blocks.context(words.more.format(count=more))] if more > 0 else []
    create = "" if intake.blocked or asked else words.create.format(count=len(batch.tasks))
    if create and len(batch.tasks) > 1:
        tail += _ticks(batch)
        create = words.create_ticked
    shown = [blocks.section(f"*{mrkdwn(batch.title)}*\n{lead}"), *rows, *tail]
    view = _view(APPROVAL, place, submit=create, shown=shown)
    return view | {"external_id": asked} if asked else view


def ticked(batch: BatchFile, view: Payload) -> BatchFile:
    """The batch without what was unticked; nothing waits for a task that is not there."""
    boxes = [own[name] for name, own in view["state"]["values"].items() if name.startswith(TICKS)]
    if not boxes:
        return batch
    names = {one["value"] for own in boxes for one in own.get("selected_options") or ()}
    tasks = tuple(_among(one, names) for one in batch.tasks if one.name in names)
    return batch.model_copy(update={"tasks": tasks})


def unticked() -> dict[str, str]:
    """What to say below the boxes when every one is empty."""
    return {TICKS: batch_words().none_ticked}


def _among(one: Entry, names: Container[str]) -> Entry:
    """The entry without what it waited for, and was to be stacked on, when that was unticked."""
    parents = tuple(name for name in one.depends_on if name in names)
    return one.model_copy(update={"depends_on": parents, "stack": one.stack and bool(parents)})


def dividing_text() -> str:
    """What is shown while a model divides a spec."""
    return batch_words().dividing


def place_of(view: Payload) -> Place:
    """Where a batch was asked for."""
    return Place.model_validate_json(view["private_metadata"])


def errors(problems: dict[str, str]) -> dict[str, str]:
    """All problems under the document: that is the one input that is always there."""
    told = "\n".join(f"{field}: {text}" for field, text in problems.items())
    return {DOCUMENT: fit.fit(told, 1000)}


def _parts(document: str) -> list[str]:
    """A document cut between its lines; nothing when it does not fit."""
    parts = [""]
    for line in document.splitlines():
        longer = f"{parts[-1]}\n{line}" if parts[-1] else line
        if fit.fit(longer, fit.SECTION) == longer:
            parts[-1] = longer
        else:
            parts.append(line)
    whole = len(parts) <= _PARTS and all(fit.fit(one, fit.SECTION) == one for one in parts)
    return [one for one in parts if one] if whole else []


def _pasted(number: int, text: str, count: int) -> Block:
    words, name = batch_words(), DOCUMENT if number == 1 else f"{DOCUMENT}-{number}"
    box = blocks.text_input(
        name, value=text, placeholder=words.placeholder, multiline=True, longest=fit.SECTION
    )
    label = words.document if number == 1 else words.part.format(number=number, count=count)
    return blocks.labelled(box, label=label, hint=words.hint if number == 1 else None, optional=True)


def _cost(intake: Intake) -> str:
    words = batch_words()
    if intake.known is None:
        return words.unseen
    estimates = [one.estimate for one in intake.known.specs.values()]
    usd, most = sum(one.usd.median for one in estimates), sum(one.usd.p80 for one in estimates)
    return words.cost.format(usd=f"{usd:.2f}", most=f"{most:.2f}")


def _ticks(batch: BatchFile) -> list[Block]:
    """Boxes for every spec; where several groups are needed, one of them may be left empty."""
    words, count = batch_words(), len(batch.tasks)
    found = []
    for number, first in enumerate(range(0, count, _BOXES), start=1):
        some = batch.tasks[first : first + _BOXES]
        options = [blocks.option(one.name, OptionWords(text=one.spec.title)) for one in some]
        boxes: Block = {
            "type": "checkboxes",
            "action_id": TICKS if number == 1 else f"{TICKS}-{number}",
            "options": options,
            "initial_options": options,
        }
        label = words.ticks_of.format(first=first + 1, last=first + len(some), count=count)
        label = words.ticks if count <= _BOXES else label
        found.append(blocks.labelled(boxes, label=label, hint=None, optional=count > _BOXES))
    return found


def _row(name: str, title: str, intake: Intake) -> str:
    words, gaps = batch_words(), intake.gaps[name]
    mark = (
        words.sent_back
        if any(one.blocking for one in gaps)
        else words.score.format(score=intake.scores[name])
    )
    estimate = intake.known.specs[name].estimate if intake.known and name in intake.known.specs else None
    likely = _likely(estimate) if estimate else ""
    lines = [f"*{mrkdwn(name)}* · {mark}{likely} · {mrkdwn(fit.fit(title, 100))}"]
    lines += [f"• {mrkdwn(one.text)} _{mrkdwn(one.suggestion or '')}_" for one in gaps[:4]]
    return fit.fit(Mrkdwn("\n".join(lines)), _ROW)


def _likely(estimate: Estimate) -> str:
    minutes = round(estimate.minutes.median)
    return batch_words().estimate.format(usd=f"{estimate.usd.median:.2f}", minutes=minutes)


def _view(callback: str, place: Place, *, submit: str, shown: list[Block]) -> Block:
    words = batch_words()
    view: Block = {
        "type": "modal",
        "callback_id": callback,
        "title": blocks.plain(words.title, fit.TITLE),
        "close": blocks.plain(words.close if callback == CALLBACK else words.back, fit.TITLE),
        "private_metadata": fit.fit(place.model_dump_json(), fit.METADATA),
        "blocks": shown,
    }
    return view | {"submit": blocks.plain(submit, fit.TITLE)} if submit else view
