"""The short words of App Home, from templates/home/words.yml."""

from functools import cache

import yaml

from jobs.domain.base_model import Frozen
from jobs.render import TEMPLATES


class HomeWords(Frozen):
    """Headings, labels and the sentences of empty lists."""

    mine: str
    """Heading of one's own tasks."""
    reviews: str
    """Heading of what waits for one's review."""
    queue: str
    """Heading of what waits for its start."""
    budgets: str
    """Heading of the budgets."""
    batches: str
    """Heading of the last batches."""
    team: str
    """Heading of the numbers."""
    counting: str
    """Before the numbers are there."""
    unseen: str
    """When Slack refuses the charts."""
    charts_soon: str
    """Before the charts are."""
    none: str
    """When there is no task."""
    mine_wait: str
    """When all of them wait."""
    no_reviews: str
    """When no review waits."""
    not_linked: str
    """When nobody knows the person's GitLab account."""
    no_queue: str
    """When nothing waits."""
    other: str
    """When one task waits that is not shown."""
    others: str
    """How many do; {count}."""
    more: str
    """The button for more rows."""
    rest: str
    """What does not fit; {count}."""
    priority: str
    """Placeholder of the choice."""
    high: str
    """The choice."""
    normal: str
    """The choice."""
    low: str
    """The choice."""
    edit: str
    """The button."""
    mend: str
    """The button on a proposed task."""
    cancel: str
    """The button."""
    retry: str
    """The button."""
    open: str
    """The button."""
    sure: str
    """Title of the question before cancelling."""
    sure_text: str
    """Its text; {title}."""
    sure_yes: str
    """Do it."""
    sure_no: str
    """Do not."""


@cache
def home_words() -> HomeWords:
    """The words, read once."""
    text = (TEMPLATES / "home" / "words.yml").read_text(encoding="utf-8")
    return HomeWords.model_validate(yaml.safe_load(text))
