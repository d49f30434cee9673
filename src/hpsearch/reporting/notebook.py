"""A run as a notebook shows it without any library: how it stands, the best of its trials, what failed."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from html import escape

from hpsearch.core.escaping import on_a_line
from hpsearch.core.trial import Result, Value
from hpsearch.core.words import shown, trials_named
from hpsearch.engine.run import Run
from hpsearch.reporting import tables, text
from hpsearch.reporting.page.head import state

#: So many reasons are told, and digits of a number.
_REASONS, _DIGITS = 5, 4


def html(run: Run, advice: Sequence[str], top: int) -> str:
    """The head, the `top` best as a table, and what to do next; or why there is no best."""
    parts = [f"<p><strong>{_plain(run.name)}</strong>: {_plain(head(run))}</p>"]
    if run.ranked:
        parts.append(_table(run, top))
    parts.append(_list([*([] if run.ranked else reasons(run)), *advice]))
    return "\n".join(part for part in parts if part)


def head(run: Run) -> str:
    """`complete; 60 trials; best val acc 0.9806 (trial 17)`, or that there is no best."""
    best, count = run.best, len(run.standings)
    if best is None:
        ended = f"none of {count} trials ended well" if count else "no trial has ended"
        return f"{state(run)}; {ended}"
    value = run.metric.shown(best.value(run.metric))
    return (
        f"{state(run)}; {text.summary(run.standings)}; best {run.metric} {value} (trial {best.trial.number})"
    )


def reasons(run: Run) -> list[str]:
    """Each reason why a training did not end well, the commonest first."""
    kinds: dict[tuple[str, str], list[Result]] = {}
    for result in run.ill:
        kinds.setdefault((result.status, result.reason), []).append(result)
    ordered = sorted(kinds.items(), key=lambda kind: -len(kind[1]))
    rest = len(ordered) - _REASONS
    more = [f"{rest} more {'reason' if rest == 1 else 'reasons'}"] if rest > 0 else []
    return [_reason(*kind, results) for kind, results in ordered[:_REASONS]] + more


def _reason(status: str, why: str, results: Sequence[Result]) -> str:
    trials = trials_named({result.trial for result in results})
    return f"{status}: {on_a_line(why)} ({trials})" if why else f"{status} ({trials})"


def failures(run: Run) -> list[dict[str, Value]]:
    """Every training that did not end well, with its reason and the last lines that it printed."""
    return [
        {
            "trial": result.trial,
            "status": result.status,
            "epochs": result.epochs,
            "replicate": result.replicate,
            "reason": result.reason,
            "output": result.output,
        }
        for result in run.ill
    ]


def curves(run: Run) -> list[dict[str, Value]]:
    """One row for each trial and epoch, of the best trial first: what was measured after it."""
    names = sorted({name for result in run.results for name in (*result.metrics, *result.curve)})
    return [row for one in run.standings for row in _curve(run, one.trial.number, names)]


def _curve(run: Run, trial: int, names: Sequence[str]) -> Iterator[dict[str, Value]]:
    curve = run.curves(trial)
    for epoch in sorted({epoch for points in curve.values() for epoch in points}):
        yield {"trial": trial, "epoch": epoch, **{name: curve.get(name, {}).get(epoch) for name in names}}


def _table(run: Run, top: int) -> str:
    header, rows = tables.table(run.ranked[:top], run.space.recorded, tables.columns_of(run.standings))
    heads = "".join(f"<th>{_plain(name)}</th>" for name in header)
    body = "\n".join(f"<tr>{''.join(map(_cell, row))}</tr>" for row in rows)
    rest = len(run.ranked) - top
    more = f"\n<p>and {rest} more in .rows</p>" if rest > 0 else ""
    return f"<table>\n<thead><tr>{heads}</tr></thead>\n<tbody>\n{body}\n</tbody>\n</table>{more}"


def _cell(value: Value) -> str:
    return f"<td>{'' if value is None else _plain(shown(value, _DIGITS))}</td>"


def _list(lines: Sequence[str]) -> str:
    return f"<ul>\n{''.join(f'<li>{_plain(line)}</li>{chr(10)}' for line in lines)}</ul>" if lines else ""


def _plain(said: str) -> str:
    return escape(on_a_line(said))
