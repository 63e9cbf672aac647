"""The progress of a run on stderr: one living line at a terminal, a line per step elsewhere."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import UTC, datetime

from rich.console import Console
from rich.live import Live
from rich.text import Text

from jobs.domain.run import Run
from jobs.messages.figures import duration, money

Show = Callable[[Run], None]
"""Takes the run each time it has changed."""


@contextmanager
def progress(*, quiet: bool) -> Iterator[Show]:
    """Shows a run as it goes, for as long as the block lasts."""
    console = Console(stderr=True)
    if quiet:
        yield lambda run: None
    elif console.is_terminal:
        with Live(Text("…"), console=console, transient=True, refresh_per_second=4) as live:
            yield lambda run: live.update(_line(run))
    else:
        yield _Steps(console)


class _Steps:
    """Prints what changed since the last time; the clock alone is no news."""

    def __init__(self, console: Console) -> None:
        self._console = console
        self._last: tuple[str, int, str] | None = None

    def __call__(self, run: Run) -> None:
        now = (run.state.value, run.round, run.step)
        if now != self._last:
            self._last = now
            self._console.print(_line(run), soft_wrap=True)


def _line(run: Run) -> Text:
    elapsed = (datetime.now(UTC) - run.started_at).total_seconds()
    parts = [run.state.value, f"round {run.round}" if run.round else "", duration(elapsed), money(run.spend)]
    return Text(" · ".join(one for one in (*parts, run.step) if one))
