"""Commands of ports as the sandbox takes them, and what comes back."""

import posixpath

from jobs.adapters.sandbox.box import Task
from jobs.adapters.sandbox.recipe import TREE, Mount
from jobs.adapters.sandbox.wire import Report
from jobs.errors import Stop
from jobs.ports import Command, Result


def task_of(
    command: Command, *, tree: str, environment: str | None, watched: tuple[str, ...], disk: int
) -> Task:
    """A command on a tree of the host, with the operator's folders at their own paths."""
    return Task(
        argv=command.argv,
        mounts=[
            Mount(tree, TREE, writable=True),
            *(Mount(ours, f"{TREE}/{path}") for path, ours in command.covered.items()),
            *(Mount(folder, folder) for folder in command.mounts if folder != environment),
        ],
        cwd=posixpath.normpath(f"{TREE}/{command.cwd}"),
        env=command.env,
        environment=environment,
        stdin=command.stdin,
        timeout=command.timeout,
        output_limit=command.output_limit,
        files=command.files,
        collect=command.collect,
        watched=watched,
        disk=disk,
    )


def result_of(report: Report) -> Result:
    """How the command ended; raises Stop when the tree grew beyond its bound."""
    if report.disk_full:
        raise Stop(
            "The commands wrote more to disk than a task may use.",
            remedy="Make the task smaller, or ask the operator for more disk.",
        )
    return Result(
        exit_code=report.exit_code,
        output=report.output.decode(errors="replace"),
        truncated=report.truncated,
        timed_out=report.timed_out,
        seconds=report.seconds,
        cpu_seconds=report.cpu_seconds,
        files=dict(zip(report.names, report.contents, strict=True)),
    )
