"""The model that a search chose: made, measured on the test part, and kept count of."""

from __future__ import annotations

import math
import shutil
import tempfile
from collections.abc import Sequence
from dataclasses import dataclass, replace
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from hpsearch.config import Spec, load_spec
from hpsearch.datasets import Folded, Prepared
from hpsearch.errors import InputError
from hpsearch.executors import one_blas_thread
from hpsearch.material import NetworkMaterial, gather
from hpsearch.objectives.model import Model, softmax
from hpsearch.runs import Journal, RunFolder, read
from hpsearch.search.ranking import rank
from hpsearch.trial import Job, Standing

#: Two-sided 95 % of the normal distribution.
_NORMAL_95 = 1.959964


@dataclass(frozen=True, slots=True)
class Evaluation:
    """A model on the test part.

    Attributes:
        standing: the trial whose configuration it has.
        trained_on, epochs: how many rows it was trained on, and for how long.
        correct: how many of the `rows` of the test part it classifies correctly.
        loss: the mean cross-entropy there.
        confusion: (C, C) rows of each class (down) that were taken for each class (across).
        uses: how often the test part was measured before.
    """

    standing: Standing
    trained_on: int
    epochs: int
    correct: int
    rows: int
    loss: float
    confusion: NDArray[np.int64]
    classes: Sequence[str]
    uses: int

    @property
    def accuracy(self) -> float:
        """The share that is correct."""
        return self.correct / self.rows

    @property
    def interval(self) -> tuple[float, float]:
        """95 % of such intervals hold the true share."""
        return wilson(self.correct, self.rows)


def make_model(
    folder: RunFolder, *, trial: int | None = None, refit: bool = False
) -> tuple[Model, Standing, Prepared]:
    """The model of a run's best trial, or of trial number `trial`, and the data it was trained on.

    Of a cross-validation, whose trials are several networks, it is one network trained on the rows of all folds.

    Args:
        refit: train on the training and the validation part, for as many epochs as the trial was.

    Raises:
        InputError: the run has no such trial, its data is not what it was, or its objective is the user's own.
    """
    spec = load_spec(folder.config)
    found = read(folder.journal, spec.search.metric)
    standings = rank(found.trials.values(), found.results, spec.search.metric, spec.search.goal)
    standing = _chosen(standings, trial, folder)
    material = _material(spec, folder, found.data)
    one_blas_thread()
    job = Job(standing.trial, standing.epochs)
    with tempfile.TemporaryDirectory(prefix="hpsearch-") as place:
        if isinstance(material.data, Folded):
            data, job = material.whole(), _without_folds(material, folder, job, Path(place))
        else:
            data = _joined(material.data) if refit else material.data
        if data is material.data:
            _copy_state(folder, job, Path(place))
        fitted = material.objective_on(data, Path(place)).fitted(job)
    config = dict(standing.trial.config)
    origin = {
        "run": folder.path.name,
        "trial": standing.trial.number,
        "epochs": job.epochs,
        "config": config,
    }
    return Model.of(*fitted, data, {**origin, "refit": data is not material.data}), standing, data


def _copy_state(folder: RunFolder, job: Job, place: Path) -> None:
    """The state of the trial, if it was kept, to where its objective looks for it."""
    saved = folder.checkpoints / f"trial{job.trial.number}-epochs{job.epochs}.npz"
    if saved.is_file():
        shutil.copy(saved, place)


def _without_folds(material: NetworkMaterial, folder: RunFolder, job: Job, scratch: Path) -> Job:
    """The training of one network on all rows that the folds of `job` recommend.

    No validation part is left to stop it early: it trains for as long as its folds did, on average.
    """
    if not job.trial.config.get("early_stopping", material.early_stopping):
        return job
    place = scratch / "folds"
    place.mkdir()
    _copy_state(folder, job, place)
    material.store(place)
    epochs = material.objective(place).epochs_kept(job)
    config = {**job.trial.config, "early_stopping": 0}
    return replace(job, trial=replace(job.trial, config=config), epochs=epochs)


