"""App Home through real Bolt: opened, kept up to date, and acted from."""

from collections.abc import Callable
from dataclasses import replace
from datetime import date
from typing import Any

from jobs.domain.action import ActKind
from jobs.domain.plan import Plan, Priority
from jobs.domain.risk import Tier
from jobs.domain.run import RunState
from jobs.domain.standing import Standing
from jobs.domain.task import InReview, Task, TaskState, Waiting
from jobs.domain.team import Numbers, Picture, Week
from jobs.queue import people, team
from playground.person import Person
from playground.slack import SlackStandIn
from playground.slack.payload import strings
from tests.bot.test_stories import acts, queued
from tests.bot.world import WEB, Bot
from tests.factories import NOON, a_merge_request, a_patch, a_run, a_spec, a_task

Payload = dict[str, Any]


def said(view: Payload) -> str:
    return "\n".join(strings(view["blocks"], "text"))


def pictures(view: Payload) -> list[str]:
    return [one["slack_file"]["id"] for one in view["blocks"] if one["type"] == "image"]


async def shown(person: Person, wanted: Callable[[str], bool] = bool) -> Payload:
    """The person's tab, once it says what is wanted."""

    async def there() -> Payload | None:
        view = await person.home()
        return view if view and wanted(said(view)) else None

    return await person.wait_for(there, 30)


async def waiting(bot: Bot, **fields: Any) -> Task:
    task, _ = await bot.store.create(a_task(**fields))
    return task


async def reviewed(bot: Bot, *, origin: str, lines: int) -> Task:
    """A task of Ana's in review, whose change has so many lines; Ben is asked."""
    task = await waiting(bot, origin=origin, spec=a_spec(title=f"Change of {lines} lines"))
    run = a_run(task, patch=a_patch(files=tuple(a_patch().files) * lines))
    await bot.store.change(task.id, lambda now: now.to(TaskState.RUNNING, run=run, runs=1))

    def opened(now: Task) -> Task:
        ended = run.model_copy(update={"state": RunState.STOPPED, "ended_at": NOON})
        facts = {"run": ended, "merge_request": a_merge_request(), "standing": Standing(reviewers=("ben",))}
        return now.to(TaskState.IN_REVIEW, in_review=InReview.REVIEW, **facts)

    return await bot.store.change(task.id, opened)


async def test_home_shows_a_task_and_follows_it(bot: Bot, ana: Person) -> None:
    await ana.open_home()
    await shown(ana, lambda text: "Nothing of yours is under way" in text)

    task = await queued(bot, ana)
    view = await shown(ana, lambda text: task.spec.title in text)
    assert f"archives/C0PAY/p{(task.thread.ts or '').replace('.', '') if task.thread else ''}" in said(view)

    await bot.store.change(task.id, lambda now: now.to(TaskState.CANCELLED))
    assert "1 cancelled" in said(await shown(ana, lambda text: "cancelled" in text))


async def test_an_act_from_home_is_the_one_of_the_thread(bot: Bot, ana: Person) -> None:
    task = await waiting(bot)
    await ana.open_home()
    view = await shown(ana, lambda text: task.spec.title in text)

    await ana.act(view["id"], "home_priority", selected_option={"value": f"{task.id}:high"})
    await ana.act(view["id"], "home_cancel")
    assert await acts(bot) == [(ActKind.PRIORITY, "U0ANA"), (ActKind.CANCEL, "U0ANA")]
    [kept, _] = await bot.store.connection.call("ZRANGE", "cg:acts", 0, -1)
    act = await bot.store.act(kept.decode())
    assert act is not None and act.payload == {"priority": "high"}
    assert f"Cancelling `{task.id}`" in said(await shown(ana, lambda text: "Cancelling" in text))

    changed = Plan(priority=Priority.HIGH)
    await bot.store.change(task.id, lambda now: now.note(plan=changed))

    async def chosen() -> bool:
        options = [
            element.get("initial_option", {}).get("value")
            for block in (await ana.home() or view)["blocks"]
            for element in block.get("elements", ())
        ]
        return f"{task.id}:high" in options

    assert await ana.wait_for(chosen, 30)


async def test_edit_opens_the_form(bot: Bot, ana: Person) -> None:
    task = await waiting(bot)
    await ana.open_home()
    view = await shown(ana, lambda text: task.spec.title in text)

    await ana.act(view["id"], "home_edit")

    async def ready() -> Payload | None:
        stack = await ana.views()
        return stack[-1] if stack and stack[-1].get("callback_id") == "spec" else None

    form = await ana.wait_for(ready, 5)
    assert task.spec.title in str(form["blocks"])


async def test_reviews_are_ordered_by_effort_and_only_for_who_is_asked(
    bot: Bot, ana: Person, ben: Person
) -> None:
    await people.link(bot.store.connection, await people.offer(bot.store.connection, "U0BEN"), "ben")
    long = await reviewed(bot, origin="o/long", lines=40)
    short = await reviewed(bot, origin="o/short", lines=2)

    await ben.open_home()
    text = said(await shown(ben, lambda text: "about" in text))
    assert text.index(short.spec.title) < text.index(long.spec.title)
    assert f"{Tier.LOW} risk" in text

    await ana.open_home()
    assert "I do not know which GitLab account is yours" in said(await shown(ana))

    approved = Standing(reviewers=("ben",), approvers=("ben",))
    await bot.store.change(short.id, lambda now: now.note(standing=approved))
    await shown(ben, lambda text: short.spec.title not in text)


