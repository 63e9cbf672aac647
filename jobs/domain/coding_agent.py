"""A coding agent's program as engine: the `[engines.NAME]` tables of codegen.toml, and known programs."""

import json
import re
from collections.abc import Iterator, Mapping
from enum import StrEnum
from pathlib import Path
from typing import Annotated, Final, Self

from pydantic import Field, StringConstraints, model_validator

from jobs.domain.base_model import Frozen
from jobs.domain.environment import Address

ORIGIN: Final = "http://127.0.0.1:8099"
"""Where a program finds its model's API inside the sandbox; the paths under it begin with /v1."""
RESERVED: Final = frozenset({"agent", "patch", "none"})
"""Names that mean something else where engines are named."""

SETTINGS: Final = (
    *(".claude", ".mcp.json", ".codex", ".agents", ".opencode", "opencode.json", "opencode.jsonc"),
    *(".gemini", ".qwen", ".cursor", ".goose", ".aider.conf.yml"),
)
"""What a repository may bring for such programs at its root: hooks, plugins, servers. They find it empty."""

AgentName = Annotated[str, StringConstraints(pattern=r"^[a-z0-9][a-z0-9_-]{0,31}$")]
"""Name of a table: small letters, digits, dash, underscore."""
ModelName = Annotated[str, StringConstraints(pattern=r"^[A-Za-z0-9][A-Za-z0-9._:/@+-]{0,99}$")]
"""A model as its provider spells it."""
Variable = Annotated[str, StringConstraints(pattern=r"^[A-Za-z_][A-Za-z0-9_]{0,63}$")]
"""Name of an environment variable."""

_PLACE: Final = re.compile(r"\{[a-z_]+\}")
_DEEP: Final = 3
_SYSTEM: Final = ("proc", "sys", "dev", "run", "etc", "boot")
_SECRET: Final = re.compile(r"(_KEY|TOKEN|SECRET|PASSWORD)$")


class Auth(StrEnum):
    """How a key is shown to a model's API."""

    BEARER = "bearer"
    """`Authorization: Bearer KEY`."""
    X_API_KEY = "x-api-key"
    """`X-Api-Key: KEY`."""


class Told(StrEnum):
    """How a program tells on standard output what it does."""

    CODEX = "codex"
    """Lines of `codex exec --json`."""
    CLAUDE_CODE = "claude-code"
    """Lines of `claude -p --output-format stream-json`."""
    OPENCODE = "opencode"
    """Lines of `opencode run --format json`."""
    PLAIN = "plain"
    """JSON objects with `step` or `text`, else plain text."""


class Invocation(Frozen):
    """How a program is started: `{program}`, `{model}` and `{origin}` stand for what they say."""

    argv: tuple[str, ...]
    """Program and arguments; the task comes on standard input."""
    env: Mapping[str, str] = {}
    """Variables for it."""
    told: Told = Told.PLAIN
    """How it tells what it does."""
    api: Address | None = None
    """Where its model's API is unless the table says otherwise."""
    auth: Auth = Auth.BEARER
    """How its key is shown."""

    def filled(self, values: Mapping[str, str]) -> "Invocation":
        """The same with the places filled in."""

        def full(text: str) -> str:
            return _PLACE.sub(lambda found: values.get(found[0][1:-1], found[0]), text)

        argv = tuple(full(one) for one in self.argv)
        env = {name: full(value) for name, value in self.env.items()}
        return self.model_copy(update={"argv": argv, "env": env})


class Preset(StrEnum):
    """Programs whose command line is known."""

    CLAUDE_CODE = "claude-code"
    """Anthropic's Claude Code."""
    CODEX = "codex"
    """OpenAI's Codex CLI."""
    OPENCODE = "opencode"
    """opencode."""


_PROVIDER: Final = (
    '{name="codegen",base_url="{origin}/v1",wire_api="responses",env_key="OPENAI_API_KEY",'
    "supports_websockets=false}"
)
_OPENCODE: Final = json.dumps(
    {
        "model": "codegen/{model}",
        "small_model": "codegen/{model}",
        "enabled_providers": ["codegen"],
        "autoupdate": False,
        "share": "disabled",
        "snapshot": False,
        "lsp": False,
        "permission": "allow",
        "provider": {
            "codegen": {
                "npm": "@ai-sdk/openai-compatible",
                "name": "codegen",
                "options": {"baseURL": "{origin}/v1", "apiKey": "outside"},
                "models": {"{model}": {"name": "{model}"}},
            }
        },
    }
)

