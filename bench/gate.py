"""How well the gate finds what is wrong with a spec: precision and recall on specs not used for tuning."""

import hashlib
from collections import Counter
from pathlib import Path
from typing import Any

import yaml

from jobs.domain.spec import Spec
from jobs.specify import notation
from jobs.specify.gate import gaps_of

CASES = Path(__file__).resolve().parent.parent / "tests/cases/specs/specs.yml"
Case = dict[str, Any]


def cases() -> list[Case]:
    """Every labelled spec."""
    found: list[Case] = yaml.safe_load(CASES.read_text(encoding="utf-8"))
    return found


def held_out(case: Case) -> bool:
    """True for the half that rules are never tuned on; it follows from the id alone."""
    return bool(hashlib.sha256(str(case["id"]).encode()).digest()[0] & 1)


def spec_of(case: Case) -> Spec:
    """The spec that a case writes in the form's notation."""
    criteria = [notation.read_criterion(text, number) for number, text in enumerate(case["criteria"], 1)]
    own = {name: case[name] for name in ("kind", "title", "goal", "non_goals", "paths") if name in case}
    return Spec.model_validate({**own, "repository": "payments/api", "criteria": criteria})


def counted(chosen: list[Case]) -> dict[str, Counter[str]]:
    """Per rule: how often it was right, wrong, and silent where it should have spoken."""
    tally: dict[str, Counter[str]] = {}
    for case in chosen:
        said, wanted = {one.rule for one in gaps_of(spec_of(case))}, set(case["gaps"])
        for rule in said | wanted:
            kind = "right" if rule in said & wanted else "wrong" if rule in said else "missed"
            tally.setdefault(rule, Counter())[kind] += 1
    return tally


def main() -> None:
    """Print a row per rule, and one for all of them together, for both halves."""
    for name, half in (("held out", True), ("tuning", False)):
        chosen = [case for case in cases() if held_out(case) is half]
        tally = counted(chosen)
        print(f"{name}: {len(chosen)} specs")
        print(f"  {'rule':<20} {'precision':>9} {'recall':>7}   right wrong missed")
        whole: Counter[str] = Counter()
        for rule, one in sorted(tally.items()):
            whole += one
            print(f"  {rule:<20} {_row(one)}")
        print(f"  {'all rules':<20} {_row(whole)}")


def _row(one: Counter[str]) -> str:
    right, wrong, missed = one["right"], one["wrong"], one["missed"]
    precision = f"{right / (right + wrong):.2f}" if right + wrong else "–"
    recall = f"{right / (right + missed):.2f}" if right + missed else "–"
    return f"{precision:>9} {recall:>7}   {right:>5} {wrong:>5} {missed:>6}"


if __name__ == "__main__":
    main()
