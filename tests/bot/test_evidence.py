"""The evidence behind its button, page by page, in the channels of its repository only."""

from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from bot.views import evidence as view
from jobs import messages
from jobs.domain.action import ActKind
from jobs.domain.patch import HandedOver
from jobs.domain.run import RunState
from jobs.domain.spec import Criterion
from jobs.domain.task import Task, TaskState
from jobs.domain.verdict import Check, CheckStatus, EvidenceStatus, ExecutedProof, Finding, ProofKind
from playground.person import Person
from tests.bot.limits import too_long
from tests.bot.test_stories import acts, queued
from tests.bot.test_trouble import fault
from tests.bot.world import GENERAL, PAY, Bot, head, told
from tests.factories import (
    NOON,
    SHA,
    a_merge_request,
    a_patch,
    a_run,
    a_spec,
    a_task,
    a_verdict,
    an_evidence,
)

Payload = dict[str, Any]
TEXT = st.text(max_size=80).map(lambda one: one * 40) | st.sampled_from(["```", "<!channel>", "&" * 900, "‮"])


def verified(task: Task, **facts: Any) -> Task:
    """The task after a delivered run."""
    usual = {"state": RunState.DELIVERED, "ended_at": NOON, "head": "a" * 40, "target_base": SHA}
    run = a_run(task, **(usual | {"verdict": a_verdict(), "patch": a_patch()} | facts))
    return task.note(run=run, runs=1, merge_request=a_merge_request(sha="a" * 40))


def many(count: int) -> Task:
    criteria = tuple(Criterion(id=f"AC{number}", text=f"Case {number}") for number in range(count))
    found = tuple(an_evidence(criterion=one.id, log="before:\nassert 1 == 2") for one in criteria)
    loud = Check(
        name="lint",
        status=CheckStatus.FAILED,
        summary="2 new findings",
        findings=(Finding(rule="E501", text="Line too long", path="src/totals.py", line=7),) * 12,
        log="src/totals.py:7: E501",
        command="ruff check",
    )
    verdict = a_verdict(evidence=found, checks=(*a_verdict().checks, loud))
    return verified(a_task(spec=a_spec(criteria=criteria)), verdict=verdict)


def page(task: Task, number: int = 1, run: int = 1) -> Payload:
    shown: Payload = view.evidence_view(task, view.Place(task=task.id, run=run, channel=PAY, page=number))
    return shown


def test_a_criterion_says_what_was_run_where_and_by_whom() -> None:
    shown = str(page(verified(a_task())))

    assert "*AC1*  A line of 2.675 at two decimals totals 2.68" in shown
    assert "*Proven*, strong · before: fails → after: passes" in shown
    assert "pytest tests/test_totals.py::test_half_up" in shown
    assert "written by a person · failed by assertion before" in shown
    assert f"before: `{SHA[:10]}` · after: `aaaaaaaaaa`" in shown
    assert "*suite*: passed" in shown and "12 tests pass before and after" in shown


def test_what_has_something_to_say_comes_first_and_long_lists_are_counted() -> None:
    last = page(many(1))
    shown = str(last)

    assert shown.index("*lint*: failed") < shown.index("*suite*: passed")
    assert "`src/totals.py:7` E501: Line too long" in shown
    assert "… and 4 more in the merge request" in shown
    assert "ruff check" in shown


def test_pages_hold_everything_once_and_end_somewhere() -> None:
    task = many(30)
    seen: list[str] = []
    number = 1
    while True:
        shown = page(task, number)
        assert too_long(shown) == []
        seen.append(str(shown))
        if view.NEXT not in seen[-1]:
            break
        number += 1

    assert 1 < number < 30
    assert (view.BACK in seen[0], view.BACK in seen[-1]) == (False, True)
    assert all(sum(f"*AC{one}*  " in text for text in seen) == 1 for one in range(30))
    assert page(task, 999) == page(task, number) and page(task, -3) == page(task)


