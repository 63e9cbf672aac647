"""Added lines that policy refuses: sources of packages, programs of a build, names that look like others."""

import re
from collections.abc import Iterator
from pathlib import PurePosixPath
from typing import Final

from jobs.checks.context import CheckContext
from jobs.checks.diff import added_lines
from jobs.domain.verdict import Finding

_REQUIREMENTS: Final = re.compile(r"(?:requirements|constraints)[^/]*\.(?:txt|in)$")
_INDEX: Final = re.compile(
    r"^\s*(?:--?(?:extra-)?index-url|-i\s|--find-links|-f\s|--trusted-host)|@\s*(?:https?|git\+|file:)|^\s*(?:git\+|https?:)"
)
_SOURCES: Final = re.compile(
    r"\[\[?tool\.(?:uv\.(?:index|sources)|poetry\.source|pdm\.source)|^\s*(?:extra-)?index-url\s*="
)
_BACKEND: Final = re.compile(
    r"^\s*(?:backend-path\s*=|build-backend\s*=\s*[\"'](?!hatchling|setuptools|flit|poetry|pdm|maturin|"
    r"uv_build|mesonpy|scikit_build))"
)
_LIFECYCLE: Final = re.compile(r"\"(?:pre|post)?(?:install|prepare|prepack|publish)\"\s*:")
_SETUP: Final = re.compile(
    r"\bcmdclass\b|\bsetuptools\.command\b|\bos\.system\b|\bsubprocess\b|\burllib\b|\bexec\("
)
_LOOKALIKE: Final = (
    "\u0430\u0435\u043e\u0440\u0441\u0443\u0445\u0456\u0458\u0455\u0501\u04bb\u0261\u0251"
    "\u03bf\u03bd\u0410\u0412\u0415\u041a\u041c\u041d\u041e\u0420\u0421\u0422\u0425\u0391"
    "\u0392\u0395\u0396\u0397\u0399\u039a\u039c\u039d\u039f\u03a1\u03a4\u03a7"
)
_MIXED: Final = re.compile(f"\\w*[A-Za-z]\\w*[{_LOOKALIKE}]\\w*|\\w*[{_LOOKALIKE}]\\w*[A-Za-z]\\w*")

_ANY: Final = re.compile(f"[{_LOOKALIKE}]")
_PROSE: Final = (".md", ".rst", ".txt", ".po", ".adoc", ".html")


def found(ctx: CheckContext) -> Iterator[Finding]:
    """Findings, each of which rejects the change."""
    for line in added_lines(ctx.patch.diff):
        name = PurePosixPath(line.path).name
        rule, text = _of(name, line.text)
        if not rule and not name.endswith(_PROSE) and _ANY.search(line.text) and _MIXED.search(line.text):
            rule, text = "homoglyph", "A word mixes letters of two scripts that look alike."
        if rule:
            yield Finding(rule=rule, text=text, path=line.path, line=line.number)
    for file in ctx.patch.files:
        if _MIXED.search(file.path):
            text = "The file's name mixes letters of two scripts that look alike."
            yield Finding(rule="homoglyph", text=text, path=file.path)


def _of(name: str, text: str) -> tuple[str, str]:
    if (_REQUIREMENTS.search(name) and _INDEX.search(text)) or (
        name == "pyproject.toml" and _SOURCES.search(text)
    ):
        return "registry", "Decides where packages come from."
    hooks = {"pyproject.toml": _BACKEND, "package.json": _LIFECYCLE, "setup.py": _SETUP}
    if name in hooks and hooks[name].search(text):
        return "build-hook", "Runs a program of this change when the project is built or installed."
    return "", ""
