"""Where a repository's dependencies come from."""

from typing import Final, Protocol

from jobs.domain.environment import BuiltEnvironment, Ecosystem, EnvironmentPlan
from jobs.errors import Stop


class NoRegistryError(Stop):
    """Nothing can be installed here: no registry of that kind is configured."""

    def __init__(self, missing: tuple[Ecosystem, ...]) -> None:
        names = " and ".join(missing)
        super().__init__(
            f"No package registry for {names} is configured, so the dependencies are not installed.",
            remedy=f"Ask the operator to name one in codegen.toml: [registries] {missing[0]}, "
            "or the repository's environment.",
        )


class BuildFailedError(Stop):
    """The commands of a build ended with an error of their own."""

    def __init__(self, reason: str, *, remedy: str, log: str) -> None:
        super().__init__(reason, remedy=remedy)
        self.log = log
        """Tail of what they printed."""


class Environments(Protocol):
    """Builds environments once per machine and keeps them while there is room."""

    async def build(self, plan: EnvironmentPlan) -> BuiltEnvironment:
        """The plan's environment, built unless it is there.

        Raises NoRegistryError, BuildFailedError with the log's tail, or Stop when a registry cannot be
        reached or refuses.
        """


class NoEnvironments:
    """Environments where nothing can be built."""

    async def build(self, plan: EnvironmentPlan) -> BuiltEnvironment:
        """Raises NoRegistryError."""
        raise NoRegistryError(plan.ecosystems)


NO_ENVIRONMENTS: Final = NoEnvironments()
"""Nothing can be built."""
