"""Budgets and batches in App Home."""

from bot.views import blocks
from bot.views.blocks import Block
from bot.views.home.nouns import Home, Lot, Purse
from bot.views.home.rows import thread_address
from jobs.domain.budget import Spend
from jobs.domain.ledger import Holder, Measure
from jobs.domain.task import Task, Thread
from jobs.messages.batch import state_words
from jobs.messages.blocks import one_line
from jobs.messages.figures import date, money
from jobs.messages.short import amount
from jobs.render import render

ROOM = 2700
"""Characters that the rows of one batch may take."""


def budget_block(home: Home) -> Block:
    """Every budget that concerns the person, a line each; raises ValueError when there is none."""
    lines = [_purse(one) for one in home.purses]
    if home.renews:
        lines.append(render("home/renews.mrkdwn.j2", at=date(home.renews)))
    return blocks.section("\n".join(lines))


def batch_block(home: Home, lot: Lot) -> Block:
    """A batch with a line for each task."""
    batch = lot.batch
    rows, used = [], 0
    for task in lot.tasks:
        row = _row(task)
        used += sum(len(str(cell)) for cell in row) + 20
        if used > ROOM:
            break
        rows.append(row)
    thread = Thread(channel=batch.channel, ts=batch.ts) if batch.channel else None
    text = render(
        "home/batch.mrkdwn.j2",
        title=one_line(batch.title, 120),
        thread=thread_address(home, thread),
        batch=batch.id,
        money=money(sum((_spend(one) for one in lot.tasks), Spend())),
        rows=rows,
        more=len(lot.tasks) - len(rows),
    )
    return blocks.section(text)


def _purse(purse: Purse) -> str:
    account, balance = purse.account, purse.balance
    measure = next(iter(account.limit), Measure.USD)
    spent, held = balance.spent.get(measure, 0), balance.held.get(measure, 0)
    limit = account.limit.get(measure)
    left = max(0, limit - spent - held) if limit is not None else 0
    return render(
        "home/budget.mrkdwn.j2",
        holder=account.holder,
        channel=account.id if account.holder is Holder.CHANNEL else "",
        used=amount(measure, spent) if spent else "nothing",
        held=amount(measure, held) if held else "",
        limit=amount(measure, limit) if limit is not None else "",
        left=amount(measure, left) if left else "",
        others=[_other(purse, one) for one in list(account.limit)[1:]],
    )


def _other(purse: Purse, measure: Measure) -> str:
    used = purse.balance.spent.get(measure, 0) + purse.balance.held.get(measure, 0)
    return f"{amount(measure, used)} of {amount(measure, purse.account.limit[measure])}"


def _row(task: Task) -> tuple[str, str, str, str, int]:
    verdict = task.run.verdict if task.run else None
    proven = f"{verdict.proven} of {len(task.spec.criteria)} proven" if verdict else ""
    request = task.merge_request
    url = request.url if request and len(request.url) <= 300 else ""
    return one_line(task.spec.title, 60), state_words(task), proven, url, request.iid if request else 0


def _spend(task: Task) -> Spend:
    running = task.run.spend if task.run and not task.run.ended else Spend()
    return task.spend + running