async def test_nobody_sees_what_belongs_to_channels_they_are_not_in(
    bot: Bot, slack: SlackStandIn, eve: Person
) -> None:
    secret = a_spec(repository="web/shop", title="A secret of the shop")
    await waiting(bot, spec=secret)
    slack.state.conversations[WEB].members.remove("U0EVE")
    await eve.open_home()
    text = said(await shown(eve))
    assert "secret" not in text and "1 tasks wait" not in text and "1 task waits" in text


async def test_a_made_up_click_is_refused_as_if_the_task_did_not_exist(
    bot: Bot, slack: SlackStandIn, eve: Person, ana: Person
) -> None:
    hidden = await waiting(bot, origin="o/1", spec=a_spec(repository="web/shop"))
    own = await waiting(bot, origin="o/2", requester={"id": "U0EVE"})
    slack.state.conversations[WEB].members.remove("U0EVE")
    await eve.open_home()
    view = await shown(eve, lambda text: own.spec.title in text)
    body = slack.state.views.homes["U0EVE"].definition
    body["blocks"] = [
        {**block, "elements": [{**one, "value": f"{hidden.id}:"} for one in block["elements"]]}
        if block["type"] == "actions"
        else block
        for block in body["blocks"]
    ]
    await eve.act(view["id"], "home_cancel")
    assert f"There is no task `{hidden.id}` here" in said(await shown(eve, lambda text: "no task" in text))
    assert await acts(bot) == []


async def test_more_of_a_long_list(bot: Bot, ana: Person) -> None:
    for number in range(8):
        await waiting(bot, origin=f"o/{number}", spec=a_spec(title=f"Change {number}"))
    await ana.open_home()
    view = await shown(ana, lambda text: "Show more (3)" in text)
    await ana.act(view["id"], "home_more")
    await shown(ana, lambda text: "Change 7" in text and "Show more" not in text)
    await ana.open_home()
    await shown(ana, lambda text: "Show more (3)" in text)


async def test_nothing_is_published_that_is_there_already(bot: Bot, ana: Person, slack: SlackStandIn) -> None:
    task = await waiting(bot)
    await ana.open_home()
    view = await shown(ana, lambda text: task.spec.title in text)
    run = a_run(task)
    await bot.store.change(task.id, lambda now: now.to(TaskState.RUNNING, run=run, runs=1))
    view = await shown(ana, lambda text: "*Running.*" in text)
    before = view["hash"]
    await bot.store.change(task.id, lambda now: now.note(run=run.note(step="reading")))
    other = await waiting(bot, origin="o/2", waiting=Waiting.WINDOW, spec=a_spec(title="Another"))
    after = await shown(ana, lambda text: other.spec.title in text)
    assert int(after["hash"].partition(".")[0]) == int(before.partition(".")[0]) + 1


async def test_a_tab_that_somebody_else_has_changed_is_published_all_the_same(
    bot: Bot, ana: Person, slack: SlackStandIn
) -> None:
    await ana.open_home()
    await shown(ana)
    own = slack.state.views.homes["U0ANA"]
    own.replace({**own.definition, "blocks": []})
    task = await waiting(bot)
    await shown(ana, lambda text: task.spec.title in text)


async def test_a_guest_is_told_and_sees_nothing(bot: Bot, slack: SlackStandIn, ana: Person) -> None:
    users = slack.state.workspace.users
    guests = tuple(replace(one, is_restricted=True) if one.id == "U0ANA" else one for one in users)
    slack.state.workspace = replace(slack.state.workspace, users=guests)
    await waiting(bot)
    await ana.open_home()
    view = await shown(ana)
    assert "Guests and people of other organisations" in said(view) and len(view["blocks"]) == 1


def counted(*files: str) -> Numbers:
    pictures = tuple(Picture(name=one, title=one, file=one, alt=f"{one} in words") for one in files)
    weeks = tuple(Week(start=date(2026, 11, day), merged=day) for day in (9, 16))
    return Numbers(weeks=weeks, at=NOON, pictures=pictures, tried_at=NOON)


async def test_only_who_looks_after_repositories_sees_their_numbers(
    bot: Bot, ana: Person, eve: Person
) -> None:
    await eve.open_home()
    await shown(eve, lambda text: "The numbers are being counted" in text)
    [scope] = await team.wanted(bot.store.connection, NOON)
    assert scope.repositories == ("payments/api",), "the only one that she looks after"

    await team.keep(bot.store.connection, scope, counted())
    await shown(eve, lambda text: "*This week:* 0 opened, 16 merged" in text)
    await ana.open_home()
    assert "numbers" not in said(await shown(ana))


async def test_pictures_that_slack_does_not_take_are_left_out_and_said(
    bot: Bot, eve: Person, slack: SlackStandIn
) -> None:
    scope = team.scope_of(["payments/api"])
    done = await bot.client.files_upload_v2(filename="a.png", content=b"PNG", alt_txt="x")
    slack.state.files.find(done["file"]["id"]).completed_at = 0.0
    await team.keep(bot.store.connection, scope, counted(done["file"]["id"]))
    await eve.open_home()
    view = await shown(eve, lambda text: "The charts were drawn" in text)
    assert [one["slack_file"]["id"] for one in view["blocks"] if one["type"] == "image"] == [
        done["file"]["id"]
    ]

    await team.keep(bot.store.connection, scope, counted("F404"))
    view = await shown(eve, lambda text: "Slack does not take the pictures." in text)
    assert "16 merged" in said(view) and pictures(view) == []
