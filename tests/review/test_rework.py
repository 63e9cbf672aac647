"""What people say of a merge request and do to it, and the run that comes of it."""

from datetime import timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, rule

from jobs.domain.feedback import FeedbackKind
from jobs.domain.observed import Comment, Sight
from jobs.domain.review import MergeRequestState
from jobs.domain.reworking import ReworkTable
from jobs.domain.run import Purpose, RunState
from jobs.domain.task import Task, TaskState
from jobs.domain.watched import Watched
from jobs.review.addressed import instructs
from jobs.review.rework import decide, strangers
from jobs.review.turning_away import turn_away
from jobs.review.watch import Seen, observed
from jobs.settings import OperatorFile, RepositorySettings
from jobs.worker.moves import begun, settled
from tests.factories import NOON, a_merge_request, a_run, a_task
from tests.fakes import FakeReview

BOT = "codegen"
OWN = RepositorySettings(reviewers=("ben",), maintainers=("U0MAX",))
OPERATOR = OperatorFile(repositories={"payments/api": OWN}, people={"max": "U0MAX", "ana": "U0ANA"})
HEAD, MAIN = "a" * 40, "b" * 40


def a_reviewed_task(**fields: object) -> Task:
    task = a_task(state=TaskState.IN_REVIEW, waiting=None, merge_request=a_merge_request(sha=HEAD))
    run = a_run(task, state=RunState.DELIVERED, head=HEAD, target_base=MAIN, ended_at=NOON)
    return task.note(run=run, runs=1, checked=HEAD, **fields)


def a_sight(*comments: Comment, head: str = HEAD, **fields: object) -> Sight:
    given = {"merge_request": a_merge_request(sha=head), "author": BOT, "comments": comments}
    return Sight.model_validate(given | {"target_head": MAIN} | fields)


def a_comment(
    number: int, text: str, *, by: str = "ben", discussion: str = "d1", **fields: object
) -> Comment:
    given = {"id": number, "discussion": discussion, "author": by, "text": text, "at": NOON}
    return Comment.model_validate(given | fields)


ANSWER = a_comment(1, "Done.", by=BOT, ours=True)


def decided(task: Task, sight: Sight, *, hours: float = 0, operator: OperatorFile = OPERATOR) -> Task | None:
    return decide(task, None, sight, operator=operator, now=NOON + timedelta(hours=hours))


def ordered(task: Task, sight: Sight) -> Task:
    found = decided(task, sight)
    assert found is not None
    return found


def test_a_comment_that_names_the_bot_becomes_a_rework() -> None:
    comment = a_comment(1, f"@{BOT} rename this", path="src/a.py", line=3)
    task = ordered(a_reviewed_task(), a_sight(comment))
    assert (task.state, task.purpose) == (TaskState.WAITING, Purpose.REWORK)
    (one,) = task.feedback
    assert (one.id, one.kind, one.by, one.path, one.line) == (
        "note:1",
        FeedbackKind.COMMENT,
        "ben",
        "src/a.py",
        3,
    )


@pytest.mark.parametrize(
    ("comments", "wanted"),
    [
        ((a_comment(1, "Why is this so?"),), Purpose.CHANGE),
        ((ANSWER, a_comment(2, "rename it")), Purpose.REWORK),
        ((ANSWER, a_comment(2, "Thanks a lot!")), Purpose.CHANGE),
        (
            (a_comment(1, "Done.", by=BOT, ours=True), a_comment(2, "rename it", resolved=True)),
            Purpose.CHANGE,
        ),
        ((a_comment(1, f"@{BOT} rename it", by="eve"),), Purpose.CHANGE),
        ((a_comment(1, f"@{BOT}-two rename it"),), Purpose.CHANGE),
        ((a_comment(1, f"@{BOT} rename it", by=BOT, ours=True),), Purpose.CHANGE),
        ((a_comment(1, f"@{BOT} rename it", by="max"),), Purpose.REWORK),
        ((a_comment(1, f"@{BOT} rename it", by="ana"),), Purpose.REWORK),
        ((a_comment(1, f"@{BOT}: rebase"),), Purpose.REBASE),
        ((a_comment(1, f"@{BOT} recheck."),), Purpose.RECHECK),
        ((a_comment(1, f"@{BOT} rebase"), a_comment(2, f"@{BOT} rename it")), Purpose.REWORK),
        ((a_comment(1, f"aside @{BOT} is slow today"),), Purpose.CHANGE),
    ],
)
def test_only_what_people_with_a_role_ask_of_the_bot_counts(
    comments: tuple[Comment, ...], wanted: Purpose
) -> None:
    task = decided(a_reviewed_task(), a_sight(*comments)) or a_reviewed_task()
    assert task.purpose is wanted


