"""Where a merge request stands, for the head message: the present truth in a few words."""

from jobs.domain.base_model import Frozen
from jobs.domain.observed import Sight
from jobs.domain.review import PipelineStatus


class Standing(Frozen):
    """What people and pipelines say of an open merge request now."""

    pipeline: PipelineStatus = PipelineStatus.NONE
    """What the head's newest pipeline says."""
    reviewers: tuple[str, ...] = ()
    """Usernames asked for review."""
    approvers: tuple[str, ...] = ()
    """Usernames who approve."""
    changes_wanted: tuple[str, ...] = ()
    """Usernames who request changes."""
    open_discussions: int = 0
    """Discussions that nobody has resolved."""
    conflicts: bool = False
    """True when it cannot be merged without somebody's work."""
    reason: str = ""
    """Why it is not watched any longer."""
    remedy: str = ""
    """What a person can do about that."""
    gone: bool = False
    """True when its branch is missing: only a whole run brings it back."""


def standing_of(sight: Sight) -> Standing:
    """The few words of what one look saw."""
    return Standing(
        pipeline=sight.ci.status if sight.ci else PipelineStatus.NONE,
        reviewers=sight.reviewers,
        approvers=sight.approvers,
        changes_wanted=sight.changes_wanted,
        open_discussions=len(open_discussions(sight)),
        conflicts=sight.conflicts,
    )


def open_discussions(sight: Sight) -> frozenset[str]:
    """Ids of the discussions that can be resolved and are not."""
    return frozenset(one.discussion for one in sight.comments if one.resolvable and not one.resolved)
