"""Ids of the buttons that jobs puts into messages; each is bound to a listener in bot."""

from enum import StrEnum


class Action(StrEnum):
    """A button's `action_id`; its `value` is the task id."""

    CANCEL = "task_cancel"
    RETRY = "task_retry"
    OPEN_MR = "task_open_mr"


class ActKind(StrEnum):
    """What a person asked to be done to a task."""

    CANCEL = "cancel"
    RETRY = "retry"
    OPEN_MR = "open_mr"
    PRIORITY = "priority"
    """Payload: {"priority": …}, while it waits."""
    RESCHEDULE = "reschedule"
    """Payload: {"plan": …}, the whole new plan, while it waits."""
    EDIT = "edit"
    """Payload: {"spec": …}, the whole new spec, while it waits."""
