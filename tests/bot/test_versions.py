"""Two versions side by side, within Slack's lengths whatever is in them."""

from typing import Any

import pytest

from bot.views.versions import versions_view
from jobs import messages
from jobs.domain.run import RunState
from jobs.domain.version import KEPT, kept_versions
from playground.person import Person
from tests.bot.limits import too_long
from tests.bot.test_steps import top
from tests.bot.test_stories import queued
from tests.bot.world import PAY, Bot
from tests.factories import a_patch, a_run, a_spec, a_task, a_verdict

WRITTEN = {"engine": "agent:openai:<gpt>", "templates": "abcdef012345"}


def edited(**patch: Any) -> Any:
    task = a_task()
    run = a_run(
        task, state=RunState.DELIVERED, verdict=a_verdict(), patch=a_patch(**patch), round=2, **WRITTEN
    )
    first = task.note(run=run, runs=1)
    other = a_spec(goal="Totals and VAT use banker's rounding; finance expects half up.")
    return first.note(versions=kept_versions(first), spec=other, spec_version=2, run=None)


def test_both_sides_are_shown() -> None:
    shown = str(versions_view(edited()))

    assert "Version 1" in shown and "Version 2" in shown
    assert "AC1 proven" in shown
    assert "It never ran." in shown
    assert "delivered, passed; rounds: 2" in shown
    assert "by agent:openai:&lt;gpt&gt;, prompts abcdef012345" in shown


def test_nothing_in_it_makes_it_too_long_or_runs_out_of_its_code_block() -> None:
    task = edited(diff="diff --git ``` <!channel> & " * 2000)
    hostile = a_spec(goal="<&>" * 900, title="<" * 150)
    shown = versions_view(task.note(spec=hostile))

    assert too_long(shown) == []
    assert "<!channel>" not in str(shown)
    assert "````" not in str(versions_view(edited(diff="``` end ```")))


def test_one_version_cannot_be_compared() -> None:
    with pytest.raises(ValueError, match="one version only"):
        versions_view(a_task())


def test_only_the_last_versions_are_kept() -> None:
    task = a_task()
    for number in range(2, 12):
        task = task.note(versions=kept_versions(task), spec_version=number)

    assert [one.number for one in task.versions] == list(range(11 - KEPT, 11))


async def test_the_button_opens_the_comparison(bot: Bot, ana: Person) -> None:
    task = await queued(bot, ana)
    other = a_spec(goal="Another goal altogether.")
    now = await bot.store.change(
        task.id, lambda now: now.note(versions=kept_versions(now), spec=other, spec_version=2)
    )
    message = messages.head(now)
    assert now.thread and now.thread.ts
    await bot.client.chat_update(
        channel=PAY, ts=now.thread.ts, text=message.text, blocks=list(message.blocks)
    )

    await ana.click(PAY, now.thread.ts, "task_compare")
    await bot.settled()

    assert "Another goal altogether." in str((await top(ana))["blocks"])
