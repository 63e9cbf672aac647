"""The view: lists first, then money, then the past; below a hundred blocks whatever there is."""

from collections import Counter
from collections.abc import Callable, Sequence
from typing import TypeVar

from bot.views import blocks
from bot.views.blocks import Block
from bot.views.home import choices, figures, rows
from bot.views.home.nouns import Home, Part
from bot.views.home.team import team_blocks
from bot.views.home.words import home_words
from jobs.domain.task import Task
from jobs.render import render

BLOCKS = 100
"""Most blocks of a view."""

Row = TypeVar("Row")


def home_view(home: Home) -> Block:
    """The view for `views.publish`."""
    if home.refusal:
        return _view([blocks.section(home.refusal)])
    found = [
        *([blocks.section(home.notice)] if home.notice else []),
        *_mine(home),
        *_reviews(home),
        *_queue(home),
        *_budgets(home),
        *_batches(home),
        *_team(home),
    ]
    return _view(found)


def _mine(home: Home) -> list[Block]:
    words = home_words()
    if not home.mine:
        waits = any(one.requester.id == home.person for one in home.queue)
        return [_header(words.mine), blocks.context(words.mine_wait if waits else words.none)]
    listed = _listed(home, Part.MINE, home.mine, lambda one: [rows.task_row(home, one)])
    return [_header(words.mine), blocks.context(_counts(home.mine)), *listed]


def _reviews(home: Home) -> list[Block]:
    words = home_words()
    if not home.linked:
        return [_header(words.reviews), blocks.context(words.not_linked)]
    if not home.reviews:
        return [_header(words.reviews), blocks.context(words.no_reviews)]
    return [
        _header(words.reviews),
        *_listed(home, Part.REVIEWS, home.reviews, lambda one: [rows.review_row(home, one)]),
    ]


def _queue(home: Home) -> list[Block]:
    words = home_words()
    hidden = home.waiting - len(home.queue)
    told = words.other if hidden == 1 else words.others.format(count=hidden)
    others = [blocks.context(told)] if hidden > 0 else []
    if not home.queue:
        return [_header(words.queue), *(others or [blocks.context(words.no_queue)])]
    listed = _listed(home, Part.QUEUE, home.queue, lambda one: rows.queue_rows(home, one))
    return [_header(words.queue), *listed, *others]


def _budgets(home: Home) -> list[Block]:
    if not home.purses:
        return []
    return [_header(home_words().budgets), figures.budget_block(home)]


def _batches(home: Home) -> list[Block]:
    if not home.lots:
        return []
    return [_header(home_words().batches), *(figures.batch_block(home, one) for one in home.lots)]


def _team(home: Home) -> list[Block]:
    if not home.leads:
        return []
    words = home_words()
    found = team_blocks(home.numbers) if home.numbers else [blocks.context(words.counting)]
    return [_header(words.team), *found]


def _listed(home: Home, part: Part, items: Sequence[Row], built: Callable[[Row], list[Block]]) -> list[Block]:
    """The first rows of a list, and the way to more of them, or how many there are besides."""
    shown = home.rows(part)
    found = [block for one in items[:shown] for block in built(one)]
    left = len(items) - shown
    if left <= 0:
        return found
    words = home_words()
    if shown >= part.most:
        return [*found, blocks.context(words.rest.format(count=left))]
    label = f"{words.more} ({left})"
    button = blocks.button(choices.MORE, label, choices.value("", part.value))
    return [*found, blocks.actions(button) | {"block_id": f"more-{part.value}"}]


def _counts(tasks: Sequence[Task]) -> str:
    counted = Counter(one.state for one in tasks)
    states = [(state.replace("_", " "), count) for state, count in counted.items()]
    return render("home/counts.mrkdwn.j2", states=states)


def _header(text: str) -> Block:
    return {"type": "header", "text": blocks.plain(text, 150)}


def _view(found: Sequence[Block]) -> Block:
    return {"type": "home", "callback_id": "home", "blocks": list(found[:BLOCKS])}
