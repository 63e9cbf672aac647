"""Every name the product uses in Redis; arq's own start with `arq:` and `codegen:`."""

CHANGES = "cg:changes"
"""Channel: one message per change of a task."""
WAKE = "cg:wake"
"""Channel: the name of an arq queue that just got something."""
CANCELS = "cg:cancels"
"""Channel: id of a task whose run should end now."""
ALL = "cg:tasks"
"""Sorted set: every task by creation."""
READY = "cg:ready"
"""Sorted set: tasks that wait for nothing but a worker, by when they began to."""
UNSAID = "cg:unsaid"
"""Sorted set: tasks whose thread does not show the latest state, by when to say it at the latest."""
PENDING = "cg:acts"
"""Sorted set: acts not yet executed, by when they were stored."""
CATALOGUE = "cg:catalogue"
"""What people may pick from."""
WORKERS = "cg:workers"
"""Sorted set: workers by when they were last heard of."""
POSTING = "cg:posting"
"""Sorted set: messages that are being posted, by since when."""


def task(task_id: str) -> str:
    """Hash: the record of a task."""
    return f"cg:task:{task_id}"


def events(task_id: str) -> str:
    """List: the chain of a task's events."""
    return f"cg:events:{task_id}"


def lease(task_id: str) -> str:
    """String that expires: who runs the task."""
    return f"cg:lease:{task_id}"


def act(act_id: str) -> str:
    """Hash: an act and, once it is executed, what came of it."""
    return f"cg:act:{act_id}"


def seen(event_id: str) -> str:
    """String that expires: a delivery that was taken."""
    return f"cg:seen:{event_id}"


def artifact(key: str) -> str:
    """String that expires: bytes too large for a record."""
    return f"cg:artifact:{key}"


def by_state(state: str) -> str:
    """Sorted set: tasks in a state, by creation."""
    return f"cg:by:state:{state}"


def by_requester(person: str) -> str:
    """Sorted set: tasks of a person, by creation."""
    return f"cg:by:requester:{person}"


def by_channel(channel: str) -> str:
    """Sorted set: tasks of a channel, by creation."""
    return f"cg:by:channel:{channel}"


def bucket(name: str) -> str:
    """Hash that expires: how many calls are left, and until when nobody may call."""
    return f"cg:bucket:{name}"
