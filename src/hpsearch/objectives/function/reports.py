"""What a function reports while it goes on: metrics of an epoch, where it cannot yield them."""

from __future__ import annotations

import json
import operator
import os
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any, SupportsIndex

from hpsearch.objectives.answers import as_metrics

#: So many values are kept of one training, those of the metric that ranks besides.
MOST = 50_000
#: The variable that tells a program that it is one of a search.
_TRIAL = "HPSEARCH_TRIAL"

_listening: list[Reports] = []


class Reports:
    """What one training has reported.

    Attributes:
        curves: the values of each metric by epochs.
        last: the metrics of the last report.
    """

    def __init__(self, metric: str, reached: Callable[[int, float], object] = lambda *_: None) -> None:
        """`reached` is told each value of `metric`, at once."""
        self.curves: dict[str, dict[int, float]] = {}
        self.last: dict[str, float] = {}
        self._metric, self._reached = metric, reached
        self._kept = 0

    def take(self, epoch: int, metrics: dict[str, float]) -> None:
        """Take in the metrics of an epoch; a later report of the same one counts."""
        self.last = metrics
        for name, value in metrics.items():
            if name == self._metric or self._kept < MOST:
                self._kept += 1
                self.curves.setdefault(name, {})[epoch] = value
        if self._metric in metrics:
            self._reached(epoch, metrics[self._metric])


@contextmanager
def reporting(reports: Reports) -> Iterator[None]:
    """Within it, `report` goes there; a search within a function has its own."""
    _listening.append(reports)
    try:
        yield
    finally:
        _listening.remove(reports)


def report(epoch: SupportsIndex, metrics: dict[str, Any]) -> None:
    """See `hpsearch.report`."""
    at = _whole(epoch)
    if not metrics:
        raise TypeError("report() needs metrics, such as report(epoch, val_acc=0.9)")
    numbers = as_metrics(metrics)
    if strange := [name for name in metrics if name not in numbers]:
        kind = type(metrics[strange[0]]).__name__
        raise TypeError(f"report() got {strange[0]} of type {kind}; metrics are numbers")
    if _listening:
        _listening[-1].take(at, numbers)
    elif _TRIAL in os.environ:
        print(json.dumps({"epoch": at, **numbers}), flush=True)  # noqa: T201 - read by the search that has started it


def _whole(epoch: SupportsIndex) -> int:
    try:
        at = operator.index(epoch)
    except TypeError:
        at = -1
    if at < 0:
        raise TypeError(f"report() needs the epoch as a whole number from 0 on (got {epoch!r})")
    return at
