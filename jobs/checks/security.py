"""security: what the change newly does that can be attacked, by rules of ours, bandit, ruff and semgrep.

Only findings on added lines that the target base does not have count. A grave one (high severity, in product
code) rejects the change; anything else warns. Rules of ours always look; analysers look when the repository's
environment or the operator's `[checks] analysers` has them, and the summary says which did not.
"""

from typing import Final

from jobs.checks import local_rules
from jobs.checks.changes import SourceChange
from jobs.checks.context import CheckContext
from jobs.checks.diff import added_numbers
from jobs.checks.issues import Issue, Severity, new_issues, renames
from jobs.checks.layout import is_python, is_test
from jobs.checks.security_tools import BANDIT, RUFF, SEMGREP, Analyser
from jobs.domain.verdict import Check, CheckStatus

NAME: Final = "security"
NEEDS: Final = ("analyse",)
MAX_FINDINGS: Final = 40
SEMGREP_RULES: Final = (".semgrep.yml", ".semgrep.yaml", ".semgrep/rules.yml")
"""Where a repository keeps rules of its own; semgrep never fetches any."""

_FINE_IN_TESTS: Final = frozenset(
    {"S101", "B101", "S105", "S106", "S107", "B105", "B106", "B107", "S311", "B311"}
)
_ALIKE: Final = {
    **{"B307": "eval", "S307": "eval", "B102": "exec", "S102": "exec", "B602": "shell", "S602": "shell"},
    **{"B604": "shell", "S604": "shell", "B605": "shell", "S605": "shell", "B301": "unpickle"},
    **{"S301": "unpickle", "B506": "yaml-load", "S506": "yaml-load", "B306": "mktemp", "S306": "mktemp"},
    **{"B501": "no-verify", "S501": "no-verify", "B323": "no-verify", "S323": "no-verify"},
    **{"B324": "weak-hash", "S324": "weak-hash", "B303": "weak-hash", "B608": "sql", "S608": "sql"},
    **{"B104": "bind-all", "S104": "bind-all", "B311": "random", "S311": "random", "B202": "extractall"},
    **{"S202": "extractall", "B701": "autoescape", "S701": "autoescape", "B314": "xml", "S314": "xml"},
}
"""Rules that say the same."""

Sides = tuple[list[Issue], list[Issue]]


async def check(ctx: CheckContext) -> Check:
    """Look at the changed Python files, as git has them."""
    changes = [one for one in ctx.changes if is_python(one.path) and one.after is not None]
    if not changes:
        return Check(name=NAME, status=CheckStatus.SKIPPED, summary="No Python file is changed.")
    base, head = _by_rules(changes)
    used, missing, seconds = ["rules of ours"], [], 0.0
    for analyser in (BANDIT, RUFF, SEMGREP):
        told = await _by_tool(ctx, analyser, changes)
        if isinstance(told, str):
            missing.append(told)
            continue
        base, head, seconds = base + told[0][0], head + told[0][1], seconds + told[1]
        used.append(analyser.name)
    added = added_numbers(ctx.patch.diff)
    new = new_issues(base, head, renamed=renames(ctx.changes), added=added)
    kept = _once([one for one in new if one.line in added.get(one.path, ()) and not _noise(one)])
    return _judged(kept, used, missing, seconds)


def _judged(found: list[Issue], used: list[str], missing: list[str], seconds: float) -> Check:
    grave = [one for one in found if one.severity is Severity.HIGH and not is_test(one.path)]
    status = CheckStatus.FAILED if grave else CheckStatus.WARNING if found else CheckStatus.PASSED
    count = f"{len(found)} new finding{'' if len(found) == 1 else 's'}" if found else "Nothing new"
    lacking = f" Not run: {'; '.join(missing)}." if missing else ""
    ordered = sorted(found, key=lambda one: (one not in grave, -one.severity, one.path, one.line))
    return Check(
        name=NAME,
        status=status,
        summary=f"{count} by {', '.join(used)}.{lacking}",
        findings=tuple(one.finding for one in ordered[:MAX_FINDINGS]),
        seconds=round(seconds, 3),
    )


def _by_rules(changes: list[SourceChange]) -> Sides:
    base: list[Issue] = []
    head: list[Issue] = []
    for one in changes:
        before, after = one.text()
        base += local_rules.issues(one.file.old_path or one.path, before)
        head += local_rules.issues(one.path, after)
    return base, head


async def _by_tool(
    ctx: CheckContext, analyser: Analyser, changes: list[SourceChange]
) -> tuple[Sides, float] | str:
    """Issues on both sides and seconds, or why there are none."""
    program = ctx.trials.programs.any(analyser.name)
    if program is None:
        return f"{analyser.name} is not installed"
    rules = await _semgrep_rules(ctx) if analyser is SEMGREP else None
    if analyser is SEMGREP and rules is None:
        return "semgrep finds no rules in the repository"
    old = {f"base{at}.py": one for at, one in enumerate(changes) if one.before is not None}
    new = {f"head{at}.py": one for at, one in enumerate(changes)}
    texts = {name: one.before or b"" for name, one in old.items()}
    texts |= {name: one.after or b"" for name, one in new.items()}
    result, _ = await ctx.trials.analyse(analyser.command(program, texts, rules), None)
    paths = {name: one.file.old_path or one.path for name, one in old.items()}
    paths |= {name: one.path for name, one in new.items()}
    found = None if result is None else analyser.issues(result, {name: name for name in paths})
    if result is None or found is None:
        return f"{analyser.name} does not work here"
    sides = [_placed(found, paths, side) for side in ("base", "head")]
    return (sides[0], sides[1]), result.seconds


def _placed(found: list[Issue], paths: dict[str, str], side: str) -> list[Issue]:
    mine = [one for one in found if one.path.startswith(side)]
    return [Issue(paths[one.path], one.line, one.rule, one.text, one.severity) for one in mine]


async def _semgrep_rules(ctx: CheckContext) -> bytes | None:
    for name in SEMGREP_RULES:
        content = await ctx.trials.read_base(name)
        if content is not None:
            return content
    return None


def _noise(issue: Issue) -> bool:
    """An import, or a program started by a list of words, is no finding; in tests, an assertion is none."""
    plain = issue.rule.startswith(("B4", "S4")) or issue.rule in ("B603", "S603", "B607", "S607")
    return plain or (is_test(issue.path) and issue.rule in _FINE_IN_TESTS)


def _once(found: list[Issue]) -> list[Issue]:
    """One finding per place and kind, the gravest; among equals ours, which says why."""
    best: dict[tuple[str, int, str], Issue] = {}
    for one in found:
        key = (one.path, one.line, _ALIKE.get(one.rule, one.rule))
        if key not in best or _rank(one) > _rank(best[key]):
            best[key] = one
    return list(best.values())


def _rank(issue: Issue) -> tuple[Severity, bool]:
    return issue.severity, issue.rule not in _ALIKE
