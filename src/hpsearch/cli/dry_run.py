"""`hpsearch run CONFIG --dry-run`: what would be run, and which metric one trial gives."""

from __future__ import annotations

from collections.abc import Sequence
from functools import partial
from typing import Any

from hpsearch.actions.dry_run import DryRun, dry_run
from hpsearch.cli.console import note, out, out_json
from hpsearch.cli.passing import Passing, aside
from hpsearch.config import Spec
from hpsearch.core.errors import SearchFailed
from hpsearch.core.escaping import on_a_line
from hpsearch.core.trial import Epochs, Job, Result


def show(spec: Spec, *, json: bool) -> None:
    """Print the first trials of `spec`, what the first of them prints, and how it ended.

    Raises:
        SearchFailed: it did not end well.
    """
    passing = Passing(aside)
    try:
        tried = dry_run(spec, (lambda *_: None) if json else partial(_show_plan, spec), passing.feed, note)
    finally:
        passing.end()
    found = _data(tried, spec.search.ranks_by.name) if json else {}
    result = tried.result
    if result.status != "done":
        if result.output and not passing.anything:
            note(f"its last lines:\n{_indented(result.output)}")
        raise SearchFailed(f"trial 0: {result.status}: {result.reason}", found=found)
    if json:
        out_json(found)
    else:
        out(f"\n{_reading(result, tried.source, spec)}")


def _show_plan(spec: Spec, jobs: Sequence[Job], calls: Sequence[str]) -> None:
    epochs = max(job.epochs for job in jobs)
    length = f", {_epochs(epochs)} each at first" if spec.objective.epochs > 1 else ""
    out(f"the first {len(jobs)} of {spec.search.trials} trials{length}:")
    out("\n".join(f"{job.trial.number}: {call}" for job, call in zip(jobs, calls, strict=True)))


def _epochs(count: Epochs) -> str:
    return "1 epoch" if count == 1 else f"{count} epochs"


def _reading(result: Result, source: str, spec: Spec) -> str:
    metric = spec.search.ranks_by.name
    where = f", read from {source}" if source else ""
    others = ", ".join(
        f"{on_a_line(name)} = {value:.6g}" for name, value in result.metrics.items() if name != metric
    )
    goal = spec.search.ranks_by.goal
    ranks = f"{on_a_line(metric)} = {result.metrics[metric]:.6g}{where}; it ranks, goal: {goal}"
    also = f"; also recorded: {others}" if others else ""
    return f"trial 0 took {result.seconds:.3g} s: {ranks}{also}"


def _indented(text: str) -> str:
    return "\n".join(f"  {line}" for line in text.splitlines())


def _data(tried: DryRun, metric: str) -> dict[str, Any]:
    result = tried.result
    return {
        "trials": [
            {
                "trial": job.trial.number,
                "epochs": job.epochs,
                "parameters": dict(job.trial.config),
                "call": call,
            }
            for job, call in zip(tried.jobs, tried.calls, strict=True)
        ],
        "tried": {
            "trial": result.trial,
            "status": result.status,
            "metric": metric,
            "source": tried.source,
            "metrics": dict(result.metrics),
            "reason": result.reason,
            "output": result.output,
        },
    }
