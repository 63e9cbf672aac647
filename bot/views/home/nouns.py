"""What App Home shows, before it is blocks."""

from datetime import datetime
from enum import StrEnum

from jobs.domain.base_model import Frozen
from jobs.domain.batch import Batch
from jobs.domain.ledger import Account, Balance
from jobs.domain.risk import Tier
from jobs.domain.task import Task
from jobs.domain.team import Numbers


class Part(StrEnum):
    """A list that may be longer than what is shown of it."""

    MINE = "mine"
    """The person's own tasks."""
    REVIEWS = "reviews"
    """What waits for the person's review."""
    QUEUE = "queue"
    """What waits for its start."""

    @property
    def first(self) -> int:
        """Rows that are shown at first."""
        return {Part.MINE: 8, Part.REVIEWS: 6, Part.QUEUE: 5}[self]

    @property
    def most(self) -> int:
        """Rows that are shown at the most: the whole must stay below a hundred blocks."""
        return {Part.MINE: 20, Part.REVIEWS: 12, Part.QUEUE: 12}[self]


class Review(Frozen):
    """A merge request that waits for the person's look."""

    task: Task
    """The task it belongs to."""
    minutes: int
    """Estimated effort."""
    tier: Tier
    """How carefully to look."""


class Purse(Frozen):
    """A budget and what is used of it."""

    account: Account
    """Whose."""
    balance: Balance
    """What is used."""


class Lot(Frozen):
    """A batch and its tasks."""

    batch: Batch
    """The batch."""
    tasks: tuple[Task, ...]
    """Its tasks, in the document's order."""


class Home(Frozen):
    """Everything that one person's App Home shows."""

    person: str
    """Slack user id."""
    refusal: str = ""
    """Why nothing is shown, mrkdwn; empty when something is."""
    notice: str = ""
    """What came of the last click, mrkdwn; empty for nothing to say."""
    address: str = ""
    """Where this Slack is seen in a browser, ending in a slash."""
    mine: tuple[Task, ...] = ()
    """The person's tasks that are not waiting, those that need them first."""
    reviews: tuple[Review, ...] = ()
    """What waits for their review, the quickest first."""
    linked: bool = True
    """False when nobody knows which GitLab account is theirs."""
    queue: tuple[Task, ...] = ()
    """Tasks that wait, in the order in which they are shown."""
    waiting: int = 0
    """How many tasks wait altogether, whoever may see them."""
    changeable: frozenset[str] = frozenset()
    """Ids of tasks that the person may change."""
    purses: tuple[Purse, ...] = ()
    """Budgets that concern them."""
    renews: datetime | None = None
    """When the months of these budgets end."""
    lots: tuple[Lot, ...] = ()
    """Their last batches, the newest first."""
    leads: bool = False
    """True for who may see the team's numbers."""
    numbers: Numbers | None = None
    """The numbers of the repositories they look after; None until they are counted."""
    shown: dict[str, int] = {}  # noqa: RUF012  # pydantic copies defaults
    """Part → rows the person asked for."""

    def rows(self, part: Part) -> int:
        """How many rows of a part are shown."""
        return min(max(self.shown.get(part, 0), part.first), part.most)
