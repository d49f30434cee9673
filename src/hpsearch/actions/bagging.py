"""Several networks of one trial (Breiman, 1996): some of all rows, and for each fold one that leaves it out and is
stopped by it. What these say of the rows that they did not learn from tells how sure the probabilities should be.
"""

from __future__ import annotations

import shutil
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, ClassVar

import numpy as np
from msgspec import Struct, structs
from numpy.typing import NDArray

from hpsearch.actions.crew import Crew
from hpsearch.actions.simpler import LINEAR, PLAIN, SHARES, Network, Simpler, largest_share
from hpsearch.core.errors import TrainingDiverges
from hpsearch.core.trial import Epochs, Job, Standing
from hpsearch.data.folded import Folded
from hpsearch.data.prepared import Prepared
from hpsearch.data.redealt import redealt
from hpsearch.nn.network import Architecture
from hpsearch.objectives.network.model import outputs_of
from hpsearch.objectives.network.states import state_file
from hpsearch.objectives.network.temperature import log_losses, softmax, temperature_of
from hpsearch.objectives.network.trainer import NetworkObjective
from hpsearch.objectives.network.workload import NetworkWorkload
from hpsearch.runs import RunFolder

#: What `train` is given.
Call = tuple[NetworkObjective, NetworkObjective, Job, int, bool]


class Trained(Struct, frozen=True):
    """Networks of one `shape`: the parameters of those of all rows (S, P) and of those of each fold (F, P), and for
    how many `epochs` the former were trained.
    """

    shape: Architecture
    of_all: NDArray[np.float32]
    of_folds: NDArray[np.float32]
    epochs: Epochs

    @property
    def networks(self) -> list[Network]:
        """All of them, those of all rows first."""
        return [(self.shape, own) for own in (*self.of_all, *self.of_folds)]


def train(
    on_folds: NetworkObjective, on_all: NetworkObjective, job: Job, seeds: int, together: bool
) -> Trained:
    """Train the networks of a job: those of folds to its end, or until they stop, then those of all rows,
    `together` in one order or `apart`.

    Raises:
        TrainingDiverges: one of them does.
    """
    shape, of_folds, kept = on_folds.fitted_folds(job)
    config = {**job.trial.config, "early_stopping": 0}
    whole = Job(structs.replace(job.trial, config=config), kept)
    _, of_all = on_all.fitted_seeds(whole, seeds) if together else apart(on_all, whole, seeds)
    return Trained(shape, of_all, of_folds, kept)


def apart(on: NetworkObjective, job: Job, seeds: int) -> tuple[Architecture, NDArray[np.float32]]:
    """The shape and the parameters (S, P) of networks of a job: the first has its own seed and order of the rows,
    the others fresh seeds and another order.

    Raises:
        TrainingDiverges: one of them does.
    """
    shape, first = on.fitted(job)
    others = on.fitted_seeds(structs.replace(job, replicate=1), seeds - 1)[1] if seeds > 1 else ()
    return shape, np.stack([first, *others])


