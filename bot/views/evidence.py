"""The modal behind Evidence: what was run for each criterion, then the checks, a page at a time."""

from collections.abc import Mapping
from typing import Any

from bot.views import blocks, fit
from bot.views.blocks import Block
from bot.views.evidence_parts import Part, parts_of
from bot.views.evidence_words import evidence_words
from jobs.domain.base_model import Frozen
from jobs.domain.confirmed import counted
from jobs.domain.run import Run
from jobs.domain.task import Task
from jobs.messages.blocks import one_line
from jobs.render import mrkdwn

BACK, NEXT = "evidence_back", "evidence_next"
"""Action ids of the buttons that turn a page."""

BLOCKS = 40
"""Most blocks of one page besides its frame: Slack takes 100, a person less."""
CHARACTERS = 9_000
"""Most characters of one page."""


class Place(Frozen):
    """Which page of whose evidence a view shows."""

    task: str
    """Task id."""
    run: int
    """Number of the run that was clicked on."""
    channel: str
    """Where that was."""
    page: int = 1
    """From 1."""


def evidence_view(task: Task, place: Place) -> Block:
    """A page of the evidence of the task's last run; a page that is not there is the nearest one."""
    words, run = evidence_words(), counted(task)
    if run is None or run.verdict is None:
        return notice(words.nothing)
    pages = _pages(parts_of(task.spec, run))
    number = min(max(place.page, 1), len(pages))
    shown = place.model_copy(update={"page": number})
    frame = [blocks.section(words.heading.format(title=mrkdwn(one_line(task.spec.title, 150))))]
    frame.append(blocks.context(_of(task, run)))
    if place.run != run.number:
        frame.append(blocks.context(words.latest.format(clicked=place.run, run=run.number)))
    body = _ruled(pages[number - 1])
    return _modal([*frame, *body, *_turning(number, len(pages))]) | {
        "private_metadata": shown.model_dump_json()
    }


def loading() -> Block:
    """What is shown until the evidence has been looked up."""
    return notice(evidence_words().loading)


def failed() -> Block:
    """What is shown when it could not be."""
    return notice(evidence_words().failed)


def notice(text: str) -> Block:
    """A sentence in the evidence's place."""
    return _modal([blocks.section(text)])


def place_of(view: Mapping[str, Any]) -> Place:
    """Which page a view shows."""
    return Place.model_validate_json(view["private_metadata"])


def _modal(shown: list[Block]) -> Block:
    words = evidence_words()
    return {
        "type": "modal",
        "title": blocks.plain(words.title, fit.TITLE),
        "close": blocks.plain(words.close, fit.TITLE),
        "blocks": shown,
    }


def _of(task: Task, run: Run) -> str:
    words, verdict = evidence_words(), run.verdict
    proven = words.proven.format(proven=verdict.proven if verdict else 0, count=len(task.spec.criteria))
    return words.run.format(
        run=run.number,
        criteria=proven,
        base=(run.target_base or "–")[:10],
        head=run.head[:10] if run.head else words.no_commit,
    )


def _pages(parts: list[Part]) -> list[list[Part]]:
    pages: list[list[Part]] = [[]]
    for one in parts:
        held = sum(len(part.blocks) for part in pages[-1])
        long = sum(part.length for part in pages[-1])
        if pages[-1] and (held + len(one.blocks) > BLOCKS or long + one.length > CHARACTERS):
            pages.append([])
        pages[-1].append(one)
    return pages


def _ruled(parts: list[Part]) -> list[Block]:
    """The blocks of a page, a line above the first part and above each that begins something new."""
    line: Block = {"type": "divider"}
    return [
        block
        for at, part in enumerate(parts)
        for block in ((line, *part.blocks) if part.ruled or at == 0 else part.blocks)
    ]


def _turning(page: int, pages: int) -> list[Block]:
    if pages == 1:
        return []
    words = evidence_words()
    buttons = [blocks.button(BACK, words.back, str(page - 1))] if page > 1 else []
    buttons += [blocks.button(NEXT, words.next, str(page + 1))] if page < pages else []
    return [blocks.context(words.page.format(page=page, pages=pages)), blocks.actions(*buttons)]
