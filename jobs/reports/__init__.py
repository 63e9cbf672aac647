"""A verdict in the formats that GitLab's merge request widgets and other tools read; pure."""

from jobs.domain.spec import Spec
from jobs.domain.verdict import Verdict
from jobs.redaction import scrub
from jobs.reports.cobertura import cobertura
from jobs.reports.code_quality import code_quality
from jobs.reports.junit import junit


def reports(spec: Spec, verdict: Verdict) -> dict[str, bytes]:
    """File name → content, without any credential; no coverage file where nothing was measured."""
    made = {"junit.xml": junit(spec, verdict), "codequality.json": code_quality(verdict)}
    measured = cobertura(verdict)
    if measured is not None:
        made["cobertura.xml"] = measured
    return {name: scrub(text).encode("utf-8", "replace") for name, text in made.items()}
