"""Several networks of one trial (Breiman, 1996): some of all rows, and for each fold one that leaves it out and is
stopped by it. What these say of the rows that they did not learn from tells how sure the probabilities should be.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field

import numpy as np
from msgspec import structs
from numpy.typing import NDArray

from hpsearch.core.trial import Job, Standing
from hpsearch.data.folded import Folded
from hpsearch.data.folds import Division
from hpsearch.data.prepared import Prepared
from hpsearch.data.redealt import redealt
from hpsearch.nn.network import Architecture
from hpsearch.objectives.network.model import outputs_of
from hpsearch.objectives.network.temperature import softmax, temperature_of
from hpsearch.objectives.network.workload import NetworkWorkload
from hpsearch.storage.temporary import temporary_folder

Network = tuple[Architecture, NDArray[np.float32]]


@dataclass
class Bagging:
    """The rows `data` of a search by cross-validation, all together and in the folds of its `division`."""

    workload: NetworkWorkload
    data: Prepared
    division: Division
    _held_out: list[NDArray[np.float64]] = field(default_factory=list)

    def __post_init__(self) -> None:
        self._folds = redealt(self.data, self.division)

    def networks(self, standing: Standing, seeds: int) -> tuple[list[Network], int]:
        """The networks of a trial, those of all rows with so many seeds first, and how long these were trained.

        With early stopping a network is trained until it stops, however soon the search ended the trial, and those
        of all rows, which nothing is left to stop, for as long as the others were on average.

        Raises:
            TrainingDiverges: one of them does.
        """
        stops = standing.trial.config.get("early_stopping", self.workload.early_stopping)
        job = Job(standing.trial, self.workload.epochs if stops else standing.best or standing.epochs)
        with temporary_folder() as place:
            shape, parameters, kept = self.workload.objective_on(self._folds, place).fitted_folds(job)
        config = {**standing.trial.config, "early_stopping": 0}
        whole = Job(structs.replace(standing.trial, config=config), kept)
        with temporary_folder() as place:
            objective = self.workload.objective_on(self.data, place)
            fitted = [objective.fitted(structs.replace(whole, replicate=seed)) for seed in range(seeds)]
        if self.data.classes:
            self._held_out.append(self._told(shape, parameters))
        return [*fitted, *((shape, own) for own in parameters)], kept

    def temperature(self) -> float:
        """That of the mean of the networks made so far; 1 of numbers."""
        held_out: Sequence[NDArray[np.float64]] = self._held_out
        return temperature_of(np.mean(held_out, axis=0), self.data.y_train) if held_out else 1.0

    def _told(self, shape: Architecture, parameters: NDArray[np.float32]) -> NDArray[np.float64]:
        """(N, C) what the network of each fold says of its validation part."""
        told = np.empty((len(self.data.y_train), len(self.data.classes)))
        for fold, (own, part) in enumerate(zip(parameters, self._folds.parts, strict=True)):
            rows = self._folds.division.validation(fold)
            told[rows] = softmax(outputs_of(shape, own, part.X_val[:]))
        return told


def bagging(workload: NetworkWorkload, data: Prepared) -> Bagging | None:
    """That of a cross-validation; None of other searches.

    Args:
        data: the rows of all folds.
    """
    searched = workload.data
    return Bagging(workload, data, searched.division) if isinstance(searched, Folded) else None
