"""`hpsearch evaluate RUN`: the test part, once."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated, Any

import typer

from hpsearch.cli import options

if TYPE_CHECKING:
    from hpsearch.evaluation import Evaluation

Trial = Annotated[
    int | None,
    typer.Option("--trial", parser=options.NUMBER, metavar="N", help="This trial instead of the best."),
]
Refit = Annotated[
    bool,
    typer.Option("--refit", help="Train on the training and the validation part; folds always are."),
]
#: A larger matrix is for --json.
MOST_CLASSES = 20


def command(
    run: options.Run,
    trial: Trial = None,
    refit: Refit = False,
    runs_dir: options.RunsDir = options.RUNS,
    json: options.Json = False,
    debug: options.Debug = False,
) -> None:
    """Measure the chosen model on the test part, which is for one use."""
    del debug
    from hpsearch.cli.console import note, out, out_json
    from hpsearch.evaluation import evaluate
    from hpsearch.runs import RunFolder

    found = evaluate(RunFolder.existing(runs_dir, run), trial=trial, refit=refit)
    if found.uses:
        times = "once" if found.uses == 1 else f"{found.uses} times"
        note(
            f"warning: the test part of {run} was measured {times} before; what is chosen by a test part is "
            f"overestimated by it, so report the first measurement"
        )
    if json:
        out_json(_data(found))
    else:
        out("\n".join(_lines(found)))


def _lines(found: Evaluation) -> list[str]:
    from hpsearch.report.text import described

    low, high = found.interval
    trial = found.standing.trial
    lines = [
        f"trial {trial.number}: {described(trial.config)}",
        f"trained on {found.trained_on} rows for {found.epochs} epochs",
        f"test acc: {found.accuracy:.4f}, 95 % interval {low:.4f} to {high:.4f} "
        f"({found.correct} of {found.rows} rows)",
        f"test loss: {found.loss:.4f}",
    ]
    return lines + (_matrix(found) if len(found.classes) <= MOST_CLASSES else [])


def _matrix(found: Evaluation) -> list[str]:
    names = [name if len(name) <= 12 else f"{name[:11]}~" for name in found.classes]
    width = max(5, *map(len, names), len(str(found.confusion.max()))) + 1
    head = " " * width + "".join(name.rjust(width) for name in names)
    rows = [
        name.rjust(width) + "".join(str(count).rjust(width) for count in row)
        for name, row in zip(names, found.confusion.tolist(), strict=True)
    ]
    return ["", "confusion (down: the true class; across: the predicted one)", head, *rows]


def _data(found: Evaluation) -> dict[str, Any]:
    return {
        "trial": found.standing.trial.number,
        "parameters": dict(found.standing.trial.config),
        "epochs": found.epochs,
        "trained_on": found.trained_on,
        "rows": found.rows,
        "test_acc": found.accuracy,
        "interval": list(found.interval),
        "test_loss": found.loss,
        "classes": list(found.classes),
        "confusion": found.confusion.tolist(),
        "earlier_uses": found.uses,
    }