def test_who_requests_changes_in_gitlab_is_heard_without_naming_the_bot() -> None:
    sight = a_sight(a_comment(1, "Half is wrong here."), changes_wanted=("ben",))
    (one,) = ordered(a_reviewed_task(), sight).feedback
    assert one.kind is FeedbackKind.REQUEST


def test_reviewers_chosen_in_gitlab_may_instruct() -> None:
    comment = a_comment(1, f"@{BOT} rename it", by="eve")
    assert decided(a_reviewed_task(), a_sight(comment)) is None
    assert decided(a_reviewed_task(), a_sight(comment, reviewers=("eve",))) is not None


@pytest.mark.parametrize(
    ("text", "meant"),
    [
        ("Thanks!", False),
        ("ok, looks good to me", False),
        ("👍", False),
        ("yes please rename it", True),
        ("ok but rename it", True),
        ("fix this", True),
        ("No.", False),
        ("", False),
    ],
)
def test_thanks_are_no_instruction(text: str, meant: bool) -> None:
    assert instructs(text, a_sight()) is meant


async def test_people_without_a_role_are_told_so_once() -> None:
    first, second = a_comment(1, f"@{BOT} merge it", by="eve"), a_comment(2, f"@{BOT} now", by="eve")
    task, review = a_reviewed_task(), FakeReview()
    assert await turn_away(task, a_sight(first, second), review, operator=OPERATOR) == 1
    ((key, (discussion, text)),) = review.said.items()
    assert (discussion, "reviewers" in text) == ("d1", True)
    answer = a_comment(3, f"{text}\n\n<!-- codegen:{key} -->", by=BOT, ours=True, discussion="d1")
    assert strangers(task, a_sight(first, second, answer), operator=OPERATOR) == ()


def test_what_people_pushed_is_checked_once_per_head() -> None:
    sight = a_sight(head="c" * 40)
    task = ordered(a_reviewed_task(), sight)
    assert (task.purpose, task.checked) == (Purpose.RECHECK, "c" * 40)
    assert decided(task, sight) is None


def test_our_own_push_is_nobodys() -> None:
    task = a_reviewed_task()
    assert task.run is not None
    task = task.note(run=task.run.model_copy(update={"start": "e" * 40}))
    assert decided(task, a_sight(head="e" * 40)) is None, "GitLab still shows the head before our push"


def test_what_people_pushed_under_a_rework_that_came_to_nothing_is_checked() -> None:
    task = a_reviewed_task()
    assert task.run is not None
    theirs = "e" * 40
    rejected = task.run.model_copy(update={"state": RunState.REJECTED, "start": theirs, "head": None})
    assert ordered(task.note(run=rejected), a_sight(head=theirs)).purpose is Purpose.RECHECK


def test_what_is_asked_of_one_that_was_closed_waits_for_the_look_after_its_reopening() -> None:
    closed = a_reviewed_task().to(TaskState.CLOSED)
    asked = Seen(sight=a_sight(a_comment(1, f"@{BOT} round up")))
    first = observed(closed, Watched(), asked, operator=OPERATOR, now=NOON)
    assert first.task.state is TaskState.IN_REVIEW, "one write is one move"
    second = observed(first.task, first.watched, asked, operator=OPERATOR, now=NOON)
    assert (second.task.state, second.task.purpose) == (TaskState.WAITING, Purpose.REWORK)


