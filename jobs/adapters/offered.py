"""The models that specs may ask for, and which of them answer now."""

import logging
from collections.abc import Awaitable, Callable, Mapping, Sequence

from jobs.adapters.model import ProviderModel, model
from jobs.errors import Refused, Stop

logger = logging.getLogger(__name__)


def offered(
    ordinary: str | None, further: Sequence[str], environment: Mapping[str, str]
) -> dict[str, ProviderModel]:
    """All of them by name, the ordinary one first; raises Refused, by setting."""
    first = model(ordinary, environment)
    found = {first.name: first}
    for name in further:
        try:
            found.setdefault(name, model(name, environment))
        except Refused as refused:
            problems = "; ".join(f"{field} {problem}" for field, problem in refused.problems.items())
            raise Refused({f"codegen.toml: engine.models: {name}": problems}) from None
    return found


Look = Callable[[], Awaitable[object]]
"""Tries an engine out with a tiny question; raises Stop when it does not answer."""


async def answering(engines: Mapping[str, Look]) -> tuple[str, ...]:
    """Names of those that answer a tiny question; the ordinary one stays first, answer or not."""
    found = []
    for number, (name, look) in enumerate(engines.items()):
        try:
            await look()
        except Stop as stop:
            logger.warning("the engine %s does not answer: %s", name, stop.reason)
            if number:
                continue
        found.append(name)
    return tuple(found)
