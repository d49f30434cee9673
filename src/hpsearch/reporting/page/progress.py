"""The best so far against the epochs that were spent, for each length of training."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence

from msgspec import Struct

from hpsearch.core.trial import Epochs, Result
from hpsearch.reporting.page import levels
from hpsearch.reporting.page.axes import BETTER, numbers, of_metric
from hpsearch.reporting.page.drawing import Area, Chart, Charts, Mark, Plot, dots, steps
from hpsearch.reporting.page.found import Found
from hpsearch.reporting.page.parts import Column, Section, Table

_AREA = Area(110, 46, 1140, 460)
_SIZE = (1280, 590)
#: Those of a sum of shares of epochs.
_DECIMALS = 6


class Reading(Struct, frozen=True):
    """What a training of so many `epochs` gave, after so many epochs were `spent` on all that was asked for."""

    spent: Epochs
    value: float
    epochs: Epochs
    trial: int


def progress(found: Found) -> Section | None:
    """One chart, with what was gained when as its numbers."""
    readings, spent = read(found)
    if not readings:
        return None
    lengths = sorted({reading.epochs for reading in readings})
    chart = _chart(found, readings, spent)
    lead = (
        "Each dot is a training, each line the best so far of those of one length. "
        "Epochs are counted as they were asked for."
    )
    return Section("progress", "Best so far", [Charts([chart], levels.key(lengths), size="wide")], lead)


def read(found: Found) -> tuple[list[Reading], Epochs]:
    """The readings of the search in the order asked for, and what was spent in all, on fresh seeds too."""
    reached, readings = dict[tuple[int, int], Epochs](), list[Reading]()
    spent: Epochs = 0
    name = found.run.metric.name
    for result in found.in_order:
        more = max(0, result.epochs - reached.get((result.trial, result.replicate), 0))
        spent = round(spent + more, _DECIMALS)
        reached[result.trial, result.replicate] = result.epochs
        value = result.metrics.get(name, math.nan)
        if _counts(result) and math.isfinite(value):
            readings.append(Reading(spent, value, result.epochs, result.trial))
    return readings, spent


def _counts(result: Result) -> bool:
    return result.status == "done" and not result.replicate


def best_so_far(found: Found, readings: Sequence[Reading]) -> list[Reading]:
    """Those that were better than all before them."""
    better, kept = found.run.metric.is_better, list[Reading]()
    for reading in readings:
        if not kept or better(reading.value, than=kept[-1].value):
            kept.append(reading)
    return kept


def _chart(found: Found, readings: Sequence[Reading], spent: Epochs) -> Chart:
    metric = found.run.metric
    plot = Plot(
        _AREA,
        numbers("epochs spent", 0, max(spent, 1), whole=True),
        of_metric(str(metric), metric, [reading.value for reading in readings], BETTER),
    )
    marks, words = plot.frame()
    styles = levels.shades(reading.epochs for reading in readings)
    alike = {epochs: [one for one in readings if one.epochs == epochs] for epochs in styles}
    bests = {epochs: best_so_far(found, some) for epochs, some in alike.items()}
    marks += [_dots(plot, some, styles[epochs]) for epochs, some in alike.items()]
    marks += [_line(plot, kept, spent, styles[epochs]) for epochs, kept in bests.items()]
    longest = bests[max(bests)][-1]
    says = (
        f"Best {metric} against epochs spent: {metric.shown(longest.value)} of trial {longest.trial} "
        f"at {longest.epochs} epochs, after {longest.spent} of {spent} epochs in all."
    )
    return Chart(
        f"{metric} against epochs spent", says, *_SIZE, marks, words, plot.y.beyond, _numbers(found, bests)
    )


def _dots(plot: Plot, readings: Sequence[Reading], style: str) -> Mark:
    xs = plot.xs([reading.spent for reading in readings])
    ys = plot.ys([reading.value for reading in readings])
    return dots(zip(xs, ys, (reading.trial for reading in readings), strict=True), f"faint {style}")


def _line(plot: Plot, kept: Sequence[Reading], spent: Epochs, style: str) -> Mark:
    xs = plot.xs([reading.spent for reading in kept])
    ys = plot.ys([reading.value for reading in kept])
    return steps(xs, ys, plot.xs([spent])[0], style)


def _numbers(found: Found, bests: Mapping[Epochs, Sequence[Reading]]) -> Table:
    """Each time that one was better than all before it of its length."""
    columns = [Column(name) for name in ("epochs", "epochs spent", "trial", str(found.run.metric))]
    shown = found.run.metric.shown
    rows = [
        (str(epochs), str(one.spent), str(one.trial), shown(one.value))
        for epochs, kept in bests.items()
        for one in kept
    ]
    return Table("best so far", columns, rows)
