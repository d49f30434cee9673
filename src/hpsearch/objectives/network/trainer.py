"""The built-in network as an objective: where configurations, data and the network meet."""

from __future__ import annotations

import math
import time
from collections.abc import Collection, Mapping, Sequence
from functools import cached_property, lru_cache, partial
from itertools import pairwise
from pathlib import Path
from typing import Any, ClassVar

import numpy as np
from msgspec import Struct
from msgspec.structs import replace
from numpy.typing import NDArray

from hpsearch.core.errors import TrainingDiverges
from hpsearch.core.randomness import Streams
from hpsearch.core.trial import Config, Epochs, Job, Result
from hpsearch.data.augment import Augmentation
from hpsearch.data.folded import Folded, load_folded
from hpsearch.data.prepared import Prepared, load_prepared
from hpsearch.nn import early_stopping
from hpsearch.nn.figures import FIGURES, OF_VALIDATION
from hpsearch.nn.memory import MEMORY_BUDGET, Work, best_stack_size
from hpsearch.nn.network import FROM_FILE, Architecture, Network
from hpsearch.nn.settings import Settings, hyperparameters
from hpsearch.nn.state import State
from hpsearch.nn.training import Leaving, Training, initial, train
from hpsearch.objectives import answers
from hpsearch.objectives.network.costs import COSTS
from hpsearch.objectives.network.shape import augmented, widths
from hpsearch.objectives.network.states import States, settings_digest
from hpsearch.storage.requests import Requests

#: The fields of an architecture that have the names of hyperparameters.
STRUCTURE = ("loss", "activation", "initializer", "init_mode", "init_distribution", "batch_norm")
#: Numbers that are a part of the network or of its state where they are not 0.
SWITCHES = ("dropout", "alpha_dropout", "input_dropout", "early_stopping")
#: What must be equal for trials to share a stack; every other hyperparameter may differ from row to row.
ALIKE = (*STRUCTURE, "optimizer", "lr_schedule", "batch_size", "class_weights")
#: The word for weights with which all classes count alike.
BALANCED = "balanced"


