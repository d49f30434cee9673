"""Mini-batch training of a stack of K networks of one architecture.

K networks trained together equal the same networks trained alone, to the bit, and going on from a state
equals training straight through: rows never meet in a reduction, every network has its own matrix product,
and the order of the examples follows from (seed, replicate, epoch) alone.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Protocol

import numpy as np
import numpy.typing as npt

from hpsearch.errors import InputError, did_you_mean
from hpsearch.nn.network import Architecture, Network, Pass
from hpsearch.nn.optimizers import OPTIMIZERS, PENALTIES, Arrays, Chain, Rule
from hpsearch.nn.parameters import Array
from hpsearch.nn.state import State
from hpsearch.randomness import Streams

#: A mean loss above this is an explosion: some thousand times what any usual start gives.
EXPLODED = 1e4
#: Examples per forward pass of an evaluation; fixed, because a product's bits may depend on its shape.
EVALUATION_BATCH = 256
#: Shuffled examples are gathered this many bytes at a time, so that big data is never copied whole.
_GATHER_BYTES = 2 << 20


class Data(Protocol):
    """Examples (N, I) and their labels (N,), for training and for validation."""

    @property
    def X_train(self) -> npt.NDArray[Any]: ...  # noqa: D102
    @property
    def y_train(self) -> npt.NDArray[Any]: ...  # noqa: D102
    @property
    def X_val(self) -> npt.NDArray[Any]: ...  # noqa: D102
    @property
    def y_val(self) -> npt.NDArray[Any]: ...  # noqa: D102


@dataclass(frozen=True)
class Settings:
    """How to train. `hyper`: each a number, or one number for each of the K networks.

    InputError for an unknown optimizer or hyperparameter, one that is missing or not finite.
    """

    optimizer: str
    batch_size: int
    hyper: Mapping[str, float | Sequence[float]]

    def __post_init__(self) -> None:
        known = {name for n in OPTIMIZERS for name in OPTIMIZERS[n].hyper} | set(PENALTIES)
        for name in self.hyper:
            if name not in known:
                raise InputError(f"unknown hyperparameter {name!r}{did_you_mean(name, known)}")
            if not np.isfinite(self.hyper[name]).all():
                raise InputError(f"{name}: {self.hyper[name]} is not a finite number")
        missing = [name for name in OPTIMIZERS[self.optimizer].hyper if name not in self.hyper]
        if missing:
            raise InputError(f"optimizer {self.optimizer} needs {', '.join(missing)}: give each a value")
        if self.batch_size < 1:
            raise InputError(f"batch_size: {self.batch_size} examples; a batch has at least 1")

    @property
    def rules(self) -> list[Rule]:
        """The penalties in force, then the optimizer."""
        penalties = [rule for name, rule in PENALTIES.items() if np.any(self.hyper.get(name, 0.0))]
        return [*penalties, OPTIMIZERS[self.optimizer]]

    def columns(self, rows: int) -> dict[str, Array]:
        """Each hyperparameter as a (K, 1) float64 column."""
        return {name: self._column(name, rows) for name in self.hyper}

    def _column(self, name: str, rows: int) -> Array:
        values = np.asarray(self.hyper[name], dtype=np.float64)
        if values.shape not in ((), (rows,)):
            raise InputError(f"{name}: {values.size} values for {rows} networks; give one, or one for each")
        return np.broadcast_to(values.reshape(-1, 1), (rows, 1))


@dataclass(frozen=True)
class Training:
    """What `train` gives: `curves` by name, each (K, E) float64 for the epochs trained now, NaN from the
    epoch on in which a row diverged; `diverged` (K,): that epoch, 0 = never; `state` to go on from.
    """

    curves: Mapping[str, npt.NDArray[np.float64]]
    state: State

    @property
    def diverged(self) -> npt.NDArray[np.int64]:
        """(K,): the epoch in which a row's loss stopped being finite or exploded, 0 = never."""
        return self.state.diverged


