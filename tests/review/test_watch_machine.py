"""Hooks and answers lost, people at work, workers that die: thread, store and GitLab agree in the end."""

import asyncio
import re
from collections import Counter
from collections.abc import Callable, Coroutine
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime
from typing import TypeVar

import pytest
from hypothesis import HealthCheck, Phase, settings
from hypothesis import strategies as st
from hypothesis.stateful import (
    RuleBasedStateMachine,
    initialize,
    invariant,
    precondition,
    rule,
    run_state_machine_as_test,
)

from jobs.domain.event import first_broken
from jobs.domain.news import QUIET
from jobs.domain.review import PipelineStatus
from jobs.domain.run import RunState
from jobs.domain.task import InReview, TaskState
from jobs.messages.request_words import summary_note
from jobs.queue import watching
from jobs.queue.connection import open_connection
from playground.redis_server import RedisServer
from tests.fakes import Killed
from tests.review.lives import SPOIL, Life
from tests.review.rest import BOT, Trouble

T = TypeVar("T")
MARK = re.compile(r"<!-- codegen:(\S+) -->")
HOOKS = st.integers(0, 2)
LOST = st.none() | st.builds(Trouble, calls=st.integers(1, 4), applied=st.booleans())
"""One call that changes something in GitLab is not carried out, or its answer does not arrive."""
DEATHS = st.builds(
    Trouble, calls=st.integers(1, 30), applied=st.booleans(), fault=st.just(Killed), reading=st.just(True)
)
TROUBLE = LOST | DEATHS
ENDED = {"opened": TaskState.IN_REVIEW, "closed": TaskState.CLOSED, "merged": TaskState.MERGED}


