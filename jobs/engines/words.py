"""What any engine is told of a task and of a round, from templates/prompt."""

import hashlib

from jobs.domain.brief import Brief
from jobs.domain.feedback import Feedback
from jobs.domain.fenced import Fenced
from jobs.domain.spec import Spec
from jobs.domain.verdict import CheckStatus, EvidenceStatus, Finding, Verdict
from jobs.render import prompt


def opening(brief: Brief, *, told: bool) -> str:
    """What a round begins with: the task, unless the model was `told` it before, and what came back."""
    back = prompt(
        brief.prompts,
        "round",
        round=brief.round,
        purpose=brief.purpose,
        back=brief.rewind.id if brief.rewind else "",
        problems=_problems(brief.verdict),
        feedback=[_said(number, one) for number, one in enumerate(brief.feedback, 1)],
    )
    if told and back:
        return back
    return "\n\n".join(text for text in (task(brief), back) if text)


def task(brief: Brief) -> str:
    """The spec and how its kind is proven."""
    spec = brief.spec
    context = Fenced(label="context", text=spec.context) if spec.context else None
    return prompt(brief.prompts, "task", spec=spec, context=context, proof=f"proof/{spec.kind.value}")


def stamp(brief: Brief) -> str:
    """The same for the same round of the same task, and for nothing else."""
    verdict = brief.verdict.model_dump_json() if brief.verdict else ""
    said = [one.model_dump_json(exclude={"code"}) for one in brief.feedback]
    parts = "\0".join((brief.task, str(brief.round), verdict, *said))
    return hashlib.sha256(parts.encode(errors="replace")).hexdigest()[:16]


def digest(spec: Spec) -> str:
    """The same for the same spec."""
    return hashlib.sha256(spec.model_dump_json().encode(errors="replace")).hexdigest()[:16]


def _said(number: int, feedback: Feedback) -> Fenced:
    about = []
    if feedback.path:
        line = f" line {feedback.line}" if feedback.line else ""
        about.append(f"About: {feedback.path}{line}")
    if feedback.criteria:
        about.append(f"Criteria: {', '.join(feedback.criteria)}")
    code = f"The code there:\n{feedback.code}" if feedback.code else ""
    text = "\n".join(one for one in (*about, code, f"{feedback.by} says:", feedback.text) if one)
    return Fenced(label=f"{number} {feedback.kind.value}", text=text)


def _problems(verdict: Verdict | None) -> list[Fenced]:
    if verdict is None:
        return []
    checks = [
        Fenced(
            label=f"check {check.name} {check.status.value}",
            text="\n".join(
                [
                    check.summary,
                    *(_finding(one) for one in check.findings[:20]),
                    check.log[-4000:],
                ]
            ).strip(),
        )
        for check in verdict.checks
        if check.status in (CheckStatus.FAILED, CheckStatus.WARNING)
    ]
    evidence = [
        Fenced(
            label=f"{one.criterion} {one.status.value}",
            text=f"{one.reason} (target base: {one.base or 'not run'}, your change: {one.head or 'not run'}; "
            f"tests: {', '.join(one.proof.tests) or 'none'})",
        )
        for one in verdict.evidence
        if one.status is not EvidenceStatus.PROVEN
    ]
    return [*checks, *evidence]


def _finding(finding: Finding) -> str:
    return f"{finding.path or ''}:{finding.line or ''} {finding.rule}: {finding.text}"
