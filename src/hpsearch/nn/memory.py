"""How much memory a stack trains in, and how many trials are best trained together."""

from __future__ import annotations

from functools import lru_cache
from itertools import pairwise

import numpy as np
from msgspec import Struct

from hpsearch.nn.buffers import nothing
from hpsearch.nn.examples import cuts, gathered
from hpsearch.nn.folds import share
from hpsearch.nn.network import Architecture, Network, Pass
from hpsearch.nn.optimizers import OPTIMIZERS
from hpsearch.nn.stack import EVALUATION_BATCH
from hpsearch.nn.updates import BLOCK

#: The working set a stack should stay within. Measured on a core with 1 MiB of L2 and 32 MiB of shared L3: time
#: per trial falls with K until about here (fewer NumPy calls per trial), then is flat.
CACHE_BUDGET = 6 << 20
#: What a stack never takes more of, unless told otherwise.
MEMORY_BUDGET = 256 << 20
#: Up to 32 trials together were measured; the gain from 16 to 32 was small even for the smallest nets.
_LARGEST_STACK = 64

#: Bytes of a number of the network, of one in float64 or of a count, and of the objects around a stack's arrays.
_FLOAT, _DOUBLE, _OBJECTS = 4, 8, 1 << 20
#: float64 arrays of a layer's weights that are there at once while they are drawn; the more by orthogonal.
_DRAWN, _ORTHOGONAL = 1, 6
#: float64 numbers of a trial for each step of a block of columns, while it is made.
_COLUMNS = 16
#: Numbers of a validation row that are there at once while a figure of one network is finished.
_RANKED = 6
#: Gathered parts of the examples: the one in use and the next; and what changing one takes besides.
_GATHERS, _CHANGES = 2, 2


class Work(Struct, frozen=True):
    """What decides how much memory a training takes, in float32.

    `train_size`, `val_size`: how many rows a network has. `folds`: how many networks a trial is, each with rows and
    batches of its own. `stops`: early stopping keeps the best parameters. `augments`: inputs change in every epoch.
    `figures`: those that are computed beside those that are always reported.
    """

    architecture: Architecture
    optimizer: str
    batch_size: int
    train_size: int = EVALUATION_BATCH
    val_size: int = EVALUATION_BATCH
    folds: int = 1
    stops: bool = False
    augments: bool = False
    figures: tuple[str, ...] = ()


class Demand(Struct, frozen=True):
    """Bytes that a stack takes: those `shared` by its networks, the buffers of `each`, the `state` of each, and
    what the drawing of first weights takes, `drawn`, before there are buffers. `hot`, of each: what steps work on.
    """

    shared: int
    each: int
    state: int
    drawn: int
    hot: int

    def of(self, rows: int) -> int:
        """The most that K = `rows` networks take at any time.

        There are the states that they went on from, those in training, and, where some of several have diverged or
        stopped, those of the others once more.
        """
        copies = 2 if rows == 1 else 3
        training = self.shared + rows * (self.each + copies * self.state)
        return max(training, rows * self.state + self.drawn)


def bytes_needed(work: Work, trials: int = 1) -> int:
    """The most bytes that training takes for so many trials together, the given examples aside.

    Counted without taking them, so that a network too large for the machine can be refused.

    >>> bytes_needed(Work(Architecture(64, (32, 32), 10), "momentum", 32, 1000, 300)) // 1024
    2008
    """
    return _demand(work).of(trials * work.folds)


