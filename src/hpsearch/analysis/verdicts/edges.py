"""Where the optimum of a parameter lies beyond an end of its range. Pure."""

from __future__ import annotations

import math
from functools import partial

import numpy as np
from msgspec import Struct

from hpsearch.analysis.readings import Array, Readings
from hpsearch.analysis.surface import Surface
from hpsearch.config import is_legal
from hpsearch.core.metric import Metric
from hpsearch.core.quantiles import NORMAL_95
from hpsearch.core.trial import Value, as_number
from hpsearch.core.verdict import Verdict
from hpsearch.core.words import spoken
from hpsearch.engine.run import Run
from hpsearch.space.edges import MARGIN, Edge, edge_of

#: The end is compared with this much of the range further in.
INSIDE = 0.2
#: A parameter matters where the readings are so many times likelier with it than without, for each parameter that
#: there is: of many without influence one will seem to have some.
LIKELIER = math.exp(2)
#: The best readings beside which the end is judged: this share of them, and so many at least.
_GOOD, _FEWEST = 1 / 3, 10


class Pressed(Struct, frozen=True):
    """An end that the optimum lies beyond: how much the metric gains towards it, and the standard error of that."""

    edge: Edge
    gain: float
    error: float


def edges(run: Run) -> list[Verdict]:
    """A verdict for each end that the optimum lies beyond."""
    command = f"hpsearch refine {run.folder.argument}"
    return [Verdict("edge", _said(pressed, run.metric), command) for pressed in pressed_ends(run)]


def pressed_ends(run: Run) -> list[Pressed]:
    """The ends that the best trial is near, and towards which the metric still improves by more than chance.

    A best value at an end says nothing by itself: that of a parameter without influence lies somewhere, and where
    a search draws around its best and clips to the range it lies at ends more often than elsewhere. So the readings
    must need the parameter, and the fit to them must fall towards the end.
    """
    best = run.best
    if best is None:
        return []
    config, legal = best.trial.config, partial(is_legal, run.spec)
    found = [
        (column, edge)
        for column, parameter in enumerate(run.space.parameters)
        if parameter.name in config and (edge := edge_of(parameter, config[parameter.name], legal, INSIDE))
    ]
    readings = Readings.of(run) if found else None
    if readings is None or len(readings) < 2:
        return []
    surface = Surface.of(readings)
    pressed = [_pressed(run, surface, column, edge) for column, edge in found]
    return [end for end in pressed if end]


def _pressed(run: Run, surface: Surface, column: int, edge: Edge) -> Pressed | None:
    good = _good(run, surface.readings, edge.parameter)
    end = 1.0 if edge.end == "high" else 0.0
    gain, error = surface.difference(_at(good, column, end), _at(good, column, abs(end - INSIDE)))
    if gain <= NORMAL_95 * error or surface.evidence(column) < math.log(LIKELIER * len(run.space)):
        return None
    if abs(end - edge.position) > MARGIN and not _improves_from(surface, good, column, edge.position, end):
        return None
    return None if _lost_beyond(run, edge) else Pressed(edge, gain, error)


def _improves_from(surface: Surface, good: Array, column: int, position: float, end: float) -> bool:
    """Whether the end is better than where the best trial is; a search that draws at random has none at the end."""
    gain, error = surface.difference(_at(good, column, end), _at(good, column, position))
    return gain > NORMAL_95 * error


def _at(places: Array, column: int, position: float) -> Array:
    """The places (m, P) moved to a position along one parameter."""
    moved = places.copy()
    moved[:, column] = position
    return moved


def _good(run: Run, readings: Readings, parameter: str) -> Array:
    """The places (m, P) of the best readings that have the parameter, as of full trainings."""
    active = np.array([parameter in run.trials[trial].config for trial in readings.trials.tolist()])
    units = readings.units[active][np.argsort(readings.losses[active], kind="stable")]
    good: Array = units[: max(_FEWEST, round(_GOOD * len(units)))].copy()
    good[:, len(run.space) :] = 1.0
    return good


def _lost_beyond(run: Run, edge: Edge) -> bool:
    """Whether most trials at least as far out as the best one did not end well: no reason to go further."""
    value, sign = edge.value, 1 if edge.end == "high" else -1
    beyond = [
        standing.rank is None
        for standing in run.standings
        if sign * (_number(standing.trial.config.get(edge.parameter)) - value) >= 0
    ]
    return sum(beyond) > len(beyond) / 2


def _number(value: Value | None) -> float:
    return math.nan if value is None else as_number(value)


def _said(pressed: Pressed, metric: Metric) -> str:
    edge = pressed.edge
    scale = edge.scale
    return (
        f"{spoken(edge.parameter)} {edge.value:.3g} is at {100 * edge.position:.0f} % of its {scale.name} range "
        f"[{scale.low:.6g}, {scale.high:.6g}]: widen {edge.end} to {edge.beyond:.6g}; over the last fifth {metric} "
        f"still gains {pressed.gain:.2g} +- {NORMAL_95 * pressed.error:.2g}"
    )