class WatchMachine(RuleBasedStateMachine):
    url = ""

    def __init__(self) -> None:
        super().__init__()
        self.loop = asyncio.Runner()
        self.loop.get_loop().set_default_executor(ThreadPoolExecutor(max_workers=1))
        self.connection = open_connection(self.url)
        self.run(self.connection.call("FLUSHALL"))
        self.life = Life(self.connection)
        self.run(self.life.begin())
        self.asked: list[int] = []
        self.written: list[str] = []

    def run(self, work: Coroutine[None, None, T]) -> T:
        return self.loop.run(work)

    def teardown(self) -> None:
        try:
            self.agree()
        finally:
            self.run(self.connection.close())
            self.loop.close()

    @property
    def state(self) -> str:
        return str(self.life.request.fields["state"])

    @property
    def task_state(self) -> TaskState:
        return self.run(self.life.now()).state

    @initialize(troubles=st.lists(TROUBLE, max_size=3))
    def it_is_opened(self, troubles: list[Trouble | None]) -> None:
        for trouble in (*troubles, None):
            self.run(self.life.work(trouble))
        run = self.run(self.life.now()).run
        assert run is not None and run.state is RunState.DELIVERED

    # what people and pipelines do, with or without a hook

    def happens(self, act: Callable[[], object], hooks: int) -> None:
        act()
        for _ in range(hooks):
            self.run(self.life.store.hear("payments/api!1"))

    @precondition(lambda self: self.state != "merged")
    @rule(hooks=HOOKS, by=st.sampled_from(["ben", "eve"]), text=st.sampled_from(["Remark", "@codegen do"]))
    def people_comment(self, hooks: int, by: str, text: str) -> None:
        self.happens(lambda: self.say(text, by), hooks)

    @precondition(lambda self: self.state == "opened")
    @rule(
        hooks=HOOKS,
        text=st.sampled_from(["@codegen please", f"@codegen {SPOIL}", "@codegen rebase"]),
        again=st.booleans(),
    )
    def a_reviewer_asks(self, hooks: int, text: str, again: bool) -> None:
        spoken = [one.id for one in self.life.request.threads if one.notes[0]["author"]["username"] == "ben"]
        where = spoken[-1] if again and spoken else ""
        self.happens(lambda: self.asked.append(self.say(text, "ben", where)), hooks)

    def say(self, text: str, by: str, discussion: str = "") -> int:
        number = self.life.gitlab.numbers + 1
        words = text if text.endswith("rebase") else f"{text} {number}."
        return self.life.gitlab.comment(self.life.request, words, by=by, discussion=discussion)

    @precondition(lambda self: self.state == "opened")
    @rule(hooks=HOOKS, above=st.booleans())
    def people_edit_the_description(self, hooks: int, above: bool) -> None:
        request, line = self.life.request, f"Mine, number {len(self.written)}."
        self.written.append(line)
        text = request.fields["description"]
        text = f"{line}\n\n{text}" if above else f"{text}\n\n{line}"
        self.happens(lambda: self.life.gitlab.change(request, description=text), hooks)

    @precondition(lambda self: self.state == "opened")
    @rule(hooks=HOOKS, approves=st.booleans())
    def people_approve_or_withdraw(self, hooks: int, approves: bool) -> None:
        self.life.request.approvers = ("ben",) if approves else ()
        self.happens(lambda: self.life.gitlab.change(self.life.request), hooks)

    @precondition(lambda self: self.state == "opened")
    @rule(hooks=HOOKS, branch=st.sampled_from(["main", ""]))
    def people_push(self, hooks: int, branch: str) -> None:
        self.life.gitlab.numbers += 1
        changes = {f"src/theirs{self.life.gitlab.numbers}.txt": "by a person\n"}
        where, remote = branch or self.life.branch, self.life.world.remote
        self.happens(lambda: remote.somebody_pushes(where, changes), hooks)

    @precondition(lambda self: self.state == "opened")
    @rule(hooks=HOOKS, state=st.sampled_from(["closed", "closed", "merged"]))
    def people_end_it(self, hooks: int, state: str) -> None:
        self.happens(lambda: self.life.gitlab.change(self.life.request, state=state), hooks)

    @precondition(lambda self: self.state == "closed")
    @rule(hooks=HOOKS)
    def people_open_it_again(self, hooks: int) -> None:
        self.happens(lambda: self.life.gitlab.change(self.life.request, state="opened"), hooks)

    @precondition(lambda self: self.state == "opened")
    @rule(hooks=HOOKS, status=st.sampled_from([one for one in PipelineStatus if one != PipelineStatus.NONE]))
    def a_pipeline_moves(self, hooks: int, status: PipelineStatus) -> None:
        self.happens(lambda: self.life.gitlab.run_pipeline(self.life.request, status), hooks)

    # what workers do

    @rule(trouble=TROUBLE, forced=st.booleans())
    def a_worker_looks(self, trouble: Trouble | None, forced: bool) -> None:
        self.run(self.life.look(trouble, forced=forced))

    @rule()
    def two_workers_look_at_once(self) -> None:
        async def both() -> None:
            now = datetime.now(UTC)
            await asyncio.gather(*(self.life.worker(name).look(now) for name in ("w1", "w2")))

        self.run(both())

    @rule(lost=st.booleans())
    def a_worker_tells(self, lost: bool) -> None:
        self.life.channel.dies = lost
        try:
            self.run(self.life.tell())
        finally:  # what is left over would be taken for the cause when everything is compared
            self.life.channel.dies = False

    @precondition(lambda self: self.task_state in (TaskState.WAITING, TaskState.RUNNING))
    @rule(trouble=TROUBLE)
    def a_worker_works(self, trouble: Trouble | None) -> None:
        self.run(self.life.work(trouble))

    # what must hold

    @invariant()
    def nothing_is_doubled(self) -> None:
        life = self.life
        assert set(life.world.remote.branches) <= {"main", life.branch}
        assert len(life.gitlab.requests) <= 1
        for one in life.gitlab.requests:
            ours = [note["body"] for note in one.notes if note["author"]["username"] == BOT]
            keys = Counter(key for body in ours for key in MARK.findall(body))
            assert keys.total() == len(ours) and set(keys.values()) <= {1}, keys
        assert set(life.worked_on.values()) <= {1}, "what somebody said is worked on once"

    @invariant()
    def no_fix_is_made_for_ever(self) -> None:
        known = self.run(watching.watched(self.connection, self.life.task_id))
        assert known.fixes <= self.life.operator.review.fixes

    def rest(self) -> None:
        """Everybody rests but one worker, until nothing is left to do."""
        for _ in range(12):
            before = self.run(self.life.now())
            self.run(self.life.work())
            self.run(self.life.look(forced=True))
            if self.run(self.life.now()) == before:
                return
        raise AssertionError("it never comes to rest")

    def agree(self) -> None:
        """Once everybody rests, some looks make everything agree."""
        if not self.life.gitlab.requests:
            return
        self.rest()
        for _ in range(2):
            self.run(self.life.tell())
        self.nothing_is_doubled()
        self.gitlab_and_store_agree()
        self.people_are_heard()
        self.the_thread_agrees()
        assert first_broken(self.run(self.life.store.history(self.life.task_id))) is None

    def gitlab_and_store_agree(self) -> None:
        task = self.run(self.life.now())
        sight = self.run(watching.watched(self.connection, self.life.task_id)).sight
        request = self.life.request
        assert sight is not None and task.standing is not None and task.merge_request == sight.merge_request
        assert (task.state, sight.merge_request.state) == (ENDED[self.state], self.state)
        assert sight.merge_request.sha == self.life.world.remote.branches[self.life.branch]
        assert task.standing.approvers == sight.approvers == request.approvers
        text = request.fields["description"]
        assert text.count("<!-- codegen:begin") == 1
        assert [text.count(line) for line in self.written] == [1] * len(self.written), "people's words stay"
        if self.state == "opened":
            assert task.in_review is (InReview.DRAFT if sight.merge_request.draft else InReview.REVIEW)
            (note,) = [one["body"] for one in request.notes if "codegen:summary " in one["body"]]
            assert note.startswith(summary_note(task, sight)), "the one note tells the truth"
            assert task.checked == sight.merge_request.sha, "what is there was verified"

    def people_are_heard(self) -> None:
        if self.state != "opened" or self.life.cut:
            return
        task = self.run(self.life.now())
        assert {f"note:{one}" for one in self.asked} <= set(task.taken)
        for thread in self.life.request.threads:
            asked = [one for one in thread.notes if one["id"] in self.asked and "rebase" not in one["body"]]
            answers = [one for one in thread.notes if one["author"]["username"] == BOT]
            assert not asked or answers, "who asks is answered where they asked"

    def the_thread_agrees(self) -> None:
        text = self.life.channel.text
        said = Counter(word for word in text.split() if word.rstrip(".").isdigit())
        theirs = [one["body"] for one in self.life.request.notes if one["author"]["username"] != BOT]
        told = [body.split()[-1] for body in theirs if body[-1] == "."]
        assert max((said[one] for one in told), default=0) <= 1, "no remark is told twice"
        if "more" not in text:
            assert [said[one] for one in told] == [1] * len(told), "each remark is told"
        left = self.run(watching.news_of(self.connection, self.life.task_id))
        assert all(one.kind in QUIET for one in left), left


@pytest.mark.parametrize("sequences", [12, pytest.param(100, marks=pytest.mark.cases)])
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