def best_stack_size(work: Work, memory: int = MEMORY_BUDGET) -> int:
    """How many trials to train together so that they stay within the cache and `memory` bytes; at least 1.

    >>> best_stack_size(Work(Architecture(784, (1000, 1000), 10), "adam", 128))
    1
    """
    try:
        needed = _demand(work)
    except MemoryError:  # it will be refused, or fail, where it is trained: alone, and as a trial that failed
        return 1
    most = min(CACHE_BUDGET // needed.hot, _LARGEST_STACK) // work.folds
    return next((trials for trials in range(most, 1, -1) if needed.of(trials * work.folds) <= memory), 1)


@lru_cache(maxsize=1024)  # many trials of a search have one shape
def _demand(work: Work) -> Demand:
    network = Network(work.architecture, work.figures)
    learned, slots = network.layout.learned, len(OPTIMIZERS[work.optimizer].slots)
    numbers = network.layout.size
    state = _FLOAT * (numbers * (2 if work.stops else 1) + slots * learned)
    edges = cuts(work.train_size, work.batch_size, network.smallest_batch)
    sizes = {int(edges[1]), int(edges[-1] - edges[-2])}
    steps = [_pass(network, batch, training=True) for batch in sizes]
    ends = {min(work.val_size, EVALUATION_BATCH), work.val_size % EVALUATION_BATCH or EVALUATION_BATCH}
    tests = [_pass(network, batch, training=False) for batch in ends]
    gradients = 2 * _FLOAT * learned  # and scratch
    outputs = work.architecture.outputs
    kept = sum(figure.numbers(outputs) for figure in network.metrics.values())
    figures = _FLOAT * (work.train_size + (1 + kept) * work.val_size)
    compared = 3 * _DOUBLE * EVALUATION_BATCH * (outputs if work.figures else 1)
    ranked = _RANKED * _DOUBLE * work.val_size if work.figures else 0
    columns = _DOUBLE * BLOCK * _COLUMNS
    batches = [_own_batch(work, batch) for batch in sizes]
    return Demand(
        shared=_OBJECTS + ranked + _examples(work) + sum(shared for _, shared in (*steps, *tests)),
        each=gradients
        + sum(each for each, _ in (*steps, *tests))
        + sum(batches)
        + figures
        + compared
        + columns,
        state=state,
        drawn=_OBJECTS + _drawn(network),
        hot=max(each for each, _ in steps) + max(batches) + _FLOAT * (numbers + (2 + slots) * learned),
    )


def _pass(network: Network, batch: int, *, training: bool) -> tuple[int, int]:
    """The bytes of a pass that each trial has for itself, and those that a stack shares."""
    one, two = (_dry(network, rows, batch, training=training) for rows in (1, 2))
    return two - one, 2 * one - two


def _dry(network: Network, rows: int, batch: int, *, training: bool) -> int:
    parameters = nothing((rows, network.layout.size), np.float32)
    gradients = nothing((rows, network.layout.learned), np.float32)
    smoothing = {"label_smoothing": np.ones((rows, 1))}
    return Pass(network, parameters, gradients, batch, training=training, hyper=smoothing, dry=True).nbytes


def _examples(work: Work) -> int:
    """Targets, the order of an epoch, and the gathered parts."""
    inputs, outputs = work.architecture.inputs, work.architecture.outputs
    targets = _FLOAT * outputs * (work.train_size + work.val_size)
    most = gathered(work.batch_size, _FLOAT * inputs, share(work.folds))
    numbers = _GATHERS * (inputs + outputs) + (_CHANGES * inputs if work.augments else 0)
    if work.folds > 1:  # whose inputs may be scaled, in float64, as they are read
        numbers += 2 * _DOUBLE // _FLOAT * inputs
    parts = targets + _FLOAT * min(work.train_size, work.batch_size * most) * numbers
    return work.folds * parts + _DOUBLE * work.train_size


def _own_batch(work: Work, batch: int) -> int:
    """The examples of a step, where a network does not share them with the others of its stack."""
    return _FLOAT * batch * (work.architecture.inputs + work.architecture.outputs) if work.folds > 1 else 0


def _drawn(network: Network) -> int:
    if network.architecture.init_file is not None:
        return 2 * _DOUBLE * network.layout.size
    widths = network.architecture.widths
    arrays = _ORTHOGONAL if network.architecture.initializer == "orthogonal" else _DRAWN
    return arrays * _DOUBLE * max(i * o for i, o in pairwise(widths))
