"""One trial on a screen: where it stands, its parameters to paste, its curve, and how it ended. Pure."""

from __future__ import annotations

import textwrap
from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING

from hpsearch.config.yaml.writer import pasted
from hpsearch.core.escaping import on_a_line
from hpsearch.core.places import OUTPUT
from hpsearch.core.trial import Epochs, Result, Standing, Value
from hpsearch.objectives.folders import folder_name
from hpsearch.reporting.columns import laid_out
from hpsearch.reporting.headings import told_apart
from hpsearch.reporting.text import line
from hpsearch.reporting.wrapping import ranked
from hpsearch.runs.codes import Code

if TYPE_CHECKING:
    from hpsearch.engine.run import Run

#: So many epochs of a curve are shown: the first, the last, and some between.
_EPOCHS = 12
_INDENT = "  "


def told(run: Run, number: int, width: int | None) -> str:
    """Everything there is of trial `number`, on lines no wider than `width`."""
    parts = [
        ("", _standing(run, number, width)),
        ("parameters (below `objective:`)", pasted(run.trials[number].config)),
        ("curve", _curve(run.curves(number), width)),
        ("trainings", _trainings(run.by_trial.get(number, ()), width)),
        ("code", _code(run, number)),
        *_outputs(run, number),
        ("", _taken_over(run, number)),
    ]
    return "\n".join(f"{_headed(head, said)}" for head, said in parts if said)


def _headed(head: str, said: str) -> str:
    return f"{head}:\n{textwrap.indent(said, _INDENT)}" if head else said


def _standing(run: Run, number: int, width: int | None) -> str:
    standing = run.standing(number)
    if standing is None:
        return f"trial {number}: {_waiting(run)}\n"
    where = f"trial {number}: {_place(standing, run)}\n"
    if not standing.rank:
        return where
    return f"{where}{ranked(line(standing, run.metric, run.epochs, run.beside), width)}\n"


def _taken_over(run: Run, number: int) -> str:
    """Whose trial it was first; empty for one that was made here."""
    source, there = run.reused.get(number, ("", 0))
    return f"taken over, with what it had reached, from trial {there} of {source}" if source else ""


def _waiting(run: Run) -> str:
    return "has no result yet" if run.state == "running" else "was begun and has no result"


def _place(standing: Standing, run: Run) -> str:
    if standing.rank:
        return f"rank {standing.rank} of {len(run.ranked)}, {standing.epochs} of {run.epochs} epochs"
    return f"{standing.status}: {standing.reason}" if standing.reason else standing.status


def _curve(curves: Mapping[str, Mapping[Epochs, float]], width: int | None) -> str:
    """The metrics at some epochs; empty where there is one epoch only, of which the trainings tell."""
    epochs = sorted({epoch for points in curves.values() for epoch in points})
    if len(epochs) < 2:
        return ""
    names = sorted(curves)
    rows: list[list[Value | None]] = [
        [epoch, *(curves[name].get(epoch) for name in names)] for epoch in _some(epochs)
    ]
    header = ["epoch", *told_apart(["epoch"], names).metrics.values()]
    return laid_out(header, rows, width=_inside(width)).text


def _some(epochs: Sequence[Epochs]) -> list[Epochs]:
    """At most `_EPOCHS` of them, evenly, the first and the last included."""
    if len(epochs) <= _EPOCHS:
        return list(epochs)
    return [epochs[round(place * (len(epochs) - 1) / (_EPOCHS - 1))] for place in range(_EPOCHS)]


def _inside(width: int | None) -> int | None:
    return None if width is None else width - len(_INDENT)


def _trainings(results: Sequence[Result], width: int | None) -> str:
    """Each rung and each fresh seed, with how it ended."""
    names = sorted({name for result in results for name in result.metrics})
    rows: list[list[Value | None]] = [
        [
            result.replicate,
            result.epochs,
            result.status,
            *(result.metrics.get(name) for name in names),
            result.reason or None,
        ]
        for result in results
    ]
    own = ["replicate", "epochs", "status", "reason"]
    header = [*own[:3], *told_apart(own, names).metrics.values(), *own[3:]]
    if not any(result.reason for result in results):
        header, rows = header[:-1], [row[:-1] for row in rows]
    return laid_out(header, rows, width=_inside(width)).text if results else ""


def _code(run: Run, number: int) -> str:
    """Each version of the user's code that it ran, as far as it was recorded."""
    codes = run.codes
    used = {codes.version(result) for result in run.by_trial.get(number, ())} - {None}
    return "".join(
        f"version {place + 1} of {len(codes.versions)}: {_files(code)}\n"
        for place, code in enumerate(codes.versions)
        if place in used
    )


def _files(code: Code, most: int = 6) -> str:
    """The files with the beginnings of their digests."""
    said = [f"{on_a_line(name)} {digest[:8]}" for name, digest in code.items()]
    return ", ".join([*said[:most], *([f"and {len(said) - most} more"] if len(said) > most else [])])


def _outputs(run: Run, number: int) -> list[tuple[str, str]]:
    """What the last of its trainings printed last that printed anything."""
    printed = [result for result in run.by_trial.get(number, ()) if result.output]
    if not printed:
        return []
    last = printed[-1]
    whole = run.folder.trials / folder_name(number, last.replicate) / OUTPUT
    head = f"last output (all of it: {whole})" if whole.is_file() else "last output"
    return [(head, last.output.rstrip() + "\n")]
