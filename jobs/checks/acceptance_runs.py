"""The named tests and the change's own, run on both sides."""

import asyncio
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace

from jobs.checks.changes import SourceChange, base_settings, changed_product, head_tests
from jobs.checks.layout import is_product_code, is_test_module
from jobs.checks.report import Case
from jobs.checks.side import Overlay, Side, Trial
from jobs.checks.toolchains.protocol import Asked
from jobs.domain.spec import Kind


@dataclass(frozen=True)
class Acceptance:
    """The named tests, and the change's own, on both sides."""

    base: Trial
    """The head's test files on the target base's product code."""
    head: tuple[Trial, ...]
    """Three runs on the head, up to the first that says nothing."""
    files: tuple[str, ...]
    """What was run."""
    rewritten: tuple[str, ...] = ()
    """Files of the program that the tests wrote over."""
    order: int | None = None
    """Seed of the random order in the last of the three runs; None where tests cannot be shuffled."""

    def by_order(self, outcomes: Sequence[object]) -> str:
        """What to say of outcomes of one test in the three runs that differ."""
        if self.order is not None and len(set(outcomes[:-1])) == 1:
            return f"ends otherwise in random order (seed {self.order}): it depends on the tests before it."
        return "does not end the same way in three runs."

    def cases(self, node: str) -> tuple[dict[str, Case], list[dict[str, Case]]]:
        """What belongs to one named test, on the target base and in each run on the head."""
        return selected(self.base.cases, node), [selected(one.cases, node) for one in self.head]


async def acceptance_on_both(
    base: Side,
    head: Side,
    *,
    nodes: tuple[str, ...],
    changes: tuple[SourceChange, ...],
    kind: Kind,
    order: int,
    longest: float,
) -> Acceptance | None:
    """Run the named tests' files once on the target base and three times on the head; None without any.

    The last of the three is in random order, by the seed `order`, where the toolchain can do that. Each may
    take `longest` seconds.
    """
    files = await _acceptance_files(head, nodes, changes)
    if not files:
        return None
    shuffled = order if head.toolchain.shuffles else None
    traced = ("*",) if kind is Kind.TESTS else changed_product(changes)

    overlay = base_settings(changes)
    one = Asked(files, timeout=longest)
    asked = [replace(one, seed=3, traced=traced), replace(one, seed=4), replace(one, seed=5, order=shuffled)]
    on_base = base.trial(replace(one, seed=3), overlay=head_tests(changes))
    async with asyncio.TaskGroup() as group:
        there = group.create_task(on_base)
        here = group.create_task(until_a_problem(head, asked, overlay))
    program = {one.path: one.after for one in changes if is_product_code(one.path) and one.after is not None}
    return Acceptance(
        base=there.result(),
        head=here.result(),
        files=files,
        rewritten=await head.rewritten(program),
        order=shuffled,
    )


async def until_a_problem(head: Side, asked: Sequence[Asked], overlay: Overlay) -> tuple[Trial, ...]:
    """Runs one after the other, up to the first that says nothing."""
    trials: list[Trial] = []
    for one in asked:
        trials.append(await head.trial(one, overlay=overlay))
        if trials[-1].problem:  # it says nothing: tests that never end are waited for once
            break
    return tuple(trials)


def selected(cases: Mapping[str, Case], node: str) -> dict[str, Case]:
    """The tests that a node id covers: itself, its parameters, or everything in that class or file."""
    inner = (f"{node}[", f"{node}::", f"{node}.")
    return {name: one for name, one in cases.items() if name == node or name.startswith(inner)}


async def _acceptance_files(
    head: Side, nodes: tuple[str, ...], changes: tuple[SourceChange, ...]
) -> tuple[str, ...]:
    if not head.toolchain.addresses_tests:
        return ()
    named = {head.toolchain.file_of(node) for node in nodes}
    own = {one.path for one in changes if is_test_module(one.path) and one.after is not None}
    present = []
    for path in sorted(named | own):
        if path in own or await head.workspace.read(path) is not None:
            present.append(path)
    return tuple(present)
