"""What people meet at the front door, through real Bolt over Socket Mode."""

from typing import Any

from jobs import messages
from jobs.domain.action import ActKind
from jobs.domain.run import Run, RunState
from jobs.domain.task import Task, TaskState
from jobs.queue import people
from jobs.specify.spec_file import read_spec
from playground.demo.run import SPEC
from playground.form import fill, submit
from playground.person import Person
from playground.slack import SlackStandIn
from tests.bot.world import GENERAL, PAY, WEB, Bot, entries, form, head, heads, told
from tests.factories import a_merge_request

Payload = dict[str, Any]


async def queued(bot: Bot, person: Person, **fields: Any) -> Task:
    """A task that this person asked for in the form, with its head message posted."""
    view = await form(person)
    assert await submit(person, view["id"], entries(**fields)) == {"ok": True}
    await bot.settled()
    [task] = await bot.store.list(requester=person.user)
    assert task.thread and task.thread.ts
    return task


async def acts(bot: Bot) -> list[tuple[ActKind, str]]:
    """What was put in for the workers."""
    await bot.settled()
    ids = await bot.store.connection.call("ZRANGE", "cg:acts", 0, -1)
    found = [await bot.store.act(one.decode()) for one in ids]
    return [(one.kind, one.person.id) for one in found if one]


async def again(bot: Bot, slack: SlackStandIn) -> object:
    """Slack delivers the last request once more, as it does when an answer was lost."""
    kind, body = bot.heard[-1]
    answer = await slack.delivery.deliver(kind, body)
    await bot.settled()
    return answer


async def test_the_form_knows_the_channels_repository_and_ranks_the_others(bot: Bot, ana: Person) -> None:
    view = await form(ana)

    picker = next(block["element"] for block in view["blocks"] if block["block_id"] == "repository")
    assert picker["initial_option"]["value"] == "payments/api"
    offered = await ana.options(view["id"], "repository", "ledg")
    assert [one["value"] for one in offered] == ["payments/ledger", "payments/api"]


async def test_free_text_fills_the_form(bot: Bot, ana: Person) -> None:
    view = await form(ana, "status page shows 3 < 2 & more")

    filled = {one["block_id"]: one["element"] for one in view["blocks"] if one["type"] == "input"}
    assert filled["title"]["initial_value"] == "status page shows 3 < 2 & more"
    assert filled["goal"]["initial_value"] == "status page shows 3 < 2 & more"


async def test_what_the_gate_will_not_take_comes_back_into_the_form(bot: Bot, ana: Person) -> None:
    view = await form(ana)

    refused = await submit(
        ana, view["id"], entries(criteria=["It works", "Totals 2.68"], paths="src/**\n!src/**")
    )

    assert refused["ok"] is False
    assert refused["errors"]["criteria"].startswith("AC1 cannot be checked: “It works”.")
    assert refused["errors"]["paths"].startswith("“src/**” is both allowed and denied.")
    assert await bot.store.list() == ()
    assert await submit(ana, view["id"], entries(paths="src/**\ntests/**")) == {"ok": True}
    assert await head(ana)


async def test_the_same_form_twice_is_one_task_and_one_message(
    bot: Bot, ana: Person, slack: SlackStandIn
) -> None:
    view = await form(ana)
    await submit(ana, view["id"], entries())
    await bot.settled()
    task = (await bot.store.list())[0]
    first = await head(ana)

    assert await again(bot, slack) is None
    assert await again(bot, slack) is None

    assert [one.id for one in await bot.store.list()] == [task.id]
    assert [one["ts"] for one in await heads(ana)] == [first["ts"]]


async def test_a_command_that_slack_delivers_again_opens_nothing(
    bot: Bot, ana: Person, slack: SlackStandIn
) -> None:
    await form(ana)

    await again(bot, slack)

    assert len(await ana.views()) == 1
    opened = [one for one in slack.state.calls if one["method"] == "views.open"]
    assert [one["answer"].get("error") for one in opened] == [None, "exchanged_trigger_id"]


async def test_status_lists_my_tasks_and_shows_one(bot: Bot, ana: Person) -> None:
    await ana.command("status", PAY)
    assert "no tasks yet" in await told(ana)

    task = await queued(bot, ana)
    await ana.command("status", PAY)
    assert task.id in await told_about(ana, task.id)
    await ana.command(f"status {task.id.upper()}", PAY)
    assert "Round half up" in await told_about(ana, task.id)


async def test_an_unknown_task_is_said_with_what_to_do(bot: Bot, ana: Person) -> None:
    await ana.command("status cg-00000000", PAY)

    assert await told(ana) == "There is no task `cg-00000000` here. `/codegen status` lists yours."


async def test_help_says_how_to_write_a_proof(bot: Bot, ana: Person) -> None:
    await ana.command("help", PAY)

    assert ":: tests:" in await told(ana)


async def test_cancelling_is_one_act_by_command_or_click(bot: Bot, ana: Person, slack: SlackStandIn) -> None:
    task = await queued(bot, ana)
    assert task.thread and task.thread.ts

    await ana.click(PAY, task.thread.ts, "task_cancel")
    assert await acts(bot) == [(ActKind.CANCEL, "U0ANA")]
    await again(bot, slack)
    assert await acts(bot) == [(ActKind.CANCEL, "U0ANA")]
    await ana.command(f"cancel {task.id}", PAY)
    assert await acts(bot) == [(ActKind.CANCEL, "U0ANA")] * 2
    assert f"Cancelling `{task.id}`" in await told(ana)


