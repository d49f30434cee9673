"""Mini-batch training of a stack of K networks of one architecture.

K networks trained together equal the same networks trained alone, to the bit, and going on from a state
equals training straight through: rows never meet in a reduction, every network has its own matrix product,
and the order of the examples follows from (seed, replicate, epoch) alone.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Iterator, Mapping, Sequence
from functools import partial
from typing import Any, Protocol

import numpy as np
import numpy.typing as npt
from msgspec import Struct

from hpsearch.core.randomness import Streams
from hpsearch.nn import early_stopping
from hpsearch.nn.examples import Change, Examples, Part, cuts, steps_in
from hpsearch.nn.figures import OF_VALIDATION, Units
from hpsearch.nn.folds import FoldedExamples
from hpsearch.nn.network import Architecture, Network
from hpsearch.nn.parameters import Array
from hpsearch.nn.settings import PATIENCE, Settings
from hpsearch.nn.stack import Stack
from hpsearch.nn.state import State
from hpsearch.nn.weights import load_weights

#: A mean training loss above this is an explosion: some thousand times what any usual start gives.
EXPLODED = 1e4


class Augment(Protocol):
    """Changes inputs (B, I) at random; leaves those it is given as they are."""

    def __call__(self, X: Array, /, rng: np.random.Generator) -> Array: ...  # noqa: D102


#: Says which rows (K,) are to leave the stack.
Leaving = Callable[[], npt.NDArray[np.bool_]]


class Training(Struct, frozen=True):
    """What `train` gives: `curves` by name, each (K, E) float64 for the epochs trained now, the last of which may
    be a share of one, NaN from the epoch on in which a row diverged; `diverged` (K,): that epoch, 0 = never, or
    minus the epoch after which it left; `state` to go on from.
    """

    curves: Mapping[str, npt.NDArray[np.float64]]
    state: State

    @property
    def diverged(self) -> npt.NDArray[np.int64]:
        """(K,): the epoch in which a row's training loss stopped being finite or exploded, 0 = never."""
        return self.state.diverged


def train(
    architecture: Architecture,
    settings: Settings,
    data: Part | Sequence[Part],
    *,
    seeds: Sequence[int],
    order: tuple[int, int],
    epochs: float,
    state: State | None = None,
    dtype: npt.DTypeLike = np.float32,
    augment: Augment | None = None,
    leaving: Leaving | None = None,
    figures: Sequence[str] = (),
    units: Units | Sequence[Units | None] | None = None,
) -> Training:
    """Train K networks, one for each of `seeds`, until they have seen `epochs` epochs.

    Of an epoch that these hold a share of they take so many of its steps, at least one, and are evaluated after
    these; of such a share early stopping takes no note.

    `order` is (seed, replicate) of the mini-batches, which all K share. The curves are train_loss (mean over
    the examples of an epoch, each taken before its update), val_loss, val_acc or, of numbers, val_r2, and val_NAME
    for each NAME of `figures`. With `state`, training goes on from there, in the state's dtype; the state itself is
    left as it was.

    Where `data` is a sequence of F, row r learns from data[r mod F]; their training parts are equally long, so
    that all rows take their steps together, each in the order that it would have alone.

    `units`, one for each of `data` where that is a sequence, lead from the targets to the scale of the figures.

    `augment` changes the training inputs anew in every epoch, the same for all K.

    A row whose training loss is not finite, or above `EXPLODED`, or whose parameters are not finite has diverged:
    it is frozen at NaN and leaves the stack. A large validation loss alone may come of what it is measured on.
    A row that stops early leaves the stack, too: it has its best parameters, and its curves go on with the figures
    of that best epoch, from the epoch in which it stops.

    A row that is `leaving` (K,), which is asked after each epoch, leaves the stack: its curves end with that epoch.

    ValueError where data, state, optimizer and architecture do not fit.
    """
    network = Network(architecture, tuple(figures))
    if state is None:
        reached = initial(network, settings, seeds, dtype)
    else:
        reached = _fitting(state, network, settings, len(seeds))
    examples = _examples(data, units, network, reached.parameters.dtype, len(seeds))
    first = int(reached.epoch)
    length = math.ceil(epochs) - first if epochs > reached.epoch else 0
    curves = {name: np.full((len(seeds), length), np.nan) for name in _figures(network)}
    early_stopping.repeat_best(curves, reached.slots, 0)
    with np.errstate(all="ignore"):  # a diverging row must not disturb the others, nor print
        while reached.epoch < epochs and not _finished(reached).all():
            reached = _advance(
                network, settings, examples, reached, order, epochs, curves, first, augment, leaving
            )
    steps = len(cuts(settings.epoch_of(examples.count), settings.batch_size, network.smallest_batch)) - 1
    return Training(curves, _at(reached, epochs, steps))


