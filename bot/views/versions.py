"""Two versions of a spec side by side: what was asked, what came of it, the evidence per criterion."""

from bot.views import blocks, fit
from bot.views.blocks import Block
from bot.views.words import version_words
from jobs.domain.spec import Spec
from jobs.domain.task import Task
from jobs.domain.version import Version, version_of
from jobs.messages.figures import money
from jobs.redaction import scrub
from jobs.render import mrkdwn
from jobs.specify import notation

_FIELD = 1800
"""Most characters of one side: a field holds 2000, and escaping makes text longer."""
_FILES = 12
_DIFF = 2400


def versions_view(task: Task) -> Block:
    """The last version and the one before it; raises ValueError when there is only one."""
    if not task.versions:
        raise ValueError(f"task {task.id} has one version only")
    old, new, words = task.versions[-1], version_of(task), version_words()
    sides = [
        (words.asked, _asked(old.spec), _asked(new.spec)),
        (words.came, _came(old), _came(new)),
        (words.evidence, _evidence(old), _evidence(new)),
        (words.files, _files(old), _files(new)),
    ]
    shown: list[Block] = [blocks.section(f"*{mrkdwn(fit.fit(task.spec.title, 150))}*")]
    shown += [
        blocks.sides(
            f"*{words.version.format(number=old.number)}*", f"*{words.version.format(number=new.number)}*"
        )
    ]
    for label, left, right in sides:
        shown += [blocks.context(f"*{label}*"), blocks.sides(_cut(left), _cut(right))]
    for one in (old, new):
        if one.diff:
            shown += [
                blocks.context(words.diff.format(number=one.number)),
                blocks.section(f"```{_code(one.diff)}```"),
            ]
    return {
        "type": "modal",
        "title": blocks.plain(words.title, fit.TITLE),
        "close": blocks.plain(words.close, fit.TITLE),
        "blocks": shown,
    }


def _asked(spec: Spec) -> str:
    lines = [spec.goal, *(f"• {notation.write_criterion(one)}" for one in spec.criteria)]
    return mrkdwn("\n".join(lines))


def _came(one: Version) -> str:
    words = version_words()
    if not one.run:
        return words.nothing
    verdict = one.verdict.status.value if one.verdict else words.no_verdict
    came = words.run.format(state=one.state, verdict=verdict, rounds=one.rounds, cost=money(one.spend))
    by = words.by.format(engine=one.engine, prompts=one.templates) if one.engine else ""
    return f"{came}\n{mrkdwn(by)}".rstrip()


def _evidence(one: Version) -> str:
    found = one.verdict.evidence if one.verdict else ()
    lines = [f"• {each.criterion} {each.status.value.replace('_', ' ')}" for each in found]
    return mrkdwn("\n".join(lines)) or version_words().none


def _files(one: Version) -> str:
    lines = [f"• {each.path} +{each.added} −{each.removed}" for each in one.files[:_FILES]]
    if len(one.files) > _FILES:
        lines.append(f"… {len(one.files) - _FILES}")
    return mrkdwn("\n".join(lines)) or version_words().none


def _cut(text: str) -> str:
    return fit.fit(text, _FIELD)


def _code(diff: str) -> str:
    shown = diff.encode("utf-8", "surrogateescape").decode("utf-8", "replace").replace("```", "'''")
    return fit.fit(mrkdwn(fit.fit(scrub(shown), _DIFF)), _DIFF + 500)