async def test_somebody_elses_task_can_be_seen_but_not_cancelled(bot: Bot, ana: Person, ben: Person) -> None:
    task = await queued(bot, ana)
    assert task.thread and task.thread.ts

    await ben.click(PAY, task.thread.ts, "task_cancel")

    assert await told(ben) == (
        f"Only who asked for `{task.id}`, the maintainers of `payments/api` and operators can do this. "
        "Ask <@U0ANA> or <@U0EVE> or <@U0OPS>."
    )
    await ben.command(f"status {task.id}", PAY)
    assert "Round half up" in await told_about(ben, "Round half up")
    await ben.command(f"status {task.id}", WEB)
    assert "There is no task" in await told(ben, WEB)


async def test_a_stopped_task_can_be_retried_and_not_cancelled(bot: Bot, ana: Person) -> None:
    task = await queued(bot, ana)
    await bot.store.change(task.id, lambda now: now.to(TaskState.WAITING))
    await bot.store.change(task.id, lambda now: now.to(TaskState.RUNNING, run=run_of(now)))
    stopped = await bot.store.change(task.id, lambda now: now.to(TaskState.STOPPED, run=ended(now)))
    await rewrite(bot, stopped)
    assert task.thread and task.thread.ts

    await ana.click(PAY, task.thread.ts, "task_retry")
    assert await acts(bot) == [(ActKind.RETRY, "U0ANA")]
    await ana.command(f"cancel {task.id}", PAY)
    assert await told_about(ana, "nothing") == f"`{task.id}` is stopped, so there is nothing to cancel."
    await ana.command(f"status {task.id}", PAY)
    assert "The token was refused." in await told_about(ana, "refused")


async def test_a_channel_without_repositories_is_refused_with_a_remedy(bot: Bot, ana: Person) -> None:
    await ana.command("", GENERAL)

    sentence = await told(ana, GENERAL)
    assert "No repository is connected to this channel" in sentence
    assert "<@U0OPS>" in sentence
    assert f"`{GENERAL}`" in sentence
    assert await ana.views() == []


async def test_a_person_who_is_not_listed_is_refused_with_a_remedy(bot: Bot, ben: Person) -> None:
    await ben.command("", WEB)

    assert "add `U0BEN`" in await told(ben, WEB)


async def test_a_mention_says_how_to_ask(bot: Bot, ana: Person) -> None:
    await ana.message(PAY, "<@U0BOT> fix the totals")

    assert "type `/codegen`" in await told(ana)


async def rewrite(bot: Bot, task: Task) -> None:
    """The head message as a worker brings it up to date."""
    message = messages.head(task)
    assert task.thread and task.thread.ts
    await bot.client.chat_update(
        channel=message.channel, ts=task.thread.ts, text=message.text, blocks=list(message.blocks)
    )


def run_of(task: Task) -> Run:
    return Run(id=f"{task.id}-r1", task=task.id, number=1, started_at=task.created_at)


def ended(task: Task) -> Run:
    assert task.run
    return task.run.to(RunState.STOPPED, reason="The token was refused.")


async def told_about(person: Person, word: str) -> str:
    async def said() -> str | None:
        shown = await person.messages(PAY)
        return next((one["text"] for one in reversed(shown) if word in one["text"]), None)

    return await person.wait_for(said, 5)


async def test_the_demos_person_fills_in_the_same_form(bot: Bot, ana: Person) -> None:
    wanted = read_spec(SPEC.read_text(encoding="utf-8"))
    await ana.command("", PAY)

    await fill(ana, wanted)
    await bot.settled()

    [task] = await bot.store.list()
    begun = {"target": None, "template": "bugfix/wrong-result"}
    assert task.spec == wanted.model_copy(update=begun)
    assert task.gaps == ()


async def test_a_form_sent_again_with_other_words_changes_nothing_and_says_so(
    bot: Bot, ana: Person, slack: SlackStandIn
) -> None:
    task = await queued(bot, ana)
    _, body = bot.heard[-1]
    body["view"]["state"]["values"]["title"] = {"title": {"value": "Round half down"}}

    answer: Any = await again(bot, slack)

    assert answer["response_action"] == "push"
    assert f"sent already as `{task.id}`" in str(answer["view"])
    assert [one.spec.title for one in await bot.store.list()] == ["Round half up in invoice totals"]


async def test_following_the_link_to_the_merge_request_is_recorded(
    bot: Bot, ana: Person, ben: Person
) -> None:
    task = await queued(bot, ana)
    opened = task.note(merge_request=a_merge_request())
    await rewrite(bot, opened)
    assert task.thread and task.thread.ts

    await ben.click(PAY, task.thread.ts, "task_open_mr")

    assert await acts(bot) == [(ActKind.OPEN_MR, "U0BEN")]


async def test_an_event_that_slack_repeats_is_answered_once(
    bot: Bot, ana: Person, slack: SlackStandIn
) -> None:
    await ana.message(PAY, "<@U0BOT> fix the totals")
    await told(ana)

    await again(bot, slack)

    assert len([one for one in slack.state.calls if one["method"] == "chat.postEphemeral"]) == 1


async def test_a_person_gets_a_code_that_links_their_accounts(bot: Bot, ana: Person) -> None:
    await ana.command("link", PAY)
    text = await told(ana)
    (code,) = people.CODE.findall(text)
    assert await people.link(bot.store.connection, code, "ana") == "U0ANA"