@dataclass
class Bagging:
    """The rows `data` of a search by cross-validation, all together and in as many `folds`.

    Attributes:
        workload: that of the search.
        data: the rows of all folds.
        folds: the same, divided: dealt anew, or as in the search.
        anew: whether they are dealt anew, and their networks a part of the model. Those of the search, as it kept
            them, only tell which share simpler answers should have.
        run: the folder of the search.
        seeds: how many networks of a trial learn from all of them.
        on_all, on_folds: who trains with the ones and the others.
    """

    task: ClassVar = staticmethod(train)

    workload: NetworkWorkload
    data: Prepared
    folds: Folded
    anew: bool
    run: RunFolder
    seeds: int
    on_all: NetworkObjective
    on_folds: NetworkObjective
    _held_out: list[NDArray[np.float64]] = field(default_factory=list)
    _beside: dict[int, list[Trained | TrainingDiverges]] = field(default_factory=dict)

    def call(self, standing: Standing) -> Call:
        """What trains the networks of a trial.

        With early stopping a network of folds that are dealt anew is trained until it stops, however soon the
        search ended the trial, and those of all rows, which nothing is left to stop, for as long as the others were
        on average.
        """
        job = Job(standing.trial, standing.best or standing.epochs)
        if not self.anew:
            copy_state(self.run, job, self.on_folds.checkpoints)
        elif self._stops(standing):
            job = structs.replace(job, epochs=self.workload.epochs)
        return (self.on_folds, self.on_all, job, self.seeds, self.anew)

    def networks(self, trained: Trained) -> list[Network]:
        """Those of a trial, those of all rows first; what the others say is kept for what follows."""
        self._held_out.append(self._told(trained))
        return self._own(trained)

    def _own(self, trained: Trained) -> list[Network]:
        return trained.networks[: None if self.anew else len(trained.of_all)]

    @property
    def simpler(self) -> tuple[Simpler, ...]:
        """What a share of the answers may be of. Classes did not gain by a plain network."""
        return (LINEAR,) if self.data.classes else (PLAIN, LINEAR)

    def beside(self, standing: Standing) -> list[Call]:
        """What trains the `simpler` networks that go with those of a trial; nothing where nothing stops them."""
        stops = self._stops(standing)
        if not stops:
            return []
        configs = [{**standing.trial.config, **one.config, "early_stopping": stops} for one in self.simpler]
        jobs = [Job(structs.replace(standing.trial, config=own), self.workload.epochs) for own in configs]
        seeds = [min(one.seeds, self.seeds) for one in self.simpler]
        return [(self.on_folds, self.on_all, *one, True) for one in zip(jobs, seeds, strict=True)]

    def keep(self, standing: Standing, outcomes: Sequence[Trained | TrainingDiverges]) -> None:
        """Take note of what the calls of `beside` gave."""
        self._beside[standing.trial.number] = list(outcomes)

    def shares(self, standing: Standing, crew: Crew) -> Iterator[tuple[str, list[Network], float]]:
        """Of each simpler answer its name, its networks, and which share of the answer is to be theirs: the largest
        that is no worse on rows not learned from than the best. None where that is 0, or nothing stops them.
        """
        number = standing.trial.number
        if number not in self._beside:  # those made go with a trial that diverges
            calls = self.beside(standing)
            self.keep(standing, list(crew.each(self.task, calls)) if calls else ())
        for simple, outcome in zip(self.simpler, self._beside[number], strict=False):
            if isinstance(outcome, Trained):
                yield simple.name, *self._share(outcome)

    def _share(self, trained: Trained) -> tuple[list[Network], float]:
        told = self._told(trained)
        others = np.mean(self._held_out, axis=0)
        mixed = [self._losses((1 - share) * others + share * told) for share in SHARES]
        share = largest_share(np.stack(mixed))
        self._held_out = [(1 - share) * others + share * told]
        return (self._own(trained), share) if share else ([], 0.0)

    def temperature(self) -> float:
        """That of the mean of the networks made so far; 1 of numbers, and where more rows made no mean too sure."""
        if not (self.data.classes and self.anew):
            return 1.0
        return temperature_of(np.mean(self._held_out, axis=0), self.data.y_train)

    def _stops(self, standing: Standing) -> Any:
        """After how many epochs without a lower loss its trainings end early; 0 never."""
        return standing.trial.config.get("early_stopping", self.workload.early_stopping)

    def _told(self, trained: Trained) -> NDArray[np.float64]:
        """(N, O) what the networks of folds say of the rows that they left out."""
        division = self.folds.division
        told = np.empty((len(division.rows), trained.shape.outputs))
        for fold, (own, part) in enumerate(zip(trained.of_folds, self.folds.parts, strict=True)):
            outputs = outputs_of(trained.shape, own, part.X_val[:])
            places = np.searchsorted(division.rows, division.validation(fold))  # without those of a test part
            told[places] = softmax(outputs) if self.data.classes else outputs
        return told

    def _losses(self, told: NDArray[np.float64]) -> NDArray[np.float64]:
        """(N,) those of each row."""
        if self.data.classes:
            return log_losses(told, self.data.y_train)
        return np.asarray(np.square(told[:, 0] - self.data.y_train))


def bagging(
    workload: NetworkWorkload, run: RunFolder, data: Prepared, seeds: int, place: Path, *, anew: bool
) -> Bagging | None:
    """That of a cross-validation; None of other searches.

    Args:
        run: the folder of the search.
        data: the rows of all folds.
        seeds: how many networks learn from all of them.
        place: a folder for what the trainings read.
        anew: whether the folds are dealt anew.
    """
    searched = workload.data
    if not isinstance(searched, Folded):
        return None
    folds = redealt(data, searched.folds, workload.seed) if anew else searched
    on_all, on_folds = (
        workload.objective_on(rows, made(place / name)) for name, rows in (("all", data), ("folds", folds))
    )
    return Bagging(workload, data, folds, anew, run, seeds, on_all, on_folds)


def copy_state(run: RunFolder, job: Job, place: Path) -> None:
    """The state of a trial of a run, if it was kept, to where its objective looks for it."""
    saved = state_file(run.checkpoints, job.trial.number, job.epochs)
    if saved.is_file():
        shutil.copy(saved, place)


def made(folder: Path) -> Path:
    """The folder, new."""
    folder.mkdir()
    return folder
