"""Hooks lost, doubled and late, people at work, crashes: thread, store and GitLab agree in the end."""

import asyncio
from collections import Counter
from collections.abc import Callable, Coroutine
from datetime import UTC, datetime, timedelta
from typing import TypeVar

import pytest
from hypothesis import HealthCheck, Phase, settings
from hypothesis import strategies as st
from hypothesis.stateful import (
    RuleBasedStateMachine,
    invariant,
    precondition,
    rule,
    run_state_machine_as_test,
)

from jobs.domain.event import first_broken
from jobs.domain.news import QUIET
from jobs.domain.patch import Sha
from jobs.domain.remark import CommitState, Remark
from jobs.domain.review import MergeRequestState, PipelineStatus
from jobs.domain.run import RunState
from jobs.domain.task import InReview, Task, TaskState
from jobs.errors import Transient
from jobs.messages.request_words import NOTE, summary_note
from jobs.ports import Message
from jobs.queue import keys, watching
from jobs.queue.connection import open_connection
from jobs.queue.store import Store
from jobs.queue.submit import Queue
from jobs.settings import OperatorFile
from jobs.worker.looking import Means
from jobs.worker.moves import begun, settled
from jobs.worker.watching import Watching
from playground.redis_server import RedisServer
from tests.fakes import FakeReview
from tests.review.gitlab import FakeGitLab
from tests.review.sights import a_failed_job, a_reviewed_task, delivered

T = TypeVar("T")
OPEN, CLOSED, MERGED = MergeRequestState.OPENED, MergeRequestState.CLOSED, MergeRequestState.MERGED
IID = 7


class Thread:
    """One channel as Slack keeps it: one message per key; an answer may be lost after the post arrived."""

    def __init__(self) -> None:
        self.messages: dict[str, Message] = {}
        self.dies = False

    async def put(self, message: Message, *, ts: str | None = None) -> str:
        self.messages[message.key] = message
        if self.dies:
            self.dies = False
            raise Transient("The answer was lost.")
        return "1700000000.000900"

    async def upload(self, **fields: str) -> str:
        raise AssertionError("nothing is uploaded here")

    async def tell(self, person: str, text: str) -> None:
        raise AssertionError("nobody is told anything alone here")

    async def tidy(self, message: Message) -> str | None:
        return None

    async def permalink(self, channel: str, ts: str) -> str:
        return ""

    @property
    def text(self) -> str:
        shown = [block["text"] for one in self.messages.values() for block in one.blocks]
        return "\n".join(str(one["text"]) for one in shown if isinstance(one, dict))


class Notes:
    """Our own notes in the merge request, one per key; an answer may be lost after the note arrived."""

    def __init__(self) -> None:
        self.texts: dict[str, str] = {}
        self.dies = False

    async def note(self, project: str, iid: int, *, key: str, body: str) -> None:
        self.texts[key] = body
        if self.dies:
            self.dies = False
            raise Transient("The answer was lost.")

    async def upload(self, project: str, *, name: str, content: bytes) -> str:
        raise AssertionError("nothing is put up here")

    async def status(self, project: str, commit: Sha, state: CommitState, *, text: str, url: str) -> None:
        raise AssertionError("no status is set here")

    async def remarked(self, project: str, iid: int) -> frozenset[str]:
        return frozenset(self.texts)

    async def remark(self, project: str, iid: int, remark: Remark, *, head: Sha) -> bool:
        raise AssertionError("no line is remarked on here")


