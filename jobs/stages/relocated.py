"""A workspace whose environment is another one than its commands were made for."""

from functools import partial
from typing import Final

from jobs.ports import Around, Command, Result, Workspace

_SETTINGS: Final = ".json"


def relocated(workspace: Workspace, made_for: str | None, there: str | None) -> Workspace:
    """The workspace, taking commands for the environment `made_for` and running them in its own, `there`."""
    if made_for is None or there is None or made_for == there:
        return workspace
    return Around(workspace, running=partial(_run, made_for, there))


async def _run(old: str, new: str, workspace: Workspace, command: Command) -> Result:
    """Programs are the other environment's; what they print names the first one, so that both compare."""
    files = {
        name: content.replace(old.encode(), new.encode()) if name.endswith(_SETTINGS) else content
        for name, content in command.files.items()
    }
    update = {
        "argv": tuple(word.replace(old, new) for word in command.argv),
        "env": {name: value.replace(old, new) for name, value in command.env.items()},
        "files": files,
    }
    result = await workspace.run(command.model_copy(update=update))
    told = {name: content.replace(new.encode(), old.encode()) for name, content in result.files.items()}
    return result.model_copy(update={"output": result.output.replace(new, old), "files": told})
