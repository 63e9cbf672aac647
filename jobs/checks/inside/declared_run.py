"""Runs a declared command and gathers the JUnit reports it leaves in the tree into one.

Usage: declared_run.py FOLDER GLOB PROGRAM ARGUMENT… — reports from before the run are taken away first.
"""

import subprocess
import sys
from pathlib import Path
from xml.etree.ElementTree import Element, ElementTree, ParseError, parse


def main(folder: str, pattern: str, argv: list[str]) -> int:
    """Run it; the exit status is the command's."""
    for path in _reports(pattern):
        path.unlink()
    try:
        status = subprocess.run(argv, check=False).returncode
    except OSError as error:
        (Path(folder) / "problem.txt").write_text(
            f"the suite command cannot be started: {error.strerror}", "utf-8"
        )
        return 2
    gathered = Element("testsuites")
    for path in _reports(pattern):
        try:
            gathered.append(parse(path).getroot())
        except (ParseError, OSError) as error:
            sys.stdout.write(f"{path} cannot be read: {error}\n")
    if len(gathered):
        ElementTree(gathered).write(str(Path(folder) / "report.xml"), encoding="utf-8")
    else:
        text = f"the suite command left no JUnit report at {pattern} (exit status {status})"
        (Path(folder) / "problem.txt").write_text(text, "utf-8")
    return status if status >= 0 else 128 - status


def _reports(pattern: str) -> list[Path]:
    return sorted(one for one in Path().glob(pattern) if one.is_file() and not one.is_symlink())


if __name__ == "__main__":
    sys.exit(main(sys.argv[1], sys.argv[2], sys.argv[3:]))
