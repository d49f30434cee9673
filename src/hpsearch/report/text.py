"""A ranking as text: the textbook's lines, the CSV, the YAML to paste, the curves. Pure."""

from __future__ import annotations

import csv
import io
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from itertools import chain, islice
from typing import Any

from hpsearch.core.escaping import on_a_line
from hpsearch.core.metric import Metric
from hpsearch.core.trial import Config, Confirmed, Result, Standing, Status, Value
from hpsearch.core.words import shown, spoken

#: How many rows of a table are put together at a time.
_ROWS = 500

TITLE = "=========== Hyper-Parameter Optimization Result ==========="


def described(config: Config) -> str:
    """A configuration on one line: `lr:0.0088, weight decay:1.18e-06`."""
    return ", ".join(f"{spoken(name)}:{shown(value)}" for name, value in config.items())


def line(standing: Standing, metric: Metric, full_epochs: int) -> str:
    """`Best-1(val acc:0.9833) | lr:0.0088, weight decay:1.18e-06`.

    What was confirmed with fresh seeds, trained for fewer than `full_epochs`, or put in its place by its loss,
    says so after a further bar.
    """
    parts = [
        f"Best-{standing.rank}({metric}:{metric.shown(standing.reading(metric))})",
        described(standing.trial.config),
    ]
    if standing.confirmed:
        parts.append(f"{metric}:{_over_seeds(standing.confirmed)}")
    if standing.epochs < full_epochs:
        parts.append(f"{standing.epochs} of {full_epochs} epochs{_then(standing)}")
    if standing.tie_breaker is not None and metric.loss_beside:
        parts.append(f"near-tie, {spoken(metric.loss_beside)}:{metric.shown(standing.tie_breaker)}")
    return " | ".join(parts)


def _over_seeds(again: Confirmed) -> str:
    """`0.9800 +- 0.0100 (3 seeds)`, or `0.9800 (1 of 3 seeds, 2 diverged)`."""
    spread = f" +- {again.spread:.4f}" if again.seeds > 1 else ""
    if not again.lost:
        return f"{again.mean:.4f}{spread} ({again.seeds} seeds)"
    lost = ", ".join(f"{count} {status}" for status, count in sorted(again.lost.items()))
    return (
        f"{again.mean:.4f}{spread} ({again.seeds} of {again.seeds + sum(again.lost.values())} seeds, {lost})"
    )


def _then(standing: Standing) -> str:
    """`, then failed: out of memory` for a trial that ended well until it was trained on."""
    then = standing.failure
    return f", then {_how(then.status, then.reason)}" if then else ""


def _how(status: Status, reason: str) -> str:
    """`failed: out of memory`, or what the status tells by itself."""
    return f"{status}: {on_a_line(reason)}" if reason else status


def ranking(standings: Sequence[Standing], metric: Metric, full_epochs: int, top: int | None = None) -> str:
    """The title and a line for each of the `top` best (all, if None)."""
    return "".join(ranking_lines(standings, metric, full_epochs, top))


def ranking_lines(
    standings: Iterable[Standing], metric: Metric, full_epochs: int, top: int | None = None
) -> Iterator[str]:
    """The lines of `ranking`, for a file: of 100,000 trials they are never all in memory."""
    yield f"{TITLE}\n"
    ranked = (standing for standing in standings if standing.rank is not None)
    for standing in islice(ranked, top):
        yield f"{line(standing, metric, full_epochs)}\n"


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


def best_yaml(standing: Standing, metric: Metric, run: str) -> str:
    """The parameters of the best trial, to paste below `objective:`."""
    from yaml import safe_dump

    comment = (
        f"# trial {standing.trial.number} of {run}: {metric.name} {metric.shown(standing.reading(metric))} "
        f"after {standing.epochs} epochs\n"
    )
    return comment + safe_dump(dict(standing.trial.config), sort_keys=False)


def as_data(standing: Standing) -> dict[str, Any]:
    """A standing as plain data, for JSON."""
    data: dict[str, Any] = {
        "rank": standing.rank,
        "trial": standing.trial.number,
        "status": standing.status,
        "epochs": standing.epochs,
        "metrics": dict(standing.metrics),
        "parameters": dict(standing.trial.config),
    }
    if standing.confirmed:
        again = standing.confirmed
        data["confirmed"] = {"mean": again.mean, "spread": again.spread, "seeds": again.seeds}
        data["confirmed"] |= {"lost": dict(again.lost)} if again.lost else {}
    if standing.failure:
        then = standing.failure
        data["then"] = {"status": then.status, "epochs": then.epochs, "reason": then.reason}
    return data | ({"reason": standing.reason} if standing.reason else {})


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


def aligned(
    header: Sequence[str],
    rows: Sequence[Sequence[Value | None]],
    spare: Sequence[str] = (),
    width: int | None = None,
) -> str:
    """A table in columns, numbers to the right; what does not fit in `width` loses the columns of `spare`."""
    kept = list(range(len(header)))
    columns = [_column(header[index], [row[index] for row in rows]) for index in kept]
    for name in spare:
        if width is None or sum(len(columns[index][0]) + 2 for index in kept) - 2 <= width:
            break
        kept = [index for index in kept if header[index] != name]
    lines = zip(*(columns[index] for index in kept), strict=True)
    return "".join("  ".join(cells).rstrip() + "\n" for cells in lines)


def _column(name: str, values: Sequence[Value | None]) -> list[str]:
    """The cells of a column, its head first, all of one width."""
    cells = [spoken(name), *("" if value is None else shown(value, 4) for value in values)]
    width = max(map(len, cells))
    numeric = any(isinstance(value, int | float) and not isinstance(value, bool) for value in values)
    return [cell.rjust(width) if numeric else cell.ljust(width) for cell in cells]


def summary(standings: Sequence[Standing]) -> str:
    """`60 trials`, or `12 trials, of which 2 diverged (trial 1: the loss exploded in epoch 1)`."""
    trials = "1 trial" if len(standings) == 1 else f"{len(standings)} trials"
    return f"{trials}, of which {_ill(standings)}" if _ill(standings) else trials


def failures(standings: Iterable[Standing]) -> str:
    """`did not end well: 2 diverged, 1 failed (trial 17: no metric)`; empty if none."""
    ill = _ill(standings)
    return f"did not end well: {ill}" if ill else ""


def _ill(standings: Iterable[Standing]) -> str:
    """How many trials ended in which way other than done, and why the first of them did."""
    ill = [standing for standing in standings if standing.status != "done" or standing.failure]
    if not ill:
        return ""
    counts = Counter(map(_ended, ill))
    said = ", ".join(f"{count} {status}" for status, count in sorted(counts.items()))
    first = min(ill, key=lambda standing: standing.trial.number)
    reason = (first.failure or first).reason
    return f"{said} (trial {first.trial.number}: {reason or _ended(first)})"


def _ended(standing: Standing) -> str:
    """How a trial ended that did not end well."""
    return f"{standing.failure.status} when trained on" if standing.failure else standing.status
