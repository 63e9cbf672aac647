"""A declared command on both sides."""

import asyncio
from typing import Final

from jobs.checks.changes import SourceChange, base_settings, head_tests
from jobs.checks.side import Side
from jobs.ports import Command, Result

_COMMAND_TIMEOUT: Final = 600.0


async def command_on_both(
    text: str, *, sides: tuple[Side, Side], changes: tuple[SourceChange, ...], environment: str | None
) -> tuple[Result, Result]:
    """Run it on the target base with the head's tests, and on the head with the base's test settings.

    Settings that the command itself names are left as the change has them: a person asks about these.
    """
    base, head = sides
    asked = _shell(text, environment)
    settings = {path: old for path, old in base_settings(changes).items() if path not in text}
    there = base.execute(asked, overlay=head_tests(changes))
    here = head.execute(asked, overlay=settings)
    one, other = await asyncio.gather(there, here)
    return one, other


def _shell(text: str, environment: str | None) -> Command:
    path = "/usr/local/bin:/usr/bin:/bin"
    env = {"PATH": f"{environment}/bin:{path}" if environment else path, "PYTHONDONTWRITEBYTECODE": "1"}
    return Command(argv=("/bin/sh", "-c", text), env={**env, "PYTHONPATH": "src:."}, timeout=_COMMAND_TIMEOUT)
