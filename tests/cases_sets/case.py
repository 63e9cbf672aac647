"""One case: a target base, a change to it, the tests named as proof, and what must be said of it."""

import base64
import shutil
from collections.abc import Mapping
from pathlib import Path
from typing import Final, Literal, Self

import yaml
from pydantic import Field, JsonValue, model_validator

from jobs.domain.base_model import Frozen
from jobs.domain.spec import Spec
from jobs.domain.verdict import VerdictStatus
from tests.verification import Workshop, git, write

CASES: Final = Path(__file__).parent.parent / "cases"
_SPLIT: Final = "<+>"
"""Stands inside credentials of the cases, so that no scanner of this repository takes them for real ones."""

PAIRS: Final = {
    "fix": ("ROUND_HALF_EVEN", "ROUND_HALF_UP"),
    "broken": ("return number * 2", "return number * 3"),
}
PROOF_NODE: Final = "tests/test_half.py::test_half_up"
PROOF: Final = {
    "tests/test_half.py": (
        'from billing import total\n\n\ndef test_half_up():\n    assert str(total("2.665")) == "2.67"\n'
    )
}


class Change(Frozen):
    """What is done to the target base."""

    files: Mapping[str, str | None] = {}
    """Path → text; null deletes it."""
    replace: Mapping[str, tuple[tuple[str, str], ...]] = {}
    """Path → (old, new) pairs; every old text must be there."""
    append: Mapping[str, str] = {}
    """Path → text put at its end."""
    move: Mapping[str, str] = {}
    """Old path → new path, before anything else."""
    binary: Mapping[str, str] = {}
    """Path → base64."""
    links: Mapping[str, str] = {}
    """Path → where a symbolic link points."""
    gitlinks: tuple[str, ...] = ()
    """Paths of submodules."""
    executable: tuple[str, ...] = ()
    """Paths that become programs."""
    big: Mapping[str, int] = {}
    """Path → number of generated lines."""


class Expected(Frozen):
    """What must come out."""

    verdict: tuple[VerdictStatus, ...]
    """Any of these."""
    check: str = ""
    """The check that must speak; empty for the evidence alone."""
    rules: tuple[str, ...] = ()
    """Rules of that check, all of which must be among its findings."""
    summary: str = ""
    """Text of that check's summary."""
    reason: str = ""
    """Text of the first criterion's reason."""


class Case(Frozen):
    """A case's file."""

    title: str
    """What is tried, as a sentence."""
    program: str = "billing"
    """Folder of the target base in cases/programs."""
    base: Change = Change()
    """What the target base has besides."""
    kind: str = "bugfix"
    """Kind of the spec."""
    spec: Mapping[str, JsonValue] = {}
    """More fields of the spec."""
    tests: tuple[str, ...] = ()
    """Node ids that the engine names for AC1."""
    asked: tuple[str, ...] = ()
    """Node ids that the spec itself names for AC1."""
    pytest: bool = True
    """False: the environment has the standard library only."""
    parts: tuple[Literal["fix", "proof", "broken"], ...] = Field(default=(), alias="with")
    """Usual parts of a change: the right fix, its test (named as proof), a fault in another function."""
    change: Change
    """The change, after its usual parts."""
    expect: Expected
    """What must be said of it."""

    @model_validator(mode="after")
    def _one_author(self) -> Self:
        if self.tests and (self.asked or "proof" in self.parts):
            raise ValueError("tests are named once: by the engine, by the spec, or with the part `proof`")
        return self

    @property
    def named(self) -> tuple[str, ...]:
        """The tests that the engine names."""
        return (PROOF_NODE,) if "proof" in self.parts and not self.asked else self.tests

    def usual(self) -> Change:
        """The usual parts as a change."""
        pairs = [PAIRS[one] for one in self.parts if one in PAIRS]
        return Change(
            files=PROOF if "proof" in self.parts else {},
            replace={"billing.py": tuple(pairs)} if pairs else {},
        )

    def wanted(self) -> Spec:
        """The spec, with one criterion."""
        criterion: dict[str, object] = {"id": "AC1", "text": "Half a cent is rounded up"}
        if self.asked:
            criterion["proof"] = {"tests": self.asked}
        facts: dict[str, object] = {
            "kind": self.kind,
            "title": "Round half up",
            "repository": "shop/billing",
            "goal": "Finance expects amounts to be rounded half up",
            "criteria": [criterion],
        }
        return Spec.model_validate({**facts, **self.spec})


def read(path: Path) -> Case:
    """A case's file."""
    return Case.model_validate(yaml.safe_load(path.read_text("utf-8").replace(_SPLIT, "")))


def found(which: Literal["tamper", "honest"]) -> list[Path]:
    """Every case of a set."""
    return sorted((CASES / which).glob("*.yml"))


async def commits(case: Case, shop: Workshop) -> tuple[str, str]:
    """Target base and head, as commits of the workshop's repository."""
    program = CASES / "programs" / case.program
    files = {
        path.relative_to(program).as_posix(): path.read_text("utf-8")
        for path in sorted(program.rglob("*"))
        if path.is_file() and path.suffix != ".pyc"
    }
    base = await _commit(shop, Change(files=files), on=None)
    if case.base != Change():
        base = await _commit(shop, case.base, on=base)
    return base, await _commit(shop, case.usual(), case.change, on=base)


async def _commit(shop: Workshop, *changes: Change, on: str | None) -> str:
    origin = shop.folder / "origin"
    if not origin.exists():
        await git(shop.folder, "init", "-q", "-b", "main", "origin")
        await git(origin, "commit", "-q", "--allow-empty", "-m", "start")
        await git(origin, "branch", "start")
    await git(origin, "checkout", "-q", "--force", "--detach", on or "start")
    await git(origin, "clean", "-qfdx")
    for change in changes:
        apply(change, origin)
    await git(origin, "-c", "core.autocrlf=false", "add", "-A", "-f")
    for path in [one for change in changes for one in change.gitlinks]:
        await git(origin, "update-index", "--add", "--cacheinfo", f"160000,{'1' * 40},{path}")
    await git(origin, "commit", "-q", "--allow-empty", "-m", "change")
    sha = await git(origin, "rev-parse", "HEAD")
    await git(origin, "branch", "-f", f"at-{sha}", sha)
    return sha


def apply(change: Change, folder: Path) -> None:
    """Do to a folder what a change says."""
    for old, new in change.move.items():
        (folder / new).parent.mkdir(parents=True, exist_ok=True)
        shutil.move(folder / old, folder / new)
    write(folder, change.files)
    for path, pairs in change.replace.items():
        text = (folder / path).read_bytes().decode()
        for old, new in pairs:
            assert old in text, (path, old)
            text = text.replace(old, new)
        (folder / path).write_bytes(text.encode())
    for path, more in change.append.items():
        (folder / path).write_text((folder / path).read_text("utf-8") + more, "utf-8")
    for path, encoded in change.binary.items():
        (folder / path).parent.mkdir(parents=True, exist_ok=True)
        (folder / path).write_bytes(base64.b64decode(encoded))
    for path, count in change.big.items():
        rows = (f"{number},{number * number}\n" for number in range(count))
        (folder / path).write_text("".join(rows), "utf-8")
    for path, target in change.links.items():
        (folder / path).unlink(missing_ok=True)
        (folder / path).symlink_to(target)
    for path in change.executable:
        (folder / path).chmod(0o755)
