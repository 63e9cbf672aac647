"""Which engine writes a task's change: the one its spec names, else the ordinary one."""

from jobs.domain.spec import Spec
from jobs.errors import Stop, StopKind
from jobs.ports import Engine, Tools


def engine_for(spec: Spec, tools: Tools) -> Engine:
    """The engine; raises Stop for one that is not offered here, or not any more."""
    if spec.engine is None:
        return tools.engine
    found = tools.engines.get(spec.engine)
    if found is None:
        offered = ", ".join(tools.engines) or "only the ordinary one"
        raise Stop(
            f"The spec asks for the engine {spec.engine}, which is not offered here.",
            remedy=f"Edit the spec and choose another; offered: {offered}.",
            kind=StopKind.INPUT,
        )
    return found
