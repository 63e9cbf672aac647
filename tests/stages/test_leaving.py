"""No text leaves with a credential in it, wherever an engine, a test or a person put it."""

from dataclasses import dataclass, field

from jobs.domain.repository_file import MergeRequestTable
from jobs.domain.run import RunState
from jobs.domain.task import Task, TaskState
from jobs.domain.verdict import Check, CheckStatus, Finding
from jobs.ports import Message
from jobs.stages.merge_request import description, title
from jobs.stages.thread import announce
from jobs.stages.workspace import Ground
from tests.factories import (
    NOON,
    SHA,
    a_patch,
    a_repository,
    a_run,
    a_spec,
    a_task,
    a_verdict,
    an_evidence,
)

TOKEN = "glp" + "at-" + "aB3dE5gH7jK9mN1pQ2sT"


@dataclass
class Listening:
    """ports.Messenger that keeps what it is told."""

    said: list[str] = field(default_factory=list)

    async def put(self, message: Message, *, ts: str | None = None) -> str:
        self.said.append(message.model_dump_json())
        return ts or "1.0"

    async def upload(
        self, *, channel: str, thread_ts: str, name: str, title: str, content: str, key: str
    ) -> str:
        self.said.append(title + content)
        return ""

    async def tell(self, person: str, text: str) -> None:
        self.said.append(text)

    async def tidy(self, message: Message) -> str | None:
        self.said.append(message.model_dump_json())
        return None

    async def permalink(self, channel: str, ts: str) -> str:
        raise AssertionError("nobody asks for it here")


def leaking() -> Task:
    """A rejected task with a token in every text that others write."""
    found = Finding(rule="r", text=f"x {TOKEN}", path=f"{TOKEN}.py")
    checks = (Check(name="lint", status=CheckStatus.FAILED, summary=TOKEN, findings=(found,), log=TOKEN),)
    spec = a_spec(title=f"Use {TOKEN}", goal=f"Because of {TOKEN}")
    task = a_task(state=TaskState.RUNNING, waiting=None, spec=spec)
    run = a_run(
        task,
        state=RunState.REJECTED,
        ended_at=NOON,
        summary=f"I used {TOKEN}" + " and so on" * 200,
        reason=TOKEN,
        remedy=TOKEN,
        step=TOKEN,
        target_base=SHA,
        patch=a_patch(diff=f"--- a/x\n+++ b/x\n@@ -0,0 +1 @@\n+key = {TOKEN}\n"),
        verdict=a_verdict(checks=checks, evidence=(an_evidence(reason=TOKEN),)),
    )
    return task.note(run=run)


async def test_the_thread_and_its_attachment() -> None:
    messenger = Listening()
    await announce(leaking(), messenger)
    assert len(messenger.said) == 3
    assert "[gitlab-token removed]" in "".join(messenger.said)
    assert not any(TOKEN[6:] in one for one in messenger.said)


def test_the_merge_request() -> None:
    task = leaking()
    assert task.run is not None
    ground = Ground(
        repository=a_repository(),
        target="main",
        branch=f"codegen/{task.id}",
        branch_head=None,
        target_base=SHA,
        start=SHA,
        environment=None,
        suite=(),
        reviewers=(),
    )
    text = description(task, task.run, ground, now=NOON)
    assert TOKEN[6:] not in text
    assert TOKEN[6:] not in title(task, MergeRequestTable())
    assert "**Risk: " in text
