"""The networks of a trial, trained on all rows that a model may learn from: as they were kept, or again."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import ClassVar

import numpy as np
from msgspec import Struct, structs

from hpsearch.actions.bagging import Trained, apart, copy_state, made
from hpsearch.actions.simpler import Network
from hpsearch.core.errors import TrainingDiverges
from hpsearch.core.trial import Job, Standing
from hpsearch.data.prepared import Prepared
from hpsearch.objectives.network.trainer import NetworkObjective
from hpsearch.objectives.network.workload import NetworkWorkload
from hpsearch.runs import RunFolder

#: What `train` is given.
Call = tuple[NetworkObjective | None, NetworkObjective, Job, int]


def train(searched: NetworkObjective | None, on: NetworkObjective, job: Job, seeds: int) -> Trained:
    """The networks of a job with so many seeds: the first has that of the search, the others have fresh ones.

    Where `searched` is given, no validation part is left to stop them early: they are trained for as long as those
    of the search were, on average.

    Raises:
        TrainingDiverges: one of them does.
    """
    if searched:
        config = {**job.trial.config, "early_stopping": 0}
        trial = structs.replace(job.trial, config=config)
        job = structs.replace(job, trial=trial, epochs=searched.epochs_kept(job))
    shape, of_all = apart(on, job, seeds)
    return Trained(shape, of_all, np.empty((0, of_all.shape[1]), np.float32), job.epochs)


class Refitting(Struct, frozen=True):
    """Trains networks of so many `seeds` of each trial of the run in `folder`.

    Attributes:
        searched: who trained the trials; None where the rows are those of the search.
        on: who trains with the rows of the model.
    """

    task: ClassVar = staticmethod(train)

    workload: NetworkWorkload
    folder: RunFolder
    seeds: int
    searched: NetworkObjective | None
    on: NetworkObjective

    def call(self, standing: Standing) -> Call:
        """What trains the networks of a trial: where its best epoch ranks, up to there, to the same bits."""
        job = Job(standing.trial, standing.best or standing.epochs)
        stops = job.trial.config.get("early_stopping", self.workload.early_stopping)
        if self.searched is None or stops:
            copy_state(self.folder, job, (self.searched or self.on).checkpoints)
        return (self.searched if stops else None, self.on, job, self.seeds)

    def networks(self, trained: Trained) -> list[Network]:
        """Those of a trial."""
        return trained.networks

    def beside(self, standing: Standing) -> list[Call]:  # noqa: ARG002
        """Nothing is trained besides."""
        return []

    def keep(self, standing: Standing, outcomes: Sequence[Trained | TrainingDiverges]) -> None:
        """There is nothing to take note of."""


def refitting(
    workload: NetworkWorkload, folder: RunFolder, data: Prepared, seeds: int, place: Path
) -> Refitting:
    """That of a run on `data`; what the trainings read is written to the folder `place`."""
    on = workload.objective_on(data, made(place / "on"))
    if data is workload.data:
        return Refitting(workload, folder, seeds, None, on)
    searched = made(place / "searched")
    workload.store(searched)
    return Refitting(workload, folder, seeds, workload.objective(searched), on)
