"""The model that a search chose: the networks of its best trials, trained again where they were not kept."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np
from msgspec import Struct
from msgspec.structs import replace

from hpsearch.actions.bagging import Bagging, Trained, bagging, made
from hpsearch.actions.crew import SURELY_LONG, Crew
from hpsearch.actions.refit import Refitting, refitting
from hpsearch.actions.simpler import Blend
from hpsearch.config.slots import elsewhere
from hpsearch.core.errors import InputError
from hpsearch.core.trial import Epochs, Standing
from hpsearch.data.folded import Folded
from hpsearch.data.prepared import Prepared
from hpsearch.engine.run import Run
from hpsearch.executors import available_cores, one_blas_thread
from hpsearch.nn.schedules import SCHEDULES
from hpsearch.objectives.network.model import Model
from hpsearch.objectives.network.settings import NetworkSettings, network_of
from hpsearch.objectives.network.workload import NetworkWorkload
from hpsearch.runs import RunFolder
from hpsearch.storage.temporary import temporary_folder

#: A search in which more of the best diverge when they are trained again has no model worth it.
MOST_PASSED_OVER = 10
#: A model of a table is the mean of so many of the best, unless it is said of how many: mostly it beats each, ...
BEST_OF_TABLE = 5
#: ... but for those that leave more to be wished for than this many times what the best leaves, and this besides.
_NEAR, _SLACK = 1.5, 0.02
#: So many of these have another activation than the best, where numbers are predicted and such are near.
_UNLIKE = 2
#: A mean of several, of a table of at most so many rows, has networks of so many seeds of each trial: a network may
#: have been lucky.
_FEW_ROWS, _SEEDS = 10_000, 3
#: Of folds it has networks that each leave out one, of classes up to so many rows: those with more gained nothing.
#: Seeds besides are for numbers of few rows alone: elsewhere they cost time, and made probabilities too sure.
_BAGGED_ROWS = 2_000


class Made(Struct, frozen=True):
    """A model, and how it came about.

    Attributes:
        standings: the trials whose configurations its networks have, the best first.
        epochs: how long each was trained.
        seeds: how many networks there are of each, ...
        folds: ... beside those that were stopped by a fold each.
        shares: how much of the model's answer is a simpler one, by its name.
        data: what they were trained on.
        notes: why better trials are not among them, or why there is no mean.
    """

    model: Model
    standings: Sequence[Standing]
    epochs: Sequence[Epochs]
    seeds: int
    folds: int
    shares: Mapping[str, float]
    data: Prepared
    notes: Sequence[str]

    @property
    def of_each(self) -> str:
        """`3 seeds and 5 folds of each, 40 % linear`; empty where there is one network of each."""
        counts = [f"{self.seeds} seeds"] * (self.seeds > 1) + [f"{self.folds} folds"] * (self.folds > 0)
        shares = "".join(f", {round(100 * share)} % {name}" for name, share in self.shares.items())
        return f"{' and '.join(counts)} of each{shares}" if counts else ""


def make_model(
    folder: RunFolder, *, trial: int | None = None, refit: bool = False, best: int | None = None
) -> Made:
    """The model of a run's best trials, or of trial number `trial`.

    Of a cross-validation, whose trials are several networks, each is one network trained on the rows of all folds.
    Where several of a table are averaged, there are such of several seeds, or one for each fold, or both, see
    `Bagging`.
    A trial whose training diverges now is passed over, unless it was asked for: it stands at the brink. Where all
    do with one seed or another, there is one network of each, where the rows are those of the search its own.

    Args:
        refit: train on the training and the validation part, for as many epochs as the trial was; with early
            stopping, for those that it kept, because no rows are left to stop by.
        best: the answers of the networks of so many trials are averaged, or of all that there are; of a table of
            few rows, those of several seeds of each. If None: of the best of `BEST_OF_TABLE` that are near the best
            for a table, of one for other data.

    Raises:
        InputError: the run has no such trial, its data is not what it was, or its objective is the user's own.
        TrainingDiverges: that trial does, or so many of the best do that none is worth it.
    """
    run = Run.read(folder, curves=False)
    standings = _chosen(run, trial)
    workload = network_workload(run)
    one_blas_thread()
    if isinstance(workload.data, Folded):
        data = workload.whole()
    else:
        data = _joined(workload.data) if refit else workload.data
    table = data.encoding is not None
    if best is None:
        standings, best = (
            _of_table(run, standings, data) if table else standings,
            BEST_OF_TABLE if table else 1,
        )
    folded = isinstance(workload.data, Folded)
    has = several(data, folded=folded) if table and best > 1 else Several()
    seeds = has.seeds
    with temporary_folder() as place, Crew(_workers(run), workload.preload) as crew:
        # What nothing stopped has no simpler answer beside it, and needs no networks of folds for that.
        shared = has.folds or (has.shares and workload.early_stopping)
        bags = bagging(workload, folder, data, seeds, place, anew=has.folds) if shared else None
        source = bags or refitting(workload, folder, data, seeds, place)
        passed_over = list[str]()
        most = 0 if trial is not None else MOST_PASSED_OVER
        long = run.seconds(standings[0].trial.number) >= SURELY_LONG
        trained, notes = _sound(source, crew, standings, best, passed_over, most, long), list[str]()
        if not trained and (bags or seeds > 1):
            bags, seeds = None, 1
            source = refitting(workload, folder, data, seeds, made(place / "alone"))
            reasons = "; ".join(passed_over)
            instead = "the networks of the search" if data is workload.data else "one network of each"
            notes.append(f"with some seeds the best diverge ({reasons}): the model has {instead}")
            passed_over.clear()
            trained = _sound(source, crew, standings, best, passed_over, most, long)
        if not trained:
            raise InputError(f"{run.folder.path}: no model can be made: {'; '.join(passed_over)}")
        notes += [f"{reason}, so it is passed over for the next one" for reason in passed_over]
        refitted = data is not workload.data
        models = [
            Model.of(*network, data, _origin(run, standing, own.epochs, refit=refitted))
            for standing, own in trained
            for network in source.networks(own)
        ]
        whole = models[0].with_others(models[1:])
        blend = _blended(whole, bags, trained[0][0], crew) if bags else Blend(whole)
    epochs = [own.epochs for _, own in trained]
    folds = len(trained[0][1].of_folds) if bags is None or bags.anew else 0
    standings = [standing for standing, _ in trained]
    return Made(blend.model, standings, epochs, seeds, folds, blend.shares, data, notes)


class Several(Struct, frozen=True):
    """Of how many `seeds` a mean has networks of each trial. `shares`: whether simpler answers may have a share of
    it; `folds`: whether it also has networks that each leave out a fold.
    """

    seeds: int = 1
    shares: bool = False
    folds: bool = False


def several(data: Prepared, *, folded: bool) -> Several:
    """What a mean of a table of so much data has."""
    rows, numbers = len(data.y_train), not data.classes
    shares = folded and rows <= _FEW_ROWS
    folds = shares and (numbers or rows <= _BAGGED_ROWS)
    lucky = numbers and rows <= _BAGGED_ROWS if folds else rows <= _FEW_ROWS
    return Several(_SEEDS if lucky else 1, shares, folds)


def _of_table(run: Run, standings: Sequence[Standing], data: Prepared) -> Sequence[Standing]:
    """Those to take the first `BEST_OF_TABLE` of."""
    near = _near(run, _ended(run, standings))
    return near if data.classes else various(near)


def _ended(run: Run, standings: Sequence[Standing]) -> Sequence[Standing]:
    """Those trained for as long as the first, where the learning rate comes to rest at the end: what was stopped
    before has not, and loses more by that than its place in the ranking shows.
    """
    first = standings[0]
    schedule = first.trial.config.get("lr_schedule", network_of(run.spec).lr_schedule)
    if not SCHEDULES[str(schedule)].ends:
        return standings
    return [standing for standing in standings if standing.epochs >= first.epochs]


def various(standings: Sequence[Standing]) -> list[Standing]:
    """The same in another order: among the first `BEST_OF_TABLE` are `_UNLIKE` of another activation, if there are.

    A search ends among trials that are much alike. For numbers it matters which kind they are: beyond what it has
    learned from, tanh levels off and relu goes on. Classes did not gain by it.
    """
    first = standings[0].trial.config.get("activation")
    unlike = [own for own in standings if own.trial.config.get("activation") != first][:_UNLIKE]
    alike = [own for own in standings if own not in unlike][: BEST_OF_TABLE - len(unlike)]
    return sorted(standings, key=lambda own: own not in (*alike, *unlike))


def _workers(run: Run) -> int:
    """How many trainings may go on at a time, in processes of this machine: as many as in a search here."""
    dispatch = run.spec.dispatch
    if dispatch.executor == "serial":
        return 1
    return available_cores() if dispatch.workers == "auto" or elsewhere(dispatch) else dispatch.workers


def _sound(
    source: Bagging | Refitting,
    crew: Crew,
    standings: Sequence[Standing],
    best: int,
    passed_over: list[str],
    most: int,
    long: bool,
) -> list[tuple[Standing, Trained]]:
    """The networks of the first `best` trials whose trainings do not diverge; why others are `passed_over`.

    Those that go with the first are trained beside them, so that no core waits. `long`: whether it took long in the
    search.

    Raises:
        TrainingDiverges: more than `most` of them do.
    """
    left, found = list(standings), list[tuple[Standing, Trained]]()
    while left and len(found) < best:
        wanted = best - len(found)
        some, left = left[:wanted], left[wanted:]
        beside = [] if found or passed_over else source.beside(some[0])
        calls = [*map(source.call, some), *beside]
        outcomes = list(crew.each(source.task, calls, long=long))
        if beside:
            source.keep(some[0], outcomes[len(some) :])
        for standing, outcome in zip(some, outcomes, strict=False):
            if isinstance(outcome, Trained):
                found.append((standing, outcome))
                continue
            passed_over.append(str(outcome))
            if len(passed_over) > most:
                raise outcome
    return found


def _blended(model: Model, bags: Bagging, standing: Standing, crew: Crew) -> Blend:
    """The model with as much of simpler answers as rows not learned from ask for, and as sure as they show."""
    blend = Blend(model)
    for share in bags.shares(standing, crew):
        blend = blend.with_share(*share)
    return replace(blend, model=replace(blend.model, temperature=bags.temperature()))


def _near(run: Run, standings: Sequence[Standing]) -> Sequence[Standing]:
    """Those that leave little more to be wished for than the first: 1 - accuracy, 1 - r2, or a loss."""

    def left(standing: Standing) -> float:
        value = standing.value(run.metric)
        return 1 - value if run.metric.goal == "maximize" else value

    most = _NEAR * left(standings[0]) + _SLACK
    return [standing for standing in standings if left(standing) <= most]


def _origin(run: Run, standing: Standing, epochs: Epochs, *, refit: bool) -> dict[str, Any]:
    """Where a network comes from."""
    return {
        "run": run.folder.path.name,
        "trial": standing.trial.number,
        "epochs": epochs,
        "config": dict(standing.trial.config),
        "refit": refit,
    }


def _chosen(run: Run, trial: int | None) -> Sequence[Standing]:
    """The trials to make a model of, the best first."""
    chosen = [standing for standing in run.ranked if trial in (None, standing.trial.number)]
    if chosen:
        return chosen
    what = "no trial that is done" if trial is None else f"no trial {trial} that is done"
    path = run.folder.path
    raise InputError(f"{path}: has {what}, so there is no model; see: hpsearch show {path.name}")


def network_workload(run: Run) -> NetworkWorkload:
    """What the trials of a run trained with.

    Raises:
        InputError: its data is not what it was, or its objective is the user's own.
    """
    spec, path = run.spec, run.folder.path
    if not isinstance(spec.objective, NetworkSettings):
        raise InputError(
            f"{path}: objective.kind is {spec.objective.kind}, whose models are made and kept by your own "
            f"code; only those of kind mlp can be made here"
        )
    workload = spec.objective.workload(spec)
    if part := workload.changed(run.data):
        raise InputError(f"{path}: {part} is not what its trials were trained with")
    return workload


def _joined(data: Prepared) -> Prepared:
    """The same with the validation part in the training part too; scaled as before."""
    X = np.concatenate([data.X_train, data.X_val])  # noqa: N806 - named by its axes, as in the data
    return replace(data, X_train=X, y_train=np.concatenate([data.y_train, data.y_val]))
