"""Ids of the buttons that jobs puts into messages; each is bound to a listener in bot."""

from enum import StrEnum


class Action(StrEnum):
    """A button's `action_id`; its `value` is the task id, then `:` and what else belongs to it."""

    CANCEL = "task_cancel"
    RETRY = "task_retry"
    OPEN_MR = "task_open_mr"
    MEND = "task_mend"
    """Open the form with the task's spec."""
    COMPARE = "task_compare"
    """Show the last two versions of the task's spec side by side."""
    QUEUE = "task_queue"
    """Queue a proposed task with the gaps it has."""
    ALLOW = "consent_allow"
    REFUSE = "consent_refuse"
    CONFIRM = "criterion_confirm"
    CHANGES = "review_changes"
    MERGE = "review_merge"
    MORE = "review_more"
    """A menu; its options' values are an ActKind, `:` and the task id."""


class ActKind(StrEnum):
    """What a person asked to be done to a task."""

    CANCEL = "cancel"
    RETRY = "retry"
    OPEN_MR = "open_mr"
    QUEUE = "queue"
    """A proposed task that has been looked at goes into the queue."""
    CONSENT = "consent"
    """Payload: {"hold": id, "allow": …}, while a run is held."""
    CONFIRM = "confirm"
    """Payload: {"criterion": id, "run": number}: a person looked and found it met."""
    REQUEST_CHANGES = "request_changes"
    """Payload: {"text": what is wrong, "criteria": ids}, while it is in review, or about to be again."""
    REBASE = "rebase"
    """Bring the branch up to its target, while it is in review."""
    MERGE = "merge"
    """Ask GitLab for the merge, while it is in review."""
    CLOSE = "close"
    """Close the merge request, while it is open."""
    PRIORITY = "priority"
    """Payload: {"priority": …}, while it waits."""
    RESCHEDULE = "reschedule"
    """Payload: {"plan": …}, the whole new plan, while it waits."""
    EDIT = "edit"
    """Payload: {"spec": …}, the whole new spec, and what else changes: {"plan", "usd", "reviewers"}."""
