"""What is measured against whom: ratios of two things timed in the same run."""


def row(name: str, *, ours: float, rival: float, unit: str = "ms") -> None:
    """Print one comparison; `name` says what is compared with what."""
    print(f"{name}: ours {ours:.3g} {unit} vs rival {rival:.3g} {unit} = {ours / rival:.3g}", flush=True)
