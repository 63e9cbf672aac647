"""The words of the evidence, from templates/modal/evidence.yml."""

from functools import cache

import yaml

from jobs.domain.base_model import Frozen
from jobs.render import TEMPLATES


class EvidenceWords(Frozen):
    """All words of the evidence."""

    title: str
    """The view's title."""
    close: str
    """How to leave."""
    back: str
    """The button to the page before."""
    next: str
    """The button to the page after."""
    loading: str
    """While it is looked up."""
    failed: str
    """When that did not work."""
    nothing: str
    """Before anything was verified."""
    heading: str
    """Above all."""
    run: str
    """Which run, between which commits."""
    no_commit: str
    """Where there is no commit."""
    proven: str
    """How many are."""
    page: str
    """Which of how many."""
    latest: str
    """When another run is shown than was clicked."""
    criterion: str
    """What was wanted."""
    came: str
    """What came of it."""
    ran: str
    """Above a command."""
    proof: str
    """What sort of proof, by whom."""
    log: str
    """Above what was printed."""
    source: str
    """Above independent tests."""
    findings: str
    """Below findings that are cut."""
    check: str
    """A check and how it ended."""
    advice: str
    """After one that rejects nothing."""
    authors: dict[str, str]
    """By Author."""
    kinds: dict[str, str]
    """By ProofKind."""
    outcomes: dict[str, str]
    """By Outcome, and none."""
    statuses: dict[str, str]
    """By EvidenceStatus and CheckStatus."""
    strengths: dict[str, str]
    """By Strength."""
    checks: str
    """Above the checks."""


@cache
def evidence_words() -> EvidenceWords:
    """The words of templates/modal/evidence.yml."""
    text = (TEMPLATES / "modal" / "evidence.yml").read_text(encoding="utf-8")
    return EvidenceWords.model_validate(yaml.safe_load(text))
