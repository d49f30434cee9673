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
    from hpsearch.report.confusion import confusion
    from hpsearch.report.text import described

    low, high = found.interval
    trial = found.standing.trial
    lines = [
        f"trial {trial.number}: {described(trial.config)}",
        f"trained on {found.trained_on} rows for {found.epochs} epochs",
        f"test acc: {found.accuracy:.4f}, 95 % Wilson interval {low:.4f} to {high:.4f} "
        f"({found.correct} of {found.rows} rows)",
        f"test loss: {found.loss:.4f}",
    ]
    return [*lines, "", *confusion(found.classes, found.confusion.tolist())]


def _data(found: Evaluation) -> dict[str, Any]:
    return {
        "trial": found.standing.trial.number,
        "parameters": dict(found.standing.trial.config),
        "epochs": found.epochs,
        "trained_on": found.trained_on,
        "rows": found.rows,
        "test_acc": found.accuracy,
        "interval": list(found.interval),
        "interval_method": "wilson",
        "test_loss": found.loss,
        "classes": list(found.classes),
        "confusion": found.confusion.tolist(),
        "earlier_uses": found.uses,
    }
