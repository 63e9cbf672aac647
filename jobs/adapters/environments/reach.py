"""Does a registry answer us."""

from typing import Final

import aiohttp

from jobs.adapters.environments.registries import TOKENS, Registries
from jobs.adapters.environments.upstream import RefusedError, upstream
from jobs.domain.environment import Ecosystem

_ASKED: Final = {Ecosystem.PYTHON: "/pip/", Ecosystem.NPM: "/npm", Ecosystem.GO: "/golang.org/x/text/@v/list"}
"""Something that is likely there; that it is not there is an answer, too."""


async def answers(ecosystem: Ecosystem, registries: Registries) -> str:
    """What is wrong with a registry, or empty when it answers."""
    try:
        async with (
            upstream(registries, ()) as session,
            session.fetch(registries[ecosystem].url + _ASKED[ecosystem], method="HEAD") as answer,
        ):
            status = answer.status
    except RefusedError as refused:
        return str(refused)
    except (aiohttp.ClientError, TimeoutError) as error:
        return f"cannot be reached ({type(error).__name__})"
    if status in (401, 403, 407):
        return f"refuses us with {status}; set {TOKENS[ecosystem]} in the worker's environment"
    return f"answers {status}" if status >= 500 else ""
