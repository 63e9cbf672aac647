"""A coding agent's program as engine: it runs wholly in the sandbox, and only its tree is believed."""

from jobs.engines.command.engine import CommandEngine

__all__ = ["CommandEngine"]