def test_a_conflict_is_worked_on_once_per_head_unless_the_operator_says_no() -> None:
    sight = a_sight(conflicts=True)
    task = ordered(a_reviewed_task(), sight)
    assert task.purpose is Purpose.REBASE
    assert decided(a_reviewed_task(rebased=task.rebased), sight) is None
    off = OPERATOR.model_copy(update={"rework": ReworkTable(conflicts=False)})
    assert decided(a_reviewed_task(), sight, operator=off) is None


def test_a_branch_whose_target_moved_is_updated_after_the_set_hours() -> None:
    hours = OPERATOR.model_copy(update={"rework": ReworkTable(stale_hours=24)})
    moved = a_sight(target_head="d" * 40)
    assert decided(a_reviewed_task(), moved, hours=48) is None, "not set"
    assert decided(a_reviewed_task(), moved, hours=23, operator=hours) is None
    assert decided(a_reviewed_task(), a_sight(), hours=48, operator=hours) is None, "not moved"
    task = decided(a_reviewed_task(), moved, hours=48, operator=hours)
    assert task is not None and task.purpose is Purpose.REBASE


@pytest.mark.parametrize("state", [MergeRequestState.CLOSED, MergeRequestState.MERGED])
def test_nothing_is_done_to_what_has_ended(state: MergeRequestState) -> None:
    sight = a_sight(a_comment(1, f"@{BOT} go on"), conflicts=True)
    ended = sight.merge_request.model_copy(update={"state": state})
    assert decided(a_reviewed_task(), sight.model_copy(update={"merge_request": ended})) is None


@given(st.text())
def test_no_text_breaks_the_reading(text: str) -> None:
    decided(a_reviewed_task(), a_sight(a_comment(1, text), a_comment(2, f"@{BOT} {text}")))


class Reviewing(RuleBasedStateMachine):
    """People comment, push and make conflicts; looks come late, twice and after crashes; runs end anyhow."""

    @initialize()
    def open(self) -> None:
        self.task = a_reviewed_task()
        self.comments: list[Comment] = []
        self.head, self.conflicts = HEAD, False
        self.taken: list[str] = []

    @rule(
        by=st.sampled_from(["ben", "max", "eve", BOT]),
        text=st.sampled_from(
            ["rename it", f"@{BOT} rename it", f"@{BOT} rebase", "thanks", f"@{BOT} thanks"]
        ),
        discussion=st.sampled_from(["d1", "d2"]),
    )
    def comment(self, by: str, text: str, discussion: str) -> None:
        ours = by == BOT
        one = a_comment(len(self.comments) + 1, text, by=by, discussion=discussion, ours=ours)
        self.comments.append(one)

    @rule(number=st.integers(0, 9))
    def push(self, number: int) -> None:
        self.head = str(number) * 40

    @rule(now=st.booleans())
    def conflict(self, now: bool) -> None:
        self.conflicts = now

    @rule()
    def look(self) -> None:
        sight = a_sight(*self.comments, head=self.head, conflicts=self.conflicts)
        self.task = decided(self.task, sight) or self.task
        assert decided(self.task, sight) is None, "the same sight orders nothing more"

    @rule()
    def begin(self) -> None:
        self.task = begun(self.task, NOON) or self.task

    @rule(end=st.sampled_from([RunState.DELIVERED, RunState.REJECTED, RunState.STOPPED]))
    def end(self, end: RunState) -> None:
        run = self.task.run
        if self.task.state is not TaskState.RUNNING or run is None:
            return
        facts: dict[str, object] = {"state": end, "start": self.head}
        if end is RunState.DELIVERED:
            self.head = facts["head"] = f"{run.number:040x}"
            self.conflicts = False
        self.taken += [one.id for one in run.feedback]
        self.task = settled(self.task, run.model_copy(update=facts), NOON)

    @invariant()
    def nothing_is_taken_twice_and_only_from_those_who_may(self) -> None:
        assert len(self.taken) == len(set(self.taken))
        by = {f"note:{one.id}": one.author for one in self.comments}
        assert {by[one] for one in [*self.taken, *(one.id for one in self.task.feedback)]} <= {"ben", "max"}


TestReviewing = Reviewing.TestCase
