"""Environments of repositories: built in a sandbox that reaches package registries only, kept, shared."""

from jobs.adapters.environments.registries import Registries, configured
from jobs.adapters.environments.store import BuiltEnvironments

__all__ = ["BuiltEnvironments", "Registries", "configured"]
