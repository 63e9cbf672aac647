"""A workspace in a plain folder, for engines under test: the same commands, without the sandbox."""

import asyncio
import shutil
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable
from datetime import datetime
from pathlib import Path

from jobs.domain.patch import ChangeStatus, FileChange, Patch, Sha
from jobs.errors import Stop
from jobs.ports import Command, Result

SAMPLE = Path(__file__).resolve().parents[2] / "playground" / "sample"


ENVIRONMENT = {
    "PATH": f"{Path(sys.executable).parent}:/usr/bin:/bin",
    "PYTHONDONTWRITEBYTECODE": "1",
    "PYTEST_DISABLE_PLUGIN_AUTOLOAD": "1",
}


class FolderWorkspace:
    """A git checkout in a folder; `tamper` may change what a command says."""

    def __init__(self, folder: Path, *, tamper: Callable[[Command, Result], Result] | None = None) -> None:
        self.folder = folder
        self.commands: list[Command] = []
        self._tamper = tamper
        self.start: Sha = self._git("rev-parse", "HEAD").strip()

    @classmethod
    def of_sample(
        cls, folder: Path, *, tamper: Callable[[Command, Result], Result] | None = None
    ) -> "FolderWorkspace":
        ignored = shutil.ignore_patterns("__pycache__", ".pytest_cache")
        shutil.copytree(SAMPLE, folder, ignore=ignored, dirs_exist_ok=True)
        return cls.of_folder(folder, tamper=tamper)

    @classmethod
    def of_folder(
        cls, folder: Path, *, tamper: Callable[[Command, Result], Result] | None = None
    ) -> "FolderWorkspace":
        for words in (("init", "-q"), ("add", "-A"), ("commit", "-qm", "start")):
            _run_git(folder, *words)
        return cls(folder, tamper=tamper)

    async def run(self, command: Command) -> Result:
        self.commands.append(command)
        with tempfile.TemporaryDirectory() as files:
            for name, content in command.files.items():
                (Path(files) / name).write_bytes(content)
            argv = [word.replace("{in}", files) for word in command.argv]
            begun = time.monotonic()
            process = await asyncio.create_subprocess_exec(
                *argv,
                cwd=self.folder / command.cwd,
                stdin=asyncio.subprocess.PIPE,
                stdout=asyncio.subprocess.PIPE,
                stderr=asyncio.subprocess.STDOUT,
                env={**ENVIRONMENT, **command.env},
            )
            try:
                output, _ = await asyncio.wait_for(process.communicate(command.stdin), command.timeout)
            except TimeoutError:
                process.kill()
                await process.wait()
                return Result(exit_code=None, output="", timed_out=True)
        result = Result(
            exit_code=process.returncode,
            output=output.decode(errors="replace")[: command.output_limit],
            seconds=time.monotonic() - begun,
        )
        return self._tamper(command, result) if self._tamper else result

    async def read(self, path: str) -> bytes | None:
        file = self.folder / path
        return file.read_bytes() if file.is_file() else None

    async def apply(self, diff: str) -> None:
        try:
            _run_git(self.folder, "apply", "-", given=diff)
        except subprocess.CalledProcessError as error:
            raise Stop("The patch does not apply.") from error

    async def patch(self, *, since: Sha | None = None) -> Patch:
        base = since or self.start
        self._git("add", "-A")
        names = self._git("diff", "--cached", "--name-only", base).split()
        return Patch(
            start=base,
            tree=self._git("write-tree").strip(),
            diff=self._git("diff", "--cached", "--binary", "--full-index", base),
            files=tuple(FileChange(path=name, status=ChangeStatus.MODIFIED) for name in names),
        )

    async def merge(self, commit: Sha) -> tuple[str, ...]:
        raise AssertionError("engines do not merge")

    async def commit(self, *, message: str, at: datetime, parent: Sha, merged: Sha | None = None) -> Sha:
        raise AssertionError("engines do not commit")

    async def push(self, *, branch: str, commit: Sha, expect: Sha | None) -> None:
        raise AssertionError("engines do not push")

    def _git(self, *words: str) -> str:
        return _run_git(self.folder, *words)


def _run_git(folder: Path, *words: str, given: str = "") -> str:
    who = ("-c", "user.name=A", "-c", "user.email=a@example.com", "-c", "init.defaultBranch=main")
    return subprocess.run(
        ["git", *who, *words], cwd=folder, check=True, capture_output=True, text=True, input=given
    ).stdout
