"""Numbers as people read them."""

from datetime import UTC, datetime
from decimal import Decimal

from jobs.domain.budget import Spend
from jobs.domain.run import Run
from jobs.render import Mrkdwn


def duration(seconds: float) -> str:
    """Seconds as 8 s, 1 min 20 s or 2 h 5 min."""
    whole = max(0, round(seconds))
    if whole < 60:
        return f"{whole} s"
    minutes, rest = divmod(whole, 60)
    if minutes < 60:
        return f"{minutes} min {rest} s" if rest else f"{minutes} min"
    hours, minutes = divmod(minutes, 60)
    return f"{hours} h {minutes} min" if minutes else f"{hours} h"


def date(moment: datetime) -> Mrkdwn:
    """A moment as each reader's own clock shows it; in UTC where Slack cannot format it.

    See https://docs.slack.dev/messaging/formatting-message-text/#date-formatting
    """
    utc = moment.astimezone(UTC)
    plain = f"on {utc:%Y-%m-%d} at {utc:%H:%M} UTC"
    return Mrkdwn(f"<!date^{int(utc.timestamp())}^{{date_short_pretty}} at {{time}}|{plain}>")


def money(spend: Spend) -> str:
    """What was paid, to the cent; a lower bound says so, and no call costs nothing."""
    if not spend.requests:
        return "no model used"
    if not spend.priced and not spend.usd:
        return "price unknown"
    amount = "under $0.01" if Decimal(0) < spend.usd < Decimal("0.01") else f"${spend.usd:.2f}"
    return amount if spend.priced else f"at least {amount}"


def prompts_told(run: Run) -> str:
    """Which prompts a run's models were told, short: their version, and what is not shipped of them."""
    other = [*(["on trial"] if run.prompts.trial else []), *run.prompts.sources]
    return f"prompts {run.templates or 'none'}" + (f" ({'; '.join(other)})" if other else "")


def tokens(spend: Spend) -> str:
    """Tokens in and out together, as 950, 12k or 1.2M."""
    total = spend.input_tokens + spend.output_tokens
    if total < 1_000:
        return f"{total} tokens"
    return f"{total / 1_000:.0f}k tokens" if total < 1_000_000 else f"{total / 1_000_000:.1f}M tokens"
