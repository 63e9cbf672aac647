"""bandit, ruff's S rules and semgrep over the changed files' text, in the sandbox, on both sides at once.

The texts are those that git has, laid beside the tree, so that neither a test nor a repository's settings can
change what is looked at; suppressing comments are not honoured.
"""

import json
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any, Final

from jobs.checks.issues import Issue, Severity
from jobs.checks.programs import Program
from jobs.ports import Command, Result

_OUT: Final = "found.json"
_PATH: Final = "{out}/" + _OUT
_HIGH_S: Final = frozenset({"S102", "S307", "S501", "S502", "S506", "S602", "S604", "S605", "S701"})
"""ruff does not grade: those of its rules that a reviewer would not let pass."""

Names = Mapping[str, str]
"""Name of a file beside the tree → its path in the repository."""


@dataclass(frozen=True)
class Analyser:
    """One tool over text."""

    name: str
    arguments: Callable[[list[str]], tuple[str, ...]]
    read: Callable[[Any, Names], list[Issue]]

    def command(self, program: Program, files: Mapping[str, bytes], rules: bytes | None) -> Command:
        """The command over files that are laid beside the tree."""
        more = {"rules.yml": rules} if rules else {}
        return Command(
            argv=(program.path, *self.arguments([f"{{in}}/{name}" for name in files])),
            files={**files, **more},
            mounts=program.mounts,
            cwd=".",
            timeout=300,
            collect=True,
        )

    def issues(self, result: Result, names: Names) -> list[Issue] | None:
        """What it found; None when it did not work."""
        try:
            return self.read(json.loads(result.files.get(_OUT, b"")), names)
        except (ValueError, KeyError, TypeError):
            return None


def _bandit(files: list[str]) -> tuple[str, ...]:
    return ("--quiet", "--exit-zero", "--ignore-nosec", "--format", "json", "--output", _PATH, *files)


def _ruff(files: list[str]) -> tuple[str, ...]:
    plain = ("--isolated", "--no-cache", "--no-fix", "--exit-zero", "--ignore-noqa", "--select", "S")
    return ("check", *plain, "--output-format", "json", "--output-file", _PATH, "--", *files)


def _semgrep(files: list[str]) -> tuple[str, ...]:
    plain = ("--metrics=off", "--disable-version-check", "--disable-nosem", "--no-git-ignore", "--quiet")
    return ("scan", *plain, "--config", "{in}/rules.yml", "--json", "--output", _PATH, *files)


def _read_bandit(told: Any, names: Names) -> list[Issue]:
    return [
        Issue(
            names[_last(one["filename"])],
            one["line_number"],
            one["test_id"],
            one["issue_text"],
            Severity[one["issue_severity"]]
            if one["issue_severity"] in Severity.__members__
            else Severity.LOW,
        )
        for one in told["results"]
    ]


def _read_ruff(told: Any, names: Names) -> list[Issue]:
    return [
        Issue(
            names[_last(one["filename"])],
            one["location"]["row"],
            one["code"],
            one["message"],
            Severity.HIGH if one["code"] in _HIGH_S else Severity.MEDIUM,
        )
        for one in told
        if str(one.get("code") or "").startswith("S")
    ]


def _read_semgrep(told: Any, names: Names) -> list[Issue]:
    grades = {"ERROR": Severity.HIGH, "HIGH": Severity.HIGH, "CRITICAL": Severity.HIGH, "INFO": Severity.LOW}
    return [
        Issue(
            names[_last(one["path"])],
            one["start"]["line"],
            one["check_id"].split(".")[-1],
            one["extra"]["message"],
            grades.get(one["extra"].get("severity", ""), Severity.MEDIUM),
        )
        for one in told["results"]
    ]


def _last(path: str) -> str:
    return path.rsplit("/", 1)[-1]


BANDIT: Final = Analyser("bandit", _bandit, _read_bandit)
RUFF: Final = Analyser("ruff", _ruff, _read_ruff)
SEMGREP: Final = Analyser("semgrep", _semgrep, _read_semgrep)
