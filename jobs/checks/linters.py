"""Linters and type checkers of Python: which ones a repository configures, how to run them, what they say."""

import json
import re
import tomllib
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any, Final

from jobs.checks.issues import Issue
from jobs.checks.programs import Program
from jobs.ports import Command, Result

SETTINGS: Final = (
    *("pyproject.toml", "setup.cfg", "tox.ini", "ruff.toml", ".ruff.toml", ".flake8", ".pylintrc"),
    *("pylintrc", "mypy.ini", ".mypy.ini", "pyrightconfig.json"),
)
"""Files at the root in which tools are configured."""

_FOUND: Final = "found.txt"
_PATH: Final = "{out}/" + _FOUND
_LINE: Final = re.compile(
    r"^(?P<path>[^\s:][^:\n]*\.pyi?):(?P<line>\d+):(?:\d+:)? error: (?P<text>.*?)"
    r"(?:  \[(?P<rule>[\w-]+)\])?$",
    re.MULTILINE,
)
_FLAKE: Final = re.compile(r"^(?P<path>.+?):(?P<line>\d+):\d+: (?P<rule>\w+) (?P<text>.*)$", re.MULTILINE)

Settings = Mapping[str, str]
"""File at the root of the target base → its text."""


@dataclass(frozen=True)
class Tool:
    """One analyser."""

    name: str
    """The program's name."""
    configured: Callable[[Settings], bool]
    """Whether the repository has settings for it."""
    arguments: Callable[[Settings, tuple[str, ...]], tuple[str, ...]]
    """Its arguments for some files."""
    read: Callable[[Result], list[Issue] | None]
    """What it reports; None when it did not work."""

    def command(self, program: Program, settings: Settings, files: tuple[str, ...]) -> Command:
        """The command for the sandbox."""
        return Command(
            argv=(program.path, *self.arguments(settings, files)),
            mounts=program.mounts,
            timeout=300,
            output_limit=8_000_000,
            collect=True,
        )

    def spelled(self, settings: Settings, files: tuple[str, ...]) -> str:
        """As a person would type it."""
        named = [one for one in self.arguments(settings, files) if one in files]
        middle = ("check",) if self.name == "ruff" else ()
        return " ".join((self.name, *middle, *named))


@dataclass(frozen=True)
class Traces:
    """Where settings of one tool may stand."""

    files: tuple[str, ...]
    """Files of its own."""
    table: str
    """Its table under [tool] in pyproject.toml."""
    section: str = ""
    """Its section in setup.cfg and tox.ini, or empty."""

    def __call__(self, settings: Settings) -> bool:
        """Whether there are any."""
        if any(file in settings for file in self.files):
            return True
        headed = [("pyproject.toml", rf"tool\.{self.table}")]
        headed += [(file, self.section) for file in ("setup.cfg", "tox.ini") if self.section]
        return any(
            re.search(rf"^\[+{name}[\].]", settings.get(file, ""), re.MULTILINE) for file, name in headed
        )


def _ruff(_settings: Settings, files: tuple[str, ...]) -> tuple[str, ...]:
    plain = ("--no-cache", "--no-fix", "--exit-zero", "--force-exclude", "--ignore-noqa")
    return ("check", *plain, "--output-format", "json", "--output-file", _PATH, "--", *files)


def _flake8(_settings: Settings, files: tuple[str, ...]) -> tuple[str, ...]:
    form = "%(path)s:%(row)d:%(col)d: %(code)s %(text)s"
    return ("--exit-zero", "--disable-noqa", f"--format={form}", f"--output-file={_PATH}", "--", *files)


def _pylint(_settings: Settings, files: tuple[str, ...]) -> tuple[str, ...]:
    return ("--exit-zero", "--output-format=json", f"--output={_PATH}", "--jobs=1", "--", *files)


