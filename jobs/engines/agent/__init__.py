"""The built-in engine: a model in the worker, every one of its tools inside the sandbox."""

from jobs.engines.agent.engine import AgentEngine, Model

__all__ = ["AgentEngine", "Model"]
