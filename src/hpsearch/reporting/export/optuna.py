"""A study that Optuna loads: a file of its journal storage, written by Optuna itself."""

from __future__ import annotations

import warnings
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any

from hpsearch.core.errors import MissingExtra
from hpsearch.core.trial import Epochs, Scalar, Standing, Value, as_number
from hpsearch.engine.front import front_of
from hpsearch.engine.plan import Halving, rungs
from hpsearch.reporting.export.finite import finite
from hpsearch.reporting.export.format import FORMATS
from hpsearch.reporting.export.trials import by_step, recorded
from hpsearch.reporting.export.when import when
from hpsearch.reporting.tables import in_a_cell
from hpsearch.runs.times import Span

if TYPE_CHECKING:
    from optuna.distributions import BaseDistribution
    from optuna.trial import FrozenTrial

    from hpsearch.engine.run import Run
    from hpsearch.space import Parameter


class Optuna:
    """Trials with distributions, states and a value per epoch.

    A trial that was trained in full is COMPLETE, one that was stopped earlier PRUNED, any that did not end well
    FAIL. The first two have what they rank by as their value, which is the mean over its seeds of one that was
    confirmed. Optuna has no `one_minus_log`: such a range becomes a plain one, and its scale is kept among the user
    attributes, as is whatever else Optuna has no place for. Where several metrics are asked for it is a study of
    several objectives, in which a trial that lacks one is FAIL.
    """

    says = "a study, as a file of Optuna's journal storage"
    suffix = "-optuna.log"

    def write(self, run: Run, path: Path) -> None:
        """Write the study, which has the name of the run."""
        try:
            import optuna
        except ImportError:
            raise MissingExtra("export --to optuna", library="optuna", extra="optuna") from None
        from optuna.storages.journal import JournalFileBackend

        path.touch()
        journal: Any = _InMemory()
        storage = optuna.storages.JournalStorage(journal)
        with _quiet():
            directions = [metric.goal for metric in run.spec.search.metrics]
            study = optuna.create_study(storage=storage, study_name=run.name, directions=directions)
            study.set_metric_names([metric.name for metric in run.spec.search.metrics])
        for name, value in _facts(run).items():
            study.set_user_attr(name, value)
        distributions = {parameter.name: _distribution(parameter) for parameter in recorded(run.space)}
        spans, values = when(run), _values(run)
        study.add_trials(
            [
                _trial(one, run, distributions, values.get(one.trial.number), spans[one.trial.number])
                for one in run.in_order
            ]
        )
        JournalFileBackend(str(path)).append_logs(list(journal.read_logs(0)))

    def use(self, run: Run, path: Path) -> str:
        """In Optuna's dashboard or in Python, and whether its best trial is ours."""
        storage = f'JournalStorage(JournalFileBackend("{path}"))'
        opened = f'optuna-dashboard {path}, or optuna.load_study(study_name="{run.name}", storage={storage})'
        return f"open it: {opened}{_other_best(run)}"


class _InMemory:
    """A journal of Optuna that goes to a file at once, in place of waiting for the disk after every trial."""

    def __init__(self) -> None:
        self._logs: list[dict[str, Any]] = []

    def read_logs(self, log_number_from: int) -> list[dict[str, Any]]:
        """What was written from that place on."""
        return self._logs[log_number_from:]

    def append_logs(self, logs: list[dict[str, Any]]) -> None:
        """Keep it."""
        self._logs += logs


def _other_best(run: Run) -> str:
    """What to know of Optuna's best trial, which is that with the best value of those that are COMPLETE."""
    best, full = run.best, [standing for standing in run.ranked if standing.epochs >= run.epochs]
    if best is None or len(run.spec.search.metrics) > 1:  # then it has several, as we do
        return ""
    if not full:
        return "; Optuna has no best trial before one is trained in full"
    other = min(full, key=lambda standing: run.metric.loss(standing.value(run.metric)))
    if best.epochs >= run.epochs and not run.metric.is_better(
        other.value(run.metric), than=best.value(run.metric)
    ):
        return ""
    return f"; the best is trial {best.trial.number}, and to Optuna, by the value alone, {other.trial.number}"


def _rungs(run: Run) -> tuple[Epochs, ...]:
    """The epochs at which trials were compared."""
    halving = run.spec.search.halving
    return rungs(run.epochs, Halving(halving.eta, halving.least) if halving else None)


