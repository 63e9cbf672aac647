"""policy: what the diff may touch, judged before anything of it runs."""

import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from enum import Enum, auto
from typing import Final

from jobs.checks import policy_lines
from jobs.checks.context import CheckContext
from jobs.checks.diff import added_lines, contents
from jobs.checks.globs import matches
from jobs.domain.consent import Ask, content_key
from jobs.domain.patch import ChangeStatus, FileChange
from jobs.domain.repository_file import FILE_NAME
from jobs.domain.verdict import Check, CheckStatus, Finding

NAME: Final = "policy"
NEEDS: Final = ()
MAX_DIFF: Final = 2_000_000
"""Bytes of a diff; a larger one is refused."""
MANY_LINES: Final = 2_000
"""Added lines from which a change is called large."""

_BIDI: Final = re.compile("[\u061c\u200e\u200f\u202a-\u202e\u2066-\u2069]")
_COMPILED: Final = re.compile(r"\.(?:so|pyd|pyc|pyo|dll|dylib|egg|whl|class|jar)$|(?:^|/)__pycache__/")
_LFS: Final = "version https://git-lfs.github.com/spec/"


class Stance(Enum):
    """What follows when a change touches something."""

    DENY = auto()
    """The change is rejected."""
    ASK = auto()
    """A named person must allow it before anything runs."""
    TELL = auto()
    """The reviewer is told."""


@dataclass(frozen=True)
class Rule:
    """Paths that need a reason, and what follows."""

    name: str
    """Short name."""
    reason: str
    """What is said of the path."""
    stance: Stance
    """What follows."""
    covers: Callable[[FileChange], bool]
    """Whether a changed file falls under it."""


def _named(*patterns: str) -> Callable[[FileChange], bool]:
    wanted = [part for pattern in patterns for part in (pattern, f"**/{pattern}")]

    def covers(file: FileChange) -> bool:
        paths = [file.path.lower(), (file.old_path or file.path).lower()]
        return any(matches(path, wanted) for path in paths)

    return covers


def _mode(mode: str) -> Callable[[FileChange], bool]:
    return lambda file: file.mode == mode and file.status is not ChangeStatus.DELETED


RULES: Final = (
    Rule("gitlink", "is a submodule: its content cannot be reviewed here", Stance.DENY, _mode("160000")),
    Rule("symlink", "is a symbolic link: it can point anywhere", Stance.DENY, _mode("120000")),
    Rule(
        "ci",
        "decides what the pipeline runs",
        Stance.ASK,
        _named(".gitlab-ci.yml", ".gitlab/**", ".gitlab-ci/**", ".github/workflows/**", ".github/actions/**",
               ".circleci/**",
               ".travis.yml", "jenkinsfile", "azure-pipelines.yml", "bitbucket-pipelines.yml"),
    ),
    Rule("codeowners", "decides who must approve", Stance.ASK, _named("codeowners", ".gitlab/codeowners")),
    Rule(
        "git",
        "changes how git treats the repository",
        Stance.DENY,
        _named(".gitmodules", ".gitattributes", ".lfsconfig", ".git/**", ".gitconfig", ".mailmap"),
    ),
    Rule(
        "agent",
        "instructs coding agents or editors, which run it on other people's machines",
        Stance.ASK,
        _named("agents.md", "claude.md", ".claude/**", ".cursor/**", ".cursorrules", ".mcp.json", ".codex/**",
               ".aider*", ".windsurfrules", ".github/copilot-instructions.md", ".vscode/**", ".idea/**",
               ".devcontainer/**", ".codegen.yml", ".editorconfig", ".envrc"),
    ),
    Rule(
        "registry",
        "decides where packages come from",
        Stance.DENY,
        _named(".npmrc", ".yarnrc", ".yarnrc.yml", "pip.conf", ".pypirc", "uv.toml", ".cargo/config.toml",
               "settings.xml", ".netrc"),
    ),
    Rule(
        "start-up",
        "is run by every Python that starts in this folder",
        Stance.DENY,
        _named("sitecustomize.py", "usercustomize.py", "*.pth", "*.dist-info/**", "*.egg-info/**"),
    ),
    Rule(
        "installed",
        "is an installed package: a lockfile names packages, the repository does not hold them",
        Stance.DENY,
        _named("node_modules/**", "site-packages/**", ".venv/**", "venv/**"),
    ),
    Rule(
        "compiled",
        "is compiled code, which can take the place of the source",
        Stance.DENY,
        lambda file: file.status is not ChangeStatus.DELETED and bool(_COMPILED.search(file.path.lower())),
    ),
    Rule(
        "hooks",
        "is run on developers' machines by git",
        Stance.ASK,
        _named(".husky/**", ".githooks/**", ".pre-commit-config.yaml", "lefthook.yml"),
    ),
    Rule(
        "lockfile",
        "changes the installed packages, which were not checked",
        Stance.ASK,
        _named("*.lock", "package-lock.json", "npm-shrinkwrap.json", "pnpm-lock.yaml", "go.sum",
               "requirements*.txt", "constraints*.txt"),
    ),
    Rule(
        "container",
        "decides what is deployed",
        Stance.ASK,
        _named("dockerfile", "dockerfile.*", "*.dockerfile", "containerfile", "docker-compose*.yml",
               "compose*.yaml", "compose*.yml", ".dockerignore"),
    ),
    Rule(
        "build",
        "is run when the project is built",
        Stance.TELL,
        _named("setup.py", "setup.cfg", "pyproject.toml", "makefile", "noxfile.py", "tox.ini", "package.json",
               "hatch_build.py", "build.rs", "meson.build", "cmakelists.txt"),
    ),
    Rule("binary", "is binary: it cannot be reviewed as text", Stance.TELL, lambda file: file.binary),
    Rule(
        "executable",
        "is a new program",
        Stance.TELL,
        lambda file: file.mode == "100755" and file.status is ChangeStatus.ADDED,
    ),
)  # fmt: skip
"""Every rule on paths."""

