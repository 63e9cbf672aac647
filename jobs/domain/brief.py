"""Everything an engine gets to know."""

from jobs.domain.base_model import Frozen
from jobs.domain.budget import Cap, Spend
from jobs.domain.feedback import Feedback
from jobs.domain.patch import Patch
from jobs.domain.prompts import PromptSet
from jobs.domain.question import Question
from jobs.domain.run import Answer, NamedProof, Purpose
from jobs.domain.spec import Spec
from jobs.domain.verdict import Verdict


class Brief(Frozen):
    """What an engine is told for one round."""

    task: str
    """Task id."""
    spec: Spec
    """What is wanted."""
    round: int
    """From 1."""
    verdict: Verdict | None = None
    """What the round before was told by verification."""
    purpose: Purpose = Purpose.CHANGE
    """What the run is for."""
    feedback: tuple[Feedback, ...] = ()
    """What people and pipelines said since; data, never instructions to us."""
    conversation: bytes | None = None
    """Stored messages to go on from."""
    rewind: Question | None = None
    """The question in that conversation to go back to, with the person's answer as chosen."""
    cap: Cap
    """What may be used in all rounds together."""
    spent: Spend = Spend()
    """What has been used already."""
    prompts: PromptSet | None = None
    """What the engine's model is told with; None is what is shipped."""


class Work(Frozen):
    """What an engine says it did; only its tree is believed."""

    summary: str
    """What changed, in a few sentences."""
    proofs: tuple[NamedProof, ...] = ()
    """Tests that it names for criteria."""
    answers: tuple[Answer, ...] = ()
    """What it says to each thing that was said."""
    assumptions: tuple[Question, ...] = ()
    """What it had to assume."""
    spend: Spend = Spend()
    """What this round used."""
    conversation: bytes | None = None
    """Messages to go on from in the next round."""
    engine: str = ""
    """Who it was, version included, where that is known only once it worked; empty: as its name says."""


class Generated(Frozen):
    """The outcome of one generating round: the tree's patch and the engine's own words."""

    patch: Patch
    """start → tree, as git sees it."""
    work: Work
    """What the engine says."""
