"""The key of a model's API, read where the operator put it; it never leaves the worker."""

import os
from collections.abc import Mapping
from pathlib import Path

from pydantic import SecretStr

from jobs.domain.coding_agent import CodingAgent
from jobs.errors import Refused


def key_of(name: str, agent: CodingAgent, environment: Mapping[str, str]) -> SecretStr | None:
    """An engine's key; None when it needs none; raises Refused naming the setting."""
    if agent.key is not None:
        if not environment.get(agent.key):
            told = f"{agent.key} is not set in the worker's environment"
            raise Refused({f"codegen.toml: engines.{name}.key": told})
        return SecretStr(environment[agent.key].strip())
    return _from_file(name, agent.key_file) if agent.key_file is not None else None


def _from_file(name: str, file: Path) -> SecretStr:
    field = f"codegen.toml: engines.{name}.key_file"
    try:
        key = file.read_text(encoding="utf-8").strip()
    except UnicodeDecodeError:
        raise Refused({field: "is not text"}) from None
    except OSError as error:
        raise Refused({field: f"cannot be read: {os.strerror(error.errno or 0)}"}) from None
    if not key or "\n" in key:
        raise Refused({field: "must hold the key alone, in one line"})
    return SecretStr(key)
