"""Commands on both sides: declared ones that prove, and analysers of ours."""

import asyncio
import base64
import hashlib
import json
from collections.abc import Awaitable, Callable
from typing import Final

from jobs.checks.changes import SourceChange, base_settings, head_tests, tool_settings
from jobs.checks.side import Overlay, Side
from jobs.ports import Cache, Command, Result

Analyse = Callable[[Command | None, Command | None], Awaitable[tuple[Result | None, Result | None]]]
"""Runs one command on the target base and one on the head; None where there is none."""

_CACHE_FORMAT: Final = "analysed-1"
_COMMAND_TIMEOUT: Final = 600.0


def declared(
    base: Side, head: Side, changes: tuple[SourceChange, ...], *, environment: str | None
) -> Callable[[str], Awaitable[tuple[Result, Result]]]:
    """How a declared command is run: with the head's tests and the target base's test settings."""

    async def command(text: str) -> tuple[Result, Result]:
        asked = _shell(text, environment)
        there = base.execute(asked, overlay=head_tests(changes))
        here = head.execute(asked, overlay=base_settings(changes))
        one, other = await asyncio.gather(there, here)
        return one, other

    return command


def analysers(
    base: Side, head: Side, changes: tuple[SourceChange, ...], *, cache: Cache, key: tuple[str, ...]
) -> Analyse:
    """How analysers are run: with the target base's settings; what they say of the base is shared by all."""

    async def there(command: Command) -> Result:
        if command.files:
            return await base.execute(command, overlay={})

        async def compute() -> bytes:
            return _packed(await base.execute(command, overlay={}))

        facts = "\0".join((_CACHE_FORMAT, *key, *command.argv))
        return _unpacked(
            await cache.single(f"analysed/{hashlib.sha256(facts.encode()).hexdigest()}", compute)
        )

    async def here(command: Command, overlay: Overlay) -> Result:
        return await head.execute(command, overlay=overlay)

    async def analyse(one: Command | None, other: Command | None) -> tuple[Result | None, Result | None]:
        async with asyncio.TaskGroup() as group:
            before = group.create_task(there(one)) if one else None
            after = group.create_task(here(other, tool_settings(changes))) if other else None
        return before.result() if before else None, after.result() if after else None

    return analyse


def _packed(result: Result) -> bytes:
    files = {name: base64.b64encode(content).decode() for name, content in result.files.items()}
    return json.dumps({**result.model_dump(exclude={"files"}), "files": files}).encode()


def _unpacked(stored: bytes) -> Result:
    told = json.loads(stored)
    files = {name: base64.b64decode(content) for name, content in told.pop("files").items()}
    return Result(**told, files=files)


def _shell(text: str, environment: str | None) -> Command:
    path = "/usr/local/bin:/usr/bin:/bin"
    env = {"PATH": f"{environment}/bin:{path}" if environment else path, "PYTHONDONTWRITEBYTECODE": "1"}
    return Command(argv=("/bin/sh", "-c", text), env={**env, "PYTHONPATH": "src:."}, timeout=_COMMAND_TIMEOUT)
