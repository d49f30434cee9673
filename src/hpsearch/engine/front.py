"""The trials that no other beats, where more than one thing counts. Pure."""

from __future__ import annotations

import math
from collections.abc import Sequence

import numpy as np
from msgspec import Struct

from hpsearch.core.trial import Confirmed, Result, Standing
from hpsearch.engine.criteria import Criterion, criteria_of, is_number
from hpsearch.engine.dominance import Floats, undominated
from hpsearch.engine.ranking import longest_first, over_seeds
from hpsearch.engine.run import Run


class Point(Struct, frozen=True):
    """A trial with its value for each criterion: of the longest training that ended well, the mean over its seeds.

    `again`: over which seeds, for each criterion; None where there is one reading alone.
    """

    standing: Standing
    values: tuple[float, ...]
    again: tuple[Confirmed | None, ...]

    @property
    def number(self) -> int:
        """That of the trial."""
        return self.standing.trial.number

    @property
    def seeds(self) -> int:
        """The most seeds that a value is a mean over."""
        return max((again.seeds for again in self.again if again), default=1)


class Front(Struct, frozen=True):
    """The trials that no other beats by the criteria.

    Attributes:
        best: they, best first by the first criterion.
        points: all that have a value for each criterion, in the order of the ranking.
        lacking: those that ended well and have not.
        worsens: the criterion that gets worse with epochs, so that the longest trainings alone are compared; None
            where trainings of any length are.
    """

    criteria: tuple[Criterion, ...]
    best: Sequence[Point]
    points: Sequence[Point]
    lacking: Sequence[Standing]
    worsens: Criterion | None = None

    @classmethod
    def of(cls, run: Run, names: Sequence[str], option: str = "--pareto") -> Front:
        """Of the trials of a run.

        One that did not end well with one of its seeds is behind all others. As in the ranking, where a metric gets
        worse with more epochs the longest trainings come first: they alone are compared, unless what they cost is a
        criterion.

        Args:
            names: of metrics, parameters and costs, each with `:minimize` or `:maximize` where it does not tell.
            option: what an error says that they were given to.

        Raises:
            InputError: there are not two or three, or one is not known, has no goal, or is no number.
        """
        return cls.by(run, tuple(criteria_of(run, names, option)))

    @classmethod
    def by(cls, run: Run, criteria: tuple[Criterion, ...]) -> Front:
        """Of the trials of a run by these criteria, as `of`."""
        points, lacking = _points(run, criteria)
        worsens = _worsening(run, criteria)
        if not points:
            return cls(criteria, (), (), lacking, worsens)
        losses = _losses(criteria, points)
        groups = [(_lost(point), -point.standing.epochs if worsens else 0) for point in points]
        ahead = min(groups)
        first = np.array([group == ahead for group in groups])
        kept = np.flatnonzero(first)[undominated(losses[first])]
        # Equals stay in the order of the ranking.
        ordered = kept[np.lexsort(losses[kept].T[::-1])]
        return cls(criteria, [points[place] for place in ordered], points, lacking, worsens)

    @property
    def has_cost(self) -> bool:
        """Whether what a trial has cost is one of the criteria."""
        return any(criterion.of == "cost" for criterion in self.criteria)


def front_of(run: Run) -> Front | None:
    """That of all that every trial of a run records; None where it is one metric alone."""
    metrics = run.spec.search.metrics
    if len(metrics) == 1:
        return None
    return Front.by(run, tuple(Criterion(metric, "metric") for metric in metrics))


def _points(run: Run, criteria: Sequence[Criterion]) -> tuple[list[Point], list[Standing]]:
    points, lacking = list[Point](), list[Standing]()
    for standing in run.ranked:
        told = [_value(run, standing, criterion) for criterion in criteria]
        values = [value for value, _ in told if value is not None and math.isfinite(value)]
        if len(values) == len(criteria):
            points.append(Point(standing, tuple(values), tuple(again for _, again in told)))
        else:
            lacking.append(standing)
    return points, lacking


def _value(run: Run, standing: Standing, criterion: Criterion) -> tuple[float | None, Confirmed | None]:
    name = criterion.metric.name
    if criterion.of == "cost":
        return run.seconds(standing.trial.number) if name == "seconds" else float(standing.epochs), None
    if criterion.of == "parameter":
        return _number(standing, name), None
    if name == run.metric.name:
        return standing.value(run.metric), standing.confirmed
    again = _seeds(run, standing, name)
    return (again.mean, again) if again else (standing.metrics.get(name), None)


def _number(standing: Standing, name: str) -> float | None:
    """The value of a parameter; None where it is not active."""
    value = standing.trial.config.get(name)
    return float(value) if is_number(value) else None


def _seeds(run: Run, standing: Standing, name: str) -> Confirmed | None:
    """What a metric that does not rank has over the seeds that ended well; None where the trial has but one."""
    first = standing.metrics.get(name)
    if not standing.confirmed or first is None:
        return None
    results = run.by_trial[standing.trial.number]
    again = [result.metrics for result in results if result.replicate and result.status == "done"]
    values = [first, *(metrics[name] for metrics in again if name in metrics)]
    return over_seeds(values, {}) if all(map(math.isfinite, values)) else None


def _worsening(run: Run, criteria: Sequence[Criterion]) -> Criterion | None:
    if any(criterion.of == "cost" for criterion in criteria):
        return None
    metrics = [criterion for criterion in criteria if criterion.of == "metric"]
    return next((one for one in metrics if longest_first(_with(run, one), one.metric)), None)


def _with(run: Run, criterion: Criterion) -> list[Result]:
    name = criterion.metric.name
    return [result for result in run.results if result.status == "done" and name in result.metrics]


def _lost(point: Point) -> bool:
    return bool(point.standing.confirmed and point.standing.confirmed.lost)


def _losses(criteria: Sequence[Criterion], points: Sequence[Point]) -> Floats:
    signs = np.array([criterion.metric.sign for criterion in criteria])
    return signs * np.array([point.values for point in points], dtype=np.float64)