class NetworkObjective(Struct, frozen=True, dict=True):
    """Trains the built-in network on prepared data.

    Attributes:
        fixed: the objective's own hyperparameters, which a trial's configuration overrides.
        data: the file of the prepared data, mapped by every worker.
        fingerprint: of its content, and of the file of weights that a network may start from.
        checkpoints: folder for the states of trials. One that is gone, or of another trial or search, costs time
            and nothing else: the trial is trained again from the start, to the same bits.
        seed: keys the order of the mini-batches.
        epochs: a full training, which a schedule of the learning rate may end with.
        folds: how many networks a trial trains, each for a fold of the data; its metrics are their means.
        memory: bytes that a stack may take, a stack of one aside.
        figures: names of those that are measured beside those that always are.
        costs: names of what is told of a network's shape beside them.
    """

    ends_jobs: ClassVar[bool] = True

    fixed: Mapping[str, Any]
    data: Path
    fingerprint: str
    checkpoints: Path
    seed: int
    epochs: int
    folds: int = 1
    memory: int = MEMORY_BUDGET
    figures: tuple[str, ...] = ()
    costs: tuple[str, ...] = ()

    def group(self, jobs: Sequence[Job], workers: int) -> list[tuple[Job, ...]]:
        """Stacks of jobs of one shape: small enough that all workers are busy and a stack stays in cache."""
        alike: dict[Any, list[Job]] = {}
        for job in jobs:
            alike.setdefault(self._shape(job), []).append(job)
        share = math.ceil(len(jobs) / workers)
        stacks = [
            tuple(group[start : start + size])
            for group in alike.values()
            for size in [_even(share, self._stack_size(group[0]))]
            for start in range(0, len(group), size)
        ]
        return sorted(stacks, key=self._work, reverse=True)

    def evaluate(self, stack: Sequence[Job]) -> list[Result]:
        """Train a stack of one shape on from the states of its trials."""
        begun = time.perf_counter()
        state = self._load(stack)
        results = self._train(stack, state)
        share = (time.perf_counter() - begun) / len(stack)
        return [replace(result, seconds=share) for result in results]

    def fitted(self, job: Job) -> tuple[Architecture, NDArray[np.float32]]:
        """The network of a job and its parameters (P,) after the last epoch: as they were saved, or trained again.

        Raises:
            InputError: the training diverges.
        """
        state = self._reached(job)
        if state.diverged[0]:
            raise TrainingDiverges(
                f"trial {job.trial.number}: its training diverges in epoch {state.diverged[0]}"
            )
        return self._architecture(job.trial.config), state.parameters[0]

    def fitted_seeds(self, job: Job, seeds: int) -> tuple[Architecture, NDArray[np.float32]]:
        """The shape of the networks of a job with so many seeds, and their parameters (S, P).

        They are trained together, each from weights of its own, and take the batches of the first: what they have
        in common costs once. The first is that of `fitted`, to the bit.

        Raises:
            TrainingDiverges: one of them does.
        """
        jobs = [replace(job, replicate=job.replicate + seed) for seed in range(seeds)]
        state = self._trained(jobs, job.epochs, None).state
        _refuse_diverged(job, state)
        return self._architecture(job.trial.config), state.parameters

    def fitted_folds(self, job: Job) -> tuple[Architecture, NDArray[np.float32], Epochs]:
        """The shape of the networks of a job, the parameters of that of each fold (F, P), and `epochs_kept`.

        Raises:
            TrainingDiverges: that of one of them does.
        """
        state = self._sound(job)
        return self._architecture(job.trial.config), state.parameters, _mean_kept(state, job)

    def epochs_kept(self, job: Job) -> Epochs:
        """From which epoch the networks of a job have their parameters, on average: early stopping picks the best.

        Raises:
            InputError: their training diverges.
        """
        return _mean_kept(self._sound(job), job)

    def _reached(self, job: Job) -> State:
        """The state after a job, as it was saved, or trained again."""
        state = self._load([replace(job, start=job.epochs)])
        assert state is not None
        return state

    def _sound(self, job: Job) -> State:
        state = self._reached(job)
        _refuse_diverged(job, state)
        return state

    def _train(self, stack: Sequence[Job], state: State | None) -> list[Result]:
        first = stack[0]
        training = self._trained(stack, first.epochs, state, partial(self._leaving, stack))
        results = [_result(job, self._rows(place), training) for place, job in enumerate(stack)]
        for place, (job, result) in enumerate(zip(stack, results, strict=True)):
            if result.status == "done" and not job.replicate:
                self._states.save(job, training.state.select(self._rows(place)))
        return results

    def _trained(
        self, jobs: Sequence[Job], epochs: Epochs, state: State | None, leaving: Leaving | None = None
    ) -> Training:
        data = self._mapped()
        shape = self._architecture(jobs[0].trial.config)
        training = train(
            shape,
            settings([self._whole(job.trial.config) for job in jobs for _ in range(self.folds)], self.epochs),
            data.parts if isinstance(data, Folded) else data,
            seeds=[seed for job in jobs for seed in self._seeds(job)],
            order=(self.seed, jobs[0].replicate),
            epochs=epochs,
            state=state,
            augment=augmentation(self._whole(jobs[0].trial.config), data),
            leaving=leaving,
            figures=self.figures,
            units=data.units,
        )
        curves = {**in_units(training.curves, data), **self._costs(shape, training)}
        return replace(training, curves=curves)

    def _leaving(self, jobs: Sequence[Job]) -> NDArray[np.bool_]:
        """Which rows of the stack of `jobs` somebody has asked to end."""
        asked = Requests(self.checkpoints).asked()
        return np.repeat([job.trial.number in asked for job in jobs], self.folds)

    def _costs(self, shape: Architecture, training: Training) -> dict[str, NDArray[np.float64]]:
        """What was asked for of the shape, as curves (K, E): it is what it is from the first epoch on."""
        like = next(iter(training.curves.values()))
        return {name: np.full_like(like, COSTS[name](shape), dtype=np.float64) for name in self.costs}

    def _seeds(self, job: Job) -> list[int]:
        """For the weights of each network: no fold starts like another, so that their mean is over starts, too."""
        streams, keys = Streams(job.trial.seed), [(), *((fold,) for fold in range(1, self.folds))]
        return [streams.integer("weights", job.replicate, *key) for key in keys]

    def _rows(self, place: int) -> range:
        """The rows of a stack that the job at this place of it has."""
        return range(place * self.folds, (place + 1) * self.folds)

    def _mapped(self) -> Prepared | Folded:
        return (_mapped if self.folds == 1 else _mapped_folds)(self.data, self.fingerprint)

    # -- what a configuration means to the network -----------------------------------------------------

    def _value(self, config: Config, name: str) -> Any:
        return config.get(name, self.fixed.get(name))

    def _whole(self, config: Config) -> dict[str, Any]:
        return {**self.fixed, **config}

    def _architecture(self, config: Config) -> Architecture:
        return architecture(self._whole(config), self._mapped())

    # -- stacks ----------------------------------------------------------------------------------------

    def _shape(self, job: Job) -> tuple[Any, ...]:
        """What must be equal for jobs to train in one stack."""
        config, data = job.trial.config, self._mapped()
        structure = (
            *(self._value(config, name) for name in ALIKE),
            *(bool(self._value(config, name)) for name in SWITCHES),
            augmentation(self._whole(config), data),
        )
        return (job.start, job.epochs, job.replicate, widths(self._whole(config)), *structure)

    def _stack_size(self, job: Job) -> int:
        wanted = work(self._whole(job.trial.config), self._mapped(), self.figures)
        return best_stack_size(wanted, self.memory)

    def _work(self, stack: Sequence[Job]) -> float:
        """Multiplications of a stack, so that the longest goes first and no worker waits for it at the end."""
        first = stack[0]
        network = self._architecture(first.trial.config)
        sizes = (network.inputs, *network.hidden, network.outputs)
        weights = sum(fan_in * fan_out for fan_in, fan_out in pairwise(sizes))
        return len(stack) * (first.epochs - first.start) * weights

    # -- checkpoints -----------------------------------------------------------------------------------

    def tidy(self, keep: Collection[tuple[int, Epochs]]) -> None:
        """Delete every state but those of (trial number, epochs) in `keep`, as far as they can be."""
        self._states.tidy(keep)

    @cached_property
    def _states(self) -> States:
        return States(self.checkpoints, settings_digest(self.fixed, self.fingerprint, self.seed, self.epochs))

    def _load(self, stack: Sequence[Job]) -> State | None:
        """The states to go on from, as one stack; None to train from the start."""
        first = stack[0]
        if not first.start:
            return None
        states = [self._load_one(job) for job in stack]
        lost = [job for job, state in zip(stack, states, strict=True) if state is None]
        if lost:
            again = iter(self._retrain(lost))
            states = [state or next(again) for state in states]
        return State.concatenate([state for state in states if state])

    def _load_one(self, job: Job) -> State | None:
        state = self._states.load(job)
        if state is None:
            return None
        network = Network(self._architecture(job.trial.config), self.figures)
        fresh = initial(
            network, settings([self._whole(job.trial.config)] * self.folds, self.epochs), [0] * self.folds
        )
        return state if state.fits(fresh) else None

    def _retrain(self, jobs: Sequence[Job]) -> list[State]:
        """Train `jobs` from the start to where their states were."""
        training = self._trained(jobs, jobs[0].start, None)
        return [training.state.select(self._rows(place)) for place in range(len(jobs))]


