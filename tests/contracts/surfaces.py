"""Every builder of a payload, with what it is built from: a new builder adds its line here.

`tests/contracts/test_surfaces.py` walks `bot.views` and `jobs.messages` and fails for one that is missing.
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from hypothesis import assume
from hypothesis import strategies as st

from bot.views import answer, changes, evidence, spec, versions
from bot.views import batch as batches
from bot.views.home import Home, Lot, Review, home_view
from bot.views.steps import ORDER, fields_of
from jobs import messages
from jobs.domain.batch import Batch
from jobs.domain.feedback import Feedback, FeedbackKind
from jobs.domain.morning import Morning, Reminder
from jobs.domain.news import News
from jobs.domain.question import Answered, Question
from jobs.domain.run import Run, RunState
from jobs.domain.spec import Kind
from jobs.domain.task import Task, TaskState
from jobs.domain.team import Numbers, Week
from jobs.domain.version import Version
from jobs.messages.proposal import proposal
from jobs.ports import Message
from jobs.specify.batch_file import BatchFile, Entry, Intake
from tests.contracts import rules
from tests.contracts.hostile import TEXTS, a
from tests.factories import NOON, a_task


@dataclass(frozen=True)
class Surface:
    """One builder: what it makes, and what would be wrong with that."""

    builder: Callable[..., Any]
    """The product's function."""
    built: st.SearchStrategy[Any]
    """What it returns, from hostile nouns."""
    faults: Callable[[Any], list[str]]
    """What Slack would refuse of it, or a person not understand; empty when it is good."""

    @property
    def name(self) -> str:
        return f"{self.builder.__module__}.{self.builder.__name__}"


def _sent(built: Message) -> list[str]:
    return rules.message(built.text, list(built.blocks))


def _blocks(built: Any) -> list[str]:
    return rules.message("x", built)


def _row(built: Any) -> list[str]:
    return rules.message("x", [{"type": "actions", "elements": [built]}])


def _one_option(built: Any) -> list[str]:
    return rules.offered([built])


def _errors(built: Mapping[str, str]) -> list[str]:
    return rules.answer({"response_action": "errors", "errors": built})


def _tasks(**fixed: st.SearchStrategy[Any]) -> st.SearchStrategy[Task]:
    return a(Task, thread=st.just(a_task().thread), **fixed)


def _of(builder: Callable[..., Any], *given: st.SearchStrategy[Any]) -> st.SearchStrategy[Any]:
    """What a builder makes of these; where it raises ValueError there is nothing to show."""

    def built(drawn: tuple[Any, ...]) -> Any:
        try:
            return builder(*drawn)
        except ValueError as error:
            assume("characters, not" in str(error))  # a length that is broken is no reason to look away
            raise

    return st.tuples(*given).map(built)


_ENDED = a(
    Run,
    state=st.sampled_from([one for one in RunState if one not in (RunState.PREPARING, RunState.GENERATING)]),
)
_PAGES = st.builds(
    evidence.Place,
    task=st.just(a_task().id),
    run=st.integers(0, 3),
    channel=st.just("C0PAY"),
    page=st.integers(-1, 4),
)
_FIELDS = sorted({name for step in ORDER for name in fields_of(step, {"context": "x", "when": "at"})})
_ANSWERS = st.fixed_dictionaries(
    {},
    optional={
        **dict.fromkeys(_FIELDS, TEXTS),
        "kind": st.sampled_from([*Kind, "odd"]),
        "when": st.sampled_from(["now", "at", "window:night", ""]),
        "at": st.sampled_from(["", "1790000000", "soon"]),
        "usd": st.sampled_from(["", "1.50", "1e9", "x"]),
    },
)
_ORIGIN = st.sampled_from(ORDER).map(lambda step: spec.Origin(channel="C0PAY", draft="0" * 16, step=step))
_OFFER = a(spec.Offer, windows=st.sampled_from([(), ("night",), tuple(f"w{n}" for n in range(300))]))
_PLACE = st.just(batches.Place(channel="C0PAY", draft="0" * 16))
_NAMES = st.sampled_from([("one",), ("one", "two"), tuple(f"task-{n}" for n in range(50))])
_ENTRY = a(Entry, depends_on=st.just(()), stack=st.just(False), name=st.just("one"))

_QUESTION = a(Question, id=st.just("Q1"), run=st.just("cg-1a2b3c4d-r1"))
_ANSWERED = st.sampled_from([(), ("Q1",)]).flatmap(
    lambda ids: st.tuples(*(a(Answered, question=st.just(one), run=st.just("cg-1a2b3c4d-r1")) for one in ids))
)
_REPLIES = st.lists(a(Feedback, kind=st.just(FeedbackKind.REPLY)), min_size=1, max_size=9).map(tuple)
_ENDS = st.sampled_from([TaskState.IN_REVIEW, TaskState.REJECTED, TaskState.CANCELLED])


def _line(text: str) -> str:
    return messages.one_line(text, 300)


@st.composite
def _intakes(draw: st.DrawFn) -> Intake:
    names, entry = draw(_NAMES), draw(_ENTRY)
    tasks = tuple(entry.model_copy(update={"name": name}) for name in names)
    found = draw(a(Intake, batch=a(BatchFile, tasks=st.just(tasks))))
    gaps = next(iter(found.gaps.values()), ())
    pairs = tuple((names[0], name) for name in names[1:])
    per_name = {"gaps": dict.fromkeys(names, gaps), "scores": dict.fromkeys(names, 80), "overlaps": pairs}
    return found.model_copy(update=per_name)


def _numbered(tasks: Sequence[Task], letter: str) -> tuple[Task, ...]:
    return tuple(one.model_copy(update={"id": f"cg-{letter}{number:07}"}) for number, one in enumerate(tasks))


