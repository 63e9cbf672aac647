"""Readings and questions on labelled diffs: precision and recall of what is ours, not of a model.

tests/cases/diffs holds a change, what a reader of it said, and what should follow. Thresholds and inputs were
chosen with the tuning half alone; the figures are those of the other half. The half is decided by the name.
"""

import asyncio
import difflib
import hashlib
import json
import subprocess
import sys
import tempfile
from collections.abc import Iterable
from pathlib import Path
from typing import Literal

import yaml

from jobs.checks.boundaries import differences
from jobs.checks.boundary_functions import callables
from jobs.checks.changes import SourceChange
from jobs.checks.public import public
from jobs.checks.readback.compare import Touched, disagreements
from jobs.checks.readback.reading import Claim, Reading
from jobs.checks.toolchains.python import inside
from jobs.domain.base_model import Frozen
from jobs.domain.patch import ChangeStatus, FileChange
from jobs.domain.spec import Spec

CASES = Path(__file__).resolve().parent.parent / "tests" / "cases" / "diffs"
PATH = "src/shop.py"
"""The file of every case."""

Half = Literal["tuning", "held out"]


class Case(Frozen):
    """One labelled diff."""

    name: str
    """File name."""
    about: str
    """What it shows."""
    spec: Spec
    """What was asked for."""
    before: str
    """The module on the target base."""
    after: str
    """The module on the head."""
    reading: Reading
    """What a reader of the change said."""
    readback: frozenset[str]
    """Rules of the findings that should follow."""
    boundaries: bool
    """Whether some input gives something else."""

    @property
    def half(self) -> Half:
        """Decided by the name."""
        return "held out" if hashlib.sha256(self.name.encode()).digest()[0] % 2 else "tuning"

    @property
    def diff(self) -> str:
        """As git shows it."""
        lines = difflib.unified_diff(
            self.before.splitlines(True), self.after.splitlines(True), f"a/{PATH}", f"b/{PATH}"
        )
        return "".join(lines)


def main() -> None:
    """Print what the half gives that was not used for tuning; `--tuning` names each miss of the other."""
    tuning = "--tuning" in sys.argv
    cases = [one for one in load() if (one.half == "tuning") is tuning]
    said = [(one.readback, found_by_reading(one)) for one in cases]
    _rows("readback", said)
    asked = asyncio.run(_all_questions(cases))
    labels = [frozenset({"question"}) if one.boundaries else frozenset[str]() for one in cases]
    questions = list(zip(labels, asked, strict=True))
    _rows("boundaries", questions)
    if tuning:
        for case, (label, found), (there, here) in zip(cases, said, questions, strict=True):
            if label != found or there != here:
                print(case.name, "readback", sorted(label ^ found), "boundaries", sorted(there ^ here))


def load() -> tuple[Case, ...]:
    """Every case, by name."""
    return tuple(_case(path) for path in sorted(CASES.glob("*.yml")))


def found_by_reading(case: Case) -> frozenset[str]:
    """The rules that our comparison finds."""
    names = frozenset(one.name.rpartition(".")[2] for one in public(case.before).values())
    touched = Touched(paths=frozenset({PATH}), public=names)
    return frozenset(one.rule for one in disagreements(case.reading, case.spec, touched))


def score(pairs: Iterable[tuple[frozenset[str], frozenset[str]]]) -> tuple[int, int, int]:
    """Found and right, found in all, right in all."""
    pairs = list(pairs)
    return (
        sum(len(label & found) for label, found in pairs),
        sum(len(found) for _, found in pairs),
        sum(len(label) for label, _ in pairs),
    )


def _rows(name: str, pairs: list[tuple[frozenset[str], frozenset[str]]]) -> None:
    right, found, there = score(pairs)
    shares = f"precision {_share(right, found)}, recall {_share(right, there)}"
    print(f"{name} on {len(pairs)} labelled diffs: {shares}")


def _share(right: int, of: int) -> str:
    return f"{right / of:.2f} ({right} of {of})" if of else "none"


async def _all_questions(cases: list[Case]) -> list[frozenset[str]]:
    return [await asyncio.to_thread(_questions, one) for one in cases]


def _questions(case: Case) -> frozenset[str]:
    """Really called on both sides; these cases are our own, so no sandbox is needed."""
    change = SourceChange(
        file=FileChange(path=PATH, status=ChangeStatus.MODIFIED),
        before=case.before.encode(),
        after=case.after.encode(),
    )
    found = callables((change,))
    if not found:
        return frozenset()
    plan = [{"module": "shop", "name": one.name, "calls": one.calls} for one in found]
    with tempfile.TemporaryDirectory() as folder:
        sides = [_called(Path(folder) / side, text, plan) for side, text in _sides(case)]
    asked = [
        question
        for one, before, after in zip(found, *sides, strict=True)
        if isinstance(before, list) and isinstance(after, list)
        for question in differences(one, before=before, after=after)
    ]
    return frozenset({"question"} if asked else ())


def _sides(case: Case) -> tuple[tuple[str, str], tuple[str, str]]:
    return ("base", case.before), ("head", case.after)


def _called(tree: Path, text: str, plan: object) -> list[list[str] | str]:
    (tree / "src").mkdir(parents=True)
    (tree / PATH).write_text(text, encoding="utf-8")
    (tree / "run.py").write_bytes(inside("boundary_run.py"))
    (tree / "plan.json").write_text(json.dumps(plan), "utf-8")
    subprocess.run([sys.executable, "run.py", "plan.json", "out.json"], cwd=tree, check=True)
    loaded: list[list[str] | str] = json.loads((tree / "out.json").read_text("utf-8"))
    return loaded


def _case(path: Path) -> Case:
    data = yaml.safe_load(path.read_text(encoding="utf-8"))
    spec = data["spec"]
    criteria = [{"id": f"AC{n}", "text": text} for n, text in enumerate(spec["criteria"], 1)]
    after = data["before"]
    for old, new in data["after"]:
        if old not in after:
            raise ValueError(f"{path.name}: {old!r} is not in it")
        after = after.replace(old, new, 1)
    return Case(
        name=path.stem,
        about=data["about"],
        spec=Spec.model_validate({**spec, "criteria": criteria, "repository": "shop/app"}),
        before=data["before"],
        after=after,
        reading=Reading(does=_claims(data["does"]), could_break=_claims(data.get("could_break", []))),
        readback=frozenset(data["readback"]),
        boundaries=data["boundaries"],
    )


def _claims(found: list[dict[str, object]]) -> tuple[Claim, ...]:
    return tuple(Claim.model_validate({"path": PATH, **one}) for one in found)


if __name__ == "__main__":
    main()
