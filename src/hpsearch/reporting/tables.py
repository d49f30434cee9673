"""Trials as tables: their columns, and the CSV and Markdown made of them. Pure."""

from __future__ import annotations

import csv
import json
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from itertools import chain, islice
from operator import attrgetter
from types import MappingProxyType
from typing import NamedTuple

from hpsearch.core.escaping import on_a_line
from hpsearch.core.trial import Result, Scalar, Standing, Value
from hpsearch.core.words import shown
from hpsearch.reporting.headings import told_apart

#: What a standing has in the columns of a certain name.
Last = Mapping[str, Callable[[Standing], Value | None]]
#: How many rows of a table are put together at a time.
_ROWS = 500
#: Where a trial stands, and what its seeds gave.
_PLACE = ("rank", "trial", "round", "status", "epochs")
_BEST = "best_epoch"
_CONFIRMED = ("mean", "spread", "seeds")


class Columns(NamedTuple):
    """The columns that the standings of a run have between them but for parameters: their own, and metrics."""

    own: tuple[str, ...]
    metrics: tuple[str, ...]


def columns_of(standings: Sequence[Standing]) -> Columns:
    """Those of `standings`."""
    return Columns(own_columns(standings), tuple(_reported(standings)))


def own_columns(standings: Iterable[Standing]) -> tuple[str, ...]:
    """The columns of `standings` that are neither a metric nor a parameter, in their order."""
    standings = list(standings)  # of a million, looked through without a step of Python for each
    best = [_BEST] * any(map(attrgetter("best"), standings))
    confirmed = _CONFIRMED * any(map(attrgetter("confirmed"), standings))
    return (*_PLACE, *best, *confirmed)


def table(
    standings: Sequence[Standing],
    names: Sequence[str],
    among: Columns | None = None,
    last: Last = MappingProxyType({}),
) -> tuple[list[str], list[list[Value | None]]]:
    """Header and rows of standings: where each stands, its metrics, its parameters (`names`).

    A parameter that is not active, and a metric that was not reported, is None. No two columns have one name
    (`told_apart`).

    Args:
        standings: those to show.
        names: of the parameters.
        among: the columns of all standings of the run, so that one is called the same whichever of them are shown.
        last: further columns at the end.
    """
    header, rows = _table(standings, names, among or columns_of(standings), last)
    return header, list(rows)


def _table(
    standings: Sequence[Standing], names: Sequence[str], among: Columns, last: Last
) -> tuple[list[str], Iterator[list[Value | None]]]:
    called = told_apart((*among.own, *last), among.metrics, names)
    there, metrics = columns_of(standings)
    place = [name for name in there if name not in _CONFIRMED]
    again = [name for name in there if name in _CONFIRMED]
    columns = [*place, *(called.metrics[name] for name in metrics), *again]
    header = [*columns, *called.parameters.values(), *last]
    return header, (_row(standing, metrics, there, names, last) for standing in standings)


def _reported(standings: Iterable[Standing]) -> list[str]:
    """The metrics that any of them has."""
    return sorted(set(chain.from_iterable(map(attrgetter("metrics"), standings))))


def _row(
    standing: Standing, metrics: Sequence[str], own: Sequence[str], names: Sequence[str], last: Last
) -> list[Value | None]:
    trial, config = standing.trial, standing.trial.config
    row: list[Value | None] = [standing.rank, trial.number, trial.round, standing.status, standing.epochs]
    if _BEST in own:
        row.append(standing.best or None)
    row += [standing.metrics.get(name) for name in metrics]
    if _CONFIRMED[0] in own:
        again = standing.confirmed
        row += [again.mean, again.spread, again.seeds] if again else [None, None, None]
    row += [in_a_cell(config[name]) if name in config else None for name in names]
    row += [of(standing) for of in last.values()]
    return row


def in_a_cell(value: Value) -> Scalar:
    """A parameter's value in a table, where a cell with nothing is a parameter that is not active.

    >>> in_a_cell(None), in_a_cell((64, 0.001)), in_a_cell(0.1)
    ('null', '[64, 0.001]', 0.1)
    """
    return json.dumps(value) if value is None or isinstance(value, tuple) else value


def results_csv(standings: Sequence[Standing], names: Sequence[str]) -> Iterator[str]:
    """Every trial in full precision and without times, so that equal searches give equal bytes; part by part."""
    return _csv_parts(*_table(standings, names, columns_of(standings), {}))


def curves_csv(results: Sequence[Result]) -> Iterator[str]:
    """Metric per trial, replicate and epoch, in that order; part by part."""
    metrics = sorted({name for result in results for name in result.curve})
    ordered = sorted(results, key=lambda result: result.key)
    rows = (row for result in ordered for row in _curve_rows(result, metrics))
    own = ["trial", "replicate", "epoch"]
    return _csv_parts([*own, *told_apart(own, metrics).metrics.values()], rows)


def _curve_rows(result: Result, metrics: Sequence[str]) -> Iterator[list[Value | None]]:
    length = max(map(len, result.curve.values()), default=0)
    for index, epoch in enumerate(result.traced(length)):
        values = (_at(result.curve, name, index) for name in metrics)
        yield [result.trial, result.replicate, epoch, *values]


def _at(curve: Mapping[str, Sequence[float]], name: str, index: int) -> float | None:
    values = curve.get(name, ())
    return values[index] if index < len(values) else None


def as_csv(header: Sequence[str], rows: Iterable[Sequence[Value | None]]) -> str:
    """RFC 4180 with plain line ends; floats as Python writes them, so that they read back exactly."""
    return "".join(_csv_parts(header, rows))


def _csv_parts(header: Sequence[str], rows: Iterable[Sequence[Value | None]]) -> Iterator[str]:
    """The table of `as_csv`, some hundred rows at a time."""
    rest = chain([header], rows)
    while part := list(islice(rest, _ROWS)):
        lines = _Lines()
        csv.writer(lines, lineterminator="\r\n").writerows(map(_exact, row) for row in part)
        yield "".join(lines.written)


class _Lines:
    """Takes the rows of a writer that ends them in a way for which it quotes both letters of an end of a line."""

    def __init__(self) -> None:
        self.written: list[str] = []

    def write(self, row: str) -> None:
        """Keep a row, with the plain end of a line."""
        self.written.append(f"{row[:-2]}\n")


def _exact(value: Value | None) -> Value | None:
    """What the writer of the table is to be given: it knows all but truth values."""
    if isinstance(value, bool):
        return "true" if value else "false"
    return value


def markdown(header: Sequence[str], rows: Iterable[Sequence[Value | None]]) -> str:
    """A table in Markdown."""
    lines = [[in_markdown(name) for name in header], ["---"] * len(header)]
    lines += [[_cell(value) for value in row] for row in rows]
    return "".join(f"| {' | '.join(cells)} |\n" for cells in lines)


def _cell(value: Value | None) -> str:
    return "" if value is None else in_markdown(shown(value, 4))


#: What Markdown would take for a table's bar, a link, code, emphasis or HTML.
_MARKS = str.maketrans({mark: f"\\{mark}" for mark in "\\`*[]|~"} | {"<": "&lt;", ">": "&gt;", "&": "&amp;"})


def in_markdown(text: str) -> str:
    """`text` in a line or cell of Markdown, where it stands for itself."""
    return on_a_line(text).translate(_MARKS)
