"""Bounds of a sandbox and the user it runs as."""

import os
from dataclasses import dataclass

MIB = 1024 * 1024


@dataclass(frozen=True)
class Limits:
    """What one workspace may use."""

    memory: int = 4096 * MIB
    """Bytes of memory for all its processes together (with control groups), else of data for each."""
    processes: int = 1024
    """Processes and threads at once."""
    disk: int = 4096 * MIB
    """Bytes that commands may add to the tree; each entry counts as a block at least."""
    file_size: int = 1024 * MIB
    """Bytes of one file."""
    tmp: int = 512 * MIB
    """Bytes of /tmp, which is memory."""
    open_files: int = 4096
    """Open files of one process."""
    cpu_seconds: int = 3600
    """Processor time of one process."""

    def rlimits(self, *, grouped: bool) -> dict[str, int]:
        """For setrlimit(2), by name; `grouped` says that control groups bound memory and processes."""
        limits = {
            "fsize": self.file_size,
            "nofile": self.open_files,
            "cpu": self.cpu_seconds,
            "nproc": self.processes,
            "core": 0,
        }
        # RLIMIT_AS breaks runtimes that reserve address space (Go, V8, Java); data is what they write to.
        return limits if grouped else {**limits, "data": self.memory}


@dataclass(frozen=True)
class Identity:
    """The host's user and group that commands run as."""

    uid: int
    gid: int


def sandbox_identity(uid: int = 64_023) -> Identity:
    """An unprivileged id nobody else uses when this process is root, else this process's own."""
    return Identity(uid, uid) if os.geteuid() == 0 else Identity(os.geteuid(), os.getegid())
