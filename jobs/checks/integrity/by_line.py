"""Rules by added line: reaching into a test run, knowing of it, skipped tests; languages give patterns."""

import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass

from jobs.checks.context import CheckContext
from jobs.checks.diff import added_lines
from jobs.checks.integrity.surroundings import RULE
from jobs.checks.layout import is_test
from jobs.domain.verdict import Finding

Found = Iterator[tuple[bool, Finding]]


@dataclass(frozen=True)
class LineRules:
    """The rules of one language; each method is a rule."""

    source: Callable[[str], bool]
    """Whether a path is a file of the language."""
    product: Callable[[str], bool]
    """Whether it is one that is not a test."""
    reaches: re.Pattern[str]
    """Product code that could change how a test run ends, or what it reports."""
    under_test: re.Pattern[str]
    """Product code that asks whether it is being tested."""
    asks: re.Pattern[str]
    """Product code that asks where, when or by whom it is run."""
    program: re.Pattern[str]
    """What stands in the source of a program: that may ask for its arguments and may end itself."""
    program_asks: re.Pattern[str]
    """What only a program may ask."""
    skips: re.Pattern[str]
    """Tests that are not run, or keep others from running."""
    skipping: str
    """What is said of those."""

    def reaches_into_run(self, ctx: CheckContext) -> Found:
        """Product code that could reach into the process that runs the tests."""
        for line in added_lines(ctx.total.diff):
            if self.product(line.path) and self.reaches.search(line.text):
                text = "This could reach into the process that runs the tests."
                yield False, Finding(rule="reaches-into-run", text=text, path=line.path, line=line.number)

    def knows_of_tests(self, ctx: CheckContext) -> Found:
        """Product code with a branch for being tested."""
        for line in added_lines(ctx.patch.diff):
            if self.product(line.path) and self.under_test.search(line.text):
                text = "Product code asks whether it is being tested."
                yield True, Finding(rule="knows-of-tests", text=text, path=line.path, line=line.number)

    def asks_surroundings(self, ctx: CheckContext) -> Found:
        """Product code that may be right for the tests alone, as it asks for its surroundings."""
        sources = {one.path: one.text()[1] for one in ctx.changes if self.product(one.path)}
        for line in added_lines(ctx.total.diff):
            source = sources.get(line.path)
            if source is None:
                continue
            program = self.program.search(source) or self.program.search(line.path)
            hit = self.asks.search(line.text) or (not program and self.program_asks.search(line.text))
            if hit:
                text = f"The code asks for its surroundings (`{hit[0][:40].strip()}`)."
                yield False, Finding(rule=RULE, text=text, path=line.path, line=line.number)

    def skipped(self, ctx: CheckContext) -> Found:
        """Tests that are skipped; in a file of the target base that stops the change."""
        there = {one.path for one in ctx.changes if one.before is not None}
        for line in added_lines(ctx.patch.diff):
            if self.source(line.path) and is_test(line.path) and self.skips.search(line.text):
                found = Finding(rule="test-skipped", text=self.skipping, path=line.path, line=line.number)
                yield line.path in there, found