def _refuse_diverged(job: Job, state: State) -> None:
    if (state.diverged > 0).any():
        raise TrainingDiverges(f"trial {job.trial.number}: its training diverges")


def _even(share: int, most: int) -> int:
    """How many trials to train together, at most `most`, so that a worker's share divides into equal stacks.

    >>> [_even(4, most) for most in (1, 2, 3, 4, 9)]
    [1, 2, 2, 4, 4]
    """
    return math.ceil(share / math.ceil(share / most))


def architecture(config: Mapping[str, Any], data: Prepared | Folded) -> Architecture:
    """The network that a complete configuration means for `data`."""
    return Architecture(
        inputs=data.inputs,
        hidden=widths(config),
        outputs=len(data.classes) or 1,
        task="classification" if data.classes else "regression",
        **{name: config[name] for name in STRUCTURE},
        dropout="alpha" if config["alpha_dropout"] else "inverted" if config["dropout"] else "off",
        input_dropout=bool(config["input_dropout"]),
        init_file=config["init_file"] if config["initializer"] == FROM_FILE else None,
    )


def augmentation(config: Mapping[str, Any], data: Prepared | Folded) -> Augmentation | None:
    """What a complete configuration does to the images of `data` in training; None: nothing."""
    wanted = augmented(config)
    if not any(wanted.values()):
        return None
    height, width = data.feature_shape
    return Augmentation((height, width), **wanted)


