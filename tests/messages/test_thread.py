"""What people read in a thread, and that it always fits."""

from datetime import timedelta
from decimal import Decimal
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from jobs import messages
from jobs.domain.action import Action
from jobs.domain.budget import Spend
from jobs.domain.consent import Confirmation
from jobs.domain.people import Person
from jobs.domain.plan import Waits
from jobs.domain.question import Question
from jobs.domain.review import PipelineStatus
from jobs.domain.run import Purpose, Run, RunState
from jobs.domain.spec import Criterion
from jobs.domain.standing import Standing
from jobs.domain.task import Task, TaskState, Waiting
from jobs.domain.verdict import (
    Check,
    CheckStatus,
    EvidenceStatus,
    ExecutedProof,
    Finding,
    ProofKind,
    VerdictStatus,
)
from jobs.messages import blocks
from jobs.messages.figures import duration, money, tokens
from jobs.ports import Message
from tests.factories import (
    NOON,
    SHA,
    a_merge_request,
    a_patch,
    a_run,
    a_spec,
    a_spend,
    a_task,
    a_verdict,
    an_evidence,
)

HOSTILE = (
    st.text(min_size=1, max_size=300).map(lambda text: text * 15)
    | st.sampled_from(["&", "<>", "`*_~"]).map("x{}".format)
).filter(lambda text: text.strip() != "")
EVIDENCE = [Action.EVIDENCE]
USEFUL = [Action.USEFUL, Action.NOT_USEFUL]
ENDS = (RunState.DELIVERED, RunState.REJECTED, RunState.STOPPED, RunState.FAILED, RunState.CANCELLED)


def ended(state: RunState = RunState.DELIVERED, **fields: Any) -> Task:
    task = a_task(state=TaskState.RUNNING, waiting=None)
    run = a_run(
        task,
        state=state,
        round=1,
        ended_at=NOON + timedelta(seconds=80),
        patch=a_patch(),
        verdict=a_verdict(),
        spend=a_spend(),
        **fields,
    )
    return task.note(run=run, merge_request=run.merge_request)


def test_a_waiting_task_says_why_it_waits() -> None:
    message = messages.head(a_task(waiting=Waiting.WORKER))

    assert "Waiting.* It starts as soon as a worker is free." in text_of(message)
    assert actions_of(message) == [Action.CANCEL, Action.MEND]


def test_a_delivered_task_is_summed_up_with_its_evidence() -> None:
    task = ended(merge_request=a_merge_request(), summary="Totals round half up now.")

    message = messages.summary(task)

    assert "merge request !7" in text_of(message)
    assert "Totals round half up now." in text_of(message)
    table = next(block for block in message.blocks if block["type"] == "table")
    assert cells(table)[1][1:] == ["proven (strong)", "failed → passed", "tests, yours"]
    assert "1 min 20 s · $0.12" in text_of(message)
    assert actions_of(message) == [Action.OPEN_MR, *EVIDENCE, Action.DIFF, *USEFUL]


def test_a_check_of_what_people_pushed_tells_how_much_it_checked() -> None:
    nothing = a_patch(files=(), diff="")
    task = ended(merge_request=a_merge_request(), purpose=Purpose.RECHECK, total=a_patch().extent)
    task = task.note(run=task.run and task.run.model_copy(update={"patch": nothing}))
    assert "1 file in all, +1 −1" in text_of(messages.summary(task))


@pytest.mark.parametrize(
    ("status", "words"),
    [
        (PipelineStatus.PASSED, "CI passed on this commit."),
        (PipelineStatus.FAILED, "CI failed on this commit."),
        (PipelineStatus.PENDING, "CI is still running on this commit."),
    ],
)
def test_the_summary_says_what_ci_said(status: PipelineStatus, words: str) -> None:
    task = ended(head=SHA, merge_request=a_merge_request())
    assert "CI " not in text_of(messages.summary(task))
    assert words in text_of(messages.summary(task.note(standing=Standing(pipeline=status))))


