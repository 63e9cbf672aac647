"""`codegen verify`: only the verification, on any two commits; nothing is pushed."""

import argparse
import sys
from pathlib import Path

from rich.console import Console

from jobs import settings
from jobs.adapters.cache import FileCache
from jobs.cli import source
from jobs.cli.answer import Answer, Status
from jobs.cli.local import LocalForge
from jobs.cli.verdicts import show_verdict, verdict_data
from jobs.domain.budget import Spend
from jobs.domain.patch import Sha
from jobs.domain.question import Question
from jobs.domain.review import Repository
from jobs.domain.spec import Criterion, Kind, Spec
from jobs.domain.verdict import Verdict, VerdictStatus
from jobs.errors import Refused
from jobs.ports import Workspaces
from jobs.render.library import library
from jobs.reports import reports
from jobs.stages.consuming import consumers_of
from jobs.stages.furnishing import furnished_subject
from jobs.stages.subject import Subject
from jobs.stages.verify import verify
from jobs.tools import second_model


def add(parser: argparse.ArgumentParser) -> None:
    """Bind the subcommand."""
    source.options(parser, spec=False)
    parser.add_argument("--base", required=True, metavar="REV", help="the commit before the change")
    parser.add_argument("--head", required=True, metavar="REV", help="the commit with the change")
    parser.add_argument("--suite", nargs="+", default=[], metavar="WORD", help="command of the test suite")
    parser.add_argument("--reports", metavar="DIR", help="write JUnit, Code Quality, Cobertura files there")
    parser.set_defaults(command=carry_out)


async def carry_out(options: argparse.Namespace) -> Answer:
    """Verify; status 0 when passed, 1 when rejected or unproven."""
    repository = source.repository(options.repo)
    spec = await _spec(options, repository)
    folder = _folder(options.reports)
    operator = source.operator(options, spec, repository)
    own = operator.repositories[repository.path]
    workspaces = source.workspaces(options.environment)
    target_base, head = await _commits(options, repository, workspaces)
    # a checkout of the change itself must not loosen its own checks
    repository = repository.model_copy(update={"default_branch": target_base})
    patch = await workspaces.difference(repository, target_base, head)
    subject = Subject(
        spec=spec,
        repository=repository,
        target_base=target_base,
        start=target_base,
        patch=patch,
        total=patch,
        named=(),
        environment=str(own.environment) if own.environment else None,
        suite=tuple(options.suite) or own.suite,
        gates=own.gates,
        checks=operator.checks,
        consumers=await consumers_of(operator, repository.path, LocalForge(repository)),
        prompts=library(operator.prompts).ordinary,
    )
    environments = source.environments(options.environment, operator)
    note = _quiet if options.json else _tell
    subject = await furnished_subject(subject, workspaces=workspaces, environments=environments, note=note)
    verdict = await verify(
        subject,
        workspaces=workspaces,
        cache=FileCache(settings.home(options.environment) / "cache"),
        note=note,
        environments=environments,
        model=second_model(operator, source.model_name(options.environment), options.environment),
    )
    _write(folder, spec, verdict)
    return _answer(spec, verdict)


async def _spec(options: argparse.Namespace, repository: Repository) -> Spec:
    if options.spec:
        return await source.spec_of(options.spec, options.environment)
    return written_by_a_person(repository)


def _answer(spec: Spec, verdict: Verdict) -> Answer:
    passed = verdict.status is VerdictStatus.PASSED
    return Answer(
        status=Status.DONE if passed else Status.NO,
        data=verdict_data(verdict),
        show=lambda: show_verdict(spec, verdict, Console()),
    )


def written_by_a_person(repository: Repository) -> Spec:
    """What any change must keep, where no spec says what it is for: what passes goes on passing."""
    criterion = Criterion(id="AC1", text="Every test that passes before this change passes after it")
    return Spec(
        kind=Kind.REFACTOR,
        title="A change without a spec",
        repository=repository.path,
        goal="Written by a person; nothing says what it is to do.",
        criteria=(criterion,),
    )


async def _commits(
    options: argparse.Namespace, repository: Repository, workspaces: Workspaces
) -> tuple[Sha, Sha]:
    base = await workspaces.resolve(repository, options.base)
    head = await workspaces.resolve(repository, options.head)
    return await workspaces.merge_base(repository, base, head), head


def _write(folder: Path | None, spec: Spec, verdict: Verdict) -> None:
    if folder is not None:
        for name, content in reports(spec, verdict).items():
            (folder / name).write_bytes(content)


def _folder(given: str | None) -> Path | None:
    if given is None:
        return None
    try:
        Path(given).mkdir(parents=True, exist_ok=True)
    except OSError as error:
        raise Refused({"--reports": f"{given} cannot be made: {error.strerror}"}) from None
    return Path(given)


async def _quiet(
    *,
    step: str | None = None,
    spend: Spend | None = None,
    conversation: bytes | None = None,
    assumptions: tuple[Question, ...] | None = None,
) -> None:
    del step, spend, conversation, assumptions


async def _tell(
    *,
    step: str | None = None,
    spend: Spend | None = None,
    conversation: bytes | None = None,
    assumptions: tuple[Question, ...] | None = None,
) -> None:
    del spend, conversation, assumptions
    if step:
        sys.stderr.write(f"… {step}\n")