def _examples(
    data: Part | Sequence[Part],
    units: Units | Sequence[Units | None] | None,
    network: Network,
    dtype: np.dtype[Any],
    rows: int,
) -> Examples | FoldedExamples:
    if isinstance(data, Sequence):
        each = units if isinstance(units, Sequence) else [units] * len(data)
        pairs = zip(data, each, strict=True)
        return FoldedExamples.of([Examples.of(part, network, dtype, own) for part, own in pairs], rows)
    assert not isinstance(units, Sequence)
    return Examples.of(data, network, dtype, units)


def _figures(network: Network) -> list[str]:
    """The names of the curves."""
    return ["train_loss", "val_loss", *(f"{OF_VALIDATION}{name}" for name in network.metrics)]


def _stopped(state: State) -> npt.NDArray[np.bool_]:
    return early_stopping.stopped(state.slots, len(state.diverged))


def _finished(state: State) -> npt.NDArray[np.bool_]:
    """Which rows (K,) are not trained any more."""
    finished: npt.NDArray[np.bool_] = (state.diverged != 0) | _stopped(state)
    return finished


def initial(
    network: Network, settings: Settings, seeds: Sequence[int], dtype: npt.DTypeLike = np.float32
) -> State:
    """The state before the first epoch; a row depends on its own seed alone."""
    rows = len(seeds)
    parameters = _drawn(network, settings, seeds, dtype)
    return State(0, 0, parameters, _slots(network, settings, rows, dtype), np.zeros(rows, np.int64))


def _slots(network: Network, settings: Settings, rows: int, dtype: npt.DTypeLike) -> dict[str, Array]:
    layout = network.layout
    slots = {name: np.zeros((rows, layout.learned), dtype) for rule in settings.rules for name in rule.slots}
    if settings.uses(PATIENCE):
        slots |= early_stopping.slots(rows, layout.size, len(_figures(network)), dtype)
    return slots


def _drawn(network: Network, settings: Settings, seeds: Sequence[int], dtype: npt.DTypeLike) -> Array:
    """The first parameters (K, P); InputError where they come from a file that does not fit."""
    if network.architecture.init_file is not None:
        row = load_weights(network.architecture.init_file, network.layout)
        return np.repeat(row[None].astype(dtype), len(seeds), axis=0)
    return network.layout.draw(seeds, dtype, settings.starts(len(seeds)))


def _fitting(state: State, network: Network, settings: Settings, rows: int) -> State:
    """A copy of `state`, if its arrays are those that training from the start would have."""
    slots = _slots(network, settings, rows, state.parameters.dtype)
    held, needed = (
        (shape, sorted((name, slot.shape) for name, slot in given.items()))
        for shape, given in ((state.parameters.shape, state.slots), ((rows, network.layout.size), slots))
    )
    if held != needed:
        raise ValueError(f"the state holds {held}; these networks and this optimizer need {needed}")
    return state.select(range(len(state.parameters)))


