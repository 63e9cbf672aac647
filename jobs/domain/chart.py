"""A chart before it is drawn: weeks from left to right, one or two series of bars."""

from jobs.domain.base_model import Frozen


class Series(Frozen):
    """One row of bars."""

    name: str
    """What it counts; stands in the legend when there are two."""
    values: tuple[float | None, ...]
    """A height for each label; None where there is nothing to count."""
    marks: tuple[str, ...]
    """What is written above each bar."""


class Chart(Frozen):
    """Bars over weeks."""

    name: str
    """A short name, such as throughput."""
    title: str
    """What it shows."""
    axis: str
    """What the height means, with its unit."""
    labels: tuple[str, ...]
    """Below the bars."""
    series: tuple[Series, ...]
    """One or two."""
    top: float | None = None
    """Where the axis ends; None leaves it to the bars."""
    alt: str
    """The same in words, 2,000 characters at most."""
