"""Trials as tables: their columns, and the CSV and Markdown made of them. Pure."""

from __future__ import annotations

import csv
import io
from collections.abc import Iterable, Iterator, Mapping, Sequence
from itertools import chain, islice

from hpsearch.core.escaping import on_a_line
from hpsearch.core.trial import Result, Standing, Value
from hpsearch.core.words import shown

#: How many rows of a table are put together at a time.
_ROWS = 500


def table(standings: Sequence[Standing], names: Sequence[str]) -> tuple[list[str], list[list[Value | None]]]:
    """Header and rows of every standing: where it stands, its metrics, its parameters (`names`).

    A parameter that is not active, and a metric that was not reached, is None. A parameter with the name of an
    earlier column becomes `params_NAME`, so that no two columns have one name.
    """
    header, rows = _table(standings, names)
    return header, list(rows)


def _table(
    standings: Sequence[Standing], names: Sequence[str]
) -> tuple[list[str], Iterator[list[Value | None]]]:
    metrics = sorted({name for standing in standings for name in standing.metrics})
    confirmed = any(standing.confirmed for standing in standings)
    extra = ["mean", "spread", "seeds"] if confirmed else []
    header = ["rank", "trial", "round", "status", "epochs", *metrics, *extra]
    header += [f"params_{name}" if name in header else name for name in names]
    return header, (_row(standing, metrics, confirmed, names) for standing in standings)


def _row(
    standing: Standing, metrics: Sequence[str], confirmed: bool, names: Sequence[str]
) -> list[Value | None]:
    trial, config = standing.trial, standing.trial.config
    row: list[Value | None] = [standing.rank, trial.number, trial.round, standing.status, standing.epochs]
    row += [standing.metrics.get(name) for name in metrics]
    if confirmed:
        again = standing.confirmed
        row += [again.mean, again.spread, again.seeds] if again else [None, None, None]
    row += [config.get(name) for name in names]
    return row


def results_csv(standings: Sequence[Standing], names: Sequence[str]) -> Iterator[str]:
    """Every trial in full precision and without times, so that equal searches give equal bytes; part by part."""
    return _csv_parts(*_table(standings, names))


def curves_csv(results: Sequence[Result]) -> Iterator[str]:
    """Metric per trial, replicate and epoch, in that order; part by part."""
    metrics = sorted({name for result in results for name in result.curve})
    ordered = sorted(results, key=lambda result: result.key)
    rows = (row for result in ordered for row in _curve_rows(result, metrics))
    return _csv_parts(["trial", "replicate", "epoch", *metrics], rows)


def _curve_rows(result: Result, metrics: Sequence[str]) -> Iterator[list[Value | None]]:
    length = max(map(len, result.curve.values()), default=0)
    for index in range(length):
        values = (_at(result.curve, name, index) for name in metrics)
        yield [result.trial, result.replicate, result.epochs - length + index + 1, *values]


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
        text = io.StringIO()
        csv.writer(text, lineterminator="\n").writerows(map(_exact, row) for row in part)
        yield text.getvalue()


def _exact(value: Value | None) -> Value | None:
    """What the writer of the table is to be given: it knows all but truth values."""
    if isinstance(value, bool):
        return "true" if value else "false"
    return value


def markdown(header: Sequence[str], rows: Iterable[Sequence[Value | None]]) -> str:
    """A table in Markdown."""
    lines = [[_plain(name) for name in header], ["---"] * len(header)]
    lines += [[_cell(value) for value in row] for row in rows]
    return "".join(f"| {' | '.join(cells)} |\n" for cells in lines)


def _cell(value: Value | None) -> str:
    return "" if value is None else _plain(shown(value, 4))


#: What Markdown would take for a table's bar, a link, code, emphasis or HTML.
_MARKS = str.maketrans({mark: f"\\{mark}" for mark in "\\`*[]|~"} | {"<": "&lt;", ">": "&gt;", "&": "&amp;"})


def _plain(text: str) -> str:
    """`text` in a cell of Markdown, where it stands for itself."""
    return on_a_line(text).translate(_MARKS)
