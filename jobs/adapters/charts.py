"""Charts as pictures, drawn by Matplotlib; see https://matplotlib.org/stable/api/figure_api.html.

Nothing is said by colour alone: each bar carries its number, and the second row of bars is hatched. The
colours are two that people with any sort of colour vision tell apart, on a card of its own light ground, so
that it can be read in Slack's dark theme as well.
"""

import io
import math
import os
from pathlib import Path
from typing import TYPE_CHECKING

from jobs.domain.chart import Chart

if TYPE_CHECKING:
    from matplotlib.axes import Axes

WIDTH, HEIGHT, DOTS = 8.0, 3.0, 150
"""Inches, and dots for each."""

_FILLS = ("#0072b2", "#f5c242")
_HATCHES = ("", "///")
_INK, _SOFT, _GROUND, _FRAME = "#1d1c1d", "#55565a", "#ffffff", "#c9cacc"


def drawn(chart: Chart, folder: Path) -> bytes:
    """A PNG; `folder` is where Matplotlib keeps its list of fonts. Importing it takes a second, once."""
    os.environ.setdefault("MPLCONFIGDIR", str(folder))
    from matplotlib.backends.backend_agg import FigureCanvasAgg
    from matplotlib.figure import Figure

    figure = Figure(
        figsize=(WIDTH, HEIGHT),
        dpi=DOTS,
        facecolor=_GROUND,
        edgecolor=_FRAME,
        linewidth=2,
    )
    figure.set_layout_engine("constrained", w_pad=0.15, h_pad=0.12)
    FigureCanvasAgg(figure)
    axes = figure.add_subplot()
    _bars(axes, chart)
    _frame(axes, chart)
    out = io.BytesIO()
    figure.savefig(out, format="png", edgecolor=_FRAME, metadata={"Software": None})
    return out.getvalue()


def _bars(axes: "Axes", chart: Chart) -> None:
    width = 0.7 / len(chart.series)
    for number, series in enumerate(chart.series):
        shift = (number - (len(chart.series) - 1) / 2) * width
        places = [at + shift for at in range(len(chart.labels))]
        bars = axes.bar(
            places,
            [value or 0.0 for value in series.values],
            width=width * 0.92,
            label=series.name,
            color=_FILLS[number],
            hatch=_HATCHES[number],
            edgecolor=_INK,
            linewidth=0.8,
        )
        axes.bar_label(bars, labels=list(series.marks), padding=2, fontsize=9, color=_INK)


def _frame(axes: "Axes", chart: Chart) -> None:
    axes.set_title(chart.title, fontsize=12, fontweight="bold", color=_INK, loc="left")
    axes.set_ylabel(chart.axis, fontsize=10, color=_SOFT)
    axes.set_xlabel("week from", fontsize=10, color=_SOFT)
    axes.set_xticks(range(len(chart.labels)), chart.labels, fontsize=10, color=_INK)
    axes.tick_params(axis="y", labelsize=9, labelcolor=_SOFT)
    axes.set_facecolor(_GROUND)
    axes.spines[["top", "right"]].set_visible(False)
    highest = max((value or 0.0 for one in chart.series for value in one.values), default=0.0)
    axes.set_ylim(0, (chart.top or highest or 1.0) * 1.18)
    axes.set_yticks(_ticks(chart.top or highest))
    if len(chart.series) > 1:
        axes.legend(
            fontsize=9, frameon=False, ncols=len(chart.series), loc="upper right", bbox_to_anchor=(1, 1.2)
        )


def _ticks(top: float) -> list[float]:
    """Nothing, a round number near the top, and the middle where that is round too."""
    if top <= 0:
        return [0]
    step = 10 ** math.floor(math.log10(top))
    whole = math.floor(top / step) * step
    odd = 1 <= whole < 10 and whole % 2
    return [0, whole] if odd else [0, whole / 2, whole]
