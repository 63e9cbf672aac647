"""`make bench`: every measurement, one after another; a failed one is named and the rest still run.

A measurement is a module of this package with `main() -> None` that prints its rows with `bench.row`,
and that runs by itself too: `python -m bench.slack`.
"""

import subprocess
import sys
from pathlib import Path


def main() -> int:
    """Status 0 when every measurement ran, 1 when one failed."""
    failed = []
    for name in names():
        print(f"# {name}", flush=True)
        # a process of its own: what one leaves behind does not slow the next
        if subprocess.run([sys.executable, "-m", f"bench.{name}"], check=False).returncode:
            failed.append(name)
    if failed:
        print(f"failed: {', '.join(failed)}", file=sys.stderr)
    return 1 if failed else 0


def names() -> list[str]:
    """The measurements there are: modules with a `main` that takes nothing and answers nothing."""
    modules = Path(__file__).parent.glob("[!_]*.py")
    return sorted(one.stem for one in modules if "\ndef main() -> None:" in one.read_text(encoding="utf-8"))


if __name__ == "__main__":
    sys.exit(main())