def test_a_rejected_task_names_the_checks_and_offers_a_retry() -> None:
    suite = Check(name="suite", status=CheckStatus.FAILED, summary="test_a fails now")
    task = ended(RunState.REJECTED)
    task = task.note(run=task.run and task.run.model_copy(update={"verdict": a_verdict(checks=(suite,))}))

    message = messages.summary(task)

    assert "• suite: test_a fails now" in text_of(message)
    assert actions_of(message) == [*EVIDENCE, Action.RETRY, *USEFUL]


def test_words_of_others_can_neither_mention_nor_link() -> None:
    spec = a_spec(title="<!channel> wake up", criteria=(Criterion(id="AC1", text="<@U1> & <http://x|y>"),))

    message = messages.head(a_task(spec=spec))
    shown = "\n".join(texts(message.blocks[:3]))

    assert "<!channel>" not in shown + message.text
    assert "&lt;!channel&gt; wake up" in shown
    assert "&lt;@U1&gt; &amp; &lt;http://x|y&gt;" in shown


@pytest.mark.parametrize("state", TaskState)
def test_every_state_has_a_head_message(state: TaskState) -> None:
    run = a_run(reason="The budget is used up.", reference="ab12")
    task = a_task(state=state, run=run, merge_request=a_merge_request())

    fits(messages.head(task))


@settings(max_examples=25)
@given(title=HOSTILE, texts=st.lists(HOSTILE, min_size=1, max_size=30), reason=HOSTILE)
def test_a_head_message_fits_whatever_people_write(title: str, texts: list[str], reason: str) -> None:
    criteria = tuple(Criterion(id=f"AC{n}", text=text) for n, text in enumerate(texts, 1))
    spec = a_spec(title=title.strip()[:150] or "x", criteria=criteria, goal=reason, target=title)
    for state in (TaskState.WAITING, TaskState.STOPPED):
        run = a_run(reason=reason, remedy=reason, step=reason)
        fits(messages.head(a_task(spec=spec, state=state, run=run)))


@settings(max_examples=40)
@given(text=HOSTILE, count=st.integers(min_value=1, max_value=30), state=st.sampled_from(ENDS))
def test_a_summary_fits_whatever_engines_write(text: str, count: int, state: RunState) -> None:
    findings = tuple(Finding(rule="r", text=text, path=text, line=3) for _ in range(count))
    checks = tuple(
        Check(name="lint", status=CheckStatus.FAILED, summary=text, findings=findings) for _ in "ab"
    )
    criteria = tuple(Criterion(id=f"AC{n}", text=text) for n in range(count))
    evidence = tuple(an_evidence(criterion=f"AC{n}", reason=text) for n in range(count))
    question = Question(id="Q1", text=text, options=(text,), chosen=text)
    task = ended(
        state,
        summary=text,
        reason=text,
        remedy=text,
        assumptions=(question,),
        merge_request=a_merge_request(),
    )
    assert task.run is not None
    run = task.run.model_copy(update={"verdict": a_verdict(checks=checks, evidence=evidence)})
    fits(messages.summary(task.note(run=run, spec=a_spec(criteria=criteria))))


@given(text=HOSTILE, limit=st.integers(min_value=1, max_value=300))
def test_clipped_text_fits_after_escaping(text: str, limit: int) -> None:
    shown = blocks.clip(text, limit).replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;")

    assert len(shown) <= limit


@pytest.mark.parametrize(
    ("seconds", "words"),
    [(0, "0 s"), (59.4, "59 s"), (60, "1 min"), (80, "1 min 20 s"), (3600, "1 h"), (7500, "2 h 5 min")],
)
def test_durations_read_like_a_clock(seconds: float, words: str) -> None:
    assert duration(seconds) == words


def test_money_says_when_it_is_a_lower_bound() -> None:
    assert money(Spend()) == "no model used"
    assert money(Spend(requests=1, usd=Decimal("0.004"))) == "under $0.01"
    assert money(Spend(requests=1, usd=Decimal("1.5"), priced=False)) == "at least $1.50"
    assert money(Spend(requests=1, priced=False)) == "price unknown"
    assert tokens(Spend(input_tokens=9000, output_tokens=800)) == "10k tokens"


def test_a_verdict_is_unproven_when_a_criterion_is_open() -> None:
    assert a_verdict().status is VerdictStatus.PASSED


