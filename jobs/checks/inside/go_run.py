"""Runs `go test -json` and writes a JUnit report and the list of tests that were started.

Usage: go_run.py SETTINGS.json FOLDER. Ids are `folder/file_test.go::TestName`.
"""

import json
import re
import subprocess
import sys
from collections.abc import Iterable
from pathlib import Path
from xml.etree.ElementTree import Element, ElementTree, SubElement

_FUNCTION = re.compile(r"^func ((?:Test|Example|Fuzz)\w*)\(", re.MULTILINE)
_MISSING = re.compile(r"undefined: (?:\w+\.)?(\w+)|has no field or method (\w+)")
_FRAME = re.compile(r"^\t(/\S+\.go):\d+", re.MULTILINE)
_BLOCK = re.compile(r"^(.+\.go):(\d+)\.\d+,(\d+)\.\d+ \d+ (\d+)$", re.MULTILINE)
_REFUSED = re.compile(r"^FAIL\s+(\S+) \[(?:build|setup) failed\]")
_PROFILE = "/tmp/cover.out"
_ODD = re.compile(r"[^\t\n\r\x20-\ud7ff\ue000-\ufffd]")


class Cases:
    """Turns go's events into testcase elements."""

    def __init__(self, module: str, *, quiet: bool = False) -> None:
        self.module = module
        self.quiet = quiet
        self.suite = Element("testsuite", name="go")
        self.started: list[str] = []
        self.printed: dict[tuple[str, str], str] = {}
        self.failed_packages: dict[str, str] = {}
        self.failed = False
        self.compiled = ""

    def compiler(self, line: str) -> dict[str, str]:
        """What the compiler prints between the events, as an event of the package it speaks of."""
        if line.startswith("# "):
            self.compiled = line.split()[1]
        refused = _REFUSED.match(line)
        if refused:
            return {"Action": "fail", "Package": refused[1]}
        return {"Action": "output", "Package": self.compiled, "Output": line}

    def take(self, event: dict[str, str]) -> None:
        """One event."""
        package, test = event.get("Package") or event.get("ImportPath", ""), event.get("Test", "")
        action = event.get("Action", "")
        if action in ("output", "build-output"):
            said = event.get("Output", "")
            if not self.quiet:
                sys.stdout.write(said)
            key = (package.partition(" ")[0], test)
            self.printed[key] = self.printed.get(key, "") + said
        elif action == "run":
            self.started.append(self._id(package, test))
        elif action in ("pass", "fail", "skip") and test:
            self._case(self._id(package, test), action, self.printed.get((package, test), ""))
        elif action == "fail":
            self.failed_packages[package] = self.printed.get((package, ""), "")

    def close(self) -> None:
        """A package that cannot be built fails as each of its test files."""
        known = {one.get("name", "").partition("::")[0] for one in self.suite}
        for package, said in self.failed_packages.items():
            files = [str(one) for one in sorted(Path(self._folder(package)).glob("*_test.go"))]
            if not known & set(files):
                for path in files:
                    self._case(path, "error", said)

    def _case(self, name: str, action: str, said: str) -> None:
        case = SubElement(self.suite, "testcase", name=name)
        facts = SubElement(case, "properties")
        SubElement(facts, "property", name="id", value=name)
        if action == "skip":
            SubElement(case, "skipped")
        if action in ("fail", "error"):
            self.failed = True
            SubElement(facts, "property", name="manner", value=_manner(said, built=action == "fail"))
            text = _MISSING.sub(lambda found: f"undefined: '{found[1] or found[2]}'", _ODD.sub("?", said))
            SubElement(case, "failure" if action == "fail" else "error", message=text.strip()[-600:])

    def _folder(self, package: str) -> str:
        return package.removeprefix(self.module).strip("/") or "."

    def _id(self, package: str, test: str) -> str:
        name, *inner = test.split("/", 1)
        folder = Path(self._folder(package))
        files = [one for one in sorted(folder.glob("*_test.go")) if f"func {name}(" in _text(one)]
        return "::".join((str(files[0]) if files else str(folder), name, *inner))


def _manner(said: str, *, built: bool) -> str:
    if not built:
        return "missing" if _MISSING.search(said) else "other"
    if "panic: " not in said:
        return "assertion"
    ours = [one for one in _FRAME.findall(said) if one.startswith(str(Path.cwd()))]
    return "crash" if ours and not ours[0].endswith("_test.go") else "other"


def _text(path: Path) -> str:
    return path.read_text("utf-8", "replace")


def selected(selection: list[str], canary: str) -> list[str]:
    """Arguments for the packages and the functions of some files or tests."""
    names: set[str] = set()
    folders: set[str] = set()
    for one in [*selection, *([canary] if canary else [])]:
        path, *test = one.split("::")
        folders.add("./" + str(Path(path).parent))
        names.update(test[:1] or (_FUNCTION.findall(_text(Path(path))) if Path(path).is_file() else []))
    return ["-run", f"^({'|'.join(map(re.escape, sorted(names)))})$", *sorted(folders)]


def _join_package(canary: str) -> None:
    """Gives the canary the package name of its neighbours."""
    path = Path(canary)
    for other in sorted(path.parent.glob("*.go")):
        found = re.search(r"^package (\w+)", _text(other), re.MULTILINE)
        if other.name != path.name and found:
            path.write_text(_text(path).replace("package canary", f"package {found[1]}", 1), "utf-8")
            return


def read(lines: Iterable[str], *, quiet: bool = False) -> Cases:
    """What go printed, as cases."""
    found = re.search(r"^module\s+(\S+)", _text(Path("go.mod")), re.MULTILINE)
    cases = Cases(found[1] if found else "", quiet=quiet)
    for line in lines:
        cases.take(json.loads(line) if line.startswith("{") else cases.compiler(line))
    cases.close()
    return cases


def _lines(profile: str, module: str, traced: list[str]) -> dict[str, list[int]]:
    """Lines of blocks that ran, by file; a profile names each block's first and last line."""
    found: dict[str, set[int]] = {}
    for path, first, last, count in _BLOCK.findall(profile):
        local = path.removeprefix(module).lstrip("/")
        if int(count) and (traced == ["*"] or local in traced):
            found.setdefault(local, set()).update(range(int(first), int(last) + 1))
    return {path: sorted(numbers) for path, numbers in found.items()}


def main(settings_path: str, folder: str) -> int:
    """Run what was asked for; 1 when anything fails."""
    settings = json.loads(Path(settings_path).read_text("utf-8"))
    canary = settings["canary"]
    if canary:
        _join_package(canary)
    what = selected(settings["selection"], canary) if settings["selection"] else settings["packages"]
    if canary and not settings["selection"]:
        what = [*what, "./" + str(Path(canary).parent)]
    traced = settings["traced"]
    cover = ["-coverpkg=./...", f"-coverprofile={_PROFILE}"] if traced else []
    argv = ["go", "test", "-json", "-count=1", *settings["shuffle"], *cover, *what]
    with subprocess.Popen(
        argv, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True, errors="replace"
    ) as run:
        cases = read(run.stdout or ())
    if traced and Path(_PROFILE).is_file():
        lines = json.dumps(_lines(_text(Path(_PROFILE)), cases.module, traced))
        (Path(folder) / "lines.json").write_text(lines, "utf-8")
    ElementTree(cases.suite).write(f"{folder}/report.xml", encoding="utf-8")
    (Path(folder) / "collected.json").write_text(json.dumps(cases.started), "utf-8")
    return 1 if cases.failed else run.returncode


if __name__ == "__main__":
    sys.exit(main(sys.argv[1], sys.argv[2]))
