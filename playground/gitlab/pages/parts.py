"""Pieces that several pages share."""

from datetime import UTC, datetime

from playground.gitlab.pages.html import Html, el, joined
from playground.gitlab.records import Issue, MergeRequest
from playground.gitlab.state import State


def top_bar(state: State, person: str) -> Html:
    """The bar with the way home and the choice of the person one acts for."""
    people = [
        el("a", user.name, href=f"?user={name}", aria_current="true" if name == person else None)
        for name, user in state.users.items()
        if not user.bot
    ]
    return el(
        "header",
        el("a", "GitLab", el("span", " stand-in", class_="quiet"), href=f"/?user={person}", class_="home"),
        el("nav", el("span", "Acting as", class_="quiet"), *people, aria_label="Acting as"),
        class_="top",
    )


def state_badge(thing: MergeRequest | Issue) -> Html:
    """Open, draft, merged or closed."""
    if thing.state == "opened":
        draft = isinstance(thing, MergeRequest) and thing.draft
        kind, word = ("draft", "Draft") if draft else ("open", "Open")
    else:
        kind, word = thing.state, thing.state.capitalize()
    return el("span", word, class_=f"badge {kind}")


def labels(names: list[str]) -> Html:
    """Labels as chips."""
    return joined(*(el("span", name, class_="label") for name in names))


def when(at: float) -> Html:
    """A time, to the minute."""
    moment = datetime.fromtimestamp(at, UTC)
    return el("time", moment.strftime("%d %b %Y, %H:%M"), datetime=moment.isoformat())


def pipeline_badge(status: str) -> Html:
    """A pipeline's or job's status."""
    return el("span", status, class_=f"status {status}")
