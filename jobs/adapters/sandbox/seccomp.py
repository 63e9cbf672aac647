"""The system call filter, assembled by hand: what no build or test needs is refused."""

import struct
from dataclasses import dataclass

X86_64 = "x86_64"
AARCH64 = "aarch64"

_LOAD, _EQUAL, _AT_LEAST, _ANY_BIT, _RETURN = 0x20, 0x15, 0x35, 0x45, 0x06
_ALLOW, _KILL, _ERRNO = 0x7FFF0000, 0x80000000, 0x00050000
_EPERM, _ENOSYS, _EAFNOSUPPORT = 1, 38, 97
_NUMBER, _ARCH, _ARG0, _ARG1 = 0, 4, 16, 24
_X32 = 0x40000000
_NEW_NAMESPACES = 0x7E020000
_TIOCSTI, _TIOCLINUX = 0x5412, 0x541C
_FAMILIES = (1, 2, 10)  # unix, inet, inet6

_AUDIT = {X86_64: 0xC000003E, AARCH64: 0xC00000B7}
_SPECIAL = {
    X86_64: {"clone": 56, "clone3": 435, "ioctl": 16, "socket": 41},
    AARCH64: {"clone": 220, "clone3": 435, "ioctl": 29, "socket": 198},
}
# Calls numbered alike everywhere: newer mount calls, io_uring, pidfd_getfd, process_madvise, quotactl_fd.
_DENIED_EVERYWHERE = {
    "io_uring_setup": 425,
    "io_uring_enter": 426,
    "io_uring_register": 427,
    "open_tree": 428,
    "move_mount": 429,
    "fsopen": 430,
    "fsconfig": 431,
    "fsmount": 432,
    "fspick": 433,
    "pidfd_getfd": 438,
    "process_madvise": 440,
    "mount_setattr": 442,
    "quotactl_fd": 443,
    "process_mrelease": 448,
    "open_tree_attr": 467,
}
_DENIED = {
    X86_64: {
        "ptrace": 101,
        "syslog": 103,
        "uselib": 134,
        "vhangup": 153,
        "modify_ldt": 154,
        "pivot_root": 155,
        "_sysctl": 156,
        "adjtimex": 159,
        "chroot": 161,
        "acct": 163,
        "settimeofday": 164,
        "mount": 165,
        "umount2": 166,
        "swapon": 167,
        "swapoff": 168,
        "reboot": 169,
        "sethostname": 170,
        "setdomainname": 171,
        "iopl": 172,
        "ioperm": 173,
        "create_module": 174,
        "init_module": 175,
        "delete_module": 176,
        "quotactl": 179,
        "nfsservctl": 180,
        "lookup_dcookie": 212,
        "clock_settime": 227,
        "mbind": 237,
        "set_mempolicy": 238,
        "kexec_load": 246,
        "add_key": 248,
        "request_key": 249,
        "keyctl": 250,
        "migrate_pages": 256,
        "unshare": 272,
        "move_pages": 279,
        "perf_event_open": 298,
        "fanotify_init": 300,
        "open_by_handle_at": 304,
        "clock_adjtime": 305,
        "setns": 308,
        "process_vm_readv": 310,
        "process_vm_writev": 311,
        "kcmp": 312,
        "finit_module": 313,
        "kexec_file_load": 320,
        "bpf": 321,
        "userfaultfd": 323,
    },
    AARCH64: {
        "lookup_dcookie": 18,
        "umount2": 39,
        "mount": 40,
        "pivot_root": 41,
        "nfsservctl": 42,
        "chroot": 51,
        "vhangup": 58,
        "quotactl": 60,
        "acct": 89,
        "unshare": 97,
        "kexec_load": 104,
        "init_module": 105,
        "delete_module": 106,
        "clock_settime": 112,
        "syslog": 116,
        "ptrace": 117,
        "reboot": 142,
        "sethostname": 161,
        "setdomainname": 162,
        "settimeofday": 170,
        "adjtimex": 171,
        "add_key": 217,
        "request_key": 218,
        "keyctl": 219,
        "swapon": 224,
        "swapoff": 225,
        "mbind": 235,
        "set_mempolicy": 237,
        "migrate_pages": 238,
        "move_pages": 239,
        "perf_event_open": 241,
        "fanotify_init": 262,
        "open_by_handle_at": 265,
        "clock_adjtime": 266,
        "setns": 268,
        "process_vm_readv": 270,
        "process_vm_writev": 271,
        "kcmp": 272,
        "finit_module": 273,
        "bpf": 280,
        "userfaultfd": 282,
        "kexec_file_load": 294,
    },
}


@dataclass(frozen=True)
class Line:
    """One instruction; jumps name labels, None falls through."""

    code: int
    value: int
    yes: str | None = None
    no: str | None = None


def program(machine: str) -> bytes:
    """The filter for `uname -m`, as bubblewrap reads it; raises KeyError for a machine without a table."""
    return assemble(_lines(machine))


def denied(machine: str) -> dict[str, int]:
    """Names and numbers of the calls that fail with EPERM."""
    return {**_DENIED[machine], **_DENIED_EVERYWHERE}


def assemble(lines: list[Line | str]) -> bytes:
    """Turn instructions and labels (strings) into classic BPF; raises ValueError for a jump too far."""
    places: dict[str, int] = {}
    instructions: list[Line] = []
    for line in lines:
        if isinstance(line, str):
            places[line] = len(instructions)
        else:
            instructions.append(line)
    return b"".join(_encoded(line, at, places) for at, line in enumerate(instructions))


def _encoded(line: Line, at: int, places: dict[str, int]) -> bytes:
    yes, no = (0 if label is None else places[label] - at - 1 for label in (line.yes, line.no))
    if not (0 <= yes < 256 and 0 <= no < 256):
        raise ValueError(f"the jump from instruction {at} is too far")
    return struct.pack("=HBBI", line.code, yes, no, line.value)


def _lines(machine: str) -> list[Line | str]:
    special = _SPECIAL[machine]
    lines: list[Line | str] = [Line(_LOAD, _ARCH), Line(_EQUAL, _AUDIT[machine], no="kill")]
    lines.append(Line(_LOAD, _NUMBER))
    if machine == X86_64:
        lines.append(Line(_AT_LEAST, _X32, yes="kill"))
    lines += [Line(_EQUAL, number, yes=name) for name, number in special.items()]
    lines += [Line(_EQUAL, number, yes="deny") for number in sorted(denied(machine).values())]
    lines += [Line(_RETURN, _ALLOW)]
    lines += ["clone", Line(_LOAD, _ARG0), Line(_ANY_BIT, _NEW_NAMESPACES, yes="deny", no="allow")]
    lines += ["ioctl", Line(_LOAD, _ARG1), Line(_EQUAL, _TIOCSTI, yes="deny")]
    lines += [Line(_EQUAL, _TIOCLINUX, yes="deny", no="allow")]
    lines += ["socket", Line(_LOAD, _ARG0)]
    lines += [Line(_EQUAL, family, yes="allow") for family in _FAMILIES]
    lines += [Line(_RETURN, _ERRNO | _EAFNOSUPPORT)]
    lines += ["clone3", Line(_RETURN, _ERRNO | _ENOSYS)]
    lines += ["allow", Line(_RETURN, _ALLOW), "deny", Line(_RETURN, _ERRNO | _EPERM)]
    return [*lines, "kill", Line(_RETURN, _KILL)]
