"""The steps of the form as people walk through them: back, errors, a choice that changes the view."""

from typing import Any

from jobs import messages
from jobs.domain.act import Act
from jobs.domain.action import ActKind
from jobs.domain.intake import Intake
from jobs.domain.spec import Spec
from jobs.domain.task import Task
from jobs.queue.board import publish_engines
from jobs.specify.estimate import NO_HISTORY
from jobs.specify.starters import SHIPPED
from playground.form import submit
from playground.person import Person
from playground.slack import SlackStandIn
from tests.bot.world import PAY, Bot, entries, form, head

Payload = dict[str, Any]


async def top(person: Person) -> Payload:
    return (await person.views())[-1]


def inputs(view: Payload) -> dict[str, Payload]:
    return {one["block_id"]: one["element"] for one in view["blocks"] if one["type"] == "input"}


def only(values: Payload, *names: str) -> Payload:
    return {name: values[name] for name in names if name in values}


async def stepped(person: Person, view: Payload, values: Payload) -> Payload:
    """Submit one step; the view that is there afterwards."""
    answer = await person.submit(view["id"], only(values, *inputs(view)))
    assert answer == {"ok": True}
    return await top(person)


async def test_what_was_entered_survives_back_and_every_error(
    bot: Bot, ana: Person, slack: SlackStandIn
) -> None:
    values = entries(goal="Totals are wrong today. " * 120, criteria=["It works"])
    second = await stepped(ana, await form(ana), values)
    assert "AC1" in (await ana.submit(second["id"], only(values, "criteria")))["errors"]["criteria"]

    await ana.act(second["id"], "spec_back")
    await bot.settled()
    first = await top(ana)
    assert inputs(first)["goal"]["initial_value"] == "Totals are wrong today. " * 120

    second = await stepped(ana, first, {})
    assert inputs(second)["criteria"]["initial_value"] == "It works"
    assert len([one for one in slack.state.calls if one["method"] == "views.open"]) == 1


async def test_a_time_is_asked_for_only_when_it_is_wanted(bot: Bot, ana: Person) -> None:
    await publish_engines(bot.store.connection, ("openai:usual", "anthropic:third"))
    view = await form(ana)
    for _ in range(2):
        view = await stepped(ana, view, entries())
    assert "at" not in inputs(view)

    await ana.act(view["id"], "when", selected_option="at")
    await bot.settled()
    view = await top(ana)
    assert "at" in inputs(view) and len(inputs(view)) == 6
    answer = await ana.submit(view["id"], {})
    assert answer["ok"] is False
    soon: Payload = {"at": {"at": {"selected_date_time": 4_000_000_000}}, "usd": {"usd": {"value": "2.5"}}}
    soon["engine"] = {"engine": {"selected_option": {"value": "anthropic:third"}}}
    assert await ana.submit(view["id"], soon) == {"ok": True}
    await bot.settled()

    [task] = await bot.store.list()
    assert task.plan.not_before is not None and task.plan.not_before.timestamp() == 4_000_000_000
    assert (str(task.cap.usd), task.spec.template) == ("2.5", "bugfix/wrong-result")
    assert task.starter == SHIPPED.pin(task.spec.template)
    assert task.spec.engine == "anthropic:third"


async def test_a_template_writes_only_what_the_person_has_not(bot: Bot, ana: Person) -> None:
    view = await stepped(ana, await form(ana), entries())
    assert inputs(view)["criteria"]["initial_value"].startswith("With ‹input›, the result is ‹value›")

    await ana.act(view["id"], "template", selected_option="bugfix/crash")
    await bot.settled()
    view = await top(ana)
    assert "no longer fails with ‹error›" in view["state"]["values"]["criteria-1"]["criteria"]["value"]
    mine: Payload = {"criteria-1": {"criteria": {"value": "Mine, as 2.68"}}}
    refused = await ana.submit(view["id"], {"criteria-1": {"criteria": {"value": "It works"}}})
    assert list(refused["errors"]) == ["criteria-1"], "a problem stands at the field that Slack shows"
    await ana.act(view["id"], "template", selected_option="none", values=mine)
    await bot.settled()
    view = await top(ana)
    assert view["state"]["values"]["criteria-1"]["criteria"]["value"] == "Mine, as 2.68"

    await ana.act(view["id"], "spec_back")
    await bot.settled()
    feature: Payload = {"kind": {"kind": {"selected_option": {"value": "feature"}}}}
    view = await stepped(ana, await top(ana), feature)
    assert await submit(ana, view["id"], {}) == {"ok": True}
    await bot.settled()
    [task] = await bot.store.list()
    assert ([one.text for one in task.spec.criteria], task.spec.template) == (["Mine, as 2.68"], None)


