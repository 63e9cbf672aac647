"""The parts of the evidence: a criterion or a check with everything that belongs to it."""

from bot.views import blocks
from bot.views.blocks import Block
from bot.views.evidence_words import evidence_words
from jobs.domain.base_model import Frozen
from jobs.domain.run import Run
from jobs.domain.spec import Spec
from jobs.domain.verdict import Check, CheckStatus, Evidence, Finding
from jobs.messages.blocks import clip, one_line
from jobs.messages.figures import duration
from jobs.redaction import scrub
from jobs.render import mrkdwn

FINDINGS = 8
"""Findings shown of one check."""
LOG_LINES, LOG = 25, 1_500
"""Lines and characters shown of what something printed."""

INDEPENDENT = "blind_tests"
"""The check whose log is the tests themselves; they stand nowhere else."""

_TEXT, _COMMAND, _TESTS = 600, 600, 12
_LOUD = frozenset({CheckStatus.FAILED, CheckStatus.WARNING, CheckStatus.NOT_AVAILABLE})


class Part(Frozen):
    """Blocks that stand on one page."""

    blocks: tuple[Block, ...]
    """At least one."""
    ruled: bool = False
    """True when a line stands above it, unless it is the first of its page."""

    @property
    def length(self) -> int:
        """About how many characters they show."""
        return sum(len(str(one)) for one in self.blocks)


def parts_of(spec: Spec, run: Run) -> list[Part]:
    """Every criterion in the spec's order, then every check: what has something to say first."""
    if run.verdict is None:
        return []
    texts = {one.id: one.text for one in spec.criteria}
    criteria = [_criterion(one, texts.get(one.criterion, "")) for one in run.verdict.evidence]
    ranked = sorted(run.verdict.checks, key=lambda one: one.status not in _LOUD)
    checks = [_check(one) for one in ranked]
    if checks:
        first = checks[0]
        checks[0] = Part(blocks=(blocks.section(evidence_words().checks), *first.blocks), ruled=True)
    return [*criteria, *checks]


def _criterion(one: Evidence, text: str) -> Part:
    words = evidence_words()
    came = words.came.format(
        status=words.statuses[one.status],
        strength=words.strengths[one.strength] if one.strength else "",
        base=words.outcomes[one.base or "none"],
        head=words.outcomes[one.head or "none"],
    )
    told = words.criterion.format(id=_escaped(one.criterion, 40), text=_escaped(text, _TEXT))
    author = f", {words.authors[one.proof.by]}" if one.proof.by else ""
    small = words.proof.format(kind=words.kinds[one.proof.kind], author=author)
    reason = f" · {_escaped(one.reason, _TEXT)}" if one.reason else ""
    shown = [blocks.section(f"{told}\n{came}"), blocks.context(f"{small}{reason}")]
    ran = one.proof.command or "\n".join(one.proof.tests[:_TESTS])
    shown += _code(ran, words.ran, limit=_COMMAND)
    return Part(blocks=(*shown, *_log(one.log, words.log)), ruled=True)


def _check(one: Check) -> Part:
    words = evidence_words()
    heading = words.check.format(name=_escaped(one.name, 80), status=words.statuses[one.status])
    heading += f" · {duration(one.seconds)}" if one.seconds >= 0.5 else ""
    advice = words.advice if not one.blocking and one.status is CheckStatus.FAILED else ""
    lines = [f"{heading}{advice}", _escaped(one.summary, _TEXT)]
    lines += [_finding(found) for found in one.findings[:FINDINGS]]
    if len(one.findings) > FINDINGS:
        lines.append(words.findings.format(count=len(one.findings) - FINDINGS))
    shown = [blocks.section("\n".join(line for line in lines if line))]
    shown += _code(one.command or "", words.ran, limit=_COMMAND) if one.status in _LOUD else []
    if one.name == INDEPENDENT:
        return Part(blocks=(*shown, *_log(one.log, words.source)))
    return Part(blocks=(*shown, *(_log(one.log, words.log) if one.status in _LOUD else [])))


def _finding(one: Finding) -> str:
    where = f"{one.path}:{one.line}" if one.path and one.line else one.path or ""
    place = f"`{_escaped(where, 120).replace('`', '')}` " if where else ""
    return f"• {place}{_escaped(one.rule, 60)}: {_escaped(one.text, 160)}"


def _log(text: str, above: str) -> list[Block]:
    lines = scrub(text).rstrip().splitlines()[-LOG_LINES:]
    return _code("\n".join(lines)[-LOG:].strip(), above, limit=LOG)


def _escaped(text: str, limit: int) -> str:
    return mrkdwn(one_line(text.replace("```", "'''"), limit))


def _code(text: str, above: str, *, limit: int) -> list[Block]:
    """A code block: nothing in it can end it, mention anybody or be a credential; none when it is blank."""
    inert = clip(text.replace("```", "'''"), limit)
    readable = any(map(str.isalnum, inert))
    return [blocks.context(above), blocks.section(f"```{mrkdwn(inert)}```")] if readable else []
