"""Where charts are drawn and shown, as a protocol."""

from typing import Protocol

from jobs.domain.chart import Chart


class Gallery(Protocol):
    """Draws charts and keeps them where people's pages can show them."""

    async def hang(self, chart: Chart) -> str:
        """Draw a chart and put it up, seen nowhere yet; returns its file id. Raises Stop or Transient."""

    async def take_down(self, file: str) -> None:
        """Remove one that no page shows any more; one that is gone already is fine."""
