"""Which model the demo asks: the scripted stand-in, or the one the environment names."""

from collections.abc import Mapping

KEYS = {"openai": "OPENAI_API_KEY", "anthropic": "ANTHROPIC_API_KEY", "openai-compatible": "OPENAI_BASE_URL"}
"""Provider → the variable without which it cannot be asked."""


def own_model(environment: Mapping[str, str]) -> bool:
    """True when a real model is named and its key is set."""
    provider = environment.get("CODEGEN_MODEL", "").partition(":")[0]
    return bool(environment.get(KEYS.get(provider, "")))


def model_line(environment: Mapping[str, str]) -> str:
    """What is said about the model."""
    name = environment.get("CODEGEN_MODEL", "")
    if own_model(environment):
        return f"{name}, as CODEGEN_MODEL says"
    key = KEYS.get(name.partition(":")[0])
    if name and key:
        return f"the scripted stand-in, because {key} is not set for {name}"
    return "the scripted stand-in (set CODEGEN_MODEL and its key for a real one)"
