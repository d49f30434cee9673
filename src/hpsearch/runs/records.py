"""Jobs and results as journal records, and back."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from sys import intern
from typing import Any, get_args

from hpsearch.core.errors import RunFolderError
from hpsearch.core.trial import Config, Job, Result, Status, Trial

#: Raised by one whenever a journal written before can no longer be read.
FORMAT = 1
#: One for all results without a curve, of which there may be many.
_NO_CURVE: Mapping[str, Sequence[float]] = {}
_VALUES = frozenset((str, int, float, bool))
_STATUSES: Mapping[str, Status] = {status: status for status in get_args(Status)}


def header(*, version: str, spec: str, data: str, rows: int = 0) -> dict[str, Any]:
    """The first record: the format, who wrote it, the fingerprints of the search and of its data and weights.

    Args:
        rows: how many rows the metric is measured on; 0 if unknown.
    """
    return {"kind": "run", "format": FORMAT, "version": version, "spec": spec, "data": data, "rows": rows}


def check_header(records: Sequence[Mapping[str, Any]], where: str) -> Mapping[str, Any]:
    """The header of a journal that this version can read.

    Raises:
        RunFolderError: there is none, or it is of another format.
    """
    if not records or records[0].get("kind") != "run":
        raise RunFolderError(f"{where}: not a journal of hpsearch (its first record is missing)")
    if records[0].get("format") != FORMAT:
        raise RunFolderError(
            f"{where}: journal format {records[0].get('format')!r}, written by hpsearch "
            f"{records[0].get('version')}; this version reads format {FORMAT}. Use that version of hpsearch, or "
            f"start again with --overwrite"
        )
    return records[0]


def round_record(number: int, jobs: Sequence[Job]) -> dict[str, Any]:
    """A round's jobs; the configuration and seed are written with a trial's first job only."""
    return {"kind": "round", "round": number, "jobs": [_job_record(job) for job in jobs]}


def _job_record(job: Job) -> dict[str, Any]:
    record: dict[str, Any] = {"trial": job.trial.number, "epochs": job.epochs}
    if job.start:
        record["start"] = job.start
    if job.replicate:
        record["replicate"] = job.replicate
    if not job.start and not job.replicate:
        record |= {"seed": job.trial.seed, "config": dict(job.trial.config)}
    return record


def jobs_of(record: Mapping[str, Any], trials: dict[int, Trial]) -> list[Job]:
    """The jobs of a round record; trials that are new there are added to `trials`.

    Raises ValueError, KeyError, TypeError or AttributeError where the record is not what `round_record` wrote.
    """
    trials.update((trial.number, trial) for trial in trials_of(record))
    return [
        Job(
            trials[entry["trial"]],
            _count(entry["epochs"]),
            _count(entry["start"]) if "start" in entry else 0,
            _count(entry["replicate"]) if "replicate" in entry else 0,
        )
        for entry in record["jobs"]
    ]


def trials_of(record: Mapping[str, Any]) -> list[Trial]:
    """The trials that are new in a round record. Raises as `jobs_of` does."""
    number = _count(record["round"])
    return [
        Trial(_count(entry["trial"]), number, _config(entry["config"]), _count(entry["seed"]))
        for entry in record["jobs"]
        if "config" in entry
    ]


def _count(value: Any) -> int:
    if type(value) is not int or value < 0:
        raise ValueError(f"{value!r:.40} is no count")
    return value


def _config(value: Any) -> Config:
    if not isinstance(value, dict) or not _VALUES.issuperset(map(type, value.values())):
        raise ValueError(f"{value!r:.40} is no configuration")
    return value


@dataclass(frozen=True, slots=True)
class Inheritance:
    """Trials of an earlier search, to learn from: their configurations, and for each its metric by epochs."""

    configs: list[Config]
    values: list[dict[int, float]]


def inherited_record(inherited: Inheritance) -> dict[str, Any]:
    """What a search begins with that learns from an earlier one."""
    trials = [
        {"config": dict(config), "values": {str(epochs): value for epochs, value in values.items()}}
        for config, values in zip(inherited.configs, inherited.values, strict=True)
    ]
    return {"kind": "inherited", "trials": trials}


def inheritance_of(record: Mapping[str, Any]) -> Inheritance:
    """The inheritance of an inherited record."""
    configs = [trial["config"] for trial in record["trials"]]
    values = [{int(epochs): value for epochs, value in trial["values"].items()} for trial in record["trials"]]
    return Inheritance(configs, values)


def result_record(result: Result) -> dict[str, Any]:
    """A result; numbers that are not finite become null, which JSON can say.

    A curve of one epoch that says what the metrics say is left out.
    """
    record: dict[str, Any] = {
        "kind": "result",
        "trial": result.trial,
        "epochs": result.epochs,
        "status": result.status,
        "metrics": {name: _finite(value) for name, value in result.metrics.items()},
        "seconds": round(result.seconds, 6),
    }
    if result.curve != _one_epoch(result.metrics):
        record["curve"] = {
            name: [_finite(value) for value in values] for name, values in result.curve.items()
        }
    optional = {"replicate": result.replicate, "reason": result.reason, "output": result.output}
    return record | {name: value for name, value in optional.items() if value}


def result_of(record: Mapping[str, Any]) -> Result:
    """The result of a result record. Raises as `jobs_of` where it is not what `result_record` wrote."""
    # Decoding makes each name and status anew; of 100,000 results one of each is enough.
    metrics = {intern(name): _number(value) for name, value in record["metrics"].items()}
    curve = record.get("curve")
    if record["status"] not in _STATUSES:
        raise ValueError(f"{record['status']!r:.40} is no status")
    return Result(
        trial=_count(record["trial"]),
        epochs=_count(record["epochs"]),
        status=_STATUSES[record["status"]],
        metrics=metrics,
        curve=_one_epoch(metrics) if curve is None else _numbers(curve),
        seconds=_number(record["seconds"]),
        replicate=_count(record.get("replicate", 0)),
        reason=str(record.get("reason", "")),
        output=str(record.get("output", "")),
    )


def _one_epoch(metrics: Mapping[str, float]) -> dict[str, list[float]]:
    return {name: [value] for name, value in metrics.items()}


def _numbers(curve: Mapping[str, Sequence[float | None]]) -> Mapping[str, Sequence[float]]:
    return (
        {name: [_number(value) for value in values] for name, values in curve.items()} if curve else _NO_CURVE
    )


def _finite(value: float) -> float | None:
    return value if math.isfinite(value) else None


def _number(value: float | None) -> float:
    if value is None:
        return math.nan
    if type(value) not in (int, float):
        raise ValueError(f"{value!r:.40} is no number")
    return value
