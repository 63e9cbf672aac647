"""Ana asks for a bug to be mended, walks away, and comes back to a verified merge request."""

from collections.abc import AsyncIterator

import pytest
import pytest_asyncio

from jobs.domain.event import first_broken
from jobs.domain.task import TaskState
from playground.demo.run import CHANNEL
from playground.form import submit
from tests.story.world import PATIENCE, Payload, World, running, sample, secrets_in

pytestmark = pytest.mark.asyncio(loop_scope="module")


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def world() -> AsyncIterator[World]:
    async with running() as world, world.stack.bot(), world.stack.worker():
        await world.stack.ready()
        yield world


async def form(world: World) -> Payload:
    """Ana types /codegen and waits for the form."""
    await world.ana.command("", CHANNEL)

    async def there() -> Payload | None:
        stack = await world.ana.views()
        return stack[-1] if stack and stack[-1].get("callback_id") == "spec" else None

    return await world.ana.wait_for(there, PATIENCE)


async def test_a_form_that_is_not_precise_is_answered_at_the_field(world: World) -> None:
    view = await form(world)
    vague = {
        "title": "Rounding",
        "goal": "Make it better.",
        "criteria": "It works well",
    }
    values: Payload = {
        name: {name: {"type": "plain_text_input", "value": text}} for name, text in vague.items()
    }
    offered = await world.ana.options(view["id"], "repository", "payments")
    values["repository"] = {"repository": {"type": "external_select", "selected_option": offered[0]}}
    kind = {"text": {"type": "plain_text", "text": "Bugfix"}, "value": "bugfix"}
    values["kind"] = {"kind": {"type": "static_select", "selected_option": kind}}

    answer = await submit(world.ana, view["id"], values)

    assert not answer["ok"]
    assert "criteria" in answer["errors"]
    assert await world.store.list() == ()
    await world.ana.close(view["id"], clear=True)


async def test_a_spec_becomes_a_verified_merge_request(world: World) -> None:
    task = await world.ask(sample())
    task = await world.ended(task)

    assert task.state is TaskState.IN_REVIEW
    assert await world.branches() == [f"codegen/{task.id}"]
    (request,) = await world.requests()
    assert request["source_branch"] == f"codegen/{task.id}"
    assert request["title"] == "Round half up in invoice totals"
    assert set(request["labels"]) == {"codegen", "codegen::bugfix"}
    assert [one["username"] for one in request["reviewers"]] == ["ben"]

    description = request["description"]
    assert "Evidence: 3 of 3 criteria proven" in description
    assert "| AC1 A line of 1 x 2.665 totals 2.67 | proven (strong) | failed | passed |" in description
    assert "title: Round half up in invoice totals" in description, "the spec is part of the merge request"


async def test_the_commit_says_where_it_comes_from(world: World) -> None:
    (task,) = await world.store.list()
    commit = await world.gitlab(f"/repository/commits/codegen%2F{task.id}")
    trailers = dict(
        line.split(": ", 1) for line in commit["message"].splitlines() if line.startswith("Codegen-")
    )

    assert trailers["Codegen-Task"] == task.id
    events = await world.store.history(task.id)
    assert first_broken(events) is None, "the chain of events is whole"
    assert trailers["Codegen-Chain"] in [event.hash for event in events]


async def test_the_thread_is_one_head_message_and_one_summary(world: World) -> None:
    (task,) = await world.store.list()
    head, summary = await world.thread(task)

    assert [one["ts"] for one in await world.heads()] == [head["ts"]]
    assert "*In review.*" in head["text"]
    assert summary["text"].startswith("*Ready for review:*")
    (table,) = [block for block in summary["blocks"] if block["type"] == "table"]
    assert [row[1]["text"] for row in table["rows"][1:]] == ["proven (strong)"] * 3


async def test_the_summary_leads_to_the_evidence_and_the_change(world: World) -> None:
    (task,) = await world.store.list()
    _, summary = await world.thread(task)

    async def evidence() -> str | None:
        stack = await world.ana.views()
        return str(stack[-1]["blocks"]) if stack and "*AC1*" in str(stack[-1]["blocks"]) else None

    await world.ana.click(CHANNEL, summary["ts"], "run_evidence")
    shown = await world.ana.wait_for(evidence, PATIENCE)
    assert "*Proven*, strong · before: fails → after: passes" in shown
    assert "3 of 3 criteria proven" in shown and "python -m pytest tests/" in shown
    await world.ana.close((await world.ana.views())[-1]["id"], clear=True)

    async def files() -> list[str] | None:
        replies = await world.ana.replies(CHANNEL, summary["thread_ts"])
        return [file["name"] for one in replies for file in one["files"]] or None

    async def counted() -> bool:
        _, now, *_ = await world.thread(task)
        return "Was this useful? 1 said yes." in str(now["blocks"])

    await world.ana.click(CHANNEL, summary["ts"], "run_diff")
    assert await world.ana.wait_for(files, PATIENCE) == [f"{task.id}-r1-change.diff"]
    await world.ana.click(CHANNEL, summary["ts"], "run_useful")
    await world.ana.wait_for(counted, PATIENCE)
    await world.ana.click(CHANNEL, summary["ts"], "run_diff")
    assert await files() == [f"{task.id}-r1-change.diff"], "once, however often it is clicked"


async def test_everything_that_was_sent_was_fit_to_be_sent(world: World) -> None:
    assert await world.refused_calls() == []
    gitlab = (await world.calls(world.stack.gitlab))["calls"]
    odd = [one for one in gitlab if one["status"] not in (200, 201, 401, 404)]
    assert odd == []
    assert (await world.calls(world.stack.model))["refused"] == 0
    assert secrets_in(await world.everything_said()) == []


async def test_what_slack_delivers_again_is_answered_once(world: World) -> None:
    await world.ana.message(CHANNEL, "<@U0BOT> hello")

    async def told() -> bool:
        return any(one.get("is_ephemeral") for one in await world.ana.messages(CHANNEL))

    await world.ana.wait_for(told, PATIENCE)
    before = len(await world.ana.messages(CHANNEL))
    await world.control(world.stack.slack, "redeliver", times=2)

    assert len(await world.ana.messages(CHANNEL)) == before
