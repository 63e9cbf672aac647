"""The team's numbers as charts, and each chart in words."""

from collections.abc import Sequence
from datetime import date, datetime
from functools import cache

import yaml

from jobs.domain.base_model import Frozen
from jobs.domain.chart import Chart, Series
from jobs.domain.team import Week
from jobs.messages.figures import duration
from jobs.render import TEMPLATES, render

NOTHING = "–"
"""Where there is nothing to count."""

Row = tuple[Sequence[float | None], Sequence[str]]
"""A value and its words per week."""


class ChartWords(Frozen):
    """What one chart says of itself."""

    title: str
    """What it shows."""
    axis: str
    """What the height means."""
    series: tuple[str, ...]
    """Names of its rows of bars."""


def charts(weeks: Sequence[Week], at: datetime) -> tuple[Chart, ...]:
    """Every chart of these weeks; `at` is when they were counted."""
    percent = [None if one.accepted is None else one.accepted * 100 for one in weeks]
    rows: dict[str, list[Row]] = {
        "throughput": [_row([one.opened for one in weeks]), _row([one.merged for one in weeks])],
        "acceptance": [_row(percent, "{:.0f} %")],
        "hours": [_row([one.hours for one in weeks], "h")],
        "reworks": [_row([one.reworks for one in weeks], "{:.1f}")],
        "cost": [_costs(weeks)],
    }
    return tuple(_chart(name, row, weeks, at) for name, row in rows.items())


def cost(week: Week) -> str:
    """What a week cost; a lower bound says so."""
    if not week.priced and not week.usd:
        return "price unknown"
    return f"${week.usd:.2f}" if week.priced else f"at least ${week.usd:.2f}"


def waited(week: Week) -> str:
    """How long it took to the merge request, in the middle; empty when nothing was opened."""
    return duration(week.hours * 3600) if week.hours is not None else ""


def _row(values: Sequence[float | None], form: str = "{:.0f}") -> Row:
    return values, [_mark(one, form) for one in values]


def _costs(weeks: Sequence[Week]) -> Row:
    """Nothing is drawn where no price is known: that is not for free."""
    values = [one.usd if one.priced or one.usd else None for one in weeks]
    bounds = ["" if one.priced else "≥ " for one in weeks]
    marks = [_mark(one, "${:.2f}") for one in values]
    return values, [
        mark if mark == NOTHING else bound + mark for bound, mark in zip(bounds, marks, strict=True)
    ]


def _chart(name: str, rows: Sequence[Row], weeks: Sequence[Week], at: datetime) -> Chart:
    words = _words()[name]
    series = tuple(
        Series(name=called, values=tuple(values), marks=tuple(marks))
        for called, (values, marks) in zip(words.series, rows, strict=True)
    )
    labels = tuple(_day(one.start) for one in weeks)
    return Chart(
        name=name,
        title=words.title,
        axis=words.axis,
        labels=labels,
        series=series,
        top=100.0 if name == "acceptance" else None,
        alt=render(
            "home/chart_alt.txt.j2",
            title=words.title,
            at=f"{_day(at.date())} {at:%Y, %H:%M} UTC",
            weeks=[(label, [_told(one, number) for one in series]) for number, label in enumerate(labels)],
        ),
    )


def _told(series: Series, number: int) -> str:
    mark = series.marks[number]
    return "nothing to count" if mark == NOTHING else f"{mark} {series.name}" if mark.isdigit() else mark


def _mark(value: float | None, form: str) -> str:
    if value is None:
        return NOTHING
    if form == "h":
        return f"{value:.1f} h" if value >= 1 else f"{max(1, round(value * 60))} min"
    return form.format(value)


def _day(day: date) -> str:
    return f"{day.day} {day:%b}"


@cache
def _words() -> dict[str, ChartWords]:
    text = (TEMPLATES / "home" / "charts.yml").read_text(encoding="utf-8")
    return {name: ChartWords.model_validate(words) for name, words in yaml.safe_load(text).items()}
