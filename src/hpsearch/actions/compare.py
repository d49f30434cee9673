"""Recorded searches side by side: what differs in them, what they spent, and which has found better."""

from __future__ import annotations

import math
from collections.abc import Iterator, Mapping, Sequence
from itertools import combinations
from pathlib import Path
from statistics import fmean, stdev

from hpsearch.actions.groups import Group, differing, groups
from hpsearch.analysis.comparison import Judged, judged
from hpsearch.analysis.noise import known_noise
from hpsearch.config import identity
from hpsearch.config.fields import OFF
from hpsearch.config.origins import show
from hpsearch.core.errors import MissingExtra
from hpsearch.core.metric import Metric
from hpsearch.core.quantiles import student
from hpsearch.core.trial import Value
from hpsearch.engine.run import Run
from hpsearch.reporting.comparison import Comparison, Overlay, Pair, Range, Setting, Side, ends
from hpsearch.reporting.page.found import Ancestor
from hpsearch.reporting.page.ranges import had, span, spanning
from hpsearch.space import Choice, Parameter
from hpsearch.storage.atomic import placing

#: Of so many sides all pairs are told; of more, the best beside each of the others.
_ALL_PAIRS = 4
#: So many seeds of a best tell most ties (`benchmarks/calibration/comparison.py`).
_SEEDS = 9


def compare(runs_dir: Path, given: Sequence[str], level: float | None = None) -> Comparison:
    """The runs or groups `given`, each as `RUN`, `RUN,RUN,RUN` or `NAME=RUN,RUN`.

    Args:
        level: up to which epochs are counted; the worst of all bests if None, which every search has reached.

    Raises:
        InputError: they are fewer than two, one is given twice, one is no group, or they differ in data or metric.
        RunFolderError: there is no such run, or it cannot be read.
    """
    return compared(groups(runs_dir, given), level)


def compared(found: Sequence[Group], level: float | None = None) -> Comparison:
    """What there is to tell of the groups."""
    metric = found[0].first.metric
    level = _level(found, metric) if level is None else level
    return Comparison(
        metric,
        level,
        [_side(group, level) for group in found],
        list(_pairs(found, metric)),
        list(_settings(found)),
        list(_overlays(found)),
    )


def write_page(sides: Sequence[Group], found: Comparison, path: Path, *, overwrite: bool = False) -> None:
    """Write the comparison as one page of HTML that needs no other file, whole or not at all.

    Raises:
        InputError: the path is taken or cannot be written.
        MissingExtra: what fills in the page is not installed.
    """
    try:
        from hpsearch.reporting.page.comparison import Course, page
    except ImportError:
        raise MissingExtra("compare --html", library="jinja2", extra="report") from None
    courses = [Course(place, *read) for place, group in enumerate(sides) for read in group.readings]
    text = page(found, courses)
    with placing(path, overwrite=overwrite) as made:
        made.write_text(text, encoding="utf-8", newline="\n")


def _level(found: Sequence[Group], metric: Metric) -> float | None:
    """The worst of the bests that single trainings have read; None where a search has none."""
    reached = [
        min((metric.sign * reading.value for reading in readings), default=None)
        for group in found
        for readings, _ in group.readings
    ]
    known = [loss for loss in reached if loss is not None]
    return metric.sign * max(known) if len(known) == len(reached) else None


def _side(group: Group, level: float | None) -> Side:
    runs, values = group.runs, group.bests
    return Side(
        group.name,
        [run.name for run in runs],
        fmean(len(run.standings) for run in runs),
        fmean(spent for _, spent in group.readings),
        fmean(math.fsum(result.seconds for result in run.results) for run in runs),
        values,
        fmean(values) if len(values) == len(runs) else None,
        _around(group),
        None if level is None else _reached(group, level),
    )


def _around(group: Group) -> float | None:
    """Half the width of the 95 % interval, from the spread of a group, or from the noise of one search."""
    count = len(group.runs)
    if count == 1:
        best, noise = group.first.best, known_noise(group.first)
        return noise.interval(best.confirmed.seeds if best.confirmed else 1) if best and noise else None
    if len(group.bests) < count:
        return None
    return student(0.975, count - 1) * stdev(group.bests) / math.sqrt(count) or None


