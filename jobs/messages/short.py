"""Why there is no money for a task, in one or two sentences."""

from jobs.domain.ledger import Measure, Shortage
from jobs.messages.figures import duration
from jobs.render import render


def shortage_note(shortage: Shortage, *, running: bool) -> str:
    """Whose budget lacks how much, and when there is more; `running`: others hold some of it now."""
    return render(
        "thread/short.mrkdwn.j2",
        holder=shortage.account.holder,
        behind=shortage.behind,
        never=shortage.never,
        missing=amount(shortage.measure, shortage.missing),
        renews=shortage.renews_at is not None,
        running=running,
    )


def amount(measure: Measure, value: int) -> str:
    """An amount as people read it."""
    if measure is Measure.USD:
        return f"${value / 1_000_000:.2f}" if value >= 10_000 else "under $0.01"
    if measure is Measure.TOKENS:
        return f"{value:,} tokens"
    text = duration(value / 1000)
    return text if measure is Measure.MINUTES else f"{text} of processor time"