def test_an_older_run_says_which_one_is_shown() -> None:
    shown = str(page(verified(a_task(), number=2)))

    assert "You clicked on run 1. Its evidence was replaced by that of run 2, which is shown." in shown


def test_before_a_verdict_there_is_nothing_to_show() -> None:
    assert "Nothing has been verified in this run yet" in str(page(a_task()))


@pytest.mark.parametrize(("log", "blocks"), [("\n\x07\n\n", 0), ("\n...\n", 0), ("\n1 failed", 1)])
def test_a_log_with_nothing_to_read_is_left_out(log: str, blocks: int) -> None:
    """What was run stands in a block of its own before."""
    shown = page(verified(a_task(), verdict=a_verdict(evidence=(an_evidence(log=log),), checks=())))

    code = [one for one in shown["blocks"] if one["type"] == "section" and "```" in one["text"]["text"]]
    assert len(code) == 1 + blocks


@settings(max_examples=40, deadline=None)
@given(text=TEXT, log=TEXT, name=TEXT, count=st.integers(1, 6))
def test_no_text_is_too_long_or_leaves_its_block(text: str, log: str, name: str, count: int) -> None:
    proof = ExecutedProof(kind=ProofKind.COMMAND, command=f"make {log}")
    one = an_evidence(status=EvidenceStatus.NOT_PROVEN, strength=None, reason=text, log=log, proof=proof)
    found = tuple(Finding(rule=name, text=text, path=name, line=3) for _ in range(count))
    check = Check(name=name, status=CheckStatus.WARNING, summary=text, log=log, command=log, findings=found)
    shown = page(verified(a_task(), verdict=a_verdict(evidence=(one,) * count, checks=(check,) * count)))

    assert too_long(shown) == []
    assert "<!channel>" not in str(shown)
    sections = [one["text"]["text"] for one in shown["blocks"] if one["type"] == "section"]
    assert all(one.count("```") in (0, 2) and one.strip() for one in sections)


async def summed_up(bot: Bot, person: Person, task: Task | None = None) -> tuple[Task, str]:
    """A task in review with its summary in the thread; returns it and where the summary stands."""
    known = await queued(bot, person)
    running = await bot.store.change(known.id, lambda now: now.to(TaskState.WAITING))
    running = await bot.store.change(known.id, lambda now: now.to(TaskState.RUNNING, run=a_run(now), runs=1))
    for state in (RunState.VERIFYING, RunState.OPENING):
        assert running.run is not None
        running = await bot.store.save(running.note(run=running.run.to(state)))
    made = verified(running) if task is None else running.note(spec=task.spec, run=task.run)

    def delivered(now: Task) -> Task:
        run = made.run.model_copy(update={"task": now.id, "id": f"{now.id}-r1"}) if made.run else None
        return now.to(TaskState.IN_REVIEW, run=run, spec=made.spec, merge_request=a_merge_request())

    now = await bot.store.change(known.id, delivered)
    message = messages.summary(now)
    assert now.thread is not None
    answer = await bot.client.chat_postMessage(
        channel=PAY, thread_ts=now.thread.ts, text=message.text, blocks=[dict(one) for one in message.blocks]
    )
    return now, str(answer["ts"])


async def whispered(person: Person) -> str:
    """The last sentence in the task's thread that only this person sees, once it is there."""

    async def said() -> str | None:
        replies = await person.replies(PAY, (await head(person))["ts"])
        texts = [one["text"] for one in replies if one.get("is_ephemeral")]
        return texts[-1] if texts else None

    return await person.wait_for(said, 5)


async def modal(person: Person, text: str) -> Payload:
    """The open view once it shows this."""

    async def ready() -> Payload | None:
        stack = await person.views()
        return stack[-1] if stack and text in str(stack[-1]["blocks"]) else None

    found: Payload = await person.wait_for(ready, 5)
    return found


