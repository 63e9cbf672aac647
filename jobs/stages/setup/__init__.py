"""What an environment is built from: the repository's own `setup`, or what its manifests say."""

from jobs.stages.setup.plan import CANDIDATES, Read, plan_of

__all__ = ["CANDIDATES", "Read", "plan_of"]
