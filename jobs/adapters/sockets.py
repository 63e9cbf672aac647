"""Unix sockets that programs in a sandbox may connect to."""

import os
import socket
from pathlib import Path


def listening(folder: Path, name: str) -> socket.socket:
    """A socket that everybody may connect to who sees the folder; its path may be of any length."""
    opened = os.open(folder, os.O_PATH | os.O_DIRECTORY)
    try:
        made = socket.socket(socket.AF_UNIX, socket.SOCK_STREAM)
        made.bind(f"/proc/self/fd/{opened}/{name}")
    finally:
        os.close(opened)
    (folder / name).chmod(0o666)
    return made
