"""Whether the sandbox holds on this host: tried, never assumed."""

from pathlib import Path

from jobs.adapters.sandbox.box import Box, Task
from jobs.adapters.sandbox.recipe import TREE, Mount
from jobs.errors import Stop

# Each line must come out as expected; a sandbox that is not closed is as bad as none.
_SCRIPT = """
id -u
grep -E '^(CapEff|NoNewPrivs|Seccomp):' /proc/self/status | tr -d '\\t'
ls /sys/class/net 2>/dev/null || echo no-sys
tail -n +3 /proc/net/dev | cut -d: -f1 | tr -d ' '
touch /probe 2>/dev/null && echo writable || echo read-only
unshare -U true 2>/dev/null && echo nested || echo not-nested
"""
_EXPECTED = [
    "1000",
    "CapEff:0000000000000000",
    "NoNewPrivs:1",
    "Seccomp:2",
    "no-sys",
    "lo",
    "read-only",
    "not-nested",
]
_SWITCHES = {
    "kernel/unprivileged_userns_clone": ("0", "1"),
    "kernel/apparmor_restrict_unprivileged_userns": ("1", "0"),
    "user/max_user_namespaces": ("0", "63000"),
}


async def probe(box: Box, tree: str) -> None:
    """Run a probe in an open sandbox; raises Stop when it fails or is not closed."""
    task = Task(argv=("/bin/sh", "-c", _SCRIPT), mounts=[Mount(tree, TREE)], timeout=20.0)
    report = await box.run(task)
    said = report.output.decode(errors="replace").splitlines()
    if said != _EXPECTED:
        wrong = [got for got, wanted in zip(said, _EXPECTED, strict=False) if got != wanted]
        detail = wrong[0] if wrong else "it gave no answer"
        raise Stop(f"The sandbox does not hold on this host: {detail}.", remedy=remedy())


def remedy(proc: Path = Path("/proc/sys")) -> str:
    """The one thing to run when the kernel refuses namespaces."""
    for name, (refusing, allowing) in _SWITCHES.items():
        switch = proc / name
        if switch.exists() and switch.read_text().strip() == refusing:
            return f"Run: sysctl -w {name.replace('/', '.')}={allowing}"
    return (
        "In a container, run it as a non-root user with security_opt systempaths=unconfined, "
        "apparmor=unconfined and the seccomp profile of the operator guide."
    )