def _advance(
    network: Network,
    settings: Settings,
    examples: Examples | FoldedExamples,
    state: State,
    order: tuple[int, int],
    epochs: float,
    curves: Mapping[str, Array],
    first: int,
    augment: Augment | None,
    leaving: Leaving | None,
) -> State:
    """Train the rows that are not finished until the end, or until one of them is, in the arrays of `state`."""
    rows, own = examples.of_rows(np.flatnonzero(~_finished(state)))
    of = len(state.diverged)
    part = state if np.array_equal(rows, np.arange(of)) else state.select(rows)
    stack = Stack(network, settings, own, part, rows, of)
    streams = Streams(order[0])
    diverged = state.diverged.copy()
    begun = int(state.epoch) + 1
    orders = _orders(streams, order[1], stack.count, examples.count, begun)
    for epoch in range(begun, math.ceil(epochs) + 1):
        masks = partial(streams.generator, "masks", order[1], epoch)
        changing = None if augment is None else partial(_change, augment, streams, order[1], epoch)
        whole = epoch <= epochs
        figures = stack.epoch(next(orders), masks, changing, 1 if whole else epochs - (epoch - 1))
        lost = _lost(stack, figures)
        for name, values in figures.items():
            curves[name][rows, epoch - 1 - first] = np.where(lost, np.nan, values)
        left = ~lost & leaving()[rows] if leaving and epoch < epochs else np.zeros_like(lost)
        diverged[rows[lost]], diverged[rows[left]] = epoch, -epoch
        ended = stack.stop(figures, epoch, ~lost) if whole else np.zeros_like(lost)
        if ended.any():
            early_stopping.repeat_best(curves, stack.slots, epoch - 1 - first, rows)
        if lost.any() or ended.any() or left.any():
            break
    return _merge(state, stack, rows, diverged, min(epoch, epochs))


def _orders(
    streams: Streams, replicate: int, taken: int, count: int, first: int
) -> Iterator[npt.NDArray[np.int64]]:
    """The examples of the epochs from `first` on, each `taken` of `count`, in their order.

    As many epochs as can share one order of all examples, so that none comes twice before most came once.
    """
    order, place = divmod(first - 1, count // taken)
    while True:
        drawn = streams.generator("order", replicate, order + 1).permutation(count)
        for begin in range(place * taken, count - taken + 1, taken):
            yield drawn[begin : begin + taken]
        del drawn  # there is room for one
        order, place = order + 1, 0


def _lost(stack: Stack, figures: Mapping[str, Array]) -> npt.NDArray[np.bool_]:
    """Which rows (K,) have diverged with an epoch of these `figures`.

    The training loss was taken before each update; what the last ones did shows in the validation loss. That may
    also be a far value among the validation rows, so where it is large the training rows are looked at again.
    """
    lost: npt.NDArray[np.bool_] = ~(figures["train_loss"] <= EXPLODED)
    large = ~(figures["val_loss"] <= EXPLODED)
    if (large & ~lost).any():
        lost |= large & ~(stack.training_loss() <= EXPLODED)
    return lost | ~np.isfinite(stack.parameters).all(axis=1)


def _change(augment: Augment, streams: Streams, replicate: int, epoch: int) -> Change:
    """What `augment` does to the inputs of one epoch, drawn anew from its start."""
    rng = streams.generator("augment", replicate, epoch)
    return lambda X: augment(X, rng=rng)


def _merge(state: State, stack: Stack, rows: Array, diverged: Array, epoch: float) -> State:
    """The whole stack again, with the rows that just trained put back and the diverged ones at NaN."""
    pairs = [(slot, stack.slots[name]) for name, slot in state.slots.items()]
    pairs.append((state.parameters, stack.parameters))
    for array, trained in pairs:
        if trained is not array:
            array[rows] = trained
        array[diverged > 0] = np.nan
    losses = (
        None if stack.losses is None else np.full((len(diverged), stack.losses.shape[1]), np.nan, array.dtype)
    )
    if losses is not None:
        losses[rows] = stack.losses
    return State(epoch, stack.done, state.parameters, state.slots, diverged, losses)


def _at(state: State, epochs: float, steps: int) -> State:
    """`state`, its clock moved on to `epochs` where all rows diverged before."""
    if epochs <= state.epoch:
        return state
    missing = steps_in(epochs, steps) - steps_in(state.epoch, steps)
    return State(epochs, state.steps + missing, state.parameters, state.slots, state.diverged)
