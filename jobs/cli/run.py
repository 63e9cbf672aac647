"""`codegen run`: the pipeline in the terminal; no Slack, no Redis; pushes only with `--open`."""

import argparse
import getpass
import os
import sys
import uuid
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING

from pydantic import JsonValue, SecretStr
from rich.console import Console
from rich.live import Live
from rich.syntax import Syntax
from rich.text import Text

from jobs import settings
from jobs.adapters.cache import FileCache
from jobs.adapters.gitlab import GitLabForge
from jobs.adapters.model import model
from jobs.cli import source
from jobs.cli.answer import Answer, Status, command
from jobs.cli.local import LocalForge, MemoryArtifacts, NobodyCancels, TerminalJournal
from jobs.cli.report import show_verdict, verdict_data
from jobs.domain.people import Person
from jobs.domain.run import Run, RunState
from jobs.domain.task import Task, TaskState, task_id
from jobs.domain.verdict import VerdictStatus
from jobs.engines.agent import AgentEngine
from jobs.engines.patch import PatchEngine
from jobs.errors import Refused, Stop, StopKind
from jobs.messages.figures import duration, money
from jobs.pipeline import execute
from jobs.ports import Engine, Forge, Tools
from jobs.settings import OperatorFile, RepositorySettings
from jobs.tools import SystemClock

if TYPE_CHECKING:
    from jobs.cli.answer import Subparsers


def add(subparsers: "Subparsers") -> None:
    """Bind the subcommand."""
    parser = command(subparsers, "run", "Carry out a spec here in the terminal and print the patch.")
    parser.add_argument("--repo", required=True, metavar="PATH|URL", help="the repository")
    parser.add_argument("--spec", required=True, metavar="FILE", help="spec.yml")
    parser.add_argument(
        "--engine", choices=("agent", "patch"), default="agent", help="what writes the change"
    )
    parser.add_argument("--patch", metavar="FILE", help="the diff for --engine patch")
    parser.add_argument(
        "--env", metavar="DIR", help="read-only environment with the repository's dependencies"
    )
    parser.add_argument("--open", action="store_true", help="push and open the merge request in GitLab")
    parser.set_defaults(command=carry_out)


async def carry_out(options: argparse.Namespace) -> Answer:
    """Run; status 0 when passed or delivered, 1 when rejected or unproven."""
    task = _task(options)
    tools = _tools(options, task)
    console = Console(stderr=True)
    try:
        with Live(Text("…"), console=console, transient=True, refresh_per_second=4) as live:
            journal = TerminalJournal(lambda run: None if options.json else live.update(_line(run)))
            run = await execute(task, tools, journal, deliver=options.open)
    except Stop as stop:
        if stop.kind is StopKind.INPUT:
            raise
        return _answer(task, journal.run, outcome="stopped", reason=str(stop), status=Status.OUTSIDE)
    return _answer(task, run, outcome=_outcome(run), reason=run.reason, status=_status(run))


def _task(options: argparse.Namespace) -> Task:
    spec = source.spec_of(options.spec)
    now = datetime.now(UTC)
    origin = f"terminal/{uuid.uuid4()}"
    identity = task_id(origin)
    person = Person(id=getpass.getuser(), name=getpass.getuser())
    return Task(
        id=identity,
        origin=origin,
        spec=spec,
        requester=person,
        state=TaskState.RUNNING,
        cap=_operator(options).cap_for(spec.repository),
        run=Run(id=f"{identity}-r1", task=identity, number=1, started_at=now),
        runs=1,
        created_at=now,
        updated_at=now,
    )


def _operator(options: argparse.Namespace) -> OperatorFile:
    operator = settings.operator_file()
    if options.env is None:
        return operator
    path = source.repository(options.repo).path
    own = operator.repositories.get(path, RepositorySettings())
    changed = own.model_copy(update={"environment": Path(options.env)})
    return operator.model_copy(update={"repositories": {**operator.repositories, path: changed}})


def _tools(options: argparse.Namespace, task: Task) -> Tools:
    return Tools(
        forge=_forge(options, task),
        workspaces=source.workspaces(),
        engine=_engine(options),
        artifacts=MemoryArtifacts(),
        cache=FileCache(settings.home() / "cache"),
        inbox=NobodyCancels(),
        clock=SystemClock(),
        operator=_operator(options),
    )


def _forge(options: argparse.Namespace, task: Task) -> Forge:
    if not options.open:
        repository = source.repository(options.repo)
        if task.spec.target:
            repository = repository.model_copy(update={"default_branch": task.spec.target})
        return LocalForge(repository)
    problems = settings.missing(os.environ, "GITLAB_URL", "GITLAB_TOKEN")
    if problems:
        raise Refused(problems)
    return GitLabForge(os.environ["GITLAB_URL"].rstrip("/"), SecretStr(os.environ["GITLAB_TOKEN"]))


def _engine(options: argparse.Namespace) -> Engine:
    if options.engine == "patch":
        if not options.patch:
            raise Refused({"--patch": "name the diff for --engine patch"})
        try:
            diff = Path(options.patch).read_bytes().decode("utf-8", "surrogateescape")
        except OSError as error:
            raise Refused({"--patch": f"{options.patch} cannot be read: {error.strerror}"}) from None
        return PatchEngine(diff)
    name = os.environ.get("CODEGEN_MODEL") or settings.operator_file().engine.model
    if not name:
        raise Refused({"CODEGEN_MODEL": "is not set; give provider:name, such as openai:gpt-5"})
    return AgentEngine(model(name, os.environ))


def _outcome(run: Run) -> str:
    if run.state is RunState.VERIFYING and run.verdict is not None:
        return run.verdict.status.value
    return run.state.value


def _status(run: Run) -> Status:
    passed = run.verdict is not None and run.verdict.status is VerdictStatus.PASSED
    return Status.DONE if passed else Status.NO


def _answer(task: Task, run: Run | None, *, outcome: str, reason: str, status: Status) -> Answer:
    data: dict[str, JsonValue] = {
        "task": task.id,
        "outcome": outcome,
        "rounds": run.round if run else 0,
        "verdict": verdict_data(run.verdict) if run and run.verdict else None,
        "patch": run.patch.diff.encode("utf-8", "surrogateescape").decode("utf-8", "replace")
        if run and run.patch
        else None,
        "mr": run.merge_request.url if run and run.merge_request else None,
        "spend": run.spend.model_dump(mode="json") if run else None,
        "reason": reason,
    }
    return Answer(status=status, data=data, show=lambda: _show(task, run, outcome, reason))


def _show(task: Task, run: Run | None, outcome: str, reason: str) -> None:
    console, words = Console(), Console(stderr=True)
    if run and run.patch:
        if console.is_terminal:
            console.print(Syntax(run.patch.diff, "diff"))
        else:
            sys.stdout.buffer.write(run.patch.diff.encode("utf-8", "surrogateescape"))
    if run and run.verdict:
        show_verdict(task.spec, run.verdict, words)
    if run and run.summary:
        words.print(Text(run.summary))
    if run and run.merge_request:
        words.print("Merge request:", run.merge_request.url)
    words.print(f"{outcome}: {reason}" if reason else outcome, f"· {money(run.spend)}" if run else "")


def _line(run: Run) -> Text:
    elapsed = (datetime.now(UTC) - run.started_at).total_seconds()
    line = f"{run.state} · round {run.round} · {duration(elapsed)} · {money(run.spend)}"
    return Text(f"{line} · {run.step}" if run.step else line)