def _chosen(standings: Sequence[Standing], trial: int | None, folder: RunFolder) -> Standing:
    for standing in standings:
        if standing.rank is not None and trial in (None, standing.trial.number):
            return standing
    what = "no trial that is done" if trial is None else f"no trial {trial} that is done"
    raise InputError(
        f"{folder.path}: has {what}, so there is no model; see: hpsearch show {folder.path.name}"
    )


def _material(spec: Spec, folder: RunFolder, recorded: str) -> NetworkMaterial:
    if spec.objective.free:
        raise InputError(
            f"{folder.path}: objective.kind is {spec.objective.kind}, whose models are made and kept by your own "
            f"code; only those of kind mlp can be made here"
        )
    material = gather(spec)
    assert isinstance(material, NetworkMaterial)
    if not material.data.classes:
        raise InputError(
            f"{folder.path}: objective.dataset.task is regression, and only models of classes can be made here; "
            f"train and keep one with: hpsearch train --save FILE.npz"
        )
    if material.fingerprint != recorded:
        raise InputError(
            f"{folder.path}: the data of objective.dataset is not what its trials were trained on"
        )
    return material


def _joined(data: Prepared) -> Prepared:
    """The same with the validation part in the training part too; scaled as before."""
    X = np.concatenate([data.X_train, data.X_val])  # noqa: N806 - named by its axes, as in the data
    return replace(data, X_train=X, y_train=np.concatenate([data.y_train, data.y_val]))


def evaluate(folder: RunFolder, *, trial: int | None = None, refit: bool = False) -> Evaluation:
    """Measure the model of a run on the test part, and record that this was done.

    Raises:
        InputError: there is no test part, or no model (see `make_model`).
        RunFolderError: it cannot be recorded.
    """
    model, standing, data = make_model(folder, trial=trial, refit=refit)
    if not len(data.y_test):
        raise InputError(
            f"{folder.path}: its data has no test part; give three parts, or folds with a test part, in "
            f"objective.dataset.split, and search again"
        )
    logits = model.logits(data.X_test)
    chosen = logits.argmax(axis=1)
    confusion = np.zeros((len(data.classes),) * 2, np.int64)
    np.add.at(confusion, (data.y_test, chosen), 1)
    probabilities = softmax(logits)[np.arange(len(chosen)), data.y_test]
    loss = float(-np.log(np.maximum(probabilities, np.finfo(np.float64).tiny)).mean())
    correct = int((chosen == data.y_test).sum())
    uses = _record(folder, standing.trial.number, correct / len(chosen), refit=model.origin["refit"])
    trained = (len(data.y_train), model.origin["epochs"])
    return Evaluation(standing, *trained, correct, len(chosen), loss, confusion, data.classes, uses)


def _record(folder: RunFolder, trial: int, accuracy: float, *, refit: bool) -> int:
    """Write to the journal that the test part was used; returns how often it had been."""
    with folder.locked(), Journal(folder.journal) as journal:
        before = [record for record in journal.open() if record["kind"] == "evaluation"]
        journal.append([{"kind": "evaluation", "trial": trial, "acc": accuracy, "refit": refit}])
    return len(before)


def wilson(correct: int, rows: int) -> tuple[float, float]:
    """The 95 % interval of a share (Wilson, 1927), which also holds near 0 and 1.

    >>> tuple(round(end, 3) for end in wilson(96, 100))
    (0.902, 0.984)
    """
    share, z2 = correct / rows, _NORMAL_95**2
    middle = (share + z2 / (2 * rows)) / (1 + z2 / rows)
    half = _NORMAL_95 * math.sqrt(share * (1 - share) / rows + z2 / (4 * rows**2)) / (1 + z2 / rows)
    return max(0.0, middle - half), min(1.0, middle + half)
