"""Cut the Web API methods that the product uses out of a full list of Slack's methods.

`python -m playground.contracts.extract FULL.json` writes `slack_methods.json` beside this file.
"""

import json
import sys
from pathlib import Path
from typing import Any

METHODS = (
    "apps.connections.open",
    "auth.test",
    "chat.delete",
    "chat.getPermalink",
    "chat.postEphemeral",
    "chat.postMessage",
    "chat.update",
    "conversations.history",
    "conversations.info",
    "conversations.join",
    "conversations.list",
    "conversations.members",
    "conversations.open",
    "conversations.replies",
    "files.completeUploadExternal",
    "files.delete",
    "files.getUploadURLExternal",
    "files.info",
    "reactions.add",
    "reactions.remove",
    "usergroups.list",
    "usergroups.users.list",
    "users.info",
    "users.list",
    "users.lookupByEmail",
    "views.open",
    "views.publish",
    "views.push",
    "views.update",
)
"""The methods the stand-in answers."""

TARGET = Path(__file__).with_name("slack_methods.json")
"""Where the trimmed contract stands."""


def extract(full: dict[str, Any]) -> dict[str, Any]:
    """Return names, types, errors, scopes and rate tier of the used methods, without the prose."""
    return {"common_errors": sorted(full["common_errors"]), "methods": {m: _facts(full[m]) for m in METHODS}}


def rendered(contract: dict[str, Any]) -> str:
    """Return the contract as it stands in the file: one method a line, for readable diffs."""
    lines = [f"  {json.dumps(name)}: {json.dumps(facts)}" for name, facts in contract["methods"].items()]
    common = json.dumps(contract["common_errors"])
    return '{"common_errors": ' + common + ',\n "methods": {\n' + ",\n".join(lines) + "\n}}\n"


def _facts(method: dict[str, Any]) -> dict[str, Any]:
    arguments = {
        name: {"type": facts.get("type"), "required": facts.get("required", False)}
        for name, facts in method["args"].items()
    }
    return {
        "args": arguments,
        "errors": sorted(method["errors"]),
        "scopes": [scope["name"] for scope in method["scopes"].get("bot", [])],
        "rate": method["rate_limit"]["label"].split(":")[0],
    }


def main(source: str) -> None:
    """Read the full list from `source` and write the trimmed contract."""
    TARGET.write_text(rendered(extract(json.loads(Path(source).read_text()))))


if __name__ == "__main__":
    main(sys.argv[1])