# What a repository tells these programs (rules, memories) is switched off in each.
PRESETS: Final[Mapping[Preset, Invocation]] = {
    Preset.CLAUDE_CODE: Invocation(
        argv=(
            *("{program}", "-p", "--output-format", "stream-json", "--verbose", "--model", "{model}"),
            *("--setting-sources", "user", "--strict-mcp-config", "--dangerously-skip-permissions"),
        ),
        env={
            "ANTHROPIC_BASE_URL": "{origin}",
            "ANTHROPIC_API_KEY": "outside",
            "ANTHROPIC_SMALL_FAST_MODEL": "{model}",
            "ANTHROPIC_DEFAULT_HAIKU_MODEL": "{model}",
            "CLAUDE_CODE_DISABLE_NONESSENTIAL_TRAFFIC": "1",
            "DISABLE_AUTOUPDATER": "1",
        },
        told=Told.CLAUDE_CODE,
        api="https://api.anthropic.com/v1",
        auth=Auth.X_API_KEY,
    ),
    Preset.CODEX: Invocation(
        argv=(
            *("{program}", "exec", "--json", "--skip-git-repo-check", "--ephemeral"),
            *("--ignore-user-config", "--ignore-rules", "--dangerously-bypass-approvals-and-sandbox"),
            *("-c", "project_doc_max_bytes=0", "-c", 'web_search="disabled"'),
            *("-c", 'model_provider="codegen"', "-c", f"model_providers.codegen={_PROVIDER}"),
            *("--model", "{model}", "-"),
        ),
        env={"OPENAI_API_KEY": "outside"},
        told=Told.CODEX,
        api="https://api.openai.com/v1",
    ),
    Preset.OPENCODE: Invocation(
        argv=("{program}", "run", "--pure", "--format", "json"),
        env={
            "OPENCODE_CONFIG_CONTENT": _OPENCODE,
            "OPENCODE_DISABLE_PROJECT_CONFIG": "1",
            "OPENCODE_DISABLE_CLAUDE_CODE": "1",
            "OPENCODE_DISABLE_EXTERNAL_SKILLS": "1",
            "OPENCODE_DISABLE_AUTOUPDATE": "1",
            "OPENCODE_DISABLE_MODELS_FETCH": "1",
            "OPENCODE_DISABLE_LSP_DOWNLOAD": "1",
            "OPENCODE_DISABLE_DEFAULT_PLUGINS": "1",
            "OPENCODE_DISABLE_SHARE": "1",
        },
        told=Told.OPENCODE,
    ),
}
"""How each is started, without a person, in a sandbox that is not its own."""


class CodingAgent(Frozen):
    """One `[engines.NAME]` table: a program that runs wholly in the sandbox and writes the change."""

    preset: Preset | None = None
    """A program whose command line is known; else `argv`."""
    argv: tuple[str, ...] = ()
    """Another program's command line; `{program}`, `{model}` and `{origin}` are filled in."""
    env: dict[str, str] = {}  # noqa: RUF012  # pydantic copies defaults
    """Further variables for the program, filled in likewise; never a key."""
    folder: Path
    """Where it is installed on the worker; the sandbox sees it read-only, at the same path."""
    program: str
    """The program, from there, such as bin/codex."""
    version: Annotated[tuple[str, ...], Field(max_length=5)] = ("--version",)
    """Arguments with which it says its version."""
    model: ModelName
    """The one model it may ask."""
    api: Address | None = None
    """Where that model's API is, its version included, such as https://api.openai.com/v1."""
    auth: Auth | None = None
    """How the key is shown to it; left out, as the preset's API has it, else bearer."""
    key: Variable | None = None
    """The worker's variable with the key; the sandbox never sees it."""
    key_file: Path | None = None
    """A file with the key in place of a variable."""

    @property
    def invocation(self) -> Invocation:
        """How it is started; places are not filled in yet."""
        known = PRESETS[self.preset] if self.preset else Invocation(argv=self.argv)
        return known.model_copy(
            update={
                "env": {**known.env, **self.env},
                "api": self.api or known.api,
                "auth": self.auth or known.auth,
            }
        )

    @property
    def path(self) -> str:
        """The program's place, on the worker and in the sandbox."""
        return str(self.folder / self.program)

    @model_validator(mode="after")
    def _usable(self) -> Self:
        problems = list(self._problems())
        if problems:
            raise ValueError("; ".join(problems))
        return self

    def _problems(self) -> Iterator[str]:
        if (self.preset is None) == (not self.argv):
            known = ", ".join(Preset)
            yield f"preset: name one of {known}, or give argv in its place, and not both"
        elif self.invocation.api is None:
            yield "api: name the address of the model's API, such as https://api.example/v1"
        if not self.folder.is_absolute() or ".." in self.folder.parts:
            yield "folder: must be a whole path, such as /opt/codex"
        elif len(self.folder.parts) < _DEEP or self.folder.parts[1] in _SYSTEM:
            yield "folder: name the program's own folder, such as /opt/codex: the sandbox sees all of it"
        if self.program.startswith("/") or ".." in Path(self.program).parts or not self.program:
            yield "program: must be a path within folder, such as bin/codex"
        for place in _places((*self.argv, *self.env.values())):
            yield f"argv: {place} is not one of {{program}}, {{model}}, {{origin}}"
        if self.key and self.key_file:
            yield "key: name a variable or key_file, not both"
        if self.key_file and self.key_file.is_relative_to(self.folder):
            yield "key_file: lies in folder, which the sandbox sees"
        if self.key and not _SECRET.search(self.key):
            yield "key: the variable's name must end in _KEY, TOKEN or SECRET, so that it is never shown"


def _places(texts: tuple[str, ...]) -> Iterator[str]:
    for text in texts:
        for found in _PLACE.finditer(text):
            if found[0] not in ("{program}", "{model}", "{origin}"):
                yield found[0]
