"""Who may do what: every act by everybody, and each refusal explains itself and names who can."""

import logging
from collections.abc import Mapping
from itertools import product

import pytest
from redis.exceptions import ConnectionError as NoRedis

from bot import access, consent, say
from bot.roles import AGAIN, FRESH, Roles
from jobs.domain.action import ActKind
from jobs.domain.people import Access, Person
from jobs.domain.task import Task
from jobs.queue import roster
from jobs.settings import OperatorFile
from playground.person import Person as Human
from tests.bot.test_stories import queued
from tests.bot.world import PAY, Bot, running, told
from tests.factories import a_task

FILE = OperatorFile.model_validate(
    {
        "operators": ["U0OPS", "@on-call"],
        "repositories": {
            "payments/api": {"channels": [PAY], "people": ["U0BEN"], "maintainers": ["S0LEADS1"]},
            "web/shop": {"channels": ["C0WEB"], "people": ["@nobody"]},
        },
    }
)
MEMBERS = {"S0LEADS1": ("U0EVE", "U0ANA"), "@on-call": ("U0ZOE",)}
RESOLVED = FILE.with_groups(MEMBERS)
PEOPLE = {
    "requester": "U0ANA",
    "listed": "U0BEN",
    "maintainer": "U0EVE",
    "operator": "U0OPS",
    "operator by group": "U0ZOE",
    "stranger": "U0DAN",
}
THEIRS = {"requester", "maintainer", "operator", "operator by group"}
OTHERS = {"listed", "maintainer", "operator", "operator by group"}
MAY: Mapping[ActKind, set[str]] = {
    **dict.fromkeys(ActKind, THEIRS),
    ActKind.CONFIRM: OTHERS,
    ActKind.CONSENT: {"maintainer"},
}


def asked(kind: ActKind, task: Task, person: str) -> Access:
    who = Person(id=person)
    if kind in consent.KINDS:
        return consent.may_decide(RESOLVED, kind=kind, task=task, person=who)
    return access.may_act(RESOLVED, task=task, person=who)


@pytest.mark.parametrize(("kind", "role"), [*product(ActKind, PEOPLE)], ids=str)
def test_every_act_by_everybody(kind: ActKind, role: str) -> None:
    task = a_task()
    allowed = asked(kind, task, PEOPLE[role])

    assert allowed.granted is (role in MAY[kind])
    if not allowed.granted:
        text = say.refusal(allowed, RESOLVED, channel=PAY, person=Person(id=PEOPLE[role]), task=task)
        assert "Ask" in text
        assert "<!subteam^S0LEADS1>" in text
        assert text.endswith(".")


@pytest.mark.parametrize(
    ("person", "may"), [("U0BEN", True), ("U0EVE", True), ("U0ZOE", True), ("U0DAN", False)]
)
def test_asking_for_changes(person: str, may: bool) -> None:
    allowed = access.may_ask(RESOLVED, repository="payments/api", channel=PAY, person=Person(id=person))
    assert allowed.granted is may


def test_a_group_without_members_opens_nothing() -> None:
    for file in (FILE, RESOLVED):
        allowed = access.may_ask(file, repository="web/shop", channel="C0WEB", person=Person(id="U0DAN"))
        assert allowed.reason == "person_not_listed"


def test_nobody_is_asked_for_a_consent_by_a_groups_id() -> None:
    assert RESOLVED.consenting("payments/api", requester="U0ANA") == ("U0EVE",)
    assert FILE.consenting("payments/api", requester="U0ANA") == ("U0OPS",)


@pytest.mark.parametrize(
    "reason", ["repository_unknown", "channel_without_repository", "channel_not_mapped", "person_not_listed"]
)
def test_other_refusals_name_an_operator(reason: str) -> None:
    text = say.refusal(
        Access(granted=False, reason=reason),
        RESOLVED,
        channel=PAY,
        person=Person(id="U0DAN"),
        repository="a/b",
    )
    assert "@on-call or <@U0OPS>" in text


async def test_members_are_asked_for_now_and_then_and_kept_through_an_outage(
    caplog: pytest.LogCaptureFixture,
) -> None:
    now, asked_for, gone = [0.0], [0], [False]

    async def read() -> Mapping[str, tuple[str, ...]]:
        asked_for[0] += 1
        if gone[0]:
            raise NoRedis("gone")
        return MEMBERS

    roles = Roles(FILE, read, clock=lambda: now[0])
    for moment, times in ((0.0, 1), (FRESH - 1, 1), (FRESH, 2)):
        now[0] = moment
        assert "U0EVE" in (await roles.now()).repositories["payments/api"].maintainers
        assert asked_for[0] == times
    gone[0], now[0] = True, 3 * FRESH
    with caplog.at_level(logging.WARNING):
        assert "U0ZOE" in (await roles.now()).operators
    assert "stay as they were" in caplog.text
    gone[0], now[0] = False, 3 * FRESH + AGAIN
    assert "U0ZOE" in (await roles.now()).operators


async def test_a_maintainer_by_group_cancels(slack_url: str, redis_url: str, ana: Human, ben: Human) -> None:
    table = {"channels": [PAY], "maintainers": ["S0REV"]}
    file = OperatorFile.model_validate({"repositories": {"payments/api": table}})
    async with running(slack_url=slack_url, redis_url=redis_url, operator=file) as bot:
        await roster.publish(bot.store.connection, {"S0REV": ("U0BEN",)})
        task = await _cancelled(bot, ana, ben)
        assert f"Cancelling `{task.id}`" in await told(ben)


async def _cancelled(bot: Bot, ana: Human, ben: Human) -> Task:
    task = await queued(bot, ana)
    assert task.thread
    assert task.thread.ts
    await ben.click(PAY, task.thread.ts, "task_cancel")
    return task
