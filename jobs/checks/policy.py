"""policy: what the diff may touch, judged before anything of it runs."""

import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import PurePosixPath
from typing import Final

from jobs.checks import policy_lines
from jobs.checks.context import CheckContext
from jobs.checks.diff import added_lines
from jobs.checks.globs import matches
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


@dataclass(frozen=True)
class Rule:
    """Paths that need a reason, and what follows."""

    name: str
    """Short name."""
    reason: str
    """What is said of the path."""
    blocking: bool
    """True: the change is rejected; False: the reviewer is told."""
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
    Rule("gitlink", "is a submodule: its content cannot be reviewed here", True, _mode("160000")),
    Rule("symlink", "is a symbolic link: it can point anywhere", True, _mode("120000")),
    Rule(
        "ci",
        "decides what the pipeline runs",
        True,
        _named(".gitlab-ci.yml", ".gitlab/**", ".gitlab-ci/**", ".github/workflows/**", ".github/actions/**",
               ".circleci/**",
               ".travis.yml", "jenkinsfile", "azure-pipelines.yml", "bitbucket-pipelines.yml"),
    ),
    Rule("codeowners", "decides who must approve", True, _named("codeowners", ".gitlab/codeowners")),
    Rule(
        "git",
        "changes how git treats the repository",
        True,
        _named(".gitmodules", ".gitattributes", ".lfsconfig", ".git/**", ".gitconfig", ".mailmap"),
    ),
    Rule(
        "agent",
        "instructs coding agents or editors, which run it on other people's machines",
        True,
        _named("agents.md", "claude.md", ".claude/**", ".cursor/**", ".cursorrules", ".mcp.json", ".codex/**",
               ".aider*", ".windsurfrules", ".github/copilot-instructions.md", ".vscode/**", ".idea/**",
               ".devcontainer/**", ".codegen.yml", ".editorconfig", ".envrc"),
    ),
    Rule(
        "registry",
        "decides where packages come from",
        True,
        _named(".npmrc", ".yarnrc", ".yarnrc.yml", "pip.conf", ".pypirc", "uv.toml", ".cargo/config.toml",
               "settings.xml", ".netrc"),
    ),
    Rule(
        "start-up",
        "is run by every Python that starts in this folder",
        True,
        _named("sitecustomize.py", "usercustomize.py", "*.pth", "*.dist-info/**", "*.egg-info/**"),
    ),
    Rule(
        "compiled",
        "is compiled code, which can take the place of the source",
        True,
        lambda file: file.status is not ChangeStatus.DELETED and bool(_COMPILED.search(file.path.lower())),
    ),
    Rule(
        "hooks",
        "is run on developers' machines by git",
        True,
        _named(".husky/**", ".githooks/**", ".pre-commit-config.yaml", "lefthook.yml"),
    ),
    Rule(
        "lockfile",
        "changes the installed packages, which were not checked",
        False,
        _named("*.lock", "package-lock.json", "npm-shrinkwrap.json", "pnpm-lock.yaml", "go.sum",
               "requirements*.txt", "constraints*.txt"),
    ),
    Rule(
        "container",
        "decides what is deployed",
        False,
        _named("dockerfile", "dockerfile.*", "*.dockerfile", "containerfile", "docker-compose*.yml",
               "compose*.yaml", "compose*.yml", ".dockerignore"),
    ),
    Rule(
        "build",
        "is run when the project is built",
        False,
        _named("setup.py", "setup.cfg", "pyproject.toml", "makefile", "noxfile.py", "tox.ini", "package.json",
               "hatch_build.py", "build.rs", "meson.build", "cmakelists.txt"),
    ),
    Rule("binary", "is binary: its content cannot be reviewed as text", False, lambda file: file.binary),
    Rule(
        "executable",
        "is a new program",
        False,
        lambda file: file.mode == "100755" and file.status is ChangeStatus.ADDED,
    ),
)  # fmt: skip
"""Every rule on paths: blocking ones reject the change, the others tell the reviewer."""


async def check(ctx: CheckContext) -> Check:
    """Judge every changed path and added line; one blocking finding rejects the change."""
    found = [*_paths(ctx), *_rules(ctx), *_lines(ctx), *policy_lines.found(ctx), *_size(ctx)]
    blocking = [finding for stops, finding in found if stops]
    status = CheckStatus.FAILED if blocking else CheckStatus.WARNING if found else CheckStatus.PASSED
    if blocking:
        summary = f"{_places(blocking)} may not be changed like this."
    elif found:
        summary = f"{_places([one for _, one in found])} need a look."
    else:
        summary = "The change stays within the paths it may touch."
    ordered = sorted(found, key=lambda one: not one[0])
    return Check(name=NAME, status=status, summary=summary, findings=tuple(one for _, one in ordered))


def _paths(ctx: CheckContext) -> Iterator[tuple[bool, Finding]]:
    for owner, paths in (("the spec", ctx.spec.paths), (FILE_NAME, ctx.repository.paths)):
        for file in ctx.patch.files:
            for path in dict.fromkeys((file.path, file.old_path or file.path)):
                if matches(path, paths.deny):
                    yield (
                        True,
                        Finding(rule="denied", text=f"{path} is in {owner}'s denied paths.", path=path),
                    )
                elif paths.allow and not matches(path, paths.allow):
                    text = f"{path} is outside {owner}'s allowed paths."
                    yield True, Finding(rule="outside", text=text, path=path)


def _rules(ctx: CheckContext) -> Iterator[tuple[bool, Finding]]:
    for file in ctx.patch.files:
        for rule in RULES:
            if rule.covers(file):
                text = f"{file.path} {rule.reason}."
                yield rule.blocking, Finding(rule=rule.name, text=text, path=file.path)


def _lines(ctx: CheckContext) -> Iterator[tuple[bool, Finding]]:
    for line in added_lines(ctx.patch.diff):
        if _BIDI.search(line.text):
            text = "Invisible characters change the order in which this line is read."
            yield True, Finding(rule="bidi", text=text, path=line.path, line=line.number)
        if line.number == 1 and line.text.startswith(_LFS):
            text = "A pointer to a large file: its content cannot be reviewed here."
            yield True, Finding(rule="lfs", text=text, path=line.path, line=1)
    for file in ctx.patch.files:
        if _BIDI.search(file.path) or any(ord(letter) < 32 for letter in file.path):
            text = f"{PurePosixPath(file.path).name!r} has invisible characters in its name."
            yield True, Finding(rule="name", text=text)


def _size(ctx: CheckContext) -> Iterator[tuple[bool, Finding]]:
    if len(ctx.patch.diff) > MAX_DIFF:
        yield True, Finding(rule="size", text=f"The diff is larger than {MAX_DIFF // 1_000_000} MB.")
    lines = sum(file.added for file in ctx.patch.files)
    if lines > MANY_LINES:
        yield False, Finding(rule="large", text=f"{lines} added lines are more than a person reviews well.")


def _places(findings: list[Finding]) -> str:
    paths = sorted({finding.path or finding.rule for finding in findings})
    rest = len(paths) - 3
    return ", ".join(paths[:3]) + (f" and {rest} more" if rest > 0 else "")
