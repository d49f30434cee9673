"""Early stopping: a row whose validation loss no longer falls leaves the stack, and gets its best state back
(Prechelt, 1998): it stops in epoch t once val_loss(t) >= min val_loss over `early_stopping` epochs.

What this needs to know is kept among the slots of the state, so that going on equals going straight through.
"""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np
import numpy.typing as npt

from hpsearch.nn.parameters import Array

#: The best parameters so far (K, P).
_BEST = "stop_best"
#: (K, 2 + F) float64: the epoch of the best, the epoch in which the row stopped (0: not yet), then the figures
#: of the best in the order of the curves.
_MEMORY = "stop_memory"
_EPOCH, _STOPPED, _FIGURES = 0, 1, 2


def slots(rows: int, parameters: int, figures: int, dtype: npt.DTypeLike) -> dict[str, Array]:
    """What is kept for K = `rows` networks of P = `parameters` numbers, before the first epoch."""
    return {
        _BEST: np.zeros((rows, parameters), dtype),
        _MEMORY: np.zeros((rows, _FIGURES + figures), np.float64),
    }


def stopped(slots: Mapping[str, Array], rows: int) -> npt.NDArray[np.bool_]:
    """Which rows (K,) have stopped."""
    if _MEMORY not in slots:
        return np.zeros(rows, np.bool_)
    marked: npt.NDArray[np.bool_] = slots[_MEMORY][:, _STOPPED] > 0
    return marked


def kept(slots: Mapping[str, Array], reached: float) -> npt.NDArray[np.float64]:
    """(K,) the epochs whose parameters the rows have after `reached` epochs: the best, of those that stopped."""
    memory = slots.get(_MEMORY)
    if memory is None:
        return np.array([float(reached)])
    return np.where(memory[:, _STOPPED] > 0, memory[:, _EPOCH], reached)


def repeat_best(
    curves: Mapping[str, Array], slots: Mapping[str, Array], begin: int, rows: Array | None = None
) -> None:
    """From the place `begin` on, the curves of stopped rows are the figures of their best epoch.

    `rows`: which rows of the curves those of the slots are.
    """
    if _MEMORY not in slots:
        return
    memory = slots[_MEMORY]
    ended = np.flatnonzero(memory[:, _STOPPED] > 0)
    target = ended if rows is None else rows[ended]
    for place, curve in enumerate(curves.values()):
        curve[target, begin:] = memory[ended, _FIGURES + place, None]


def follow(
    slots: Mapping[str, Array],
    parameters: Array,
    figures: Mapping[str, Array],
    patience: Array,
    sound: Array,
    epoch: int,
    last: int | None,
) -> npt.NDArray[np.bool_]:
    """Take note of an epoch's `figures`, each (K,); restore the best parameters of rows that stop, and name them.

    A row that is `sound` (K,), which means that it has not diverged, stops when its val_loss has not fallen for
    `patience` (K,) epochs, 0 = never, or with a full training's `last` epoch.
    """
    memory, best = slots[_MEMORY], slots[_BEST]
    place = _FIGURES + list(figures).index("val_loss")
    before = memory[:, place]
    better = (memory[:, _EPOCH] == 0) | (figures["val_loss"] < before) | np.isnan(before)
    memory[better, _EPOCH] = epoch
    memory[better, _FIGURES:] = np.stack(list(figures.values()), axis=1)[better]
    np.copyto(best, parameters, where=better[:, None])
    waited = epoch - memory[:, _EPOCH]
    ended: npt.NDArray[np.bool_] = sound & (patience > 0) & ((waited >= patience) | (epoch == last))
    memory[ended, _STOPPED] = epoch
    np.copyto(parameters, best, where=ended[:, None])
    return ended