_Found = tuple[Stance, Finding]


async def check(ctx: CheckContext) -> Check:
    """Judge every changed path and added line: one denial rejects the change, else people are asked."""
    asked = [ask for ask in _asks(ctx) if ask.key not in ctx.consents]
    allowed = {ask.path for ask in _asks(ctx)} - {ask.path for ask in asked}
    found = sorted(
        [*_paths(ctx), *_rules(ctx, allowed), *_lines(ctx), *_size(ctx)], key=lambda one: one[0].value
    )
    denied = [finding for stance, finding in found if stance is Stance.DENY]
    status = CheckStatus.FAILED if denied or asked else CheckStatus.WARNING if found else CheckStatus.PASSED
    if denied:
        summary = _said(denied, "may not be changed like this")
    elif asked:
        waiting = [finding for stance, finding in found if stance is Stance.ASK]
        summary = _said(waiting, "may only be changed with a person's consent")
    elif found:
        summary = _said([one for _, one in found], "should be looked at")
    else:
        summary = "The change stays within the paths it may touch."
    return Check(
        name=NAME,
        status=status,
        summary=summary,
        findings=tuple(finding for _, finding in found),
        asks=() if denied else tuple(asked),
    )


def _asks(ctx: CheckContext) -> tuple[Ask, ...]:
    """Every file that somebody must allow, once, with all the reasons."""
    becomes = contents(ctx.patch.diff)
    asks = []
    for file in ctx.patch.files:
        reasons = [rule.reason for rule in RULES if rule.stance is Stance.ASK and rule.covers(file)]
        if reasons:
            key = content_key(file.path, file.mode, becomes.get(file.path, ctx.patch.tree))
            asks.append(Ask(key=key, path=file.path, text=f"{file.path} {' and '.join(reasons)}."))
    return tuple(asks)


def _paths(ctx: CheckContext) -> Iterator[_Found]:
    for owner, paths in (("the spec", ctx.spec.paths), (FILE_NAME, ctx.repository.paths)):
        for file in ctx.patch.files:
            for path in dict.fromkeys((file.path, file.old_path or file.path)):
                if matches(path, paths.deny):
                    text = f"{path} is in {owner}'s denied paths."
                    yield Stance.DENY, Finding(rule="denied", text=text, path=path)
                elif paths.allow and not matches(path, paths.allow):
                    text = f"{path} is outside {owner}'s allowed paths."
                    yield Stance.DENY, Finding(rule="outside", text=text, path=path)


def _rules(ctx: CheckContext, allowed: set[str]) -> Iterator[_Found]:
    for file in ctx.patch.files:
        for rule in RULES:
            if rule.covers(file):
                settled = rule.stance is Stance.ASK and file.path in allowed
                text = f"{file.path} {rule.reason}{'; a person allowed it' if settled else ''}."
                stance = Stance.TELL if settled else rule.stance
                yield stance, Finding(rule=rule.name, text=text, path=file.path)


def _lines(ctx: CheckContext) -> Iterator[_Found]:
    for finding in policy_lines.found(ctx):
        yield Stance.DENY, finding
    for line in added_lines(ctx.patch.diff):
        if _BIDI.search(line.text):
            text = "Invisible characters change the order in which this line is read."
            yield Stance.DENY, Finding(rule="bidi", text=text, path=line.path, line=line.number)
        if line.number == 1 and line.text.startswith(_LFS):
            text = "A pointer to a large file: its content cannot be reviewed here."
            yield Stance.DENY, Finding(rule="lfs", text=text, path=line.path, line=1)
    for file in ctx.patch.files:
        if _BIDI.search(file.path) or any(ord(letter) < 32 for letter in file.path):
            shown = ascii(file.path)[1:-1]
            text = f"{shown} has invisible characters in its name."
            yield Stance.DENY, Finding(rule="name", text=text, path=shown)


def _size(ctx: CheckContext) -> Iterator[_Found]:
    if len(ctx.patch.diff) > MAX_DIFF:
        text = f"The diff is larger than {MAX_DIFF // 1_000_000} MB."
        yield Stance.DENY, Finding(rule="size", text=text)
    lines = sum(file.added for file in ctx.patch.files)
    if lines > MANY_LINES:
        text = f"{lines} added lines are more than a person reviews well."
        yield Stance.TELL, Finding(rule="large", text=text)


def _said(findings: list[Finding], what: str) -> str:
    """What is said of the paths; of the change as a whole where there are none."""
    paths = sorted({finding.path for finding in findings if finding.path})
    if not paths:
        return findings[0].text
    rest = len(paths) - 3
    return ", ".join(paths[:3]) + (f" and {rest} more" if rest > 0 else "") + f" {what}."
