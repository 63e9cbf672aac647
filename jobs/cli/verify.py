"""`codegen verify`: only the verification, on any two commits; nothing is pushed."""

import argparse
import sys
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
from jobs.stages.subject import Subject
from jobs.stages.verify import verify
from jobs.tools import second_model

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
    verdict = await verify(
        subject,
        workspaces=workspaces,
        cache=FileCache(settings.home(options.environment) / "cache"),
        note=_quiet if options.json else _tell,
        model=second_model(operator, source.model_name(options.environment), options.environment),
    )
    passed = verdict.status is VerdictStatus.PASSED
    return Answer(
        status=Status.DONE if passed else Status.NO,
        data=verdict_data(verdict),
        show=lambda: show_verdict(spec, verdict, Console()),
    )


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