def text_of(message: Message) -> str:
    return "\n".join(texts(message.blocks))


def texts(value: object) -> list[str]:
    if isinstance(value, dict):
        own = [value["text"]] if isinstance(value.get("text"), str) else []
        return own + [found for one in value.values() for found in texts(one)]
    if isinstance(value, list | tuple):
        return [found for one in value for found in texts(one)]
    return []


def actions_of(message: Message) -> list[str]:
    rows = [block["elements"] for block in message.blocks if block["type"] == "actions"]
    return [
        str(one["action_id"]) for row in rows if isinstance(row, list) for one in row if isinstance(one, dict)
    ]


def cells(table: blocks.Block) -> list[list[str]]:
    rows = table["rows"]
    assert isinstance(rows, list)
    return [
        [str(cell["text"]) for cell in row if isinstance(cell, dict)] for row in rows if isinstance(row, list)
    ]


def fits(message: Message) -> None:
    """platform.md's limits: 50 blocks, 12,000 characters together, 4,000 in the fallback."""
    assert 0 < len(message.text) <= 4000
    assert len(message.blocks) <= 50
    assert sum(map(len, texts(message.blocks))) <= 12_000
    for block in message.blocks:
        if block["type"] == "section":
            assert all(0 < len(text) <= 3000 for text in texts(block))


def test_runs_and_tasks_keep_their_summary_for_the_end() -> None:
    with pytest.raises(ValueError, match="nothing to sum up"):
        messages.summary(a_task(run=Run(id="r", task="t", number=1, started_at=NOON)))


@pytest.mark.parametrize(
    ("waiting", "waits", "says"),
    [
        (
            Waiting.SCHEDULE,
            Waits(at=NOON),
            "It starts <!date^1793620800^{date_short_pretty} at {time}|on 2026-11-02",
        ),
        (
            Waiting.WINDOW,
            Waits(window="tonight", hours="22:00–06:00 UTC"),
            "its window *tonight*, 22:00–06:00 UTC.",
        ),
        (Waiting.WINDOW, Waits(window="tonight"), "is not in codegen.toml any more"),
        (
            Waiting.DEPENDENCY,
            Waits(task="cg-1a2b3c4d", title="A <b>"),
            "once `cg-1a2b3c4d` _A &lt;b&gt;_ is done",
        ),
        (Waiting.PARENT, Waits(task="cg-1a2b3c4d"), "needs `cg-1a2b3c4d`, which did not succeed"),
        (Waiting.OVERLAP, Waits(task="cg-1a2b3c4d"), "the same paths as `cg-1a2b3c4d`"),
        (Waiting.BUDGET, Waits(note="This month is used up."), "This month is used up."),
        (Waiting.CAP, None, "As many tasks run"),
        (Waiting.FAIR_SHARE, None, "Others come first in line."),
    ],
)
def test_each_wait_is_explained_with_its_particulars(
    waiting: Waiting, waits: Waits | None, says: str
) -> None:
    assert says in messages.state_line(a_task(waiting=waiting, waits=waits))


def test_a_criterion_that_somebody_must_look_at_has_its_button_until_it_is_confirmed() -> None:
    look = an_evidence(
        status=EvidenceStatus.NOT_PROVEN, strength=None, proof=ExecutedProof(kind=ProofKind.REVIEW)
    )
    task = ended(head=SHA, merge_request=a_merge_request())
    assert task.run is not None
    run = task.run.model_copy(update={"verdict": a_verdict(evidence=(look,))})
    task = task.note(run=run, state=TaskState.IN_REVIEW)
    waiting = [one for one in messages.summary(task).blocks if "accessory" in one]
    assert len(waiting) == 1 and f"{task.id}:1:AC1" in str(waiting[0]["accessory"])

    said = Confirmation(criterion="AC1", head=SHA, person=Person(id="U0EVE", name="Eve"), at=NOON)
    blocks_ = messages.summary(task.note(confirmations=(said,))).blocks
    assert not [one for one in blocks_ if "accessory" in one]
    assert "proven (strong)" in str(blocks_)
    older = said.model_copy(update={"head": "9" * 40})
    assert "proven (strong)" not in str(messages.summary(task.note(confirmations=(older,))).blocks)
