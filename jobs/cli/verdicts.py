"""Verdicts and runs, for programs and for people at a terminal."""

import re
import sys

from pydantic import JsonValue
from rich.console import Console
from rich.table import Table
from rich.text import Text

from jobs.domain.run import Run
from jobs.domain.spec import Spec
from jobs.domain.task import Task
from jobs.domain.verdict import Verdict
from jobs.messages.figures import money
from jobs.messages.summary import HEADER, evidence_row

_STYLES = {
    "passed": "green",
    "proven": "green",
    "failed": "red",
    "rejected": "red",
    "contradicted": "red",
    "warning": "yellow",
    "unproven": "yellow",
    "not proven": "yellow",
    "not available": "yellow",
}


_DIFF = {"+": "green", "-": "red", "@": "cyan"}
_CONTROL = re.compile(r"[\x00-\x08\x0b-\x1f\x7f-\x9f\ud800-\udfff]")


def verdict_data(verdict: Verdict) -> dict[str, JsonValue]:
    """A verdict as `codegen verify --json` prints it, schema 1."""
    return {
        "schema": 1,
        "status": verdict.status.value,
        "checks": [one.model_dump(mode="json") for one in verdict.checks],
        "evidence": [one.model_dump(mode="json") for one in verdict.evidence],
    }


def show_verdict(spec: Spec, verdict: Verdict, console: Console) -> None:
    """Checks, evidence and the status, as tables."""
    checks = Table("Check", "Result", "Summary", "Seconds", title="Checks", title_justify="left")
    for check in verdict.checks:
        checks.add_row(check.name, _word(check.status), plain(check.summary), f"{check.seconds:.1f}")
        for finding in check.findings:
            place = f"{finding.path}:{finding.line}" if finding.line else finding.path or ""
            checks.add_row("", "", plain(f"{place} {finding.rule}: {finding.text}".strip()), "")
    console.print(checks)
    console.print(evidence_table(spec, verdict))
    for one in verdict.evidence:
        console.print(plain(f"{one.criterion}: {one.reason}"))
    console.print(
        "Verdict:", _word(verdict.status), f"· {verdict.proven}/{len(spec.criteria)} criteria proven"
    )


def evidence_table(spec: Spec, verdict: Verdict) -> Table:
    """One row per criterion."""
    table = Table(*HEADER, title="Evidence", title_justify="left")
    for one in verdict.evidence:
        text, result, *rest = evidence_row(spec, one)
        table.add_row(plain(text), _word(result), *(plain(cell) for cell in rest))
    return table


def show_run(task: Task, run: Run | None, ending: str) -> None:
    """The patch on stdout, byte for byte unless a terminal shows it; everything else on stderr."""
    words = Console(stderr=True)
    if run and run.patch:
        _show_diff(run.patch.diff)
    if run and run.verdict:
        show_verdict(task.spec, run.verdict, words)
    if run and run.summary:
        words.print(plain(run.summary))
    if run and run.merge_request:
        words.print(plain(f"Merge request: {run.merge_request.url}"), soft_wrap=True)
    words.print(plain(f"{task.id} {ending}" + (f" · {money(run.spend)}" if run else "")), soft_wrap=True)


def plain(text: str) -> Text:
    """A text that cannot steer the terminal: control characters of foreign text are shown as such."""
    return Text(_CONTROL.sub("\N{REPLACEMENT CHARACTER}", text))


def _show_diff(diff: str) -> None:
    if not sys.stdout.isatty():
        sys.stdout.flush()
        sys.stdout.buffer.write(diff.encode("utf-8", "surrogateescape"))
        return
    console = Console()
    for line in diff.splitlines():
        console.print(plain(line), style=_DIFF.get(line[:1], ""), soft_wrap=True)


def _word(word: str) -> Text:
    shown = word.replace("_", " ")
    return Text(shown, style=_STYLES.get(shown.split(" (")[0], ""))
