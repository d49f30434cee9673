"""The model that a search chose, measured on the test part, and how often that was used."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np
from msgspec import Struct
from numpy.typing import NDArray

from hpsearch.actions.model import make_model
from hpsearch.core.errors import InputError
from hpsearch.core.trial import Epochs, Standing
from hpsearch.data.prepared import Prepared
from hpsearch.objectives.network.class_measures import ClassScores, scores_of
from hpsearch.objectives.network.measures import Errors, Interval, errors_of
from hpsearch.objectives.network.model import Model
from hpsearch.runs import Journal, RunFolder
from hpsearch.runs.records import Evaluated


class Classified(Struct, frozen=True):
    """What a model says of the classes of the test part.

    Attributes:
        correct: how many of the `rows` it classifies correctly.
        scores: how good its probabilities are, and how well each class is found.
        confusion: (C, C) rows of each class (down) that were taken for each class (across).
    """

    correct: int
    rows: int
    scores: ClassScores
    confusion: NDArray[np.int64]
    classes: Sequence[str]

    @property
    def accuracy(self) -> float:
        """The share that is correct."""
        return self.correct / self.rows

    @property
    def loss(self) -> float:
        """The mean cross-entropy."""
        return self.scores.figures["log_loss"]

    @property
    def interval(self) -> Interval:
        """95 % of such intervals hold the true share."""
        return self.scores.intervals["acc"]


class Evaluation(Struct, frozen=True):
    """A model on the test part.

    Attributes:
        standings: the trials whose configurations its networks have, the best first.
        trained_on, epochs: how many rows they were trained on, and for how long each.
        of_each: how many networks there are of each trial, in words.
        rows: how many rows the test part has.
        measured: how good it is there; `Errors` for regression.
        uses: how often the test part was measured before.
        notes: what `Made` has of them.
    """

    standings: Sequence[Standing]
    trained_on: int
    epochs: Sequence[Epochs]
    of_each: str
    rows: int
    measured: Classified | Errors
    uses: int
    notes: Sequence[str]


def evaluate(
    folder: RunFolder, *, trial: int | None = None, refit: bool = False, best: int | None = None
) -> Evaluation:
    """Measure the model of a run on the test part, and record that this was done.

    Raises:
        InputError: there is no test part, or no model (see `make_model`).
        RunFolderError: it cannot be recorded.
    """
    made = make_model(folder, trial=trial, refit=refit, best=best)
    model, data = made.model, made.data
    if not len(data.y_test):
        raise InputError(
            f"{folder.path}: its data has no test part; give three parts, or folds with a test part, in "
            f"objective.dataset.split, or objective.dataset.test, and search again"
        )
    measured = _measured(model, data)
    how = {"refit": model.origin["refit"]} | (
        {"best": len(made.standings)} if len(made.standings) > 1 else {}
    )
    uses = _record(folder, {"trial": made.standings[0].trial.number, **_score(measured), **how})
    how_trained = (len(data.y_train), made.epochs, made.of_each)
    return Evaluation(made.standings, *how_trained, len(data.y_test), measured, uses, made.notes)


def _measured(model: Model, data: Prepared) -> Classified | Errors:
    answers = model.answers(data.X_test)
    if not data.classes:
        return errors_of(model.true(data.y_test), model.numbers(answers))
    chosen = answers.argmax(axis=1)
    confusion = np.zeros((len(data.classes),) * 2, np.int64)
    np.add.at(confusion, (data.y_test, chosen), 1)
    scores = scores_of(answers, data.y_test, confusion)
    return Classified(int(confusion.trace()), len(chosen), scores, confusion, data.classes)


def _score(measured: Classified | Errors) -> dict[str, float | None]:
    """The figure that is recorded, by name; JSON has no nan."""
    if isinstance(measured, Classified):
        return {"acc": measured.accuracy}
    return {"r2": None if math.isnan(measured.r2) else measured.r2}


def _record(folder: RunFolder, evaluation: Mapping[str, Any]) -> int:
    """Write to the journal that the test part was used; returns how often it had been."""
    with folder.locked(), Journal(folder.journal) as journal:
        before = sum(isinstance(record, Evaluated) for record in journal.open())
        journal.append([{"kind": "evaluation", **evaluation}])
    return before
