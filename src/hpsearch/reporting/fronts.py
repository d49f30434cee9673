"""A front as a table, and as data. Pure."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Any

from hpsearch.core.trial import Value
from hpsearch.engine.criteria import Criterion
from hpsearch.engine.front import Front, Point
from hpsearch.engine.run import Run
from hpsearch.reporting import text
from hpsearch.reporting.export.finite import finite
from hpsearch.reporting.headings import told_apart
from hpsearch.reporting.tables import in_a_cell

_PLACE = ("trial", "rank", "epochs")
#: What a narrow terminal does without.
SPARE = ("rank", "seeds", "epochs")


def table(run: Run, front: Front) -> tuple[list[str], list[list[Value | None]]]:
    """Header and a row for each trial of the front: where it stands, its criteria, its parameters."""
    costs = [
        place for place, one in enumerate(front.criteria) if (one.of, one.metric.name) == ("cost", "seconds")
    ]
    metrics = [place for place, one in enumerate(front.criteria) if one.of == "metric"]
    seeds = ["seeds"] * any(point.seeds > 1 for point in front.best)
    own = [*_PLACE, *(_name(front, place) for place in costs), *seeds]
    names = _parameters(run, front)
    called = told_apart(own, [_name(front, place) for place in metrics], names)
    header = [*_PLACE, *called.metrics.values(), *own[len(_PLACE) :], *called.parameters.values()]
    rows = [_row(point, [*metrics, *costs], names, seeds=bool(seeds)) for point in front.best]
    return header, rows


def _name(front: Front, place: int) -> str:
    return front.criteria[place].metric.name


def _parameters(run: Run, front: Front) -> list[str]:
    """All of them, those that are criteria first."""
    first = [one.metric.name for one in front.criteria if one.of == "parameter"]
    return [*first, *(name for name in run.space.recorded if name not in first)]


def _row(point: Point, places: Sequence[int], names: Sequence[str], *, seeds: bool) -> list[Value | None]:
    standing = point.standing
    config = standing.trial.config
    place: list[Value | None] = [point.number, standing.rank, standing.epochs]
    values = [point.values[place] for place in places]
    again: list[Value | None] = [point.seeds] if seeds else []
    return [*place, *values, *again, *(in_a_cell(config[name]) if name in config else None for name in names)]


def lines(run: Run, front: Front | None, top: int | None = None) -> Iterator[str]:
    """An empty line, a title, and a line for each of the front (the first `top`, if not None); none without one."""
    if front is None or not front.best:
        return
    yield ""
    yield f"=========== Pareto Front: {', '.join(map(wanted, front.criteria))} ==========="
    for point in front.best[:top]:
        config, trained = point.standing.trial.config, text.trained(point.standing, run.epochs)
        parts = [f"Trial {point.number}({told(front, point)})", text.described(config), trained]
        yield " | ".join(filter(None, parts))
    if top is not None and len(front.best) > top:
        yield f"... and {len(front.best) - top} more"


def wanted(criterion: Criterion) -> str:
    """Which way it is better: `val acc high`."""
    return f"{criterion} {'high' if criterion.metric.goal == 'maximize' else 'low'}"


def told(front: Front, point: Point) -> str:
    """What a trial has: `val acc:0.9824, parameters:5002`."""
    pairs = zip(front.criteria, point.values, strict=True)
    return ", ".join(f"{one}:{text.counted(one.metric, value)}" for one, value in pairs)


def as_data(front: Front, remarks: Sequence[str] | None = None) -> dict[str, Any]:
    """The same for JSON, with all trials that are compared."""
    best = {point.number for point in front.best}
    return {
        "criteria": [
            {"name": one.metric.name, "of": one.of, "goal": one.metric.goal} for one in front.criteria
        ],
        "front": [finite(text.as_data(point.standing)) for point in front.best],
        "points": [
            {
                "trial": point.number,
                "values": list(point.values),
                "epochs": point.standing.epochs,
                "seeds": point.seeds,
                "front": point.number in best,
            }
            for point in front.points
        ],
        "lacking": [standing.trial.number for standing in front.lacking],
    } | ({} if remarks is None else {"remarks": list(remarks)})