_WEEKS = tuple(Week(start=date(2026, 11, 9), merged=number, hours=0.5) for number in range(8))


@st.composite
def _homes(draw: st.DrawFn, /) -> Home:
    """App Home of somebody with few or many tasks, which have ids of their own."""
    one, other, many = draw(_tasks()), draw(_tasks()), draw(st.sampled_from([1, 12]))
    waiting = _numbered([one.model_copy(update={"state": TaskState.WAITING})] * many, "q")
    reviews = [draw(a(Review, task=st.just(task))) for task in _numbered([other] * min(many, 3), "r")]
    fixed = {
        "mine": _numbered([one, *[other] * many], "m"),
        "reviews": tuple(reviews * 10 if many > 1 else reviews)[:3],
        "queue": waiting,
        "changeable": frozenset(task.id for task in waiting),
        "numbers": draw(st.none() | a(Numbers, weeks=st.just(_WEEKS))),
        "lots": draw(st.lists(a(Lot, tasks=st.just(waiting)), max_size=3).map(tuple)),
    }
    return draw(a(Home, **{name: st.just(value) for name, value in fixed.items()}))


_REMINDERS = st.lists(a(Reminder, others=st.lists(TEXTS, max_size=7).map(tuple)), max_size=9).map(tuple)


def _digest(morning: Morning, linked: bool) -> Message:
    listed = (*morning.ready, *morning.lost, *morning.waiting)
    threads = {one.id: "https://acme.slack.example/archives/C0PAY/p17" for one in listed if linked}
    return messages.digest(morning, threads, now=NOON)


_PROBLEMS = st.dictionaries(
    st.sampled_from([*_FIELDS, "tasks", "line 3"]), TEXTS.map("It is wrong. {}".format)
)
_VIEW: st.SearchStrategy[Any] = st.just({"state": {"values": {"title": {"title": {}}, "goal": {"goal": {}}}}})

SURFACES: tuple[Surface, ...] = (
    Surface(spec.step_view, _of(spec.step_view, _ANSWERS, _ORIGIN, _OFFER), rules.view),
    Surface(spec.loading_view, _of(spec.loading_view), rules.view),
    Surface(spec.notice_view, _of(spec.notice_view, TEXTS.map(lambda text: f"No. {len(text)}")), rules.view),
    Surface(spec.begin_button, _of(spec.begin_button, st.just("0" * 16)), _row),
    Surface(spec.repository_option, _of(spec.repository_option, TEXTS.map("a/{}".format)), _one_option),
    Surface(spec.named_option, _of(spec.named_option, TEXTS.map("a{}".format), TEXTS), _one_option),
    Surface(spec.errors, _of(spec.errors, _PROBLEMS.filter(bool), _VIEW), _errors),
    Surface(batches.batch_view, _of(batches.batch_view, _PLACE, TEXTS), rules.view),
    Surface(batches.approval_view, _of(batches.approval_view, _PLACE, _intakes()), rules.view),
    Surface(batches.errors, _of(batches.errors, _PROBLEMS.filter(bool)), _errors),
    Surface(
        changes.changes_view,
        _of(lambda task: changes.changes_view(task, channel="C0PAY"), _tasks()),
        rules.view,
    ),
    Surface(
        versions.versions_view,
        _of(versions.versions_view, _tasks(versions=st.tuples(a(Version)), run=_ENDED)),
        rules.view,
    ),
    Surface(
        evidence.evidence_view,
        _of(evidence.evidence_view, _tasks(run=_ENDED), _PAGES),
        rules.view,
    ),
    Surface(evidence.loading, _of(evidence.loading), rules.view),
    Surface(evidence.failed, _of(evidence.failed), rules.view),
    Surface(evidence.notice, _of(evidence.notice, TEXTS.map(lambda text: f"No. {len(text)}")), rules.view),
    Surface(home_view, _of(home_view, _homes()), rules.view),
    Surface(messages.head, _of(messages.head, _tasks()), _sent),
    Surface(
        messages.digest,
        _of(_digest, a(Morning, channel=st.just("C0PAY"), reminders=_REMINDERS), st.booleans()),
        _sent,
    ),
    Surface(proposal, _of(proposal, _tasks()), _blocks),
    Surface(messages.summary, _of(messages.summary, _tasks(run=_ENDED)), _sent),
    Surface(messages.consent, _of(messages.consent, _tasks(run=_ENDED)), _sent),
    Surface(
        messages.news,
        _of(messages.news, _tasks(), st.lists(a(News), min_size=1, max_size=12), st.just({"ana": "U0ANA"})),
        _sent,
    ),
    Surface(messages.question, _of(messages.question, _tasks(answered=_ANSWERED), _QUESTION), _sent),
    Surface(
        messages.question_over, _of(messages.question_over, _tasks(), st.just("key"), TEXTS.map(_line)), _sent
    ),
    Surface(messages.replies, _of(messages.replies, _tasks(feedback=_REPLIES, state=_ENDS)), _sent),
    Surface(messages.replies_taken, _of(messages.replies_taken, _tasks(), st.just("key")), _sent),
    Surface(
        answer.answer_view,
        _of(lambda asked: answer.answer_view("cg-1a2b3c4d", asked, channel="C0PAY"), _QUESTION),
        rules.view,
    ),
    Surface(
        messages.batch_head,
        _of(messages.batch_head, a(Batch), st.lists(_tasks(), min_size=1, max_size=3)),
        _sent,
    ),
    Surface(
        messages.batch_digest,
        _of(messages.batch_digest, a(Batch), st.lists(_tasks(), min_size=1, max_size=3)),
        _sent,
    ),
)
"""Every builder that returns a view, a message, blocks or options."""
