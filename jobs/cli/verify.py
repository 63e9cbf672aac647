"""`codegen verify`: only the verification, on any two commits; nothing is pushed."""

import argparse
import sys
from dataclasses import replace
from typing import TYPE_CHECKING

from rich.console import Console

from jobs import settings
from jobs.adapters.cache import FileCache
from jobs.cli import source
from jobs.cli.answer import Answer, Status, command
from jobs.cli.report import show_verdict, verdict_data
from jobs.domain.budget import Spend
from jobs.domain.question import Question
from jobs.domain.verdict import VerdictStatus
from jobs.ports import Environments, Note, Workspaces
from jobs.stages.environment import base_environment
from jobs.stages.repository_file import repository_file
from jobs.stages.verify import NAMES, Subject, verify

if TYPE_CHECKING:
    from jobs.cli.answer import Subparsers


def add(subparsers: "Subparsers") -> None:
    """Bind the subcommand."""
    parser = command(subparsers, "verify", "Verify the change between two commits against a spec.")
    source.options(parser)
    parser.add_argument("--base", required=True, metavar="REV", help="the commit before the change")
    parser.add_argument("--head", required=True, metavar="REV", help="the commit with the change")
    parser.add_argument("--suite", nargs="+", default=[], metavar="WORD", help="command of the test suite")
    parser.set_defaults(command=carry_out)


async def carry_out(options: argparse.Namespace) -> Answer:
    """Verify; status 0 when passed, 1 when rejected or unproven."""
    spec = source.spec_of(options.spec)
    repository = source.repository(options.repo)
    operator = source.operator(options, spec, repository)
    own = operator.repositories[repository.path]
    workspaces = source.workspaces(options.environment)
    base = await workspaces.resolve(repository, options.base)
    head = await workspaces.resolve(repository, options.head)
    target_base = await workspaces.merge_base(repository, base, head)
    patch = await workspaces.difference(repository, target_base, head)
    environments = source.environments(options.environment, operator)
    note = _quiet if options.json else _tell
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
    )
    if own.environment is None:
        subject = await _furnished(subject, workspaces=workspaces, environments=environments, note=note)
    cache = FileCache(settings.home(options.environment) / "cache")
    verdict = await verify(subject, workspaces=workspaces, cache=cache, note=note, environments=environments)
    passed = verdict.status is VerdictStatus.PASSED
    return Answer(
        status=Status.DONE if passed else Status.NO,
        data=verdict_data(verdict),
        show=lambda: show_verdict(spec, verdict, Console()),
    )


async def _furnished(
    subject: Subject, *, workspaces: Workspaces, environments: Environments, note: Note
) -> Subject:
    file = await repository_file(workspaces, subject.repository, checks=NAMES)
    found = await base_environment(
        subject.repository,
        subject.target_base,
        setup=file.setup,
        workspaces=workspaces,
        environments=environments,
        note=note,
    )
    if found is None or isinstance(found, str):
        return replace(subject, unbuilt=found or "")
    return replace(subject, environment=found.path, built=True)


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
