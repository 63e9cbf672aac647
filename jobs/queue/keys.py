"""Every name the product uses in Redis; arq's own start with `arq:` and `codegen:`."""

from datetime import datetime

CHANGES = "cg:changes"
"""Channel: one message per change of a task."""
WAKE = "cg:wake"
"""Channel: the name of an arq queue that just got something, or that a lane did."""
CANCELS = "cg:cancels"
"""Channel: id of a task whose run should end now."""
ALL = "cg:tasks"
"""Sorted set: every task by creation."""
READY = "cg:ready"
"""Sorted set: tasks that stand in a lane, by when they came there."""
POOLS = "cg:pools"
"""Set: pools with tasks in their lanes."""
LOOK = "cg:look"
"""Sorted set: waiting tasks outside the lanes, by when to decide about them again."""
SHARE = "cg:share"
"""Hash: how much each channel, and each person in a channel, has had."""
STARTS = "cg:starts"
"""Number: counts starts, so that two workers never start by the same look at the lanes."""
ORDERS = "cg:orders"
"""Number: counts changes of what existing tasks depend on."""
HELD = "cg:held"
"""Set: running tasks that use no worker because a person is asked."""
LAGGING = "cg:lagging"
"""Set: tasks whose merge request does not show yet what people confirmed."""
UNSAID = "cg:unsaid"
"""Sorted set: tasks whose thread does not show the latest state, by when to say it at the latest."""
BATCHES_UNSAID = "cg:batches:unsaid"
"""Sorted set: batches whose message lags behind, by their last change."""
UNSEEN = "cg:unseen"
"""Sorted set: proposed tasks whose spec nobody has looked at yet, by creation."""
USEFUL = "cg:useful"
"""Hash: sums of what people said of runs, see usefulness."""
ERRANDS = "cg:errands"
"""List: errands that no worker has taken yet."""
PENDING = "cg:acts"
"""Sorted set: acts not yet executed, by when they were stored."""
CATALOGUE = "cg:catalogue"
ENGINES = "cg:engines"
"""What people may pick from."""
MORNINGS = "cg:mornings"
"""Hash, channel → what its last morning message told, as JSON."""
ROSTER = "cg:roster"
"""Members of the user groups that codegen.toml names, as JSON."""
WORKERS = "cg:workers"
"""Sorted set: workers by when they were last heard of."""
REASONS = "cg:reasons"
"""Hash: reason for waiting → how many tasks wait for it."""
POSTED = "cg:posted"
"""Start of strings that expire: thread and key of a message → its timestamp."""
POSTING = "cg:posting"
"""Sorted set: messages that are being posted, by when to look at them next."""

WATCH = "cg:watch"
"""Sorted set: tasks with a merge request that is watched, by when to look at it again."""
REQUESTS = "cg:requests"
"""Hash: project!iid → the task whose merge request it is."""
HINTS = "cg:hints"
"""Set: project!iid or branch names that GitLab told us of and nobody looked at yet."""
HINTED = "cg:hinted"
"""Channel: a hint was stored."""
ISSUES = "cg:issues"
"""Set: project#iid of issues to look at."""
ISSUES_READ = "cg:issues:read"
"""Hash: digest of the words that the task of an issue has taken last, by project and number."""
ISSUES_LISTED = "cg:issues:listed"
"""Hash: project → until when its list of changed issues has been read."""
TELLING = "cg:telling"
"""Sorted set: tasks with news for their thread, by when to tell them."""
LISTED = "cg:listed"
"""Until when GitLab's list of changed merge requests has been read."""
PEOPLE = "cg:people"
"""Hash: GitLab username → Slack user id, as people linked them."""

HOMES = "cg:homes"
"""Sorted set: people who opened App Home, by when they last did."""


def task(task_id: str) -> str:
    """Hash: the record of a task."""
    return f"cg:task:{task_id}"


def events(task_id: str) -> str:
    """List: the chain of a task's events."""
    return f"cg:events:{task_id}"


def lease(task_id: str) -> str:
    """String that expires: who runs the task."""
    return f"cg:lease:{task_id}"


def errand(errand_id: str) -> str:
    """List that expires: the answer to an errand."""
    return f"cg:errand:{errand_id}"


def reading(task_id: str) -> str:
    """String that expires: a worker looks at the task's spec."""
    return f"cg:reading:{task_id}"


def act(act_id: str) -> str:
    """Hash: an act and, once it is executed, what came of it."""
    return f"cg:act:{act_id}"


def seen(event_id: str) -> str:
    """String that expires: a delivery that was taken."""
    return f"cg:seen:{event_id}"


def draft(draft_id: str) -> str:
    """String that expires: a form that is being filled in."""
    return f"cg:draft:{draft_id}"


def artifact(key: str) -> str:
    """String that expires: bytes too large for a record."""
    return f"cg:artifact:{key}"


def lanes(pool: str) -> str:
    """Set: the lanes of a pool that have tasks."""
    return f"cg:lanes:{pool}"


def lane(pool: str, name: str) -> str:
    """Sorted set: tasks of one person in one channel and pool, in the order they are to start."""
    return f"cg:lane:{pool}|{name}"


def running(repository: str) -> str:
    """Set: running tasks of a repository."""
    return f"cg:running:{repository}"


def claims(repository: str) -> str:
    """Hash: tasks that run or are in review and have declared their paths."""
    return f"cg:claims:{repository}"


def claimed(repository: str) -> str:
    """Number: counts changes of a repository's claims."""
    return f"cg:claimed:{repository}"


def awaited(name: str) -> str:
    """Set: tasks to decide about again when something happens to the task, or the budget, of this name."""
    return f"cg:awaited:{name}"


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


def watched(task_id: str) -> str:
    """String: what was last seen of a task's merge request."""
    return f"cg:watched:{task_id}"


def looks(task_id: str) -> str:
    """Number: counts the looks that were written down."""
    return f"cg:looks:{task_id}"


def looking(task_id: str) -> str:
    """String that expires: a worker looks at the merge request."""
    return f"cg:looking:{task_id}"


def news(task_id: str) -> str:
    """List: what happened and was not told yet."""
    return f"cg:news:{task_id}"


def asides(task_id: str) -> str:
    """Hash that expires: messages beside the head in a task's thread, by their keys."""
    return f"cg:asides:{task_id}"


def thread(channel: str, ts: str) -> str:
    """Set: the tasks whose head message this is; more than one for a batch."""
    return f"cg:thread:{channel}:{ts}"


def link(code: str) -> str:
    """String that expires: the Slack user who is to write this code in GitLab."""
    return f"cg:link:{code}"


def home(person: str) -> str:
    """Hash that expires: what was last published in a person's App Home, and how much of each list."""
    return f"cg:home:{person}"


def notice(person: str) -> str:
    """String that expires: a sentence at the top of a person's App Home."""
    return f"cg:notice:{person}"


def micros(moment: datetime) -> int:
    """Microseconds since 1970: a score and a comparison without rounding."""
    return round(moment.timestamp() * 1_000_000)
