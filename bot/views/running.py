"""The last step of the form: when a task starts, before which others, for how much, and who reviews it."""

from datetime import datetime
from decimal import Decimal, InvalidOperation

from bot.views.answers import moment_of
from bot.views.spec import CALLBACK, ORDINARY, Offer
from bot.views.steps import Answers
from bot.views.words import form_words
from jobs.domain.base_model import Frozen
from jobs.domain.plan import ANYTIME, Plan, Priority
from jobs.errors import Refused
from jobs.settings import OperatorFile


class Running(Frozen):
    """How a task is to run, as the person wishes."""

    plan: Plan = Plan()
    """When it may start."""
    usd: Decimal | None = None
    """The most that one run may cost; None is the operator's cap."""
    reviewers: tuple[str, ...] = ()
    """GitLab users to ask for review; empty for the repository's own."""


def offer_for(operator: OperatorFile, *, repository: str, channel: str) -> Offer:
    """What the operator's file offers a form."""
    return Offer(
        cap=operator.cap_for(repository).usd,
        windows=tuple(operator.backlog.windows),
        window=operator.backlog.channels.get(channel, ""),
    )


def read_running(given: Answers, offer: Offer, now: datetime) -> Running:
    """How a task is to run; raises Refused with every problem, by block id."""
    problems: dict[str, str] = {}
    not_before, window = _when(given, offer, now, problems)
    usd = _usd(given.get("usd", ""), offer.cap, problems)
    if given.get("engine", ORDINARY) not in (ORDINARY, *offer.engines):
        problems["engine"] = form_words(CALLBACK).no_engine.format(name=given["engine"])
    if problems:
        raise Refused(problems)
    plan = Plan(
        priority=Priority(given.get("priority", Priority.NORMAL)),
        not_before=not_before,
        window=window,
        depends_on=_listed(given, "depends_on"),
    )
    return Running(plan=plan, usd=usd, reviewers=_listed(given, "reviewers"))


def _when(
    given: Answers, offer: Offer, now: datetime, problems: dict[str, str]
) -> tuple[datetime | None, str | None]:
    words, chosen = form_words(CALLBACK).when, given.get("when", "")
    if chosen == "at":
        moment = moment_of(given.get("at", ""))
        if moment is None:
            problems["at"] = words.no_time
        elif moment <= now:
            problems["at"] = words.past
        return moment, ANYTIME if offer.window else None
    name = chosen.removeprefix("window:")
    if chosen.startswith("window:"):
        if name not in (*offer.windows, ANYTIME):
            problems["when"] = words.no_window
        return None, name
    # a channel with a window of its own: whoever says now means now
    return None, ANYTIME if offer.window and chosen == "now" else None


def _usd(text: str, cap: Decimal, problems: dict[str, str]) -> Decimal | None:
    words = form_words(CALLBACK).usd
    if not text:
        return None
    try:
        usd = Decimal(text)
    except InvalidOperation:
        usd = Decimal(0)
    if not usd.is_finite() or usd <= 0:
        problems["usd"] = words.number
    elif usd > cap:
        problems["usd"] = words.most.format(cap=f"{cap:.2f}")
    return usd


def _listed(given: Answers, name: str) -> tuple[str, ...]:
    return tuple(dict.fromkeys(line.strip() for line in given.get(name, "").splitlines() if line.strip()))
