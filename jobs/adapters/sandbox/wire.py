"""How the worker, the holders and the runners talk: one message is a JSON head and some blobs."""

import json
import socket
import struct
from collections.abc import Sequence
from dataclasses import asdict, dataclass, field
from typing import Any

_LENGTH = struct.Struct(">I")


@dataclass(frozen=True)
class Rooms:
    """What a holder needs to know about its workspace; paths of the host."""

    uid: int
    gid: int
    tree: str
    """Where the tree is seen; the mount point of the overlay."""
    lower: str | None = None
    """The read-only checkout underneath; None: `tree` is a plain directory."""
    upper: str = ""
    work: str = ""
    cgroups: tuple[str, ...] = ()
    """Control group directories to join before giving up root."""


@dataclass(frozen=True)
class Order:
    """One thing for a runner to do."""

    kind: str
    """run, read or usage."""
    argv: tuple[str, ...] = ()
    """bubblewrap and its arguments; it finds the filter at SECCOMP_FD."""
    seccomp: bytes = b""
    stdin: bytes = b""
    inward: str = ""
    """Directory to create and fill with `names` and their contents; empty: none."""
    names: tuple[str, ...] = ()
    contents: tuple[bytes, ...] = ()
    outward: str = ""
    """Directory to create and to collect from; empty: none."""
    collect_limit: int = 0
    """Bytes collected at most."""
    timeout: float = 60.0
    output_limit: int = 1_000_000
    apart: bool = False
    """True: standard error is captured apart."""
    limits: dict[str, int] = field(default_factory=dict)
    """Names of `resource.RLIMIT_*` in lower case without prefix → value."""
    watched: tuple[str, ...] = ()
    """Directories whose size, together, is bounded by `disk`; for read: the root."""
    disk: int = 0
    path: str = ""
    """For read: the file, from the root."""


@dataclass(frozen=True)
class Report:
    """What a runner says when it is done."""

    exit_code: int | None = None
    output: bytes = b""
    errors: bytes = b""
    truncated: bool = False
    timed_out: bool = False
    disk_full: bool = False
    seconds: float = 0.0
    cpu_seconds: float = 0.0
    used: int = 0
    """Bytes used below `watched`."""
    names: tuple[str, ...] = ()
    contents: tuple[bytes, ...] = ()
    missing: bool = False
    """For read: there is no such regular file."""
    failure: str = ""
    """What kept the holder or runner from working at all."""


def packed(message: Rooms | Order | Report) -> bytes:
    """A message as bytes."""
    blobs: list[bytes] = []
    head = json.dumps({name: _kept(value, blobs) for name, value in asdict(message).items()}).encode()
    parts = [_LENGTH.pack(len(head)), head]
    for blob in blobs:
        parts += [_LENGTH.pack(len(blob)), blob]
    return b"".join(parts)


def rooms(head: bytes, blobs: Sequence[bytes]) -> Rooms:
    """The message of that kind."""
    return Rooms(**_restored(head, blobs))


def order(head: bytes, blobs: Sequence[bytes]) -> Order:
    """The message of that kind."""
    return Order(**_restored(head, blobs))


def report(head: bytes, blobs: Sequence[bytes]) -> Report:
    """The message of that kind."""
    return Report(**_restored(head, blobs))


def blob_count(head: bytes) -> int:
    """How many blobs follow a head."""
    return sum(
        len(value["blobs"]) if isinstance(value, dict) and "blobs" in value else _is_blob(value)
        for value in json.loads(head).values()
    )


def receive(connection: socket.socket) -> tuple[bytes, list[bytes]]:
    """Wait for one message; raises EOFError when the other side is gone."""
    head = _part(connection)
    return head, [_part(connection) for _ in range(blob_count(head))]


def _part(connection: socket.socket) -> bytes:
    (length,) = _LENGTH.unpack(_exactly(connection, _LENGTH.size))
    return _exactly(connection, length)


def _exactly(connection: socket.socket, length: int) -> bytes:
    parts = bytearray()
    while len(parts) < length:
        part = connection.recv(min(length - len(parts), 1 << 20))
        if not part:
            raise EOFError
        parts += part
    return bytes(parts)


def _is_blob(value: object) -> bool:
    return isinstance(value, dict) and "blob" in value


def _kept(value: object, blobs: list[bytes]) -> object:
    if isinstance(value, bytes):
        blobs.append(value)
        return {"blob": len(blobs) - 1}
    if isinstance(value, tuple) and value and isinstance(value[0], bytes):
        first = len(blobs)
        blobs += value
        return {"blobs": list(range(first, len(blobs)))}
    return value


def _restored(head: bytes, blobs: Sequence[bytes]) -> dict[str, Any]:
    values: dict[str, Any] = {}
    for name, value in json.loads(head).items():
        if isinstance(value, dict) and "blob" in value:
            values[name] = blobs[value["blob"]]
        elif isinstance(value, dict) and "blobs" in value:
            values[name] = tuple(blobs[at] for at in value["blobs"])
        else:
            values[name] = tuple(value) if isinstance(value, list) else value
    return values
