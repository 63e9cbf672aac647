"""What is counted in this process, in Prometheus's text format."""

import math
from collections import defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field

BUCKETS = (0.1, 0.5, 1.0, 5.0, 15.0, 60.0, 300.0, 900.0, 3600.0)
"""Upper bounds of the histograms, in seconds."""

HELP: Mapping[str, str] = {
    "codegen_api_errors_total": "Answers of Slack, GitLab or the model that were errors, by kind.",
    "codegen_recoveries_total": "Runs taken over from a worker that was lost.",
    "codegen_runs_ended_total": "Runs that ended, by state.",
    "codegen_verdicts_total": "Verdicts of runs that ended, by status.",
    "codegen_spend_usd_total": "Money spent on models by runs that ended.",
    "codegen_tokens_total": "Tokens used by runs that ended.",
    "codegen_looks_total": "Looks at open merge requests.",
    "codegen_stage_seconds": "Time a run spent in a state, across workers.",
    "codegen_tasks": "Tasks by state.",
    "codegen_waiting": "Waiting tasks by reason.",
    "codegen_oldest_waiting_seconds": "Age of the task that has waited longest.",
    "codegen_unsaid": "Threads that do not show the latest state yet.",
    "codegen_leases": "Running tasks with a live owner.",
    "codegen_orphans": "Running tasks without one.",
    "codegen_workers": "Workers that are up.",
    "codegen_worker_runs": "Runs in this process.",
    "codegen_process_memory_bytes": "Resident memory of this process.",
}
"""Every name, and what it means."""

Labels = tuple[tuple[str, str], ...]


@dataclass
class Metrics:
    """Counters and histograms of one process."""

    counters: dict[str, dict[Labels, float]] = field(default_factory=lambda: defaultdict(dict))
    spans: dict[str, dict[Labels, list[float]]] = field(default_factory=lambda: defaultdict(dict))

    def count(self, name: str, amount: float = 1.0, **labels: str) -> None:
        """Add to a counter."""
        key = tuple(sorted(labels.items()))
        self.counters[name][key] = self.counters[name].get(key, 0.0) + amount

    def observe(self, name: str, seconds: float, **labels: str) -> None:
        """Add to a histogram: one cell per bucket, then the sum."""
        key = tuple(sorted(labels.items()))
        cells = self.spans[name].setdefault(key, [0.0] * (len(BUCKETS) + 2))
        place = next((at for at, bound in enumerate(BUCKETS) if seconds <= bound), len(BUCKETS))
        cells[place] += 1
        cells[-1] += seconds

    def text(self, gauges: Mapping[str, Mapping[Labels, float]]) -> str:
        """Everything, with gauges that were read just now."""
        lines: list[str] = []
        for name, values in sorted(gauges.items()):
            lines += [
                *_head(name, "gauge"),
                *(_line(name, key, value) for key, value in sorted(values.items())),
            ]
        for name, values in sorted(self.counters.items()):
            lines += [
                *_head(name, "counter"),
                *(_line(name, key, value) for key, value in sorted(values.items())),
            ]
        for name, spans in sorted(self.spans.items()):
            lines += _head(name, "histogram")
            for key, cells in sorted(spans.items()):
                lines += _histogram(name, key, cells)
        return "\n".join(lines) + "\n"


METRICS = Metrics()
"""This process's own."""


def _histogram(name: str, key: Labels, cells: list[float]) -> Iterable[str]:
    total = 0.0
    for bound, number in zip((*BUCKETS, math.inf), cells[:-1], strict=True):
        total += number
        shown = "+Inf" if bound == math.inf else f"{bound:g}"
        yield _line(f"{name}_bucket", (*key, ("le", shown)), total)
    yield _line(f"{name}_sum", key, cells[-1])
    yield _line(f"{name}_count", key, total)


def _head(name: str, kind: str) -> list[str]:
    return [f"# HELP {name} {HELP[name]}", f"# TYPE {name} {kind}"]


def _line(name: str, key: Labels, value: float) -> str:
    labels = ",".join(f'{label}="{_escaped(text)}"' for label, text in key)
    return f"{name}{{{labels}}} {value:g}" if labels else f"{name} {value:g}"


def _escaped(text: str) -> str:
    return text.replace("\\", r"\\").replace('"', r"\"").replace("\n", r"\n")
