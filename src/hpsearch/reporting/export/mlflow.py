"""A file store that MLflow opens: one experiment with a run per trial, written by MLflow itself."""

from __future__ import annotations

import os
import re
from collections.abc import Iterable, Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Any

from hpsearch.core.errors import MissingExtra
from hpsearch.core.trial import Standing
from hpsearch.reporting.export.format import FORMATS
from hpsearch.reporting.export.trials import by_step
from hpsearch.reporting.export.when import when
from hpsearch.reporting.tables import in_a_cell
from hpsearch.runs.times import Span

if TYPE_CHECKING:
    from mlflow import MlflowClient
    from mlflow.entities import Metric

    from hpsearch.engine.run import Run

#: How many points, and how many parameters, MLflow takes at once; and bytes of a name, which is one of a file.
_POINTS, _ENTRIES, _NAME = 1000, 100, 200
#: Letters of a value that every version of MLflow takes.
_VALUE = 500
#: Newer versions write files only where they are asked to, and tell their makers what they are used for.
_SETTINGS = {"MLFLOW_ALLOW_FILE_STORE": "true", "MLFLOW_DISABLE_TELEMETRY": "true", "DO_NOT_TRACK": "true"}
_ENDS = {"done": "FINISHED", "stopped": "KILLED"}
#: Where files of a run would be: with the server, as a store can be moved.
_ARTIFACTS = "mlflow-artifacts:/"


class MLflow:
    """A folder with an experiment of the run's name: parameters, a value per epoch, and tags that say the rest."""

    says = "a file store with a run per trial"
    suffix = "-mlflow"

    def write(self, run: Run, path: Path) -> None:
        """Write the folder."""
        with _settings():
            try:
                from mlflow import MlflowClient
            except ImportError:
                raise MissingExtra("export --to mlflow", library="mlflow-skinny", extra="mlflow") from None
            path.mkdir()  # or MLflow would make an empty experiment besides
            client = MlflowClient(tracking_uri=str(path.absolute()))
            experiment = client.create_experiment(run.name, artifact_location=_ARTIFACTS)
            names, spans = _names(_metrics(run)), when(run)
            for standing in run.in_order:
                _write_trial(client, experiment, standing, run, names, spans[standing.trial.number])

    def use(self, run: Run, path: Path) -> str:
        """In MLflow's pages."""
        del run
        return f"open it: MLFLOW_ALLOW_FILE_STORE=true mlflow ui --backend-store-uri {path}"


def _write_trial(
    client: MlflowClient,
    experiment: str,
    standing: Standing,
    run: Run,
    names: Mapping[str, str],
    span: Span,
) -> None:
    from mlflow.entities import Param

    number, config = standing.trial.number, standing.trial.config
    begin, end = (round(1000 * moment) for moment in span)
    tags = _tags(standing, run.seconds(number))
    made = client.create_run(experiment, start_time=begin, tags=tags, run_name=f"trial-{number:04d}")
    identity = made.info.run_id
    keys = _names(config)
    params = [Param(keys[name], str(in_a_cell(value))[:_VALUE]) for name, value in config.items()]
    for some in _parts(params, _ENTRIES):
        client.log_batch(identity, params=some)
    for points in _parts(_points(standing, run, names, end), _POINTS):
        client.log_batch(identity, metrics=points)
    client.set_terminated(identity, _ENDS.get(standing.status, "FAILED"), end)


def _points(standing: Standing, run: Run, names: Mapping[str, str], end: int) -> Iterator[Metric]:
    """Every metric after every epoch, and what the seeds of a confirmation say together."""
    from mlflow.entities import Metric

    for name, curve in run.curves(standing.trial.number).items():
        for step, value in by_step(curve).items():
            yield Metric(names[name], value, end, step)
    for name, value in _confirmed(standing, run).items():
        yield Metric(names[name], value, end, int(standing.epochs))


def _confirmed(standing: Standing, run: Run) -> dict[str, float]:
    again, metric = standing.confirmed, run.metric.name
    return {} if again is None else {f"{metric} mean": again.mean, f"{metric} spread": again.spread}


def _metrics(run: Run) -> set[str]:
    """The names of all that is measured."""
    found = {name for result in run.results for name in (*result.metrics, *result.curve)}
    return found.union(*(_confirmed(standing, run) for standing in run.standings))


def _tags(standing: Standing, seconds: float) -> dict[str, str]:
    """What MLflow has no place for; what does not apply is left out."""
    trial, failure = standing.trial, standing.failure
    then = failure and f"{failure.status} after {failure.epochs} epochs: {failure.reason}"
    tags = {
        "trial": trial.number,
        "rank": standing.rank,
        "round": trial.round,
        "seed": trial.seed,
        "status": standing.status,
        "epochs": standing.epochs,
        "seconds": round(seconds, 3),
        "seeds": standing.confirmed and standing.confirmed.seeds,
        "reason": standing.reason or None,
        "then": then,
    }
    return {name: str(value)[:_VALUE] for name, value in tags.items() if value is not None}


def _names(names: Iterable[str]) -> dict[str, str]:
    """Each name in letters that MLflow and every file system take, and no two alike.

    >>> _names(["val_acc", "top 5 (%)", "top 5 [%]", ".."])
    {'..': '_.', 'top 5 (%)': 'top 5 ___', 'top 5 [%]': 'top 5 ___ 2', 'val_acc': 'val_acc'}
    """
    found: dict[str, str] = {}
    taken = set[str]()
    for name in sorted(names):
        found[name] = new = _new(_plain(name), taken)
        taken.add(new.casefold())
    return found


def _plain(name: str) -> str:
    plain = re.sub(r"[^\w.\- ]", "_", name).encode()[:_NAME].decode(errors="ignore").rstrip()
    return f"_{plain[1:]}" if plain[:1] in ("", ".", " ") else plain


def _new(name: str, taken: set[str]) -> str:
    count, new = 1, name
    while new.casefold() in taken:
        count += 1
        new = f"{name} {count}"
    return new


def _parts(items: Iterable[Any], most: int) -> Iterator[list[Any]]:
    """`items` in order, so many at once."""
    whole = list(items)
    return (whole[place : place + most] for place in range(0, len(whole), most))


@contextmanager
def _settings() -> Iterator[None]:
    """With what newer versions of MLflow are told by the environment."""
    before = {name: os.environ.get(name) for name in _SETTINGS}
    os.environ |= _SETTINGS
    try:
        yield
    finally:
        for name, value in before.items():
            os.environ.pop(name)
            os.environ |= {} if value is None else {name: value}


FORMATS.register("mlflow")(MLflow())