async def test_pages_are_turned_in_the_same_modal(bot: Bot, ana: Person) -> None:
    _, ts = await summed_up(bot, ana, many(30))
    await ana.click(PAY, ts, "run_evidence")
    first = await modal(ana, "*AC0*")

    await ana.act(first["id"], view.NEXT)
    second = await modal(ana, "Page 2 of")
    assert second["id"] == first["id"] and "*AC0*" not in str(second)

    await ana.act(first["id"], view.BACK)
    assert "*AC0*" in str(await modal(ana, "Page 1 of"))


async def test_two_clicks_at_once_turn_one_page(bot: Bot, ana: Person, slack_url: str) -> None:
    _, ts = await summed_up(bot, ana, many(30))
    await ana.click(PAY, ts, "run_evidence")
    first = await modal(ana, "*AC0*")
    await fault(slack_url, "fail", method="views.update", error="hash_conflict")

    await ana.act(first["id"], view.NEXT)
    await bot.settled()

    assert "*AC0*" in str(await modal(ana, "Page 1 of"))
    assert not [one for one in await ana.messages(PAY) if one.get("is_ephemeral")], "no fault is told"


async def test_evidence_is_not_shown_where_the_repository_has_no_channel(bot: Bot, ana: Person) -> None:
    spec = a_spec(repository="web/shop")
    _, ts = await summed_up(bot, ana, verified(a_task(spec=spec)))

    await ana.click(PAY, ts, "run_evidence")

    shown = str(await modal(ana, "cannot be used from this channel"))
    assert "AC1" not in shown


async def test_the_diff_is_an_act_and_a_second_click_points_at_the_file(bot: Bot, ana: Person) -> None:
    task, ts = await summed_up(bot, ana)
    await ana.click(PAY, ts, "run_diff")
    assert "comes into its thread as a file" in await whispered(ana)
    assert await acts(bot) == [(ActKind.DIFF, "U0ANA")]

    file = HandedOver(run=f"{task.id}-r1", url="https://slack.example/files/F1")
    await bot.store.change(task.id, lambda now: now.note(handed_over=file))
    await ana.click(PAY, ts, "run_diff")
    await bot.settled()

    assert "<https://slack.example/files/F1|the file>" in await whispered(ana)
    assert len(await acts(bot)) == 1


async def test_whether_it_was_useful_is_asked_in_words(bot: Bot, ana: Person, ben: Person) -> None:
    _, ts = await summed_up(bot, ana)
    await ben.click(PAY, ts, "run_useful")
    assert "Noted: useful." in await whispered(ben)
    await ana.click(PAY, ts, "run_not_useful")
    assert "Noted: not useful." in await whispered(ana)

    assert await acts(bot) == [(ActKind.VOTE, "U0BEN"), (ActKind.VOTE, "U0ANA")]


@pytest.mark.parametrize("action", ["run_diff", "run_useful"])
async def test_buttons_of_an_older_run_say_so(bot: Bot, ana: Person, action: str) -> None:
    task, _ = await summed_up(bot, ana)
    older = {"type": "actions", "elements": [{**BUTTON, "action_id": action, "value": f"{task.id}:0"}]}
    sent = await bot.client.chat_postMessage(channel=PAY, text="x", blocks=[older])

    await ana.click(PAY, str(sent["ts"]), action)

    assert "nothing" in await told(ana)
    assert await acts(bot) == []


async def test_evidence_of_no_task_of_this_channel(bot: Bot, ana: Person) -> None:
    buttons = {"type": "actions", "elements": [{**BUTTON, "value": "cg-00000000:1"}]}
    sent = await bot.client.chat_postMessage(channel=GENERAL, text="x", blocks=[buttons])

    await ana.click(GENERAL, str(sent["ts"]), "run_evidence")

    await modal(ana, "There is no task `cg-00000000` here")


BUTTON: Payload = {
    "type": "button",
    "action_id": "run_evidence",
    "text": {"type": "plain_text", "text": "Evidence"},
}
