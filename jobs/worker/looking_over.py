"""What a worker knows of every spec of a batch before it is approved: branches, repeats, cost."""

from functools import partial

from jobs.domain.intake import Known, Several
from jobs.domain.spec import Spec
from jobs.domain.task import TaskState
from jobs.ports import Tools
from jobs.queue import outcomes
from jobs.queue.store import Store
from jobs.specify.batch_file import read_batch
from jobs.specify.estimate import estimate
from jobs.specify.gate import Facts, gaps_of
from jobs.specify.intake import Sources, skim
from jobs.stages.engines import engine_for

_OPEN = tuple(one for one in TaskState if one.open)
_OTHERS = 200


async def look_over(document: str, *, store: Store, tools: Tools) -> Several:
    """What is known of each; raises Refused for what is no batch, Transient when something is away."""
    batch = read_batch(document)
    open_tasks = await store.list(states=_OPEN, limit=_OTHERS)
    facts = Facts(open_tasks={one.id: one.spec for one in open_tasks})
    found = {one.name: await _known(one.spec, facts, store=store, tools=tools) for one in batch.tasks}
    return Several(specs=found)


async def _known(spec: Spec, facts: Facts, *, store: Store, tools: Tools) -> Known:
    seen = await skim(spec, _sources(tools))
    plain = gaps_of(spec)
    repeated = tuple(one for one in gaps_of(spec, facts) if one not in plain)
    past = await outcomes.past(store.connection, spec.kind, spec.repository)
    return Known(
        gaps=seen.gaps + repeated, facts=seen.facts, estimate=estimate(spec.kind, spec.repository, past)
    )


def _sources(tools: Tools) -> Sources:
    async def suite(spec: Spec) -> str:
        return f"The tests of {spec.repository} are run once it starts."

    return Sources(
        forge=tools.forge,
        workspaces=tools.workspaces,
        requests=tools.requests,
        model=None,
        suite=suite,
        engine=partial(engine_for, tools=tools),
    )