class WatchMachine(RuleBasedStateMachine):
    url = ""

    def __init__(self) -> None:
        super().__init__()
        self.loop = asyncio.Runner()
        self.connection = open_connection(self.url)
        self.store = Store(self.connection)
        self.gitlab = FakeGitLab()
        self.thread = Thread()
        self.notes = Notes()
        self.run(self.connection.call("FLUSHALL"))
        self.task, _ = self.run(self.store.create(a_reviewed_task()))
        request = self.task.merge_request
        assert request is not None
        self.gitlab.open(request)
        self.ours: set[str] = {request.sha or ""}
        self.tellings = 0

    def run(self, work: Coroutine[None, None, T]) -> T:
        return self.loop.run(work)

    def teardown(self) -> None:
        try:
            self.agree()
        finally:
            self.run(self.connection.close())
            self.loop.close()

    @property
    def state(self) -> MergeRequestState:
        return self.gitlab.state(IID)

    def worker(self) -> Watching:
        """A worker that has just started: nothing is remembered but what is stored."""
        return Watching(
            self.store,
            Queue(self.store),
            self.gitlab,
            means=Means(FakeReview(), self.notes),
            messenger=self.thread,
            operator=OperatorFile(),
            owner="w1",
        )

    def stored(self) -> Task:
        task = self.run(self.store.get(self.task.id))
        assert task is not None
        return task

    def tell(self) -> None:
        """When every burst and pause of before is over."""
        self.tellings += 1
        self.run(self.worker().tell(datetime.now(UTC) + timedelta(days=self.tellings)))

    # what people and pipelines do, with or without a hook

    def happens(self, act: Callable[[], object], hooks: int) -> None:
        act()
        for _ in range(hooks):
            self.run(self.store.hear(f"payments/api!{IID}"))

    @precondition(lambda self: self.state is not MERGED)
    @rule(hooks=st.integers(0, 2))
    def people_comment(self, hooks: int) -> None:
        self.happens(lambda: self.gitlab.comment(IID), hooks)

    @precondition(lambda self: self.state is OPEN)
    @rule(hooks=st.integers(0, 2), approves=st.booleans())
    def people_approve_or_withdraw(self, hooks: int, approves: bool) -> None:
        self.happens(lambda: self.gitlab.change(IID, approvers=("ben",) if approves else ()), hooks)

    @precondition(lambda self: self.state is OPEN)
    @rule(hooks=st.integers(0, 2))
    def people_push(self, hooks: int) -> None:
        self.happens(lambda: self.gitlab.push(IID), hooks)

    @precondition(lambda self: self.state is OPEN)
    @rule(hooks=st.integers(0, 2), state=st.sampled_from([CLOSED, CLOSED, MERGED]))
    def people_end_it(self, hooks: int, state: MergeRequestState) -> None:
        self.happens(lambda: self.gitlab.merge_request(IID, state=state), hooks)

    @precondition(lambda self: self.state is CLOSED)
    @rule(hooks=st.integers(0, 2))
    def people_open_it_again(self, hooks: int) -> None:
        self.happens(lambda: self.gitlab.merge_request(IID, state=OPEN), hooks)

    @precondition(lambda self: self.state is OPEN)
    @rule(hooks=st.integers(0, 2), status=st.sampled_from(list(PipelineStatus)))
    def a_pipeline_moves(self, hooks: int, status: PipelineStatus) -> None:
        failed = (a_failed_job(id=self.gitlab.numbers),) if status is PipelineStatus.FAILED else ()
        self.happens(lambda: self.gitlab.pipeline(IID, status, *failed), hooks)

    # what workers do

    @rule()
    def a_worker_looks(self) -> None:
        self.run(self.worker().look(datetime.now(UTC)))

    @rule(lost=st.booleans())
    def a_worker_tells(self, lost: bool) -> None:
        self.thread.dies = lost
        self.tell()
        self.thread.dies = False

    @rule()
    def a_worker_dies_after_its_acts(self) -> None:
        """Everything was asked and done, nothing was written: the lease runs out."""

        async def half() -> None:
            sight = self.gitlab.requests[IID].sight
            if sight.pipeline and sight.pipeline.status is PipelineStatus.FAILED:
                for job in self.gitlab.requests[IID].failed:
                    await self.gitlab.retry_job("payments/api", job.id)

        self.run(half())

    @rule()
    def a_worker_dies_after_it_wrote_the_note(self) -> None:
        """Whatever else it did before is done, and nothing of it is remembered."""
        self.notes.dies = True
        self.run(self.connection.call("ZADD", keys.WATCH, "XX", 0, self.task.id))
        self.run(self.worker().look(datetime.now(UTC)))
        self.notes.dies = False

    @precondition(lambda self: self.stored().state is TaskState.WAITING)
    @rule()
    def a_run_begins(self) -> None:
        def begin(task: Task) -> Task:
            return begun(task, datetime.now(UTC)) or task

        self.run(self.store.change(self.task.id, begin))

    @precondition(lambda self: self.stored().state is TaskState.RUNNING)
    @rule(pushes=st.booleans())
    def a_run_ends(self, pushes: bool) -> None:
        task = self.stored()
        assert task.run is not None
        states = [RunState.GENERATING, RunState.VERIFYING]
        request = task.merge_request
        head = self.gitlab.push(IID) if pushes and self.state is OPEN else None
        steps = [*states, RunState.OPENING, RunState.DELIVERED] if head else [RunState.CANCELLED]
        for state in steps:
            facts: dict[str, object] = {"head": head} if state is RunState.OPENING else {}
            if state is RunState.DELIVERED and request is not None:
                facts["merge_request"] = request.model_copy(update={"sha": head})
                facts["verdict"] = delivered().verdict

            def move(now: Task, state: RunState = state, facts: dict[str, object] = facts) -> Task:
                assert now.run is not None
                return settled(now, now.run.to(state, **facts), datetime.now(UTC))

            self.run(self.store.change(self.task.id, move))

    @invariant()
    def no_fix_is_made_for_ever(self) -> None:
        known = self.run(watching.watched(self.connection, self.task.id))
        assert known.fixes <= OperatorFile().review.fixes

    def agree(self) -> None:
        """Once everybody rests, some looks make everything agree."""
        if self.stored().state is TaskState.RUNNING:
            self.a_run_ends(pushes=False)
        for _ in range(4):
            self.run(self.connection.call("ZADD", keys.WATCH, "XX", 0, self.task.id))
            self.run(self.worker().look(datetime.now(UTC)))
            if self.stored().state is TaskState.RUNNING:
                self.a_run_ends(pushes=False)
        for _ in range(2):
            self.tell()
        task, sight = self.stored(), self.gitlab.requests[IID].sight
        expected = {OPEN: (TaskState.IN_REVIEW, TaskState.WAITING), CLOSED: (TaskState.CLOSED,)}
        assert task.state in expected.get(self.state, (TaskState.MERGED,))
        assert task.merge_request == sight.merge_request
        assert task.standing is not None
        assert task.standing.approvers == sight.approvers
        if task.state is TaskState.IN_REVIEW:
            assert task.in_review is (InReview.DRAFT if sight.merge_request.draft else InReview.REVIEW)
        if self.state is OPEN:
            assert self.notes.texts == {NOTE: summary_note(task, sight)}, "the one note tells the truth"
        said = Counter(word for word in self.thread.text.split() if word.rstrip(".").isdigit())
        told = [f"{one.text.split()[1]}" for one in sight.comments]
        assert max((said[one] for one in told), default=0) <= 1, "no remark is told twice"
        if "more" not in self.thread.text:
            assert [said[one] for one in told] == [1] * len(told), "each remark is told"
        left = self.run(watching.news_of(self.connection, self.task.id))
        assert all(one.kind in QUIET for one in left), "only what calls nobody waits for company"
        assert first_broken(self.run(self.store.history(self.task.id))) is None


@pytest.mark.parametrize("sequences", [15, pytest.param(60, marks=pytest.mark.cases)])
def test_any_sequence_ends_in_agreement(redis_process: RedisServer, sequences: int) -> None:
    WatchMachine.url = redis_process.url
    run_state_machine_as_test(
        WatchMachine,
        settings=settings(
            max_examples=sequences,
            stateful_step_count=25,
            deadline=None,
            phases=[Phase.generate],
            suppress_health_check=list(HealthCheck),
        ),
    )