def train(
    architecture: Architecture,
    settings: Settings,
    data: Data,
    *,
    seeds: Sequence[int],
    order: tuple[int, int],
    epochs: int,
    state: State | None = None,
    dtype: npt.DTypeLike = np.float32,
) -> Training:
    """Train K networks, one for each of `seeds`, until they have seen `epochs` epochs.

    `order` is (seed, replicate) of the mini-batches, which all K share. The curves are train_loss (mean over
    the examples of an epoch, each taken before its update), val_loss and val_acc. With `state`, training goes
    on from there, in the state's dtype; the state itself is left as it was.

    A row whose loss is not finite, or above `EXPLODED`, has diverged: it is frozen at NaN and leaves the
    stack. ValueError where data, state, optimizer and architecture do not fit.
    """
    network = Network(architecture)
    start = initial(network, settings, seeds, dtype)
    reached = start if state is None else _fitting(state, start)
    examples = _Examples.of(data, network, reached.parameters.dtype)
    names = ["train_loss", "val_loss", *(f"val_{name}" for name in network.loss.metrics)]
    first = reached.epoch
    curves = {name: np.full((len(seeds), max(0, epochs - first)), np.nan) for name in names}
    with np.errstate(all="ignore"):  # a diverging row must not disturb the others, nor print
        while reached.epoch < epochs and not reached.diverged.all():
            reached = _advance(network, settings, examples, reached, order, epochs, curves, first)
    return Training(curves, _at(reached, epochs, examples.steps(settings.batch_size)))


def initial(
    network: Network, settings: Settings, seeds: Sequence[int], dtype: npt.DTypeLike = np.float32
) -> State:
    """The state before the first epoch; a row depends on its own seed alone."""
    layout, rows = network.layout, len(seeds)
    slots = {name: np.zeros((rows, layout.learned), dtype) for rule in settings.rules for name in rule.slots}
    return State(0, 0, layout.draw(seeds, dtype), slots, np.zeros(rows, np.int64))


def _fitting(state: State, start: State) -> State:
    """A copy of `state`, if its arrays are those that training from the start would have."""
    found, needed = (
        (s.parameters.shape, sorted((name, slot.shape) for name, slot in s.slots.items()))
        for s in (state, start)
    )
    if found != needed:
        raise ValueError(f"the state holds {found}; these networks and this optimizer need {needed}")
    return state.select(range(len(state.parameters)))


def _advance(
    network: Network,
    settings: Settings,
    examples: _Examples,
    state: State,
    order: tuple[int, int],
    epochs: int,
    curves: Mapping[str, Array],
    first: int,
) -> State:
    """Train the rows that have not diverged until the end, or until one of them does."""
    rows = np.flatnonzero(state.diverged == 0)
    stack = _Stack(network, settings, examples, state.select(rows), rows, len(state.diverged))
    streams = Streams(order[0])
    diverged = state.diverged.copy()
    epoch = state.epoch
    for epoch in range(state.epoch + 1, epochs + 1):
        figures = stack.epoch(streams.generator("order", order[1], epoch))
        lost = ~((figures["train_loss"] <= EXPLODED) & (figures["val_loss"] <= EXPLODED))
        for name, values in figures.items():
            curves[name][rows, epoch - 1 - first] = np.where(lost, np.nan, values)
        if lost.any():
            diverged[rows[lost]] = epoch
            break
    return _merge(state, stack, rows, diverged, epoch)


def _merge(state: State, stack: _Stack, rows: Array, diverged: Array, epoch: int) -> State:
    """The whole stack again, with the rows that just trained put back and the diverged ones at NaN."""
    parameters = state.parameters.copy()
    slots = {name: slot.copy() for name, slot in state.slots.items()}
    parameters[rows] = stack.parameters
    parameters[diverged > 0] = np.nan
    for name, slot in slots.items():
        slot[rows] = stack.slots[name]
        slot[diverged > 0] = np.nan
    return State(epoch, stack.done, parameters, slots, diverged)


def _at(state: State, epochs: int, steps: int) -> State:
    """`state`, its clock moved on to `epochs` where all rows diverged before."""
    missing = max(0, epochs - state.epoch)
    return State(
        state.epoch + missing, state.steps + missing * steps, state.parameters, state.slots, state.diverged
    )