def _reached(group: Group, level: float) -> float | None:
    """Epochs until half of the searches, or one more, had read the level."""
    metric = group.first.metric
    spent = sorted(
        next((one.spent for one in readings if not metric.is_better(level, than=one.value)), math.inf)
        for readings, _ in group.readings
    )
    half = spent[len(spent) // 2]
    return None if math.isinf(half) else half


def _pairs(found: Sequence[Group], metric: Metric) -> Iterator[Pair]:
    count = len(found) * (len(found) - 1) // 2
    for one, other in _told_pairs(found, metric):
        what = judged(one.runs, other.runs, count)
        text = _words(one, other, what, metric)
        yield Pair(one.name, other.name, what.said, what.ahead, what.low, what.high, text)


def _told_pairs(found: Sequence[Group], metric: Metric) -> list[tuple[Group, Group]]:
    if len(found) <= _ALL_PAIRS:
        return list(combinations(found, 2))
    known = [group for group in found if group.bests]
    first = min(known or found, key=lambda group: metric.sign * fmean(group.bests or [0.0]))
    return [(first, group) for group in found if group is not first]


def _words(one: Group, other: Group, what: Judged, metric: Metric) -> str:
    if what.ahead is None or what.low is None or what.high is None or what.matters is None:
        return f"{one.name} and {other.name}: cannot be told: {what.why}"
    low, high = what.low, what.high
    if what.said == "worse":
        one, other, low, high = other, one, -what.high, -what.low
    within = f"{low:.2g} to {high:.2g} ({what.why})"
    if what.said in ("better", "worse"):
        return f"{one.name} is better than {other.name}: ahead in {metric} by {within}"
    if what.said == "tied":
        return (
            f"{one.name} and {other.name} are tied: they differ in {metric} by less than equals do, "
            f"{what.matters:.2g}: {within}"
        )
    said = f"{one.name} and {other.name}: cannot be told: the first is ahead in {metric} by {within}"
    if len(one.runs) > 1:
        return f"{said}; more searches with other seeds would tell"
    return (
        f"{said}; more seeds of their bests would tell: {_more_seeds(one.first)}, {_more_seeds(other.first)}"
    )


def _more_seeds(run: Run) -> str:
    """The command that trains its bests with more seeds."""
    confirm = run.spec.search.confirm
    seeds = max(_SEEDS, 3 * confirm.seeds if confirm else 0)
    return f"hpsearch resume {run.folder.argument} --set search.confirm.seeds={seeds}"


def _settings(found: Sequence[Group]) -> Iterator[Setting]:
    runs = [group.first for group in found]
    single = all(len(group.runs) == 1 for group in found)
    values = identity.side_by_side([run.spec for run in runs])
    for key in differing(runs):
        if key != "seed" or single:
            yield Setting(key, [_shown(some, key) for some in values])


def _shown(values: Mapping[str, identity.Setting], key: str) -> str | None:
    if key not in values:
        return None
    written = values[key].written
    return OFF if written is None else show(written)


def _overlays(found: Sequence[Group]) -> Iterator[Overlay]:
    spaces = [Ancestor(group.name, group.first.space) for group in found]
    names = dict.fromkeys(parameter.name for one in spaces for parameter in one.space.parameters)
    for name in names:
        owned = [had(one, name) for one in spaces]
        first = next(parameter for parameter in owned if parameter is not None)
        on = spanning(first, spaces)
        yield Overlay(name, [_range(group, own, on) for group, own in zip(found, owned, strict=True)])


def _range(group: Group, own: Parameter | None, on: Parameter) -> Range:
    if own is None:
        return Range(group.name, "not searched", None, None)
    place = span(own, on)
    best = group.first.best if len(group.runs) == 1 else None
    value = best.trial.config.get(own.name) if best else None
    there = place is not None and best is not None and own.name in best.trial.config and value in on
    return Range(group.name, _ends(own), place, float(on.encode([value])[0]) if there else None)


def _ends(parameter: Parameter) -> str:
    if isinstance(parameter, Choice):
        values: Sequence[Value] = parameter.choices
        return ", ".join(map(show, values))
    return ends(parameter.scale.low, parameter.scale.high)
