"""What an objective answers, seen through before it is recorded: kinds of other packages may answer anything."""

from __future__ import annotations

import math
from array import array
from collections.abc import Mapping, Sequence
from typing import Any, get_args

from msgspec.structs import replace

from hpsearch.core.escaping import in_utf8
from hpsearch.core.trial import Job, Result, Status

_STATUSES = frozenset(get_args(Status))
_PLAIN = {float, int}


class _Unsound(ValueError):
    """What is wrong with an answer."""


def checked(stack: Sequence[Job], answer: Any, metrics: Sequence[str], ranking: int = 1) -> list[Result]:
    """A result for each job of `stack`: those of `answer` that can be recorded, else one that failed and says why.

    Args:
        metrics: what a result that is done must have, first what ranks; empty where that is not known.
        ranking: how many of them rank, which must be finite.
    """
    if not isinstance(answer, Sequence) or len(answer) != len(stack):
        reason = f"the objective answers {_kind(answer)}, and not a list with one result for each job"
        return [_failed(job, reason) for job in stack]
    return [_checked(job, result, metrics, ranking) for job, result in zip(stack, answer, strict=True)]


def _checked(job: Job, result: Any, metrics: Sequence[str], ranking: int) -> Result:
    try:
        return _sound(job, result, metrics, ranking)
    except _Unsound as error:
        return _failed(job, str(error))


def _sound(job: Job, result: Any, asked: Sequence[str], ranking: int) -> Result:
    if not isinstance(result, Result):
        raise _Unsound(f"the objective answers {_kind(result)}, and not a Result")
    if result.key != job.key:
        raise _Unsound(
            f"the objective answers job {job.key} with the result of {result.key} (trial, replicate, epochs)"
        )
    if result.status not in _STATUSES:
        raise _Unsound(f"the objective answers with the status {result.status!r}")
    metrics = {in_utf8(name): _numbers(name, [value])[0] for name, value in _items(result.metrics)}
    curve = {in_utf8(name): _numbers(name, values) for name, values in _items(result.curve)}
    status, reason = result.status, result.reason
    for place, name in enumerate(asked if status == "done" else ()):
        if name not in metrics:
            why = "which search.metric asks for" if place else "by which the search ranks"
            raise _Unsound(f"the objective reports no {name}, {why}{_instead(metrics)}")
    endless = [name for name in asked[:ranking] if status == "done" and not math.isfinite(metrics[name])]
    if endless:
        status, reason = "diverged", f"{endless[0]} is {result.metrics.get(endless[0], math.nan)}"
    return replace(
        result,
        status=status,
        metrics=metrics,
        curve=curve,
        seconds=_numbers("seconds", [result.seconds])[0],
        reason=in_utf8(str(reason)),
        output=in_utf8(str(result.output)),
    )


def _items(values: Any) -> list[tuple[str, Any]]:
    if not isinstance(values, Mapping) or not all(isinstance(name, str) for name in values):
        raise _Unsound(f"the objective reports {_kind(values)}, and not numbers by their names")
    return list(values.items())


def _numbers(name: str, values: Any) -> list[float]:
    """The same numbers, such as a journal can hold: it knows of those that are none only that they are."""
    try:
        floats = array("d", values).tolist()
    except (TypeError, ValueError, OverflowError) as error:
        raise _Unsound(f"the objective reports for {name} what is no number: {error}") from None
    if not all(map(math.isfinite, floats)):
        return [value if math.isfinite(value) else math.nan for value in floats]
    return values if type(values) is list and {*map(type, values)} <= _PLAIN else floats


def _instead(metrics: Mapping[str, float]) -> str:
    return f"; it reports {', '.join(metrics)}" if metrics else "; it reports nothing"


def _kind(answer: object) -> str:
    return type(answer).__name__


def _failed(job: Job, reason: str) -> Result:
    return Result(job.trial.number, job.epochs, "failed", replicate=job.replicate, reason=in_utf8(reason))
