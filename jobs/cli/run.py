"""`codegen run`: the pipeline in the terminal; no Slack, no Redis; pushes only with `--open`."""

import argparse
import os
import re
import uuid
from collections.abc import Mapping
from datetime import UTC, datetime
from pathlib import Path

from pydantic import JsonValue, SecretStr

from jobs import settings
from jobs.adapters.cache import FileCache
from jobs.adapters.gitlab import GitLabConnection, GitLabForge, GitLabReports
from jobs.adapters.model import model
from jobs.cli import source
from jobs.cli.answer import Answer, Status
from jobs.cli.display import progress
from jobs.cli.local import LocalForge, MemoryArtifacts, NobodyCancels, NoReports, NoReview, TerminalJournal
from jobs.cli.verdicts import show_run, verdict_data
from jobs.domain.people import Person
from jobs.domain.review import Repository
from jobs.domain.run import Run, RunState
from jobs.domain.spec import Spec
from jobs.domain.task import CROCKFORD, Task, TaskState, task_id
from jobs.domain.verdict import VerdictStatus
from jobs.engines.agent import AgentEngine
from jobs.engines.patch import PatchEngine
from jobs.errors import Refused, Stop, StopKind
from jobs.pipeline import execute
from jobs.ports import Engine, Forge, Reports, Tools
from jobs.render.library import library
from jobs.settings import OperatorFile
from jobs.tools import SystemClock, coding_agents, second_model

_TASK = re.compile(rf"cg-[{CROCKFORD}]{{8}}")


def add(parser: argparse.ArgumentParser) -> None:
    """Bind the subcommand."""
    source.options(parser)
    parser.add_argument(
        "--engine",
        metavar="NAME",
        help="what writes the change: agent, patch, or the name of an [engines] table of codegen.toml",
    )
    parser.add_argument("--patch", metavar="FILE", help="the diff for --engine patch")
    parser.add_argument("--open", action="store_true", help="push and open the merge request in GitLab")
    parser.add_argument(
        "--task",
        metavar="ID",
        help="with --open: go on with an earlier run's task, on its branch and in its merge request; "
        "left out, each run is a task of its own",
    )
    parser.set_defaults(command=carry_out)


async def carry_out(options: argparse.Namespace) -> Answer:
    """Run; status 0 when passed, 1 when rejected or unproven."""
    spec = await source.spec_of(options.spec, options.environment)
    task, tools = _prepared(options, spec)
    with progress(quiet=options.json) as show:
        journal = TerminalJournal(show)
        try:
            run = await execute(task, tools, journal, deliver=options.open)
        except Stop as stop:
            if stop.kind is StopKind.INPUT:
                raise
            return _answer(task, journal.run, outcome="stopped", reason=str(stop), status=Status.OUTSIDE)
    return _answer(task, run, outcome=_outcome(run), reason=run.reason, status=_status(run))


def _prepared(options: argparse.Namespace, spec: Spec) -> tuple[Task, Tools]:
    repository = source.repository(options.repo)
    environment: Mapping[str, str] = options.environment
    operator = source.operator(options, spec, repository)
    task = _task(options, spec, operator)
    forge, reports = _gitlab(options, task, repository)
    engine = _engine(options, spec)
    tools = Tools(
        forge=forge,
        reports=reports,
        workspaces=source.workspaces(environment),
        engine=engine,
        engines={spec.engine: engine} if spec.engine else {},
        artifacts=MemoryArtifacts(),
        cache=FileCache(settings.home(environment) / "cache"),
        review=NoReview(),
        inbox=NobodyCancels(),
        clock=SystemClock(),
        operator=operator,
        model=second_model(operator, source.model_name(environment), environment),
        environments=source.environments(environment, operator),
        prompts=library(operator.prompts),
    )
    return task, tools


def _task(options: argparse.Namespace, spec: Spec, operator: OperatorFile) -> Task:
    cap = operator.cap_for(spec.repository)
    if options.engine == "patch":  # a given diff has nothing to add in a second round
        cap = cap.model_copy(update={"rounds": 1})
    identity, origin = _identity(options)
    now = datetime.now(UTC)
    return Task(
        id=identity,
        origin=origin,
        spec=spec,
        requester=_person(options.environment),
        state=TaskState.RUNNING,
        cap=cap,
        run=Run(id=f"{identity}-r1", task=identity, number=1, started_at=now),
        runs=1,
        created_at=now,
        updated_at=now,
    )


def _identity(options: argparse.Namespace) -> tuple[str, str]:
    if options.task is None:
        origin = f"terminal/{uuid.uuid4()}"
        return task_id(origin), origin
    if not options.open:
        raise Refused({"--task": "goes with --open: only a branch in GitLab can be gone on with"})
    if not _TASK.fullmatch(options.task):
        raise Refused({"--task": "is not a task id such as cg-1a2b3c4d"})
    return options.task, f"terminal/{options.task}"


def _person(environment: Mapping[str, str]) -> Person:
    name = environment.get("USER") or environment.get("LOGNAME") or f"uid {os.getuid()}"
    return Person(id=name, name=name)


def _gitlab(options: argparse.Namespace, task: Task, repository: Repository) -> tuple[Forge, Reports]:
    if not options.open:
        return LocalForge(repository), NoReports()
    environment: Mapping[str, str] = options.environment
    problems = settings.missing(environment, "GITLAB_URL", "GITLAB_TOKEN")
    if problems:
        raise Refused(problems)
    url = environment["GITLAB_URL"].rstrip("/")
    project = f"{url}/{task.spec.repository}"
    if repository.url.removesuffix(".git") != project:
        raise Refused({"--repo": f"with --open, name the project that the spec is for: {project}"})
    connection = GitLabConnection(url, SecretStr(environment["GITLAB_TOKEN"]))
    return GitLabForge(connection), GitLabReports(connection)


def _engine(options: argparse.Namespace, spec: Spec) -> Engine:
    environment: Mapping[str, str] = options.environment
    if options.engine == "patch":
        if not options.patch:
            raise Refused({"--patch": "name the diff for --engine patch"})
        try:
            diff = Path(options.patch).read_bytes().decode("utf-8", "surrogateescape")
        except OSError as error:
            raise Refused({"--patch": f"{options.patch} cannot be read: {error.strerror}"}) from None
        return PatchEngine(diff)
    if options.patch:
        raise Refused({"--patch": "goes with --engine patch"})
    operator = settings.operator_file(environment)
    named = options.engine or spec.engine or operator.engine.ordinary
    if named in operator.engines:
        only = operator.model_copy(update={"engines": {named: operator.engines[named]}})
        return coding_agents(only, settings.home(environment), environment)[named]
    if options.engine not in (None, "agent"):
        known = ", ".join(("agent", "patch", *operator.engines))
        raise Refused({"--engine": f"{options.engine} is not one of {known}"})
    return AgentEngine(model(spec.engine or source.model_name(environment), environment))


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
        "patch": run.patch.diff if run and run.patch else None,
        "mr": run.merge_request.url if run and run.merge_request else None,
        "spend": run.spend.model_dump(mode="json") if run else None,
        "reason": reason,
    }
    ending = f"{outcome}: {reason}" if reason else outcome
    return Answer(status=status, data=data, show=lambda: show_run(task, run, ending))
