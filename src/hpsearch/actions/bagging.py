"""Several networks of one trial (Breiman, 1996): some of all rows, and for each fold one that leaves it out and is
stopped by it. What these say of the rows that they did not learn from tells how sure the probabilities should be.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

import numpy as np
from msgspec import structs
from numpy.typing import NDArray

from hpsearch.core.errors import TrainingDiverges
from hpsearch.core.trial import Job, Standing
from hpsearch.data.folded import Folded
from hpsearch.data.prepared import Prepared
from hpsearch.data.redealt import redealt
from hpsearch.nn.network import Architecture
from hpsearch.objectives.network.model import outputs_of
from hpsearch.objectives.network.temperature import log_losses, softmax, temperature_of
from hpsearch.objectives.network.workload import NetworkWorkload
from hpsearch.storage.temporary import temporary_folder

Network = tuple[Architecture, NDArray[np.float32]]

#: A network without hidden layers, whose answers are those of a logistic or linear regression.
_LINEAR = {
    "hidden": (), "hidden_layers": None, "hidden_units": None, "batch_norm": "off", "dropout": 0.0,
    "input_dropout": 0.0, "alpha_dropout": 0.0, "initializer": "he", "optimizer": "adamw", "lr": 0.01,
    "lr_schedule": "constant", "warmup_epochs": 0.0, "weight_decay": 0.01, "l1": 0.0,
}  # fmt: skip
#: A larger share of the linear answer is no worse where its loss is above the least by so many standard errors at
#: most: the simpler answer has the benefit of the doubt.
_DOUBT = 0.5
#: The shares that are tried.
_SHARES = np.linspace(0.0, 1.0, 11)


@dataclass
class Bagging:
    """The rows `data` of a search by cross-validation, all together and in as many `folds` that are dealt anew."""

    workload: NetworkWorkload
    data: Prepared
    folds: int
    seeds: int
    _held_out: list[NDArray[np.float64]] = field(default_factory=list)

    def __post_init__(self) -> None:
        self._folds = redealt(self.data, self.folds, self.workload.seed)

    def networks(self, standing: Standing) -> tuple[list[Network], int]:
        """The networks of a trial, those of all rows with so many seeds first, and how long these were trained.

        With early stopping a network is trained until it stops, however soon the search ended the trial, and those
        of all rows, which nothing is left to stop, for as long as the others were on average.

        Raises:
            TrainingDiverges: one of them does.
        """
        stops = self._stops(standing)
        job = Job(standing.trial, self.workload.epochs if stops else standing.best or standing.epochs)
        networks, kept, told = self._trained(job)
        self._held_out.append(told)
        return networks, kept

    def linear(self, standing: Standing) -> tuple[list[Network], float]:
        """Networks without hidden layers, and which share of the answer is to be theirs: the largest that is no
        worse on rows not learned from than the best (Wolpert, 1992); none where that is 0, or nothing stops them.
        """
        stops = self._stops(standing)
        if not stops:
            return [], 0.0
        config = {**standing.trial.config, **_LINEAR, "early_stopping": stops}
        job = Job(structs.replace(standing.trial, config=config), self.workload.epochs)
        try:
            networks, _, told = self._trained(job)
        except TrainingDiverges:
            return [], 0.0
        others = np.mean(self._held_out, axis=0)
        mixed = [self._losses((1 - share) * others + share * told) for share in _SHARES]
        share = largest_share(np.stack(mixed))
        self._held_out = [(1 - share) * others + share * told]
        return (networks, share) if share else ([], 0.0)

    def temperature(self) -> float:
        """That of the mean of the networks made so far; 1 of numbers."""
        if not self.data.classes:
            return 1.0
        return temperature_of(np.mean(self._held_out, axis=0), self.data.y_train)

    def _stops(self, standing: Standing) -> Any:
        """After how many epochs without a lower loss its trainings end early; 0 never."""
        return standing.trial.config.get("early_stopping", self.workload.early_stopping)

    def _trained(self, job: Job) -> tuple[list[Network], int, NDArray[np.float64]]:
        """Networks of all rows, then of each fold; how long the former were trained; what the latter say of the
        rows that they left out, (N, O).
        """
        with temporary_folder() as place:
            shape, parameters, kept = self.workload.objective_on(self._folds, place).fitted_folds(job)
        config = {**job.trial.config, "early_stopping": 0}
        whole = Job(structs.replace(job.trial, config=config), kept)
        with temporary_folder() as place:
            objective = self.workload.objective_on(self.data, place)
            fitted = [objective.fitted(structs.replace(whole, replicate=seed)) for seed in range(self.seeds)]
        return [*fitted, *((shape, own) for own in parameters)], kept, self._told(shape, parameters)

    def _told(self, shape: Architecture, parameters: NDArray[np.float32]) -> NDArray[np.float64]:
        told = np.empty((len(self.data.y_train), shape.outputs))
        for fold, (own, part) in enumerate(zip(parameters, self._folds.parts, strict=True)):
            outputs = outputs_of(shape, own, part.X_val[:])
            told[self._folds.division.validation(fold)] = softmax(outputs) if self.data.classes else outputs
        return told

    def _losses(self, told: NDArray[np.float64]) -> NDArray[np.float64]:
        """(N,) those of each row."""
        if self.data.classes:
            return log_losses(told, self.data.y_train)
        return np.asarray(np.square(told[:, 0] - self.data.y_train))


def largest_share(losses: NDArray[np.float64]) -> float:
    """The largest of the shares whose losses of each row are `losses` (S, N) that is as good as the best."""
    worse = losses - losses[losses.mean(axis=1).argmin()]
    doubt = _DOUBT * worse.std(axis=1) / np.sqrt(losses.shape[1])
    return float(_SHARES[np.flatnonzero(worse.mean(axis=1) <= doubt)[-1]])


def bagging(workload: NetworkWorkload, data: Prepared, seeds: int) -> Bagging | None:
    """That of a cross-validation; None of other searches.

    Args:
        data: the rows of all folds.
        seeds: how many networks learn from all of them.
    """
    searched = workload.data
    return Bagging(workload, data, searched.folds, seeds) if isinstance(searched, Folded) else None
