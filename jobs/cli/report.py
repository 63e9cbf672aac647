"""Verdicts for programs and for people at a terminal."""

from pydantic import JsonValue
from rich.console import Console
from rich.table import Table
from rich.text import Text

from jobs.domain.spec import Spec
from jobs.domain.verdict import Verdict
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
        checks.add_row(check.name, _word(check.status), Text(check.summary), f"{check.seconds:.1f}")
        for finding in check.findings:
            place = f"{finding.path}:{finding.line}" if finding.line else finding.path or ""
            checks.add_row("", "", Text(f"{place} {finding.rule}: {finding.text}".strip()), "")
    console.print(checks)
    console.print(evidence_table(spec, verdict))
    for one in verdict.evidence:
        console.print(Text(f"{one.criterion}: {one.reason}"))
    console.print(
        "Verdict:", _word(verdict.status), f"· {verdict.proven}/{len(spec.criteria)} criteria proven"
    )


def evidence_table(spec: Spec, verdict: Verdict) -> Table:
    """One row per criterion."""
    table = Table(*HEADER, title="Evidence", title_justify="left")
    for one in verdict.evidence:
        text, result, *rest = evidence_row(spec, one)
        table.add_row(Text(text), _word(result), *rest)
    return table


def _word(word: str) -> Text:
    shown = word.replace("_", " ")
    return Text(shown, style=_STYLES.get(shown.split(" (")[0], ""))
