"""Make the JSON Schemas of published TypeScript types: Slack's own, and GitLab's as gitbeaker has them.

`python -m playground.contracts.generate` needs npm and whatever registry npm is configured for; the packages
are pinned by hash in `package-lock.json`. It works in a temporary directory; pass `--check` to only compare
with the committed files.
"""

import json
import shutil
import subprocess
import sys
import tempfile
from pathlib import Path
from typing import Any
from urllib.parse import unquote

from playground.contracts.sources import HERE, SOURCES, Source

PROSE = ("description", "markdownDescription", "deprecated", "default")
"""Keywords that check nothing."""

SENT_BY_US = "Options"
"""How types end whose fields are all known: what a client may send."""

REFERENCE = "#/definitions/"
"""How a reference to another definition begins."""


def generate(source: Source, directory: Path) -> dict[str, Any]:
    """Return the trimmed schema document of a source; its packages are installed in `directory`."""
    (directory / "roots.ts").write_text(source.program)
    _run(
        directory,
        "node_modules/.bin/ts-json-schema-generator",
        *("--path", "roots.ts", "--type", "*", "--no-type-check", "--no-top-ref", "--out", "schema.json"),
        *source.flags,
    )
    return trimmed(json.loads((directory / "schema.json").read_text())["definitions"], source)


def trimmed(definitions: dict[str, Any], source: Source) -> dict[str, Any]:
    """Keep only what is reachable from the roots, without prose."""
    wanted = sorted(source.roots)
    kept: dict[str, Any] = {}
    while wanted:
        name = wanted.pop()
        if name not in kept:
            body = _without_prose(definitions[name])
            kept[name] = body if not source.open or name.endswith(SENT_BY_US) else _opened(body)
            wanted.extend(_references(kept[name]))
    return {"$schema": "http://json-schema.org/draft-07/schema#", "definitions": dict(sorted(kept.items()))}


def rendered(schema: dict[str, Any]) -> str:
    """Return the document as it stands in the file: one definition a line."""
    lines = [f" {json.dumps(name)}: {json.dumps(body)}" for name, body in schema["definitions"].items()]
    head = json.dumps(schema["$schema"])
    return '{"$schema": ' + head + ', "definitions": {\n' + ",\n".join(lines) + "\n}}\n"


def _without_prose(node: Any, *, names: bool = False) -> Any:
    if isinstance(node, dict):
        kept = {key: value for key, value in node.items() if names or key not in PROSE}
        return {key: _without_prose(value, names=key == "properties") for key, value in kept.items()}
    return [_without_prose(item) for item in node] if isinstance(node, list) else node


def _opened(node: Any, *, names: bool = False) -> Any:
    if isinstance(node, dict):
        kept = {key: value for key, value in node.items() if names or (key, value) != _CLOSED}
        return {key: _opened(value, names=key == "properties") for key, value in kept.items()}
    return [_opened(item) for item in node] if isinstance(node, list) else node


_CLOSED = ("additionalProperties", False)


def _references(node: Any) -> list[str]:
    if isinstance(node, dict):
        known = node.get("$ref")
        own = [unquote(known.removeprefix(REFERENCE))] if isinstance(known, str) else []
        return own + [name for value in node.values() for name in _references(value)]
    return [name for item in node for name in _references(item)] if isinstance(node, list) else []


def _run(directory: Path, *command: str) -> None:
    subprocess.run(command, cwd=directory, check=True, stdout=sys.stderr)


def main(arguments: list[str]) -> int:
    """Write the files, or with `--check` compare them; 1 means that one differs."""
    with tempfile.TemporaryDirectory() as name:
        directory = Path(name)
        for file in ("package.json", "package-lock.json"):
            shutil.copy(HERE / file, directory)
        _run(directory, "npm", "ci", "--ignore-scripts", "--no-audit", "--no-fund", "--silent")
        texts = {one.target: rendered(generate(one, directory)) for one in SOURCES}
    if "--check" not in arguments:
        for path, text in texts.items():
            path.write_text(text)
        return 0
    differing = [path.name for path, text in texts.items() if text != path.read_text()]
    sys.stderr.write(f"{', '.join(differing) or 'nothing'} differs from the published types\n")
    return int(bool(differing))


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
