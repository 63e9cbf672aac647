"""What one chaos run does."""

from dataclasses import dataclass


@dataclass(frozen=True)
class Plan:
    """How much, how hard, how long."""

    tasks: int = 60
    """Specs that people submit through the form."""
    full: int = 5
    """Those of them on the sample repository, verified with its tests and mutants; the others are cheap."""
    workers: int = 3
    seed: int = 1
    lease: float = 8.0
    """Seconds; the product's default."""
    runs: int = 16
    """Runs at a time per worker; one that is left alone has room for what the others left."""
    blows: tuple[float, float] = (2.0, 7.0)
    """Between which seconds the next random blow falls."""
    troubles: tuple[float, float] = (0.5, 2.5)
    """Between which seconds the next fault of Slack, GitLab or the model is set."""
    at_boundaries: int = 3
    """How often the owner is struck at each named boundary."""
    limit: float = 570.0
    """Seconds until what is not done counts as lost."""
    recovery: float = 15.0
    """Seconds from a blow until another worker has gone on with the run, at the most."""
