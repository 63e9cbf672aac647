"""Opening a way for one command: a folder with two sockets, seen by the sandbox at the same path."""

import asyncio
import contextlib
import os
from collections.abc import AsyncIterator, Callable, Mapping
from contextlib import AbstractAsyncContextManager, asynccontextmanager
from pathlib import Path
from typing import Final
from urllib.parse import urlsplit

from aiohttp import web
from pydantic import SecretStr

from jobs.adapters.gateway import drive
from jobs.adapters.gateway.passing import Asking, Upstream, asking
from jobs.adapters.sandbox import forward
from jobs.adapters.sandbox.limits import Identity, sandbox_identity
from jobs.adapters.sockets import listening
from jobs.adapters.workspaces import places
from jobs.domain.budget import Spend
from jobs.domain.coding_agent import ORIGIN, CodingAgent
from jobs.errors import Refused, Stop
from jobs.ports import Command, Passage
from jobs.ports.gateway import KEPT, REPORT

PYTHON: Final = "/usr/bin/python3"
"""What runs our own two scripts in the sandbox."""
LINE: Final = 1024 * 1024
"""Bytes of a line that is still passed on."""
PRINTED: Final = 256 * 1024 * 1024
"""Bytes that are listened to in all."""

_MODEL, _LINES, _FOLDER, _FILE = "model.sock", "lines.sock", "empty", "nothing"
_LONGEST: Final = 100
_BODY: Final = 64 * 1024 * 1024
_SCRIPTS: Final = {
    "forward.py": Path(forward.__file__).read_bytes(),
    "drive.py": Path(drive.__file__).read_bytes(),
}


class ModelGateway:
    """ports.Gateway for one `[engines.NAME]` table."""

    def __init__(
        self,
        home: Path,
        name: str,
        agent: CodingAgent,
        *,
        key: SecretStr | None,
        identity: Identity | None = None,
    ) -> None:
        api = agent.invocation.api
        if api is None:
            raise Refused({f"codegen.toml: engines.{name}.api": "is missing"})
        self._home = home
        self._name = name
        self._agent = agent
        self._upstream = Upstream(api=api, auth=agent.invocation.auth, key=key, model=agent.model)
        self._identity = identity or sandbox_identity()

    def open(
        self, *, refused: Callable[[Spend], str], heard: Callable[[str], None]
    ) -> AbstractAsyncContextManager[Passage]:
        """A way for as long as the block lasts; raises Stop when the program is not on this machine."""
        return self._open(refused, heard)

    @asynccontextmanager
    async def _open(
        self, refused: Callable[[Spend], str], heard: Callable[[str], None]
    ) -> AsyncIterator[Passage]:
        self._expect_program()
        places.prepare_home(self._home, self._identity)
        # its folders are a workspace's: what a killed worker leaves is swept with them
        own = places.create(self._home / "workspaces", self._identity)
        try:
            gate = own.root / "gate"
            gate.mkdir()
            gate.chmod(0o755)
            (gate / _FOLDER).mkdir(0o555)
            (gate / _FILE).touch(0o444)
            if len(str(gate / _MODEL)) > _LONGEST:
                raise Stop(
                    "The path of codegen's home is too long for a socket.",
                    remedy="Set CODEGEN_HOME to a shorter one.",
                )
            async with asking(self._upstream, refused) as model, _served(model, gate), _heard(gate, heard):
                yield _Way(model, gate, str(self._agent.folder))
        finally:
            await places.remove(own)

    def _expect_program(self) -> None:
        folder = self._agent.folder
        if folder.is_dir() and not places.enterable(folder.resolve(), self._identity):
            raise Stop(
                f"The sandbox's user cannot enter the folder of the engine {self._name}.",
                remedy=f"Install it in a folder that everybody may enter, such as /opt/{self._name}.",
            )
        if not os.access(self._agent.path, os.X_OK):
            raise Stop(
                f"The program of the engine {self._name} is not on this worker.",
                remedy=f"Install it there, or correct engines.{self._name} in codegen.toml.",
            )


class _Way:
    """ports.Passage."""

    def __init__(self, model: Asking, gate: Path, folder: str) -> None:
        self._model = model
        self._gate = gate
        self._folder = folder

    @property
    def spend(self) -> Spend:
        """What the model's answers used so far."""
        return self._model.spend

    @property
    def over(self) -> str:
        """Why no further question is passed on."""
        return self._model.over

    @property
    def trouble(self) -> str:
        """What kept the last question from being answered."""
        return self._model.trouble

    @property
    def remedy(self) -> str:
        """What to do about that trouble."""
        return self._model.remedy

    def through(self, command: Command, *, hidden: Mapping[str, bool]) -> Command:
        """The command, started by our two scripts, with nothing where something is hidden."""
        forwarding = (PYTHON, "-I", "{in}/forward.py", str(self._gate / _MODEL), str(urlsplit(ORIGIN).port))
        driving = (PYTHON, "-I", "{in}/drive.py", str(self._gate / _LINES), REPORT, f"{{out}}/{KEPT}")
        return command.model_copy(
            update={
                "argv": (*forwarding, *driving, *command.argv),
                "files": {**command.files, **_SCRIPTS},
                "mounts": (*command.mounts, self._folder, str(self._gate)),
                "covered": {
                    path: str(self._gate / (_FOLDER if folder else _FILE)) for path, folder in hidden.items()
                },
                "collect": True,
            }
        )

    async def turn(self) -> None:
        """Wait until another question was answered or refused."""
        await self._model.turn()


@asynccontextmanager
async def _served(model: Asking, gate: Path) -> AsyncIterator[None]:
    app = web.Application(client_max_size=_BODY)
    app.router.add_route("*", "/{rest:.*}", model.answer)
    runner = web.AppRunner(app, access_log=None, shutdown_timeout=1.0)
    await runner.setup()
    try:
        await web.SockSite(runner, listening(gate, _MODEL)).start()
        yield
    finally:
        await runner.cleanup()


@asynccontextmanager
async def _heard(gate: Path, heard: Callable[[str], None]) -> AsyncIterator[None]:
    async def listen(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        with contextlib.suppress(OSError), contextlib.closing(writer):
            await _lines(reader, heard)

    server = await asyncio.start_unix_server(listen, sock=listening(gate, _LINES))
    try:
        yield
    finally:
        server.close()


async def _lines(reader: asyncio.StreamReader, heard: Callable[[str], None]) -> None:
    """Pass on whole lines; one that is too long is left out, and after too many bytes nothing is heard."""
    rest, skipping, size = bytearray(), False, 0
    while part := await reader.read(1 << 16):
        size += len(part)
        if size > PRINTED:
            continue
        *lines, last = part.split(b"\n")
        for line in lines:
            whole = bytes(rest + line)
            rest.clear()
            if not skipping and whole.strip():
                heard(whole.decode(errors="replace"))
            skipping = False
        rest += last
        if len(rest) > LINE:
            rest.clear()
            skipping = True
    if rest and not skipping:
        heard(bytes(rest).decode(errors="replace"))
