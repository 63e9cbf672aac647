"""Make `slack_types.schema.json`: JSON Schemas of Slack's published TypeScript types.

`python -m playground.contracts.generate` needs npm and whatever registry npm is configured for. It works in a
temporary directory; pass `--check` to only compare with the committed file.
"""

import json
import subprocess
import sys
import tempfile
from pathlib import Path
from typing import Any

PACKAGES = (
    "ts-json-schema-generator@2.4.0",
    "@slack/types@3.2.0",
    "@slack/bolt@5.1.0",
    "@slack/web-api@8.2.0",
)
"""What is installed; the versions are pinned so that the result can be compared."""

ROOTS = {
    "types": [
        "KnownBlock",
        "ModalView",
        "HomeView",
        "AppMentionEvent",
        "GenericMessageEvent",
        "FileShareMessageEvent",
        "MessageChangedEvent",
        "ReactionAddedEvent",
        "ReactionRemovedEvent",
        "AppHomeOpenedEvent",
        "MessageMetadata",
        "MessageMetadataPostedEvent",
    ],
    "bolt": [
        "SlashCommand",
        "BlockAction",
        "ViewSubmitAction",
        "ViewClosedAction",
        "BlockSuggestion",
        "GlobalShortcut",
        "MessageShortcut",
        "EnvelopedEvent",
        "ViewResponseAction",
    ],
}
"""The types that are checked, by package."""

TARGET = Path(__file__).with_name("slack_types.schema.json")
"""Where the generated schemas stand."""

PROSE = ("description", "markdownDescription", "deprecated", "default")
"""Keywords that check nothing."""


def generate(directory: Path) -> dict[str, Any]:
    """Install the packages in `directory` and return the trimmed schema document."""
    names = [
        f"export type Root{name} = {package}.{name};" for package, roots in ROOTS.items() for name in roots
    ]
    imports = [f'import * as {package} from "@slack/{package}";' for package in ROOTS]
    (directory / "roots.ts").write_text("\n".join([*imports, *names]))
    (directory / "package.json").write_text('{"private": true}')
    _run(directory, "npm", "install", "--no-audit", "--no-fund", "--silent", *PACKAGES)
    _run(
        directory,
        "node_modules/.bin/ts-json-schema-generator",
        *("--path", "roots.ts", "--type", "*", "--no-type-check", "--no-top-ref", "--out", "schema.json"),
    )
    return trimmed(json.loads((directory / "schema.json").read_text())["definitions"])


def trimmed(definitions: dict[str, Any]) -> dict[str, Any]:
    """Keep only what is reachable from the roots, without prose."""
    wanted = sorted(name for roots in ROOTS.values() for name in roots)
    kept: dict[str, Any] = {}
    while wanted:
        name = wanted.pop()
        if name not in kept:
            kept[name] = _without_prose(definitions[name])
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


def _references(node: Any) -> list[str]:
    if isinstance(node, dict):
        own = [node["$ref"].removeprefix("#/definitions/")] if isinstance(node.get("$ref"), str) else []
        return own + [name for value in node.values() for name in _references(value)]
    return [name for item in node for name in _references(item)] if isinstance(node, list) else []


def _run(directory: Path, *command: str) -> None:
    subprocess.run(command, cwd=directory, check=True, stdout=sys.stderr)


def main(arguments: list[str]) -> int:
    """Write the file, or with `--check` compare it; 1 means it differs."""
    with tempfile.TemporaryDirectory() as directory:
        text = rendered(generate(Path(directory)))
    if "--check" in arguments:
        return int(text != TARGET.read_text())
    TARGET.write_text(text)
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
