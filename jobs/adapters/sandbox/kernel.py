"""The few system calls that Python's standard library does not offer."""

import ctypes
import os
from pathlib import Path

CLONE_NEWNS = 0x00020000
CLONE_NEWUSER = 0x10000000
PR_SET_PDEATHSIG = 1
PR_SET_DUMPABLE = 4
PR_SET_CHILD_SUBREAPER = 36
PR_SET_NO_NEW_PRIVS = 38

_libc = ctypes.CDLL(None, use_errno=True)


def unshare(flags: int) -> None:
    """Leave namespaces; see unshare(2)."""
    _checked(_libc.unshare(flags), "unshare")


def mount(source: str, target: str, kind: str, options: str) -> None:
    """Mount a file system; see mount(2)."""
    arguments = [one.encode("utf-8", "surrogateescape") for one in (source, target, kind)]
    _checked(_libc.mount(*arguments, 0, options.encode("utf-8", "surrogateescape")), f"mount {kind}")


def prctl(option: int, value: int) -> None:
    """Set an attribute of this process; see prctl(2)."""
    unset = ctypes.c_ulong(0)
    _checked(_libc.prctl(option, ctypes.c_ulong(value), unset, unset, unset), "prctl")


def hide_from_same_user() -> None:
    """Keep processes of the same user away from this one's memory and environment.

    Needed in the worker when it is not root: the sandbox then shares its user id.
    """
    prctl(PR_SET_DUMPABLE, 0)


def drop_to(uid: int, gid: int) -> None:
    """Give up root for good; does nothing for an ordinary user."""
    if os.geteuid() == 0:
        os.setgroups([])
        os.setresgid(gid, gid, gid)
        os.setresuid(uid, uid, uid)
    prctl(PR_SET_DUMPABLE, 1)


def own_namespaces(inner_uid: int) -> None:
    """Enter a new user and mount namespace in which this user is `inner_uid` and nobody else exists."""
    uid, gid = os.geteuid(), os.getegid()
    unshare(CLONE_NEWUSER | CLONE_NEWNS)
    Path("/proc/self/setgroups").write_text("deny")
    Path("/proc/self/uid_map").write_text(f"{inner_uid} {uid} 1")
    Path("/proc/self/gid_map").write_text(f"{inner_uid} {gid} 1")


def children() -> list[int]:
    """Process ids of this process's children."""
    return [int(one) for one in Path(f"/proc/self/task/{os.getpid()}/children").read_text().split()]


def _checked(result: int, call: str) -> None:
    if result != 0:
        number = ctypes.get_errno()
        raise OSError(number, f"{call}: {os.strerror(number)}")