def _facts(run: Run) -> dict[str, Any]:
    """What is said of the study itself."""
    scales = {
        parameter.name: parameter.scale.name
        for parameter in run.space.parameters
        if hasattr(parameter, "scale")
    }
    facts = {"metric": run.metric.name, "epochs": run.epochs, "rungs": _rungs(run), "scales": scales}
    return facts | ({"best_trial": run.best.trial.number} if run.best else {})


def _distribution(parameter: Parameter) -> BaseDistribution:
    import numpy as np
    from optuna.distributions import CategoricalDistribution, FloatDistribution, IntDistribution

    from hpsearch.space import Choice, Integer, Steps

    if isinstance(parameter, Steps):
        return IntDistribution(int(parameter.scale.low), int(parameter.scale.high), step=parameter.step)
    if isinstance(parameter, Choice):
        return CategoricalDistribution([_category(choice) for choice in parameter.choices])
    scale = parameter.scale
    if isinstance(parameter, Integer):
        return IntDistribution(int(scale.low), int(scale.high), log=scale.logarithmic)
    if parameter.bins is None:
        return FloatDistribution(scale.low, scale.high, log=scale.logarithmic)
    (high,) = parameter.decode(np.ones(1))
    return FloatDistribution(scale.low, as_number(high), step=parameter.step)


def _values(run: Run) -> dict[int, Sequence[float]]:
    """What each trial has that ended well: what it ranks by, or all that is recorded by its name."""
    front = front_of(run)
    if front is None:
        return {standing.trial.number: [standing.value(run.metric)] for standing in run.ranked}
    return {point.number: point.values for point in front.points}


def _category(value: Value) -> Scalar | None:
    """A value as Optuna keeps it, which knows no lists: they are texts."""
    return in_a_cell(value) if isinstance(value, tuple) else value


def _trial(
    standing: Standing,
    run: Run,
    distributions: dict[str, BaseDistribution],
    values: Sequence[float] | None,
    span: Span,
) -> FrozenTrial:
    from optuna.trial import TrialState, create_trial

    trial, full = standing.trial, standing.epochs >= run.epochs
    state = TrialState.FAIL if values is None else TrialState.COMPLETE if full else TrialState.PRUNED
    made = create_trial(
        state=state,
        values=values,
        params={name: _category(value) for name, value in trial.config.items()},
        distributions={name: distributions[name] for name in trial.config},
        user_attrs=_attributes(standing, run),
        intermediate_values=by_step(run.curves(trial.number).get(run.metric.name, {})),
    )
    made.datetime_start, made.datetime_complete = map(datetime.fromtimestamp, span)
    return made


def _attributes(standing: Standing, run: Run) -> dict[str, Any]:
    """What Optuna has no place for; what does not apply is left out."""
    trial, failure = standing.trial, standing.failure
    reached = [rung for rung, epochs in enumerate(_rungs(run)) if epochs == standing.epochs]
    attributes: dict[str, Any] = {
        "trial": trial.number,
        "rank": standing.rank,
        "round": trial.round,
        "rung": reached[0] if reached else None,
        "seed": trial.seed,
        "status": standing.status,
        "epochs": standing.epochs,
        "seconds": run.seconds(trial.number),
        "metrics": finite(standing.metrics),
        "confirmed": _confirmed(standing, run),
        "reason": standing.reason or None,
        "then": failure and {"status": failure.status, "epochs": failure.epochs, "reason": failure.reason},
    }
    return {name: value for name, value in attributes.items() if value is not None}


def _confirmed(standing: Standing, run: Run) -> dict[str, Any] | None:
    """Mean and spread over the seeds, and what the fresh ones gave."""
    again, name = standing.confirmed, run.metric.name
    if again is None:
        return None
    fresh = [result for result in run.by_trial[standing.trial.number] if result.replicate]
    readings = {str(result.replicate): result.metrics[name] for result in fresh if result.status == "done"}
    lost = {"lost": dict(again.lost)} if again.lost else {}
    return {"mean": again.mean, "spread": again.spread, "seeds": again.seeds, "fresh": readings} | lost


@contextmanager
def _quiet() -> Iterator[None]:
    """Without what Optuna says of a new study, and of names of metrics, which it may change one day."""
    from optuna import logging
    from optuna.exceptions import ExperimentalWarning

    before = logging.get_verbosity()
    logging.set_verbosity(logging.WARNING)
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore", ExperimentalWarning)
            yield
    finally:
        logging.set_verbosity(before)


FORMATS.register("optuna")(Optuna())