async def test_a_task_may_come_after_another_one_of_the_channel(bot: Bot, ana: Person) -> None:
    first = await form(ana)
    await submit(ana, first["id"], entries())
    await bot.settled()
    [parent] = await bot.store.list()
    view = await form(ana)
    for _ in range(2):
        view = await stepped(ana, view, entries(title="Round half up in credit notes", criteria=["2.5 is 3"]))

    offered = await ana.options(view["id"], "depends_on", "invoice")
    assert [one["value"] for one in offered] == [parent.id]
    chosen = {"depends_on": {"depends_on": {"selected_options": offered}}}
    assert await ana.submit(view["id"], chosen) == {"ok": True}
    await bot.settled()

    child = (await bot.store.list())[0]
    assert child.plan.depends_on == (parent.id,)


async def test_a_form_whose_first_part_is_gone_says_so_and_loses_nothing_on_screen(
    bot: Bot, ana: Person
) -> None:
    second = await stepped(ana, await form(ana), entries())
    await bot.store.connection.call("DEL", *await bot.store.connection.call("KEYS", "cg:draft:*"))

    await ana.submit(second["id"], only(entries(), "criteria"))

    assert "left alone for a week" in str((await top(ana))["blocks"])
    assert len(await ana.views()) == 2, "the form is still there, underneath"
    assert await bot.store.list() == ()


async def test_nobody_elses_draft_is_taken(bot: Bot, ana: Person, ben: Person, slack: SlackStandIn) -> None:
    await stepped(ana, await form(ana), entries())
    second = await stepped(ana, await top(ana), entries())
    kind, body = bot.heard[-1]
    body["user"]["id"] = "U0BEN"

    answer: Any = await slack.delivery.deliver(kind, body)

    assert answer["response_action"] == "push"
    assert "Round half up" not in str(answer["view"])
    assert second["callback_id"] == "spec"


VAGUE = "The search page loads fast"


async def looked_at(bot: Bot, ana: Person) -> Task:
    """A task whose spec has a gap, as it stands in the channel once a worker has looked at it."""
    view = await form(ana)
    assert await submit(ana, view["id"], entries(criteria=[VAGUE])) == {"ok": True}
    await bot.settled()
    [task] = await bot.store.list()
    intake = Intake(version=1, score=88, estimate=NO_HISTORY, at=task.created_at)
    task = await bot.store.change(task.id, lambda now: now.note(intake=intake))
    message = messages.head(task)
    assert task.thread and task.thread.ts
    await bot.client.chat_update(
        channel=PAY, ts=task.thread.ts, text=message.text, blocks=list(message.blocks)
    )
    return task


async def put_in(bot: Bot) -> list[Act]:
    """What was put in for the workers."""
    await bot.settled()
    found = [
        await bot.store.act(one.decode())
        for one in await bot.store.connection.call("ZRANGE", "cg:acts", 0, -1)
    ]
    return [one for one in found if one]


async def test_a_spec_with_gaps_is_queued_anyway_by_a_click(bot: Bot, ana: Person, ben: Person) -> None:
    task = await looked_at(bot, ana)
    assert task.thread and task.thread.ts
    assert "“fast” means something else to everybody" in str((await head(ana))["blocks"])

    await ben.click(PAY, task.thread.ts, "task_queue")
    assert await put_in(bot) == [], "not Ben's"
    await ana.click(PAY, task.thread.ts, "task_queue")

    assert [one.kind for one in await put_in(bot)] == [ActKind.QUEUE]


async def test_mending_opens_the_form_as_it_was_and_makes_the_next_version(bot: Bot, ana: Person) -> None:
    task = await looked_at(bot, ana)
    assert task.thread and task.thread.ts

    await ana.click(PAY, task.thread.ts, "task_mend")
    await bot.settled()
    view = await top(ana)
    assert inputs(view)["title"]["initial_value"] == task.spec.title
    assert await submit(ana, view["id"], only(entries(criteria=["p95 is below 200 ms"]), "criteria")) == {
        "ok": True
    }

    [act] = await put_in(bot)
    assert (act.kind, act.task) == (ActKind.EDIT, task.id)
    edited = Spec.model_validate(act.payload["spec"])
    assert [one.text for one in edited.criteria] == ["p95 is below 200 ms"]
    assert edited.goal == task.spec.goal
    assert len(await bot.store.list()) == 1


async def test_a_task_stays_in_its_repository(bot: Bot, ana: Person) -> None:
    task = await looked_at(bot, ana)
    assert task.thread and task.thread.ts
    await ana.click(PAY, task.thread.ts, "task_mend")
    await bot.settled()
    view = await top(ana)

    await submit(ana, view["id"], only(entries(repository="payments/ledger"), "repository"))

    assert "stays in its repository" in str((await top(ana))["blocks"])
    assert await put_in(bot) == []
