"""Records as a search writes them: the mappings that become the lines of its journal."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from typing import Any

from hpsearch.core.trial import Job, Result
from hpsearch.runs.curves import OneEpoch
from hpsearch.runs.records import FORMAT, Hint, Inheritance, Record, Reused, Session

#: Seconds are recorded to so many digits behind the point.
SECONDS_DIGITS = 6


def header(
    *,
    version: str,
    spec: str,
    data: str,
    rows: int = 0,
    chance: Mapping[str, float] | None = None,
    commonest: float = 0.0,
) -> dict[str, Any]:
    """The record of a `Header`."""
    record = {"kind": "run", "format": FORMAT, "version": version, "spec": spec, "data": data, "rows": rows}
    known = {"chance": dict(chance)} if chance else {}
    return record | known | ({"commonest": commonest} if commonest else {})


def session_record(session: Session) -> dict[str, Any]:
    """The record of a `Session`."""
    record = {"kind": "session", "spec": session.spec, "code": session.code}
    return record | ({"mark": session.mark} if session.mark else {})


def died_record(trials: Sequence[int], reason: str) -> dict[str, Any]:
    """The record of a worker that `Died`."""
    return {"kind": "died", "trials": list(trials), "reason": reason}


def waited_record(left: int) -> dict[str, Any]:
    """The record of a round that has `Waited`."""
    return {"kind": "waited", "left": left}


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


def learned_record(learned: Record, rounds: int = 0) -> dict[str, Any]:
    """What a search begins with that learns from an earlier one, or has its trials as its own.

    Args:
        rounds: how many it has so far.
    """
    if isinstance(learned, list):
        return round_record(rounds, learned)
    if isinstance(learned, Result):
        return result_record(learned)
    if isinstance(learned, Reused):
        return reused_record(learned)
    if isinstance(learned, Hint):
        return hint_record(learned)
    assert isinstance(learned, Inheritance)
    return inherited_record(learned)


def inherited_record(inherited: Inheritance) -> dict[str, Any]:
    """Of a search with the same objective and data."""
    trials = [
        {"config": dict(config), "values": {str(epochs): value for epochs, value in values.items()}}
        for config, values in zip(inherited.configs, inherited.values, strict=True)
    ]
    source = {"from": inherited.source, "of": inherited.of} if inherited.source else {}
    return {"kind": "inherited", **source, "trials": trials}


def hint_record(hint: Hint) -> dict[str, Any]:
    """Of a search that is no more than a hint."""
    trials = [
        {"config": dict(config), "value": value}
        for config, value in zip(hint.configs, hint.values, strict=True)
    ]
    return {"kind": "hint", "from": hint.source, "of": hint.of, "why": hint.why, "trials": trials}


def reused_record(reused: Reused) -> dict[str, Any]:
    """The record of trials that are `Reused`."""
    return {"kind": "reused", "from": reused.source, "trials": reused.trials}


def extended_record(begun: int) -> dict[str, Any]:
    """The record of an `Extended`."""
    return {"kind": "extended", "begun": begun}


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
        "seconds": round(result.seconds, SECONDS_DIGITS),
    }
    if result.curve != OneEpoch(result.metrics):
        record["curve"] = {
            name: [_finite(value) for value in values] for name, values in result.curve.items()
        }
    optional = {
        "replicate": result.replicate,
        "reason": result.reason,
        "output": result.output,
        "kept": result.kept,
    }
    return record | {name: value for name, value in optional.items() if value}


def _finite(value: float) -> float | None:
    return value if math.isfinite(value) else None
