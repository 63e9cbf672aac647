"""Sentences for one person: escaped, cut to Slack's lengths, each with a remedy."""

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from bot import access, say
from bot.listeners.commands import Typed, typed
from bot.quoting import titled
from bot.views import fit
from bot.views import spec as form
from jobs.domain.people import Access, Person
from jobs.domain.run import RunState
from jobs.domain.task import TaskState
from tests.bot.limits import too_long
from tests.bot.world import GENERAL, OPERATOR, PAY, WEB
from tests.factories import a_run, a_spec, a_task

hostile = st.text(st.sampled_from(list("a&<>!@#|\n… 😀`*_:é漢")), min_size=1, max_size=40)
words = hostile.map(lambda text: f"x{text}" * 100)


@settings(deadline=None, max_examples=50)
@given(title=hostile, reason=words, repository=words)
def test_no_task_makes_an_answer_too_long_or_able_to_mention(
    title: str, reason: str, repository: str
) -> None:
    task = a_task(
        spec=a_spec(title=f"x{title}"[:150], repository=repository), state=TaskState.RUNNING, waiting=None
    )
    stopped = a_run(task).to(RunState.STOPPED, reason=reason)
    ended = task.to(TaskState.STOPPED, run=stopped)

    text = fit.fit(say.overview((ended,) * 20), fit.MESSAGE)
    why = say.refusal(
        Access(granted=False, reason="channel_not_mapped"),
        OPERATOR,
        channel="C1",
        person=Person(id="U1"),
        repository=repository,
    )

    assert "<!" not in text
    assert "<#" not in text
    assert len(why) <= fit.SECTION
    assert too_long(form.notice_view(why)) == []


@pytest.mark.parametrize(
    ("text", "meaning"),
    [
        ("", Typed("form")),
        ("  ", Typed("form")),
        ("help", Typed("help")),
        ("HELP", Typed("help")),
        ("status", Typed("status")),
        ("status cg-1A2B3C4D", Typed("status", "cg-1a2b3c4d")),
        ("cancel cg-1a2b3c4d", Typed("cancel", "cg-1a2b3c4d")),
        ("cancel", Typed("cancel")),
        ("help me round totals", Typed("form", "help me round totals")),
        ("status page is slow", Typed("form", "status page is slow")),
        ("cancel button does nothing", Typed("form", "cancel button does nothing")),
        ("status cg-1 cg-2", Typed("form", "status cg-1 cg-2")),
        ("cancel everything", Typed("form", "cancel everything")),
    ],
)
def test_a_subcommand_only_when_the_whole_text_is_one(text: str, meaning: Typed) -> None:
    assert typed(text) == meaning


def test_a_long_text_names_itself_by_its_first_line() -> None:
    answers = titled("Round half up & down\nbecause finance says so")

    assert answers == {
        "title": "Round half up & down",
        "goal": "Round half up & down\nbecause finance says so",
    }


def test_who_may_ask_for_what_where() -> None:
    def reason(repository: str, channel: str, user: str) -> str:
        person = Person(id=user)
        return access.may_ask(OPERATOR, repository=repository, channel=channel, person=person).reason

    assert reason("payments/api", PAY, "U0BEN") == ""
    assert reason("payments/api", WEB, "U0OPS") == "channel_not_mapped"
    assert reason("web/shop", WEB, "U0BEN") == "person_not_listed"
    assert reason("web/shop", WEB, "U0OPS") == ""
    assert reason("no/such", PAY, "U0OPS") == "repository_unknown"
    assert access.usable(OPERATOR, channel=GENERAL, person=Person(id="U0OPS")) == ()


def test_who_may_act_on_a_task() -> None:
    task = a_task()

    def granted(user: str) -> bool:
        return access.may_act(OPERATOR, task=task, person=Person(id=user)).granted

    assert [granted(user) for user in ("U0ANA", "U0EVE", "U0OPS", "U0BEN")] == [True, True, True, False]
