"""Programs beside the tests, such as a database, on the sandbox's own loopback."""

import json
from collections.abc import Mapping
from typing import Final

from jobs.checks.report import MAX_MESSAGE
from jobs.checks.toolchains.protocol import PROBLEM
from jobs.checks.toolchains.python import inside, interpreter
from jobs.domain.repository_file import Service
from jobs.ports import Command, Result

_STARTER: Final = "services_run.py"
_PLAN: Final = "services.json"


def served(command: Command, services: Mapping[str, Service]) -> Command:
    """The command with its services started before and ended after it, all in one sandbox."""
    if not services:
        return command
    longest = sum(one.timeout for one in services.values())
    plan = [{"name": name, **one.model_dump()} for name, one in services.items()]
    return command.model_copy(
        update={
            "argv": (
                interpreter(None),
                "-I",
                f"{{in}}/{_STARTER}",
                f"{{in}}/{_PLAN}",
                "{out}",
                *command.argv,
            ),
            "files": {**command.files, _STARTER: inside(_STARTER), _PLAN: json.dumps(plan).encode()},
            "timeout": command.timeout + longest,
            "collect": True,
        }
    )


def trouble(result: Result) -> str:
    """Why nothing was run, as our own program said; empty when it ran."""
    return result.files.get(PROBLEM, b"").decode("utf-8", "replace").strip()[:MAX_MESSAGE]
