"""`hpsearch run CONFIG --dry-run`: what would be run, and which metric one trial gives."""

from __future__ import annotations

from typing import Any

from hpsearch.actions.dry_run import Rehearsal, rehearse
from hpsearch.cli.console import note, out, out_json
from hpsearch.config import Spec
from hpsearch.core.errors import SearchFailed
from hpsearch.core.escaping import on_a_line
from hpsearch.core.trial import Result


def show(spec: Spec, *, json: bool) -> None:
    """Print the first trials of `spec` and how the first of them ended.

    Raises:
        SearchFailed: it did not end well.
    """
    rehearsal = rehearse(spec)
    found = _data(rehearsal, spec.search.metric) if json else {}
    if not json:
        out("\n".join(_lines(rehearsal, spec)))
    if rehearsal.result.status != "done":
        if rehearsal.result.output:
            note(f"its last lines:\n{_indented(rehearsal.result.output)}")
        raise SearchFailed(f"trial 0: {rehearsal.result.status}: {rehearsal.result.reason}", found=found)
    if json:
        out_json(found)


def _lines(rehearsal: Rehearsal, spec: Spec) -> list[str]:
    epochs = max(job.epochs for job in rehearsal.jobs)
    length = f", {_epochs(epochs)} each at first" if spec.objective.epochs > 1 else ""
    lines = [f"the first {len(rehearsal.jobs)} of {spec.search.trials} trials{length}:"]
    lines += [
        f"{job.trial.number}: {call}" for job, call in zip(rehearsal.jobs, rehearsal.calls, strict=True)
    ]
    if rehearsal.result.status == "done":
        lines += ["", _reading(rehearsal.result, rehearsal.source, spec)]
    return lines


def _epochs(count: int) -> str:
    return "1 epoch" if count == 1 else f"{count} epochs"


def _reading(result: Result, source: str, spec: Spec) -> str:
    metric = spec.search.metric
    where = f", read from {source}" if source else ""
    others = ", ".join(
        f"{on_a_line(name)} = {value:.6g}" for name, value in result.metrics.items() if name != metric
    )
    ranks = f"{on_a_line(metric)} = {result.metrics[metric]:.6g}{where}; it ranks, goal: {spec.search.goal}"
    also = f"; also recorded: {others}" if others else ""
    return f"trial 0 took {result.seconds:.3g} s: {ranks}{also}"


def _indented(text: str) -> str:
    return "\n".join(f"  {line}" for line in text.splitlines())


def _data(rehearsal: Rehearsal, metric: str) -> dict[str, Any]:
    result = rehearsal.result
    return {
        "trials": [
            {
                "trial": job.trial.number,
                "epochs": job.epochs,
                "parameters": dict(job.trial.config),
                "call": call,
            }
            for job, call in zip(rehearsal.jobs, rehearsal.calls, strict=True)
        ],
        "tried": {
            "trial": result.trial,
            "status": result.status,
            "metric": metric,
            "source": rehearsal.source,
            "metrics": dict(result.metrics),
            "reason": result.reason,
            "output": result.output,
        },
    }
