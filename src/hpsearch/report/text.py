"""A ranking as text: the textbook's lines, the CSV, the YAML to paste, the curves. Pure."""

from __future__ import annotations

import csv
import io
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import Any

from hpsearch.display import on_a_line
from hpsearch.trial import Config, Result, Standing, Value

TITLE = "=========== Hyper-Parameter Optimization Result ==========="


def spoken(name: str) -> str:
    """A name as it is shown: `weight decay` for `weight_decay`."""
    return on_a_line(name.replace("_", " "))


def shown(value: Value, digits: int = 3) -> str:
    """A value as it is shown: three significant digits for a real number, or as many as asked for.

    >>> [shown(value) for value in (0.008812, 1.18e-06, 0.5, 0.99987, 64, "relu", True)]
    ['0.00881', '1.18e-06', '0.5', '0.99987', '64', 'relu', 'true']
    """
    if isinstance(value, bool):
        return "true" if value else "false"
    if not isinstance(value, float):
        return on_a_line(str(value))
    said = f"{value:.{digits}g}"
    # 0.9999 is no 1: of a momentum so long it is the distance from 1 that needs the digits.
    return f"{1 - float(f'{1 - value:.{digits}g}'):.12g}" if said == "1" and value < 1 else said


def described(config: Config) -> str:
    """A configuration on one line: `lr:0.0088, weight decay:1.18e-06`."""
    return ", ".join(f"{spoken(name)}:{shown(value)}" for name, value in config.items())


def line(standing: Standing, metric: str, full_epochs: int) -> str:
    """`Best-1(val acc:0.9833) | lr:0.0088, weight decay:1.18e-06`.

    What was confirmed with fresh seeds, or trained for fewer than `full_epochs`, says so after a further bar.
    """
    parts = [
        f"Best-{standing.rank}({spoken(metric)}:{standing.metrics[metric]:.4g})",
        described(standing.trial.config),
    ]
    if standing.confirmed:
        again = standing.confirmed
        parts.append(f"{spoken(metric)}:{again.mean:.4f} +- {again.spread:.4f} ({again.seeds} seeds)")
    if standing.epochs < full_epochs:
        parts.append(f"{standing.epochs} of {full_epochs} epochs")
    return " | ".join(parts)


def ranking(standings: Sequence[Standing], metric: str, full_epochs: int, top: int | None = None) -> str:
    """The title and a line for each of the `top` best (all, if None)."""
    ranked = [standing for standing in standings if standing.rank is not None]
    return "\n".join([TITLE, *(line(standing, metric, full_epochs) for standing in ranked[:top])]) + "\n"


def table(standings: Sequence[Standing], names: Sequence[str]) -> tuple[list[str], list[list[Value | None]]]:
    """Header and rows of every standing: where it stands, its metrics, its parameters (`names`).

    A parameter that is not active, and a metric that was not reached, is None.
    """
    metrics = sorted({name for standing in standings for name in standing.metrics})
    confirmed = any(standing.confirmed for standing in standings)
    extra = ["mean", "spread", "seeds"] if confirmed else []
    header = ["rank", "trial", "round", "status", "epochs", *metrics, *extra, *names]
    return header, [list(_row(standing, metrics, confirmed, names)) for standing in standings]


def _row(
    standing: Standing, metrics: Sequence[str], confirmed: bool, names: Sequence[str]
) -> Iterator[Value | None]:
    yield standing.rank
    yield from (standing.trial.number, standing.trial.round, standing.status, standing.epochs)
    yield from (standing.metrics.get(name) for name in metrics)
    if confirmed:
        again = standing.confirmed
        yield from (again.mean, again.spread, again.seeds) if again else (None, None, None)
    yield from (standing.trial.config.get(name) for name in names)


def results_csv(standings: Sequence[Standing], names: Sequence[str]) -> str:
    """Every trial in full precision and without times, so that equal searches give equal bytes."""
    header, rows = table(standings, names)
    return as_csv(header, rows)


def curves_csv(results: Iterable[Result]) -> str:
    """Metric per trial, replicate and epoch, in that order."""
    ordered = sorted(results, key=lambda result: (result.trial, result.replicate, result.epochs))
    metrics = sorted({name for result in ordered for name in result.curve})
    rows: list[list[Value | None]] = []
    for result in ordered:
        length = max(map(len, result.curve.values()), default=0)
        for index in range(length):
            values = (_at(result.curve, name, index) for name in metrics)
            rows.append([result.trial, result.replicate, result.epochs - length + index + 1, *values])
    return as_csv(["trial", "replicate", "epoch", *metrics], rows)


def _at(curve: Mapping[str, Sequence[float]], name: str, index: int) -> float | None:
    values = curve.get(name, ())
    return values[index] if index < len(values) else None


def as_csv(header: Sequence[str], rows: Iterable[Sequence[Value | None]]) -> str:
    """RFC 4180 with plain line ends; floats as Python writes them, so that they read back exactly."""
    text = io.StringIO()
    writer = csv.writer(text, lineterminator="\n")
    writer.writerow(header)
    writer.writerows([["" if value is None else _exact(value) for value in row] for row in rows])
    return text.getvalue()


def _exact(value: Value) -> str:
    if isinstance(value, bool):
        return "true" if value else "false"
    return repr(value) if isinstance(value, float) else str(value)


def best_yaml(standing: Standing, metric: str, run: str) -> str:
    """The parameters of the best trial, to paste below `objective:`."""
    from yaml import safe_dump

    comment = (
        f"# trial {standing.trial.number} of {run}: {metric} {standing.metrics[metric]:.4g} "
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
    ill = [standing for standing in standings if standing.status != "done"]
    if not ill:
        return ""
    counts = Counter(standing.status for standing in ill)
    said = ", ".join(f"{count} {status}" for status, count in sorted(counts.items()))
    first = min(ill, key=lambda standing: standing.trial.number)
    return f"{said} (trial {first.trial.number}: {first.reason or first.status})"
