"""The team's numbers in App Home: in words, and as pictures for who can see them."""

from typing import Any

from bot.views import blocks, fit
from bot.views.blocks import Block
from bot.views.home.words import home_words
from jobs.domain.team import Numbers, Week, together
from jobs.messages.blocks import one_line
from jobs.messages.figures import date
from jobs.messages.team import cost, waited
from jobs.render import render

ALT = 2000
"""Most characters of the words for a picture."""


def team_blocks(numbers: Numbers) -> list[Block]:
    """The last weeks in words, then each chart."""
    weeks = numbers.weeks
    text = render(
        "home/team.mrkdwn.j2",
        this=_said(weeks[-1]),
        last=_said(weeks[-2]),
        all=_said(together(weeks)),
        count=len(weeks),
    )
    return [blocks.section(text), *(_picture(one.file, one.alt) for one in numbers.pictures), _note(numbers)]


def without_pictures(numbers: Numbers, why: str) -> Numbers:
    """The same in words alone."""
    return numbers.model_copy(update={"pictures": (), "trouble": why})


def unseen() -> str:
    """Why there are no pictures when Slack does not take them."""
    return home_words().unseen


def _said(week: Week) -> dict[str, Any]:
    return {
        "opened": week.opened,
        "merged": week.merged,
        "closed": week.closed,
        "accepted": week.accepted,
        "hours": waited(week),
        "reworks": "" if week.reworks is None else f"{week.reworks:.1f}",
        "cost": cost(week),
    }


def _picture(file: str, alt: str) -> Block:
    return {"type": "image", "slack_file": {"id": file}, "alt_text": fit.fit(alt, ALT)}


def _note(numbers: Numbers) -> Block:
    words = home_words()
    if numbers.trouble:
        return blocks.context(render("home/no_charts.mrkdwn.j2", why=one_line(numbers.trouble, 300)))
    if not numbers.pictures:
        return blocks.context(words.charts_soon)
    drawn = numbers.tried_at or numbers.at
    return blocks.context(render("home/charts_of.mrkdwn.j2", at=date(drawn)))
