"""dependencies: what a manifest or lockfile newly brings in, its licences, and what is known against it.

A known vulnerability in an added or changed version rejects the change; additions, open versions and
addresses outside the registry warn. Names are compared with those already there, for look-alikes.
"""

import asyncio
import difflib
import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from email.parser import HeaderParser
from typing import Final

from jobs.checks import advisories
from jobs.checks.changes import SourceChange
from jobs.checks.context import CheckContext
from jobs.checks.manifests import PYPI, Package, is_lock, is_manifest, packages
from jobs.domain.verdict import Check, CheckStatus, Finding

NAME: Final = "dependencies"
NEEDS: Final = ("programs",)
MAX_FINDINGS: Final = 60

_ALIKE: Final = 0.86
_COPYLEFT: Final = re.compile(r"(?i)\b(?:A|L)?GPL|GNU (?:Affero|Lesser|General)|SSPL|BUSL|Commons Clause")


@dataclass(frozen=True)
class Change:
    """One package that a file names differently now."""

    path: str
    line: int | None
    before: Package | None
    after: Package | None


async def check(ctx: CheckContext) -> Check:
    """Compare every changed manifest and lockfile with the target base's."""
    files = [one for one in ctx.changes if is_manifest(one.path)]
    if not files:
        return Check(name=NAME, status=CheckStatus.SKIPPED, summary="No manifest or lockfile is changed.")
    found: list[Finding] = [one for file in files for one in _unreadable(file)]
    changes = [one for file in files for one in _changes(file)]
    if not changes and not found:
        return Check(name=NAME, status=CheckStatus.PASSED, summary="The same packages as before.")
    known = {package.name for file in files for package in packages(file.path, file.text()[0]) or ()}
    licences = _licences(ctx, changes)
    vulnerable, told = await asyncio.to_thread(_vulnerable, ctx, changes)
    described = [_described(one, known, licences) for one in changes]
    findings = (*vulnerable, *sorted(described + found, key=lambda one: one.rule == "removed"))
    doubtful = vulnerable or any(one.rule != "removed" for one in described) or found
    failed, warned = CheckStatus.FAILED, CheckStatus.WARNING
    return Check(
        name=NAME,
        status=failed if vulnerable else warned if doubtful else CheckStatus.PASSED,
        summary=f"{_counted(changes)}. {told}",
        findings=findings[:MAX_FINDINGS],
    )


def _changes(file: SourceChange) -> Iterator[Change]:
    before, after = file.text()
    old, new = packages(file.file.old_path or file.path, before) or (), packages(file.path, after) or ()
    gone, come = set(old) - set(new), set(new) - set(old)
    lines = after.splitlines()
    for package in sorted(come, key=lambda one: (one.name, one.version)):
        known = next((one for one in gone if one.name == package.name), None)
        gone -= {known} if known else set()
        yield Change(file.path, _line(lines, package), known, package)
    for package in sorted(gone, key=lambda one: one.name):
        if not any(one.name == package.name for one in new):
            yield Change(file.path, None, package, None)


def _line(lines: list[str], package: Package) -> int | None:
    name = "[-_.]".join(map(re.escape, package.name.split("-")))
    spelled = re.compile(rf"(?i)(?<![\w-]){name}(?![\w-])")
    named = [at for at, line in enumerate(lines, 1) if spelled.search(line)]
    exact = [at for at in named if package.version and package.version in "\n".join(lines[at - 1 : at + 2])]
    return next(iter(exact or named), None)


def _unreadable(file: SourceChange) -> Iterator[Finding]:
    if file.after is not None and packages(file.path, file.text()[1]) is None:
        yield Finding(
            rule="unreadable", text="This file cannot be read; look at it yourself.", path=file.path
        )


def _described(change: Change, known: Iterable[str], licences: dict[str, str]) -> Finding:
    before, after = change.before, change.after
    if after is None:
        text = f"{before.name if before else ''} is no longer named."
        return Finding(rule="removed", text=text, path=change.path)
    rule, text = _rule(change, after, before, known)
    licence = licences.get(after.name)
    if licence and after.ecosystem == PYPI:
        text += f" Licence: {licence}."
        if rule in ("added", "upgraded") and _COPYLEFT.search(licence):
            rule = "licence"
    return Finding(rule=rule, text=text, path=change.path, line=change.line)


def _rule(change: Change, after: Package, before: Package | None, known: Iterable[str]) -> tuple[str, str]:
    name = f"{after.name} {after.version}".strip()
    if after.source:
        return "address", f"{name} comes from an address, not from the registry: {_host(after.source)}."
    if before is not None and (before.version or after.version):
        verb = "changes from" if before.version else "is pinned, was open:"
        return "upgraded", f"{after.name} {verb} {before.version} to {after.version or 'any version'}."
    if before is not None:
        return "upgraded", f"{after.name} is named differently."
    alike = difflib.get_close_matches(after.name, [one for one in known if one != after.name], 1, _ALIKE)
    if alike:
        return "look-alike", f"{name} is new and named almost like {alike[0]}, which was there before."
    if not after.version and is_lock(change.path):
        return "unpinned", f"{name} is new, without a version."
    return "added", f"{name} is new{'' if after.version else ', in any version that its range allows'}."


def _host(source: str) -> str:
    """The address without what may be a credential in it."""
    return re.sub(r"//[^/@\s]*@", "//", source)[:120]


def _licences(ctx: CheckContext, changes: list[Change]) -> dict[str, str]:
    names = [one.after.name for one in changes if one.after is not None and one.after.ecosystem == PYPI]
    found = {}
    for name, text in ctx.trials.programs.metadata(names).items():
        headers = HeaderParser().parsestr(text)
        line = headers.get("License-Expression") or _classified(headers.get_all("Classifier", []))
        line = line or (headers.get("License") or "").partition("\n")[0]
        if line and line != "UNKNOWN":
            found[name] = line[:80]
    return found


def _classified(classifiers: list[str]) -> str:
    licences = [one.rsplit(" :: ", 1)[-1] for one in classifiers if one.startswith("License :: ")]
    return ", ".join(licences)


def _vulnerable(ctx: CheckContext, changes: list[Change]) -> tuple[list[Finding], str]:
    """Findings, and a sentence on what was looked at."""
    source = ctx.settings.advisories
    if source is None:
        return [], "Known vulnerabilities: not available, the operator names no advisory source."
    exact = [(one, one.after) for one in changes if one.after is not None and one.after.version]
    names = frozenset((package.ecosystem, package.name) for _, package in exact)
    try:
        known = advisories.load(source, names)
    except advisories.UnreadableError as error:
        return [], f"Known vulnerabilities: not available, {error}."
    findings = []
    for change, package in exact:
        for one in advisories.matching(package, known.get((package.ecosystem, package.name), [])):
            remedy = f" Fixed in {one.fixed}." if one.fixed else ""
            text = f"{package.name} {package.version} is vulnerable, {one.id}: {one.summary}{remedy}"
            findings.append(Finding(rule="vulnerable", text=text, path=change.path, line=change.line))
    return findings, f"{len(findings)} known vulnerabilities." if findings else "No known vulnerability."


def _counted(changes: list[Change]) -> str:
    added = sum(one.before is None for one in changes)
    removed = sum(one.after is None for one in changes)
    return f"{added} added, {len(changes) - added - removed} changed, {removed} removed"
