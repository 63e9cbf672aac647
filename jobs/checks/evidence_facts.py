"""Everything about the executions behind a proof, whoever wrote it."""

from collections.abc import Callable, Iterator
from dataclasses import replace

from jobs.checks.acceptance_runs import Acceptance
from jobs.checks.changes import SourceChange
from jobs.checks.context import CheckContext
from jobs.checks.evidence_by_tests import Facts
from jobs.checks.integrity import (
    by_token,
    foreign,
    golang,
    hidden,
    javascript,
    literals,
    product,
    surroundings,
    tests,
)
from jobs.checks.mutation_runs import Mutation
from jobs.domain.verdict import Author, Finding


def facts(
    ctx: CheckContext,
    nodes: tuple[str, ...],
    *,
    author: Author,
    runs: Acceptance,
    mutation: Mutation,
    beside: SourceChange | None = None,
) -> Facts:
    """The facts for some tests; `beside` is their file where it is no part of the change."""
    seen = replace(ctx, changes=(*ctx.changes, beside)) if beside else ctx
    return Facts(
        kind=ctx.spec.kind,
        nodes=nodes,
        author=author,
        runs=runs,
        mutation=mutation,
        capped=_capped(seen),
        changes=ctx.changes,
        module_of=ctx.trials.toolchain.file_of,
        built_in=(*literals.inputs(seen), *by_token.inputs(seen)),
        reaches=_any(seen, product.reaches_into_run, product.runs_text, *javascript.CAPPING, *golang.CAPPING),
        replaces=_any(seen, tests.mocked),
        asks=_any(seen, *surroundings.RULES, *javascript.ASKING, *golang.ASKING),
        hides=_any(seen, hidden.hidden_comparison, product.asks_who_calls, foreign.reaches),
    )


def _capped(ctx: CheckContext) -> bool:
    """True when product code holds the tests' literals, could reach into their run or cannot be read."""
    rules = (literals.special_cased, product.reaches_into_run, product.runs_text, hidden.hidden_comparison)
    return _any(ctx, *rules, by_token.special_cased, *javascript.CAPPING, *golang.CAPPING)


def _any(ctx: CheckContext, *rules: Callable[[CheckContext], Iterator[tuple[bool, Finding]]]) -> bool:
    return any(True for rule in rules for _ in rule(ctx))
