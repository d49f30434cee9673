"""What suits data of some size at first: how rows are divided, how long trials train, what is searched. Pure."""

from __future__ import annotations

import math
from collections.abc import Sequence

from msgspec import Struct

from hpsearch.actions.init.ranges import Known

#: Up to so many rows, a validation part of a fifth says little of a trial, and a network for each fold is quick.
FOLDED = 10_000
#: So many folds: five, and three where a third of the rows less to learn from changes little and costs half.
_FOLDS = ((2_000, 5), (FOLDED, 3))
#: Up to so many rows: the longest training in epochs, how many without a better validation loss end it, the
#: batches, the most units of a layer, and of all layers together. More rows take more steps in an epoch: fewer
#: epochs serve as well, and larger batches take less time for each. Short trainings favour the smallest batch,
#: which takes most steps in an epoch, and most time. Most networks come to their best within a few epochs, so
#: what is waited for afterwards is much of what they take: twice as long found nothing that is better.
_SIZES = (
    (500, 243, 15, (16, 32, 64), 256, 512),
    (2_000, 243, 15, (32, 64, 128), 256, 512),
    (10_000, 81, 7, (64, 128, 256), 256, 512),
    (100_000, 27, 3, (128, 256, 512), 256, 512),
    (math.inf, 27, 0, (256, 1024, 4096), 128, 384),
)
_MOST_LAYERS = 3
#: Beyond so many rows ...
_LARGE = 100_000
#: ... an epoch takes so many of them, and a validation part of so many tells trials apart.
_EPOCH_ROWS, _VALIDATED = 65_536, 20_000
#: Whole numbers of at least so many values are a scale, and no names, where most rows are in the middle and fewer
#: to either side: of six classes numbered at random one set in 24 would look so, and fewer of more.
_SCALE = 6
_BY_HEART = "against learning rows by heart"


class Start(Struct, frozen=True):
    """The first search of data with so many rows to learn from.

    Attributes:
        rarest: how many rows the class with the fewest of them has; of numbers, all rows.
    """

    rows: int
    rarest: int

    @property
    def folds(self) -> int:
        """Into how many folds its rows are dealt; 0: one validation part is enough, or a class is too rare."""
        folds = next((folds for most, folds in _FOLDS if self.rows <= most), 0)
        return folds if self.rarest >= folds else 0

    @property
    def parts(self) -> tuple[float, float]:
        """The shares to learn from and to validate, where there are no folds."""
        share = 0.2 if self.rows <= _LARGE else max(0.01, round(_VALIDATED / self.rows, 2))
        return (round(1 - share, 2), share)

    @property
    def epoch_rows(self) -> int | None:
        """How many of its rows an epoch takes; None: all."""
        return None if self.rows <= _LARGE else _EPOCH_ROWS

    @property
    def epochs(self) -> int:
        """Those of the longest training."""
        return self._size[1]

    @property
    def requires(self) -> str:
        """Which networks are small enough for so many rows, 170 units in three layers where it is 256 in one; empty
        where all of the space are.
        """
        _, _, _, _, units, together = self._size
        return f"hidden_units * hidden_layers <= {together}" if together < units * _MOST_LAYERS else ""

    @property
    def anneals(self) -> bool:
        """Whether the learning rate falls to 0 at the end, in place of early stopping: so many rows are not learned
        by heart, and what is left to gain is the noise of the steps.
        """
        return self.rows > _LARGE

    @property
    def patience(self) -> int:
        """Epochs without a better validation loss that end a training; none where its learning rate anneals."""
        return self._size[2]

    @property
    def space(self) -> list[Known]:
        """The ranges to search, the most important first."""
        _, _, _, batches, units, _ = self._size
        few = self.rows <= _LARGE
        decay = Known("weight_decay", (), f"{{scale: log, low: 1e-5, high: {1 if few else 0.1}}}", _BY_HEART)
        dropout = Known("dropout", (), "{scale: linear, low: 0, high: 0.5}", "likewise")
        return [
            Known("lr", (), "{scale: log, low: 3e-4, high: 3e-2}", "matters most"),
            *((decay, dropout) if few else (decay,)),
            Known("hidden_units", (), f"{{scale: log, type: int, low: 16, high: {units}}}", ""),
            Known("hidden_layers", (), f"{{scale: linear, type: int, low: 1, high: {_MOST_LAYERS}}}", ""),
            Known("batch_size", (), f"{{choices: [{', '.join(map(str, batches))}]}}", ""),
            Known("activation", (), "{choices: [relu, tanh]}", ""),
        ]

    @property
    def _size(self) -> tuple[float, int, int, tuple[int, ...], int, int]:
        return next(size for size in _SIZES if self.rows <= size[0])


def is_scale(names: Sequence[str], counts: Sequence[int]) -> bool:
    """Whether classes are the steps of a scale, such as grades: many rows in the middle and few at its ends.

    Args:
        names: those of the classes.
        counts: how many rows each has.

    >>> is_scale(["3", "4", "5", "6", "7", "8"], [20, 160, 1450, 2190, 880, 170])
    True
    >>> is_scale(["0", "1", "2", "3", "4", "5"], [2190, 1450, 880, 170, 160, 20])
    False
    """
    if len(names) < _SCALE or not all(name.removeprefix("-").isdecimal() for name in names):
        return False
    ordered = [count for _, count in sorted(zip(map(int, names), counts, strict=True))]
    top = max(range(len(ordered)), key=ordered.__getitem__)
    rising, falling = ordered[: top + 1], ordered[top:]
    inside = 0 < top < len(ordered) - 1
    return inside and rising == sorted(rising) and falling == sorted(falling, reverse=True)
