"""`hpsearch evaluate RUN`: the test part, once."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated, Any

import typer

from hpsearch.cli import options
from hpsearch.cli.commands import COMMANDS
from hpsearch.core.words import spoken

#: Each takes a training.
MOST_BEST = 100
#: How the interval of each figure of classes is made.
_METHODS = {
    "acc": "Wilson",
    "balanced_acc": "Dirichlet",
    "f1": "Dirichlet",
    "auc": "DeLong",
    "log_loss": "bootstrap",
}

if TYPE_CHECKING:
    from hpsearch.actions.evaluate import Classified, Evaluation
    from hpsearch.objectives.network.class_measures import ClassScores
    from hpsearch.objectives.network.measures import Errors
    from hpsearch.reporting.per_class import Row

Trial = Annotated[
    int | None,
    typer.Option("--trial", parser=options.NUMBER, metavar="N", help="This trial instead of the best."),
]
Refit = Annotated[
    bool,
    typer.Option("--refit", help="Train on the training and the validation part; folds always are."),
]
Best = Annotated[
    int | None,
    typer.Option(
        "--best",
        parser=options.NUMBER,
        metavar="N",
        help="Average the answers of the models of the N best; default: 5 near the best for a table, else 1.",
    ),
]


def count_of(best: int | None, trial: int | None) -> int | None:
    """How many trials a model is made of; None: as its data has it. Raises InputError."""
    from hpsearch.core.errors import InputError

    if best is not None and trial is not None:
        raise InputError("--best and --trial: give one of them: so many of the best, or this one")
    if best is not None and not 1 <= best <= MOST_BEST:
        raise InputError(f"--best {best}: must be 1 to {MOST_BEST}")
    return best if trial is None else 1


@COMMANDS.register("evaluate", place=90)
def command(
    run: options.Run,
    trial: Trial = None,
    refit: Refit = False,
    best: Best = None,
    runs_dir: options.RunsDir = options.RUNS,
    json: options.Json = False,
) -> None:
    """Measure the chosen model on the test part, which is for one use."""
    from hpsearch.actions.evaluate import evaluate
    from hpsearch.cli.console import note, out, out_json
    from hpsearch.runs import RunFolder

    evaluation = evaluate(
        RunFolder.existing(runs_dir, run), trial=trial, refit=refit, best=count_of(best, trial)
    )
    for remark in evaluation.notes:
        note(remark)
    if evaluation.uses:
        times = "once" if evaluation.uses == 1 else f"{evaluation.uses} times"
        note(
            f"warning: the test part of {run} was measured {times} before; what is chosen by a test part is "
            f"overestimated by it, so report the first measurement"
        )
    if json:
        out_json(_data(evaluation))
    else:
        out("\n".join(_lines(evaluation)))


def _lines(evaluation: Evaluation) -> list[str]:
    from hpsearch.actions.evaluate import Classified
    from hpsearch.reporting.text import described

    measured, trials = evaluation.measured, [standing.trial for standing in evaluation.standings]
    each = f" ({evaluation.of_each})" if evaluation.of_each else ""
    averaged = [f"the mean of these models{each}:"] if each or len(trials) > 1 else []
    return [
        *averaged,
        *(f"trial {trial.number}: {described(trial.config)}" for trial in trials),
        f"trained on {evaluation.trained_on} rows for {_epochs(evaluation)} epochs",
        *(_classes(measured) if isinstance(measured, Classified) else _numbers(measured, evaluation.rows)),
    ]


def _epochs(evaluation: Evaluation) -> str:
    """`27`, or `27 (stopped early: those of epoch 9)`, of each of its networks."""
    trained = zip(evaluation.standings, evaluation.epochs, strict=True)
    return ", ".join(
        f"{epochs} (stopped early: those of epoch {standing.kept})"
        if standing.kept and epochs == standing.epochs
        else str(epochs)
        for standing, epochs in trained
    )


def _classes(measured: Classified) -> list[str]:
    from hpsearch.reporting.confusion import confusion
    from hpsearch.reporting.per_class import per_class

    low, high = measured.interval
    return [
        f"test acc: {measured.accuracy:.4f}, 95 % Wilson interval {low:.4f} to {high:.4f} "
        f"({measured.correct} of {measured.rows} rows)",
        *(_scored(measured.scores, name) for name in measured.scores.figures if name != "acc"),
        "",
        *per_class(_per_class(measured)),
        "",
        *confusion(measured.classes, measured.confusion.tolist()),
    ]


def _scored(scores: ClassScores, name: str) -> str:
    """A figure with its interval, where it has one."""
    said = f"test {spoken(name)}: {scores.figures[name]:.4f}"
    if name not in scores.intervals:
        return f"{said}, too near 1 or of too few rows for an interval"
    low, high = scores.intervals[name]
    return f"{said}, 95 % {_METHODS[name]} interval {low:.4f} to {high:.4f}"


def _per_class(measured: Classified) -> list[Row]:
    own = measured.scores.per_class
    shares = (own.recall.tolist(), own.precision.tolist(), own.f1.tolist())
    return list(zip(measured.classes, own.rows.tolist(), *shares, strict=True))


def _numbers(errors: Errors, rows: int) -> list[str]:
    from hpsearch.objectives.network.measures import SHARES

    figures = [
        f"test {name}: {getattr(errors, name):.6g}, 95 % bootstrap interval {low:.6g} to {high:.6g}"
        for name, (low, high) in errors.intervals.items()
    ]
    names = {0.0: "least", 0.5: "median", 1.0: "most"}
    heads = [names.get(share, f"{share:.0%}") for share in SHARES]
    values = [f"{value:.6g}" for value in errors.quantiles]
    width = max(map(len, (*heads, *values))) + 2
    return [
        f"{figures[0]} ({rows} rows)",
        *figures[1:],
        "",
        f"residuals (the true number less the predicted one): mean {errors.mean:.6g}",
        "".join(head.rjust(width) for head in heads),
        "".join(value.rjust(width) for value in values),
        f"the largest is that of row {errors.worst + 1} of the test part",
    ]


def _data(evaluation: Evaluation) -> dict[str, Any]:
    from hpsearch.actions.evaluate import Classified

    measured, first = evaluation.measured, evaluation.standings[0].trial
    trials = [standing.trial.number for standing in evaluation.standings]
    return {
        "trial": first.number,
        "parameters": dict(first.config),
        "epochs": evaluation.epochs[0],
        **({"averaged": trials} if len(trials) > 1 else {}),
        "trained_on": evaluation.trained_on,
        "rows": evaluation.rows,
        **(_classes_data(measured) if isinstance(measured, Classified) else _numbers_data(measured)),
        "earlier_uses": evaluation.uses,
    }


def _classes_data(measured: Classified) -> dict[str, Any]:
    scores = measured.scores
    return {
        "test_acc": measured.accuracy,
        "interval": list(measured.interval),
        "interval_method": "wilson",
        "test_loss": measured.loss,
        **{f"test_{name}": value for name, value in scores.figures.items() if name != "acc"},
        "intervals": {name: list(ends) for name, ends in scores.intervals.items()},
        "interval_methods": {name: _METHODS[name] for name in scores.intervals},
        "classes": list(measured.classes),
        "per_class": [
            dict(zip(("class", "rows", "recall", "precision", "f1"), row, strict=True))
            for row in _per_class(measured)
        ],
        "confusion": measured.confusion.tolist(),
    }


def _numbers_data(errors: Errors) -> dict[str, Any]:
    from hpsearch.objectives.network.measures import SHARES

    shares = (f"{share:g}" for share in SHARES)
    return {
        **{f"test_{name}": getattr(errors, name) for name in errors.intervals},
        "interval_method": "bootstrap",
        "intervals": {name: list(ends) for name, ends in errors.intervals.items()},
        "residuals": {"mean": errors.mean, "quantiles": dict(zip(shares, errors.quantiles, strict=True))},
    }
