"""How much memory a trial trains in, and how many trials are best trained together."""

from __future__ import annotations

import numpy as np

from hpsearch.nn.network import Architecture, Network, Pass
from hpsearch.nn.optimizers import OPTIMIZERS
from hpsearch.nn.room import nothing
from hpsearch.nn.stack import EVALUATION_BATCH

#: The working set a stack should stay within. Measured on a core with 1 MiB of L2 and a large shared L3: time
#: per trial falls with K until about here (fewer NumPy calls per trial), then is flat.
CACHE_BUDGET = 2 << 20
#: What a stack never takes more of, its evaluation included, however little the training of a trial takes.
MEMORY_BUDGET = 256 << 20
#: Up to 32 trials together were measured; the gain from 16 to 32 was small even for the smallest nets.
_LARGEST_STACK = 64


def bytes_per_trial(
    architecture: Architecture, optimizer: str, batch_size: int, val_size: int, folds: int = 1
) -> int:
    """Bytes one float32 trial works in: parameters, gradients, slots, scratch and the buffers of both passes.

    Counted without taking them, so that a network too large for the machine can be refused. With `folds`, a
    trial is so many networks, each with batches of its own.

    >>> bytes_per_trial(Architecture(64, (32, 32), 10), "momentum", 32, 300) // 1024
    237
    """
    training, evaluation = _working_sets(architecture, optimizer, batch_size, val_size)
    return folds * (training + evaluation + _own_batch(architecture, batch_size, folds))


def best_stack_size(architecture: Architecture, optimizer: str, batch_size: int, folds: int = 1) -> int:
    """How many trials to train together so that their working set stays within the budgets; at least 1.

    >>> best_stack_size(Architecture(784, (1000, 1000), 10), "adam", 128)
    1
    """
    try:
        training, evaluation = _working_sets(architecture, optimizer, batch_size, EVALUATION_BATCH)
    except MemoryError:  # it will be refused, or fail, where it is trained: alone, and as a trial that failed
        return 1
    training += _own_batch(architecture, batch_size, folds)
    most = min(CACHE_BUDGET // training, MEMORY_BUDGET // (training + evaluation), _LARGEST_STACK)
    return max(1, most // folds)


def _own_batch(architecture: Architecture, batch_size: int, folds: int) -> int:
    """Bytes of the examples of a step, where a network does not share them with the others of its stack."""
    numbers = architecture.inputs + architecture.outputs
    return batch_size * numbers * np.dtype(np.float32).itemsize if folds > 1 else 0


def _working_sets(
    architecture: Architecture, optimizer: str, batch_size: int, val_size: int
) -> tuple[int, int]:
    network = Network(architecture)
    parameters = nothing((1, network.layout.size), np.float32)
    gradients = nothing((1, network.layout.learned), np.float32)
    training = Pass(network, parameters, gradients, batch_size, training=True, dry=True)
    evaluation = Pass(
        network, parameters, gradients, min(val_size, EVALUATION_BATCH), training=False, dry=True
    )
    copies = 2 + len(OPTIMIZERS[optimizer].slots)  # gradients and scratch, then the slots
    return training.nbytes + parameters.nbytes + copies * gradients.nbytes, evaluation.nbytes
