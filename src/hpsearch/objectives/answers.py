"""What the user's own code answers, as results: which metrics, which status, and why."""

from __future__ import annotations

import math
import numbers
from collections.abc import Collection, Mapping
from pathlib import Path
from types import MappingProxyType
from typing import Any

from hpsearch.core.randomness import Streams
from hpsearch.core.trial import Epochs, Job, Result, Status
from hpsearch.objectives import attempts

#: Why a trial was stopped.
BY_USER = "by its user"
_NOTHING: Mapping[str, float] = MappingProxyType({})
#: What `seed_of` imports: workers that are forked from a process that has it need not, and share its memory. Not
#: where code of the user runs in them, for which the state of NumPy's own generator would be one for all.
SEEDING = "numpy.random"
#: The metric of an answer that is a number alone, where nothing else ranks.
SCORE = "score"


def seed_of(job: Job) -> int:
    """The seed that the user's code is given: another for every trial and replicate, in [0, 2**31)."""
    return Streams(job.trial.seed).integer("seed", job.replicate)


def as_metrics(answer: Any, ranking: str = "") -> dict[str, float]:
    """The metrics of an answer, which is a number or a mapping of numbers; other entries are passed over.

    A number alone is the `ranking` one, which else may be in a mapping in it: `val.acc` is {"val": {"acc": 0.9}}.
    Others there are passed over.

    Raises:
        TypeError: it is neither; the message says what it is.
    """
    if isinstance(answer, Mapping):
        metrics = {str(name): _number(value) for name, value in answer.items()}
        found = {name: value for name, value in metrics.items() if value is not None}
        below = None if ranking in found else _number(_below(answer, ranking))
        return found if below is None else {**found, ranking: below}
    number = _number(answer)
    if number is None:
        raise TypeError(f"must be a number or a mapping of numbers, not {_described(answer)}")
    return {ranking or SCORE: number}


def _below(answer: Any, name: str) -> Any:
    """What a mapping has by a name with dots; None where it has nothing."""
    for step in name.split("."):
        answer = answer.get(step) if isinstance(answer, Mapping) else None
    return answer


def _number(value: Any) -> float | None:
    """A number of any library: those of NumPy and PyTorch turn into a float by themselves."""
    if isinstance(value, str | bytes) or value is None:
        return None
    if isinstance(value, numbers.Real):
        return float(value)
    if getattr(value, "shape", None) in ((), (1,)) and hasattr(value, "__float__"):
        return float(value.item() if hasattr(value, "item") else value)
    return None


def _described(answer: Any) -> str:
    return "None; does it return its score?" if answer is None else f"a {type(answer).__name__}"


def judged(job: Job, metrics: Mapping[str, float], metric: str, seen_in: str) -> Result:
    """The result of a job that ended well: `done` if it has the metric, and the metric is finite.

    A metric with the name of a parameter is left out, unless it ranks: a program that repeats its settings has
    not measured them.
    """
    if metric not in metrics:
        seen = f"{seen_in} {', '.join(sorted(metrics)[:10]) or 'no number with a name'}"
        remedy = f", such as --set search.metric={min(metrics)}" if metrics else ""
        reason = f"no metric {metric!r}: {seen}; search.metric names the one that ranks{remedy}"
        return ended(job, "failed", reason)
    if not math.isfinite(metrics[metric]):
        return ended(job, "diverged", f"{metric} is {metrics[metric]}")
    kept = {name: value for name, value in metrics.items() if name == metric or name not in job.trial.config}
    return Result(job.trial.number, job.epochs, "done", kept, replicate=job.replicate)


def ended(job: Job, status: Status, reason: str, output: str = "") -> Result:
    """The result of a job that did not end well."""
    number, replicate = job.trial.number, job.replicate
    return Result(number, job.epochs, status, replicate=replicate, reason=reason, output=output)


def stopped(job: Job, metrics: Mapping[str, float] = _NOTHING, output: str = "") -> Result:
    """The result of a job that its user ended, with the metrics that it had by then."""
    kept = {name: value for name, value in metrics.items() if name not in job.trial.config}
    number, replicate = job.trial.number, job.replicate
    return Result(number, job.epochs, "stopped", kept, replicate=replicate, reason=BY_USER, output=output)


# -- folders -----------------------------------------------------------------------------------------------


def checkpoint_folder(checkpoints: Path, job: Job) -> Path:
    """The folder that persists from rung to rung; see `attempts.entered` for what a training finds there."""
    again = f"-replicate{job.replicate}" if job.replicate else ""
    return checkpoints.absolute() / f"trial{job.trial.number}{again}"


def tidy(checkpoints: Path, keep: Collection[tuple[int, Epochs]]) -> None:
    """Delete the folders of every trial that is not in `keep`, as far as they can be.

    Those of a training with a fresh seed are left by one that was interrupted. It is needed if the training is to
    be begun again, from epoch 0.
    """
    kept = {f"trial{number}" for number, _ in keep}
    begun = {f"trial{number}" for number, epochs in keep if not epochs}
    for name in {path.name.partition(".")[0] for path in checkpoints.glob("trial[0-9]*")}:
        trial, fresh, _ = name.partition("-replicate")
        if trial not in (begun if fresh else kept):
            attempts.delete(checkpoints / name)