def _mypy(settings: Settings, files: tuple[str, ...]) -> tuple[str, ...]:
    shown = ("--no-error-summary", "--no-color-output", "--no-pretty", "--hide-error-context")
    plain = (*shown, "--show-error-codes", "--cache-dir=/dev/null")
    return plain if _names_its_files(settings) else (*plain, "--", *files)


def _pyright(_settings: Settings, files: tuple[str, ...]) -> tuple[str, ...]:
    return ("--outputjson", *files)


def _names_its_files(settings: Settings) -> bool:
    """True when mypy's settings say what is to be checked, so that callers elsewhere are checked too."""
    try:
        table = tomllib.loads(settings.get("pyproject.toml", "")).get("tool", {}).get("mypy", {})
    except tomllib.TOMLDecodeError:
        table = {}
    if {"files", "packages", "modules"} & set(table):
        return True
    pattern = re.compile(r"^\[mypy\][^\[]*?^(?:files|packages|modules)\s*=", re.MULTILINE | re.DOTALL)
    return any(pattern.search(settings.get(name, "")) for name in ("mypy.ini", ".mypy.ini", "setup.cfg"))


def _read_ruff(result: Result) -> list[Issue] | None:
    rows = _rows(result.files.get(_FOUND))
    if rows is None:
        return None
    return [
        Issue(_inner(one["filename"]), one["location"]["row"], one.get("code") or "syntax", one["message"])
        for one in rows
    ]


def _read_pylint(result: Result) -> list[Issue] | None:
    rows = _rows(result.files.get(_FOUND))
    if rows is None:
        return None
    return [Issue(_inner(one["path"]), one["line"] or 1, one["symbol"], one["message"]) for one in rows]


def _read_flake8(result: Result) -> list[Issue] | None:
    content = result.files.get(_FOUND)
    if content is None:
        return None if result.exit_code else []
    found = _FLAKE.finditer(content.decode("utf-8", "replace"))
    return [Issue(_inner(one["path"]), int(one["line"]), one["rule"], one["text"]) for one in found]


def _read_mypy(result: Result) -> list[Issue] | None:
    issues = [
        Issue(_inner(one["path"]), int(one["line"]), one["rule"] or "error", one["text"])
        for one in _LINE.finditer(result.output)
    ]
    return issues if result.exit_code == 0 or (issues and result.exit_code in (1, 2)) else None


def _read_pyright(result: Result) -> list[Issue] | None:
    start, end = result.output.find("{"), result.output.rfind("}")
    try:
        told = json.loads(result.output[start : end + 1])["generalDiagnostics"]
        return [
            Issue(
                _inner(one["file"]),
                one["range"]["start"]["line"] + 1,
                one.get("rule", "error"),
                one["message"],
            )
            for one in told
            if one["severity"] == "error"
        ]
    except (ValueError, KeyError, TypeError):
        return None


def _rows(content: bytes | None) -> list[Any] | None:
    try:
        rows = json.loads(content or b"")
    except ValueError:
        return None
    return rows if isinstance(rows, list) else None


def _inner(path: str) -> str:
    return path.removeprefix("/code/").removeprefix("./")


LINTERS: Final = (
    Tool("ruff", Traces(("ruff.toml", ".ruff.toml"), "ruff"), _ruff, _read_ruff),
    Tool("flake8", Traces((".flake8",), "flake8", "flake8"), _flake8, _read_flake8),
    Tool("pylint", Traces((".pylintrc", "pylintrc"), "pylint", "pylint"), _pylint, _read_pylint),
)
"""Linters we know."""
CHECKERS: Final = (
    Tool("mypy", Traces(("mypy.ini", ".mypy.ini"), "mypy", "mypy"), _mypy, _read_mypy),
    Tool("pyright", Traces(("pyrightconfig.json",), "pyright"), _pyright, _read_pyright),
    Tool("basedpyright", Traces((), "basedpyright"), _pyright, _read_pyright),
)
"""Type checkers we know."""
