"""Makes a git repository out of a real fix: `python -m tests.cases_fixes.build CASE FOLDER`."""

import asyncio
import difflib
import os
import shutil
import sys
import tarfile
from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import Final, Literal

import yaml

from jobs.domain.base_model import Frozen
from tests.verification import git, write

CASES: Final = Path(__file__).parent.parent / "cases" / "fixes"
NOTHING: Final = "tests/test_nothing.py"
NOTHING_NODE: Final = f"{NOTHING}::test_it_works"
_LEFT_OUT: Final = ("PKG-INFO", ".egg-info")

Hunks = tuple[int, ...] | Literal["all"]


class Release(Frozen):
    version: str
    sha256: str


class Case(Frozen):
    """case.yml."""

    project: str
    licence: str
    older: Release
    newer: Release
    fix: Mapping[str, Hunks]
    tests: Mapping[str, Hunks]
    title: str
    goal: str
    criterion: str
    acceptance: tuple[str, ...]
    suite: tuple[str, ...]


class Commits(Frozen):
    target_base: str
    gold: str
    reverted: str
    test_only: str
    assert_true: str


def names() -> list[str]:
    return sorted(path.parent.name for path in CASES.glob("*/case.yml"))


def read(name: str) -> Case:
    return Case.model_validate(yaml.safe_load((CASES / name / "case.yml").read_text("utf-8")))


async def build(case: Case, folder: Path) -> Commits:
    """The repository at folder/origin, with a branch for each variant."""
    older = await _release(case.project, case.older, folder / "older")
    newer = await _release(case.project, case.newer, folder / "newer")
    fix = {path: _without(older / path, newer / path, hunks) for path, hunks in case.fix.items()}
    tests = {path: _without(older / path, newer / path, hunks) for path, hunks in case.tests.items()}
    fixed = {path: (newer / path).read_text("utf-8") for path in fix}
    tested = {path: (newer / path).read_text("utf-8") for path in tests}
    origin = folder / "origin"
    shutil.move(newer, origin)
    await git(origin, "init", "-q", "-b", "main")
    base = await _commit(origin, {**fix, **tests}, "target base")
    gold = await _branch(origin, "gold", base, {**fixed, **tested})
    reverted = await _branch(origin, "reverted", gold, fix)
    test_only = await _branch(origin, "test_only", base, tested)
    nothing = {NOTHING: "def test_it_works():\n    assert True\n"}
    assert_true = await _branch(origin, "assert_true", base, {**fixed, **nothing})
    await git(origin, "checkout", "-q", "main")
    return Commits(
        target_base=base, gold=gold, reverted=reverted, test_only=test_only, assert_true=assert_true
    )


async def _release(project: str, release: Release, folder: Path) -> Path:
    """The unpacked source distribution; pip refuses one whose hash differs."""
    pinned = _pinned(project, release, folder)
    process = await asyncio.create_subprocess_exec(
        *(sys.executable, "-m", "pip", "download", "--quiet", "--disable-pip-version-check", "--no-deps"),
        *("--no-binary", project, "--require-hashes", "--requirement", str(pinned), "--dest", str(folder)),
        env={name: value for name, value in os.environ.items() if name != "PYTHONPATH"},
        stderr=asyncio.subprocess.PIPE,
    )
    _, said = await process.communicate()
    if process.returncode != 0:
        raise OSError(said.decode(errors="replace")[-2000:])
    return _unpacked(folder)


def _pinned(project: str, release: Release, folder: Path) -> Path:
    folder.mkdir(parents=True)
    pinned = folder / "requirements.txt"
    pinned.write_text(f"{project}=={release.version} --hash=sha256:{release.sha256}\n", "utf-8")
    return pinned


def _unpacked(folder: Path) -> Path:
    with tarfile.open(next(folder.glob("*.tar.gz"))) as archive:
        archive.extractall(folder / "unpacked", filter="data")
    tree = next((folder / "unpacked").iterdir())
    for path in sorted(tree.rglob("*"), reverse=True):
        if path.name.endswith(_LEFT_OUT):
            shutil.rmtree(path) if path.is_dir() else path.unlink()
    return tree


def _without(older: Path, newer: Path, hunks: Hunks) -> str:
    """The newer file with some hunks as they were in the older one."""
    old = older.read_text("utf-8").splitlines(keepends=True)
    new = newer.read_text("utf-8").splitlines(keepends=True)
    groups = list(difflib.SequenceMatcher(a=old, b=new, autojunk=False).get_grouped_opcodes(3))
    wanted: Iterable[int] = range(1, len(groups) + 1) if hunks == "all" else hunks
    result = list(new)
    for number in sorted(wanted, reverse=True):
        first, last = groups[number - 1][0], groups[number - 1][-1]
        result[first[3] : last[4]] = old[first[1] : last[2]]
    return "".join(result)


async def _branch(origin: Path, name: str, start: str, files: Mapping[str, str]) -> str:
    await git(origin, "checkout", "-q", "-b", name, start)
    return await _commit(origin, files, name)


async def _commit(origin: Path, files: Mapping[str, str], message: str) -> str:
    write(origin, files)
    await git(origin, "add", "--all", "--force")
    await git(origin, "commit", "-q", "-m", message)
    return await git(origin, "rev-parse", "HEAD")


if __name__ == "__main__":
    sys.stdout.write(
        asyncio.run(build(read(sys.argv[1]), Path(sys.argv[2]))).model_dump_json(indent=2) + "\n"
    )
