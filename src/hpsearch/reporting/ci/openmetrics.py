"""A search as OpenMetrics text, which GitLab compares between branches and Prometheus reads. Pure."""

from __future__ import annotations

import math
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field

from hpsearch.core.escaping import in_utf8
from hpsearch.core.gate import Gate
from hpsearch.core.trial import Status
from hpsearch.engine.run import Run

_ESCAPES = str.maketrans({"\\": r"\\", '"': r"\"", "\n": r"\n"})
_END = "# EOF\n"
_STATUSES: tuple[Status, ...] = ("done", "diverged", "failed", "timeout", "crashed", "stopped")


@dataclass(slots=True)
class _Family:
    """A gauge with its samples: labels beside a value."""

    name: str
    says: str
    samples: list[tuple[dict[str, str], float]] = field(default_factory=list)

    def lines(self) -> Iterator[str]:
        if self.samples:
            yield f"# TYPE {self.name} gauge\n# HELP {self.name} {self.says}\n"
        for labels, value in self.samples:
            within = ",".join(f'{name}="{_label(text)}"' for name, text in labels.items())
            yield f"{self.name}{{{within}}} {_number(value)}\n"


def openmetrics(run: Run, gates: Sequence[Gate]) -> str:
    """The best, how many trials ended in which way, what they took, and the gates."""
    whose = {"run": run.name}
    statuses = Counter(standing.status for standing in run.standings)
    seconds = math.fsum(result.seconds for result in run.results)
    best = _Family("hpsearch_best", "The metric of the best trial, a mean over its seeds.")
    if run.best:
        labels = {"metric": run.metric.name, "goal": run.metric.goal}
        best.samples.append((whose | labels, run.best.value(run.metric)))
    families = (
        _Family("hpsearch_complete", "1 if the search came to its end.", [(whose, _complete(run))]),
        best,
        _Family(
            "hpsearch_trials",
            "Trials by how they ended.",
            [(whose | {"status": status}, statuses[status]) for status in _STATUSES],
        ),
        _Family("hpsearch_training_seconds", "What all trainings took of a worker.", [(whose, seconds)]),
        *_of_gates(whose, gates),
    )
    return "".join(line for family in families for line in family.lines()) + _END


def nothing_found(name: str) -> str:
    """Of a search that did not come to any result."""
    family = _Family("hpsearch_complete", "1 if the search came to its end.", [({"run": name}, 0)])
    return "".join(family.lines()) + _END


def _complete(run: Run) -> float:
    return float(run.ending in ("complete", "target"))


def _of_gates(whose: dict[str, str], gates: Sequence[Gate]) -> Iterator[_Family]:
    told = [(whose | {"gate": gate.name}, gate) for gate in gates]
    passed = [(labels, float(gate.passed)) for labels, gate in told]
    yield _Family("hpsearch_gate_passed", "1 if the gate has passed.", passed)
    values = [(labels, float(gate.value)) for labels, gate in told if isinstance(gate.value, int | float)]
    yield _Family("hpsearch_gate_value", "What the search has.", values)
    limits = [(labels, float(gate.limit)) for labels, gate in told if isinstance(gate.limit, int | float)]
    yield _Family("hpsearch_gate_limit", "What it had to have.", limits)


def _label(text: str) -> str:
    return in_utf8(text).translate(_ESCAPES)


def _number(value: float) -> str:
    if math.isfinite(value):
        return repr(value)
    return "NaN" if math.isnan(value) else "+Inf" if value > 0 else "-Inf"
