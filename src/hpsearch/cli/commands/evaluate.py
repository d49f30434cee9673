"""`hpsearch evaluate RUN`: the test part, once."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated, Any

import typer

from hpsearch.cli import options
from hpsearch.cli.commands import COMMANDS

if TYPE_CHECKING:
    from hpsearch.actions.evaluate import Classified, Evaluation
    from hpsearch.objectives.network.measures import Errors

Trial = Annotated[
    int | None,
    typer.Option("--trial", parser=options.NUMBER, metavar="N", help="This trial instead of the best."),
]
Refit = Annotated[
    bool,
    typer.Option("--refit", help="Train on the training and the validation part; folds always are."),
]


@COMMANDS.register("evaluate", place=90)
def command(
    run: options.Run,
    trial: Trial = None,
    refit: Refit = False,
    runs_dir: options.RunsDir = options.RUNS,
    json: options.Json = False,
) -> None:
    """Measure the chosen model on the test part, which is for one use."""
    from hpsearch.actions.evaluate import evaluate
    from hpsearch.cli.console import note, out, out_json
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


def _lines(evaluation: Evaluation) -> list[str]:
    from hpsearch.actions.evaluate import Classified
    from hpsearch.report.text import described

    trial, found = evaluation.standing.trial, evaluation.found
    return [
        f"trial {trial.number}: {described(trial.config)}",
        f"trained on {evaluation.trained_on} rows for {evaluation.epochs} epochs",
        *(_classes(found) if isinstance(found, Classified) else _numbers(found, evaluation.rows)),
    ]


def _classes(found: Classified) -> list[str]:
    from hpsearch.report.confusion import confusion

    low, high = found.interval
    return [
        f"test acc: {found.accuracy:.4f}, 95 % Wilson interval {low:.4f} to {high:.4f} "
        f"({found.correct} of {found.rows} rows)",
        f"test loss: {found.loss:.4f}",
        "",
        *confusion(found.classes, found.confusion.tolist()),
    ]


def _numbers(found: Errors, rows: int) -> list[str]:
    from hpsearch.objectives.network.measures import SHARES

    figures = [
        f"test {name}: {getattr(found, name):.6g}, 95 % bootstrap interval {low:.6g} to {high:.6g}"
        for name, (low, high) in found.intervals.items()
    ]
    names = {0.0: "least", 0.5: "median", 1.0: "most"}
    heads = [names.get(share, f"{share:.0%}") for share in SHARES]
    values = [f"{value:.6g}" for value in found.quantiles]
    width = max(map(len, (*heads, *values))) + 2
    return [
        f"{figures[0]} ({rows} rows)",
        *figures[1:],
        "",
        f"residuals (the true number less the predicted one): mean {found.mean:.6g}",
        "".join(head.rjust(width) for head in heads),
        "".join(value.rjust(width) for value in values),
        f"the largest is that of row {found.worst + 1} of the test part",
    ]


def _data(evaluation: Evaluation) -> dict[str, Any]:
    from hpsearch.actions.evaluate import Classified

    found = evaluation.found
    return {
        "trial": evaluation.standing.trial.number,
        "parameters": dict(evaluation.standing.trial.config),
        "epochs": evaluation.epochs,
        "trained_on": evaluation.trained_on,
        "rows": evaluation.rows,
        **(_classes_data(found) if isinstance(found, Classified) else _numbers_data(found)),
        "earlier_uses": evaluation.uses,
    }


def _classes_data(found: Classified) -> dict[str, Any]:
    return {
        "test_acc": found.accuracy,
        "interval": list(found.interval),
        "interval_method": "wilson",
        "test_loss": found.loss,
        "classes": list(found.classes),
        "confusion": found.confusion.tolist(),
    }


def _numbers_data(found: Errors) -> dict[str, Any]:
    from hpsearch.objectives.network.measures import SHARES

    shares = (f"{share:g}" for share in SHARES)
    return {
        **{f"test_{name}": getattr(found, name) for name in found.intervals},
        "interval_method": "bootstrap",
        "intervals": {name: list(ends) for name, ends in found.intervals.items()},
        "residuals": {"mean": found.mean, "quantiles": dict(zip(shares, found.quantiles, strict=True))},
    }
