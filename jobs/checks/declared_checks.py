"""The repository's own checks: commands on both sides, of which only a new failure counts."""

import asyncio
from typing import Final

from jobs.checks.changes import base_settings
from jobs.checks.context import CheckContext, CheckFunction
from jobs.checks.gates import gated
from jobs.checks.services import trouble
from jobs.checks.side import LOG_LIMIT, Side
from jobs.domain.repository_file import Gate, RepositoryFile
from jobs.domain.verdict import Check, CheckStatus
from jobs.ports import Command, Result

_NOT_RUN: Final = (126, 127)


def declared(file: RepositoryFile) -> tuple[str, ...]:
    """Names of those that are run: `off` is not."""
    return tuple(name for name, one in file.checks.items() if one.gate is not Gate.OFF)


def declared_check(name: str, command: Command, *, sides: tuple[Side, Side]) -> CheckFunction:
    """Runs it on the target base and, with the target base's test settings, on the head."""
    base, head = sides

    async def check(ctx: CheckContext) -> Check:
        there, here = await asyncio.gather(
            base.execute(command, overlay={}),
            head.execute(command, overlay=base_settings(ctx.changes)),
        )
        status, summary = _judged(there, here)
        asked = ctx.repository.checks[name]
        found = Check(
            name=name,
            status=status,
            summary=summary,
            seconds=round(there.seconds + here.seconds, 3),
            command=asked.run,
            log=here.output[-LOG_LIMIT:],
        )
        return gated(found, {name: asked.gate})

    return check


def _judged(there: Result, here: Result) -> tuple[CheckStatus, str]:
    for result in (here, there):
        if trouble(result):
            return CheckStatus.NOT_AVAILABLE, f"It could not be run: {trouble(result)}."
    if here.exit_code in _NOT_RUN:
        return CheckStatus.NOT_AVAILABLE, "Its program is not in the sandbox or cannot be started."
    if here.exit_code == 0:
        return CheckStatus.PASSED, "It succeeds on the head."
    how = "It does not end in time" if here.timed_out else f"It ends with exit status {here.exit_code}"
    if there.exit_code != 0:
        return CheckStatus.WARNING, f"{how} on the head, but does not succeed on the target base either."
    return CheckStatus.FAILED, f"{how} on the head and succeeds on the target base."
