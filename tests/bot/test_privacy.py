"""What is a repository's own stays in its channels: never to guests, nor where another organisation reads."""

import json
from collections.abc import Awaitable, Callable, Mapping
from dataclasses import replace

import pytest

from jobs import messages
from jobs.domain.run import RunState
from jobs.domain.spec import Spec
from jobs.domain.task import Task, TaskState
from jobs.domain.version import kept_versions
from jobs.queue import keys
from jobs.settings import OperatorFile
from playground.person import Person
from playground.slack import SlackStandIn
from playground.slack.seed import Workspace
from tests.bot.world import OPERATOR, PAY, WEB, Bot, running
from tests.factories import NOON, a_merge_request, a_patch, a_run, a_spec, a_task, a_verdict

SECRET = "zebra"
ELSEWHERE = OperatorFile.model_validate(
    OPERATOR.model_dump()
    | {
        "repositories": {
            "payments/api": {"channels": [WEB], "maintainers": ["U0EVE"]},
            "x/y": {"channels": [PAY]},
        }
    }
)


def the_spec(**fields: object) -> Spec:
    """A spec whose every part holds the secret."""
    criteria = [{"id": "AC1", "text": f"2.675 {SECRET}s total 2.68"}]
    return a_spec(title=f"Count {SECRET}s", criteria=criteria, **fields)


async def mentioned(eve: Person, task: Task, ts: str) -> None:
    """Mention the bot and wait for its answer: an event is delivered beside."""
    before = len(await _private(eve))
    await eve.message(PAY, "<@U0BOT> have a look")

    async def answered() -> bool:
        return len(await _private(eve)) > before

    await eve.wait_for(answered, 10)


def reviewed() -> Task:
    """A task that has everything to be shown: evidence, two versions, a merge request."""
    task = a_task(state=TaskState.IN_REVIEW, waiting=None, spec=the_spec())
    run = a_run(task, state=RunState.DELIVERED, round=1, ended_at=NOON, patch=a_patch(), verdict=a_verdict())
    first = task.note(run=run, merge_request=a_merge_request(), runs=1)
    return first.note(
        versions=kept_versions(first), spec=the_spec(goal="Half up, please, everywhere."), spec_version=2
    )


Surfaces = Mapping[str, Callable[[Person, Task, str], Awaitable[object]]]
SURFACES: Surfaces = {
    "status": lambda eve, task, ts: eve.command(f"status {task.id}", PAY),
    "compare": lambda eve, task, ts: eve.click(PAY, ts, "task_compare"),
    "evidence": lambda eve, task, ts: eve.click(PAY, ts, "run_evidence"),
    "changes": lambda eve, task, ts: eve.click(PAY, ts, "review_changes"),
    "edit": lambda eve, task, ts: eve.click(PAY, ts, "task_mend"),
}

WAYS_IN: Surfaces = {
    "batch": lambda eve, task, ts: eve.command("batch", PAY),
    "split": lambda eve, task, ts: eve.command(f"split {task.id}", PAY),
    "from": lambda eve, task, ts: eve.command("from https://gitlab.test/payments/api/-/issues/1", PAY),
    "form": lambda eve, task, ts: eve.command("", PAY),
    "mention": mentioned,
    "message": lambda eve, task, ts: eve.shortcut("spec_from_message", channel=PAY, message_ts=ts),
    "anywhere": lambda eve, task, ts: eve.shortcut("new_spec"),
    "cancel": lambda eve, task, ts: eve.command(f"cancel {task.id}", PAY),
}
"""Ways in: each opens something in the repository's own channel, and elsewhere says why not."""

BEGUN = ('"callback_id": "spec"', '"callback_id": "batch"', "spec_quoted")
"""What only somebody gets to see who may ask there."""


async def shown(bot: Bot, eve: Person, surfaces: Surfaces = SURFACES) -> dict[str, str]:
    """What a maintainer gets to see in the channel, by what they used."""
    task, _ = await bot.store.create(reviewed())
    blocks = (*messages.head(task).blocks, *messages.summary(task).blocks)
    rows = [dict(one) | {"block_id": f"b{at}"} for at, one in enumerate(blocks)]
    posted = await bot.client.chat_postMessage(channel=PAY, text="head", blocks=rows)
    found = {}
    for name, use in surfaces.items():
        before = len(await _private(eve))
        await use(eve, task, str(posted["ts"]))
        await bot.settled()
        stack = await eve.views()
        found[name] = json.dumps([(await _private(eve))[before:], stack])
        if stack:
            await eve.close(stack[-1]["id"], clear=True)
    return found


async def test_its_own_channel_shows_everything(bot: Bot, eve: Person) -> None:
    assert [name for name, text in (await shown(bot, eve)).items() if SECRET not in text] == []


@pytest.mark.parametrize("place", ["shared", "mapped elsewhere", "guest"])
async def test_elsewhere_nothing_is_shown(
    place: str, slack: SlackStandIn, slack_url: str, redis_url: str, eve: Person
) -> None:
    slack.state.conversations[PAY].is_ext_shared = place == "shared"
    if place == "guest":
        slack.state.workspace = _with_guest(slack)
    operator = ELSEWHERE if place == "mapped elsewhere" else OPERATOR
    async with running(slack_url=slack_url, redis_url=redis_url, operator=operator) as bot:
        found = await shown(bot, eve, {**SURFACES, **WAYS_IN})
        errands = await bot.store.connection.call("LLEN", keys.ERRANDS)
    assert [name for name, text in found.items() if SECRET in text] == []
    assert [name for name, text in found.items() if len(text) < 40] == [], "a refusal explains itself"
    # another repository of the channel may be asked for there; what is asked about this one goes nowhere
    others = {"batch", "form", "mention", "message", "anywhere"}
    begun = {name for name, text in found.items() if any(one in text for one in BEGUN)}
    assert (begun, errands) == (others if place == "mapped elsewhere" else set(), 0)


@pytest.mark.parametrize("place", ["shared", "guest"])
async def test_a_persons_own_list_is_not_shown_there_either(
    place: str, slack: SlackStandIn, slack_url: str, redis_url: str, eve: Person
) -> None:
    slack.state.conversations[PAY].is_ext_shared = place == "shared"
    if place == "guest":
        slack.state.workspace = _with_guest(slack)
    async with running(slack_url=slack_url, redis_url=redis_url) as bot:
        await bot.store.create(a_task(requester={"id": "U0EVE"}, spec=the_spec()))
        await eve.command("status", PAY)
        await bot.settled()
        assert SECRET not in json.dumps(await _private(eve))
        await eve.open_home()
        home = json.dumps(await eve.wait_for(eve.home, 10))
        assert (SECRET in home) is (place == "shared"), "a tab is no channel, but a guest has none"


def _with_guest(slack: SlackStandIn) -> Workspace:
    users = slack.state.workspace.users
    guests = tuple(replace(one, is_restricted=True) if one.id == "U0EVE" else one for one in users)
    return replace(slack.state.workspace, users=guests)


async def _private(person: Person) -> list[dict[str, object]]:
    found = await person.messages(PAY)
    return [one for one in found if one.get("is_ephemeral") or one.get("seen_only_by")]
