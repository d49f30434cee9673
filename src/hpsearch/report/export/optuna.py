"""A study that Optuna loads: a file of its journal storage, written by Optuna itself."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime, timedelta
from pathlib import Path
from typing import TYPE_CHECKING, Any

from hpsearch.core.errors import MissingExtra
from hpsearch.core.trial import Scalar, Standing, Value, as_number
from hpsearch.report.export.finite import finite
from hpsearch.report.export.format import FORMATS
from hpsearch.report.export.trials import recorded
from hpsearch.report.tables import in_a_cell

if TYPE_CHECKING:
    from optuna.distributions import BaseDistribution
    from optuna.trial import FrozenTrial

    from hpsearch.engine.run import Run
    from hpsearch.space import Parameter


class Optuna:
    """Trials with distributions, states and a value per epoch.

    A trial that was trained in full is COMPLETE, one that was stopped earlier PRUNED, any that did not end well
    FAIL. Optuna has no `one_minus_log`: such a range becomes a plain one, and its scale is kept among the user
    attributes, as is whatever else Optuna has no place for.
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
            study = optuna.create_study(storage=storage, study_name=run.name, direction=run.metric.goal)
        for name, value in _facts(run).items():
            study.set_user_attr(name, value)
        distributions = {parameter.name: _distribution(parameter) for parameter in recorded(run.space)}
        study.add_trials([_trial(standing, run, distributions) for standing in run.in_order])
        JournalFileBackend(str(path)).append_logs(list(journal.read_logs(0)))

    def use(self, run: Run, path: Path) -> str:
        """In Python, or in Optuna's dashboard."""
        storage = f'JournalStorage(JournalFileBackend("{path}"))'
        return f'open it: optuna.load_study(study_name="{run.name}", storage={storage})'


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


def _facts(run: Run) -> dict[str, Any]:
    """What is said of the study itself."""
    scales = {
        parameter.name: parameter.scale.name
        for parameter in run.space.parameters
        if hasattr(parameter, "scale")
    }
    return {"metric": run.metric.name, "epochs": run.epochs, "scales": scales}


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


def _category(value: Value) -> Scalar | None:
    """A value as Optuna keeps it, which knows no lists: they are texts."""
    return in_a_cell(value) if isinstance(value, tuple) else value


def _trial(standing: Standing, run: Run, distributions: dict[str, BaseDistribution]) -> FrozenTrial:
    from optuna.trial import TrialState, create_trial

    trial, done = standing.trial, standing.status == "done"
    full = standing.epochs >= run.epochs
    state = TrialState.FAIL if not done else TrialState.COMPLETE if full else TrialState.PRUNED
    made = create_trial(
        state=state,
        value=standing.reading(run.metric) if done else None,
        params={name: _category(value) for name, value in trial.config.items()},
        distributions={name: distributions[name] for name in trial.config},
        user_attrs=_attributes(standing),
        intermediate_values=run.curves(trial.number).get(run.metric.name, {}),
    )
    # The record holds how long a trial took, and not when.
    made.datetime_complete = datetime.fromtimestamp(run.written)
    made.datetime_start = made.datetime_complete - timedelta(seconds=run.seconds(trial.number))
    return made


def _attributes(standing: Standing) -> dict[str, Any]:
    """What Optuna has no place for."""
    trial, again = standing.trial, standing.confirmed
    attributes: dict[str, Any] = {
        "trial": trial.number,
        "round": trial.round,
        "seed": trial.seed,
        "status": standing.status,
        "epochs": standing.epochs,
        "metrics": finite(standing.metrics),
    }
    if again:
        attributes["confirmed"] = {"mean": again.mean, "spread": again.spread, "seeds": again.seeds}
    return attributes | ({"reason": standing.reason} if standing.reason else {})


@contextmanager
def _quiet() -> Iterator[None]:
    """Without what Optuna says of a new study."""
    from optuna import logging

    before = logging.get_verbosity()
    logging.set_verbosity(logging.WARNING)
    try:
        yield
    finally:
        logging.set_verbosity(before)


FORMATS.register("optuna")(Optuna())