@dataclass(frozen=True)
class _Examples:
    """The data in the dtype of the stack; targets (O, N)."""

    X_train: Array
    T_train: Array
    X_val: Array
    T_val: Array

    @classmethod
    def of(cls, data: Data, network: Network, dtype: np.dtype[Any]) -> _Examples:
        inputs, outputs = network.architecture.inputs, network.architecture.outputs
        for name, X in (("X_train", data.X_train), ("X_val", data.X_val)):
            if X.ndim != 2 or X.shape[1] != inputs or not len(X):
                raise ValueError(
                    f"{name} has shape {X.shape}; the network needs (N, {inputs}) with N at least 1"
                )
        T_train, T_val = (network.loss.targets(y, outputs, dtype) for y in (data.y_train, data.y_val))
        X_train, X_val = (np.ascontiguousarray(X, dtype) for X in (data.X_train, data.X_val))
        return cls(X_train, T_train, X_val, T_val)

    def steps(self, batch_size: int) -> int:
        """Updates per epoch: the last batch may be smaller."""
        return -(-len(self.X_train) // batch_size)


class _Stack:
    """The rows in training: their arrays, and a pass for each batch size that occurs."""

    def __init__(
        self, network: Network, settings: Settings, examples: _Examples, state: State, rows: Array, of: int
    ) -> None:
        hyper = {name: column[rows] for name, column in settings.columns(of).items()}
        self.network = network
        self.examples = examples
        self.chain = Chain(settings.rules, hyper)
        self.batch_size = min(settings.batch_size, len(examples.X_train))
        self.parameters = state.parameters
        self.slots = state.slots
        self.done = state.steps
        self._passes: dict[tuple[int, bool], Pass] = {}
        learned = network.layout.learned
        self.gradients = np.zeros((len(rows), learned), state.parameters.dtype)
        self.arrays = Arrays(self.parameters[:, :learned], self.gradients, self.slots, network.layout.weights)

    def epoch(self, rng: np.random.Generator) -> dict[str, npt.NDArray[np.float64]]:
        """One pass over the training examples in the order `rng` draws, then the evaluation: name -> (K,)."""
        count = len(self.examples.X_train)
        steps = self.examples.steps(self.batch_size)
        columns = iter(self.chain.columns(self.done, steps, len(self.parameters), self.parameters.dtype))
        losses = np.empty((len(self.parameters), count), self.parameters.dtype)
        for start, X_BI, T_OB in self._batches(rng.permutation(count)):
            batch = len(X_BI)
            self._pass(batch, training=True).learn(X_BI, T_OB, losses[:, start : start + batch])
            self.chain.update(self.arrays, next(columns))
        self.done += steps
        return {"train_loss": _row_means(losses), **self._evaluate()}

    def _batches(self, order: Array) -> Iterator[tuple[int, Array, Array]]:
        """Contiguous batches of the shuffled examples: (place in the epoch, X_BI, T_OB)."""
        X, T = self.examples.X_train, self.examples.T_train
        gathered = self.batch_size * max(1, _GATHER_BYTES // (self.batch_size * X.itemsize * X.shape[1]))
        for begin in range(0, len(order), gathered):
            chosen = order[begin : begin + gathered]
            X_chosen, T_chosen = X.take(chosen, axis=0), T.take(chosen, axis=1)
            for start in range(0, len(chosen), self.batch_size):
                stop = start + self.batch_size
                yield begin + start, X_chosen[start:stop], T_chosen[:, start:stop]

    def _evaluate(self) -> dict[str, npt.NDArray[np.float64]]:
        X, T = self.examples.X_val, self.examples.T_val
        losses = np.empty((len(self.parameters), len(X)), self.parameters.dtype)
        figures = {name: np.empty_like(losses) for name in self.network.loss.metrics}
        for start in range(0, len(X), EVALUATION_BATCH):
            place = slice(start, min(start + EVALUATION_BATCH, len(X)))
            own = {name: figure[:, place] for name, figure in figures.items()}
            evaluation = self._pass(place.stop - start, training=False)
            evaluation.score(X[place], T[:, place], losses[:, place], own)
        return {
            "val_loss": _row_means(losses),
            **{f"val_{name}": _row_means(figure) for name, figure in figures.items()},
        }

    def _pass(self, batch: int, *, training: bool) -> Pass:
        key = (batch, training)
        if key not in self._passes:
            self._passes[key] = Pass(self.network, self.parameters, self.gradients, batch, training=training)
        return self._passes[key]


def _row_means(figures: Array) -> npt.NDArray[np.float64]:
    """The mean of each row (K, N) -> (K,) in float64, row by row: the sum's order must not depend on K."""
    return np.array([row.mean(dtype=np.float64) for row in figures])