def in_units(
    curves: Mapping[str, NDArray[np.float64]], data: Prepared | Folded
) -> Mapping[str, NDArray[np.float64]]:
    """The `curves`, each (K, E), of networks that learn from `data`: distances in the units of the target."""
    scales = np.array(data.target, dtype=np.float64).reshape(-1, 2)[:, 1:]
    names = {f"{OF_VALIDATION}{name}" for name in FIGURES if FIGURES[name].in_units}
    return {
        name: curve * np.resize(scales, (len(curve), 1)) if name in names else curve
        for name, curve in curves.items()
    }


def work(config: Mapping[str, Any], data: Prepared | Folded, figures: tuple[str, ...] = ()) -> Work:
    """What a complete configuration works on, as far as memory goes."""
    return Work(
        architecture(config, data),
        config["optimizer"],
        config["batch_size"],
        data.train_rows,
        math.ceil(data.val_rows / data.folds),
        data.folds,
        stops=config["early_stopping"] > 0,
        augments=augmentation(config, data) is not None,
        figures=figures,
    )


def settings(configs: Sequence[Mapping[str, Any]], epochs: int) -> Settings:
    """How complete configurations, equal in all of `ALIKE`, are trained; `epochs` is a full training."""
    first = configs[0]
    hyper = {name: [config[name] for config in configs] for name in hyperparameters()}
    rows, balanced = first.get("epoch_rows"), first.get("class_weights") == BALANCED
    how = (first["lr_schedule"], epochs, rows, balanced)
    return Settings(first["optimizer"], first["batch_size"], hyper, *how)


def _result(job: Job, rows: range, training: Training) -> Result:
    """How the job ended that has these rows of the stack: its figures are their means."""
    own = slice(rows.start, rows.stop)
    curve = {name: _mean(values[own]).tolist() for name, values in training.curves.items()}
    number, replicate = job.trial.number, job.replicate
    if (lost := training.diverged[own][training.diverged[own] > 0]).size:
        folds = f" in {len(lost)} of {len(rows)} folds" if len(rows) > 1 else ""
        reason = f"the loss exploded in epoch {lost.min()}{folds}: try a lower lr"
        return Result(number, job.epochs, "diverged", {}, curve, replicate=replicate, reason=reason)
    if left := -int(training.diverged[own].min()):
        metrics = {name: values[left - 1 - int(job.start)] for name, values in curve.items()}
        return replace(answers.stopped(job, metrics), curve=curve, kept=left)
    metrics = {name: values[-1] for name, values in curve.items()}
    kept = _kept(early_stopping.kept(training.state.slots, job.epochs)[own], job.epochs)
    return Result(number, job.epochs, "done", metrics, curve, replicate=replicate, kept=kept)


def _kept(epochs: NDArray[np.float64], reached: Epochs) -> int:
    """The epoch whose parameters all folds have that stop early; 0 where that is the last, or each has its own."""
    found = set(epochs.tolist())
    return int(found.pop()) if len(found) == 1 and found != {reached} else 0


def _mean_kept(state: State, job: Job) -> Epochs:
    """The epochs whose parameters the networks of a job have, on average; nothing stops within the first."""
    return (
        round(float(early_stopping.kept(state.slots, job.epochs).mean())) if job.epochs >= 1 else job.epochs
    )


def _mean(curves: NDArray[np.float64]) -> NDArray[np.float64]:
    """The mean (E,) of curves (F, E), added fold after fold: NumPy's adds in another order where E is 1."""
    total = np.zeros(curves.shape[1])
    for curve in curves:
        total += curve
    return total / len(curves)


@lru_cache(maxsize=1)
def _mapped(path: Path, fingerprint: str) -> Prepared:
    """The data at `path`; the fingerprint is there to tell it from other data that was there before."""
    del fingerprint
    return load_prepared(path)


@lru_cache(maxsize=1)
def _mapped_folds(path: Path, fingerprint: str) -> Folded:
    """Like `_mapped`."""
    del fingerprint
    return load_folded(path)
