"""How a stack of networks is trained: the names, and the numbers that may differ from row to row."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np

from hpsearch.core.errors import InputError, did_you_mean
from hpsearch.nn import schedules
from hpsearch.nn.optimizers import CLIPS, OPTIMIZERS, PENALTIES, Rule
from hpsearch.nn.parameters import Array, Start
from hpsearch.nn.schedules import SCHEDULES
from hpsearch.nn.updates import Chain

#: Hyperparameters that the loss and the layers read; without one, it is 0.
OF_THE_PASS = ("label_smoothing", "dropout", "input_dropout", "alpha_dropout")
#: Those that initializers read: name -> the field of `Start`.
OF_THE_START = {"init_std": "std", "init_scale": "scale"}

#: Epochs without a lower validation loss after which a row stops; 0: never.
PATIENCE = "early_stopping"


@dataclass(frozen=True)
class Settings:
    """How to train. `hyper`: each a number, or one number for each of the K networks. `full_epochs`: how long a
    full training is, which the cosine schedule ends with. `epoch_rows`: the examples of an epoch; None: all.
    `balanced`: the loss of an example is weighed so that all classes of the training examples count alike.

    InputError for an unknown name, a hyperparameter that is missing or not finite, or a cosine without end.
    """

    optimizer: str
    batch_size: int
    hyper: Mapping[str, float | Sequence[float]]
    lr_schedule: str = "constant"
    full_epochs: int | None = None
    epoch_rows: int | None = None
    balanced: bool = False

    def __post_init__(self) -> None:
        known = hyperparameters()
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
        if SCHEDULES[self.lr_schedule].ends and self.full_epochs is None:
            raise InputError(
                f"lr_schedule {self.lr_schedule} falls until the training ends: give full_epochs"
            )

    def epoch_of(self, count: int) -> int:
        """How many of `count` examples an epoch has."""
        return min(count, self.epoch_rows or count)

    @property
    def rules(self) -> list[Rule]:
        """The clips and the penalties in force, then the optimizer."""
        optimizer = OPTIMIZERS[self.optimizer]
        first = {**CLIPS, **{name: rule for name, rule in PENALTIES.items() if name not in optimizer.hyper}}
        return [*(rule for name, rule in first.items() if self.uses(name)), optimizer]

    def uses(self, name: str) -> bool:
        """Whether a hyperparameter is given, and not zero for every network."""
        return bool(np.any(self.hyper.get(name, 0.0)))

    def starts(self, rows: int) -> list[Start]:
        """What the initializers of each network read."""
        given = {
            field: self._column(name, rows) for name, field in OF_THE_START.items() if name in self.hyper
        }
        return [
            Start(**{name: float(column[row, 0]) for name, column in given.items()}) for row in range(rows)
        ]

    def columns(self, rows: int) -> dict[str, Array]:
        """Each hyperparameter as a (K, 1) float64 column."""
        return {name: self._column(name, rows) for name in self.hyper}

    def _column(self, name: str, rows: int) -> Array:
        values = np.asarray(self.hyper[name], dtype=np.float64)
        if values.shape == ():
            return np.full((rows, 1), values)
        if values.shape != (rows,):
            raise InputError(f"{name}: {values.size} values for {rows} networks; give one, or one for each")
        return values.reshape(-1, 1)

    def chain(self, columns: Mapping[str, Array], *, per_epoch: int) -> Chain:
        """The rules for epochs of `per_epoch` steps, with the learning rate of its schedule."""
        if self.lr_schedule == "constant" and not self.uses("warmup_epochs"):
            return Chain(self.rules, columns)
        rows = len(columns["lr"])
        read = {name: columns.get(name, np.full((rows, 1), value)) for name, value in schedules.HYPER.items()}

        def factors(done: int, steps: int) -> Array:
            return schedules.factors(
                self.lr_schedule,
                read,
                done=done,
                steps=steps,
                per_epoch=per_epoch,
                epochs=self.full_epochs or 0,
            )

        return Chain(self.rules, columns, factors)


def hyperparameters() -> list[str]:
    """The names of all numbers that may differ from row to row.

    >>> {"lr", "momentum", "l1", "clip_norm", "lr_decay", "label_smoothing"} <= set(hyperparameters())
    True
    """
    optimizers = {name for rule in OPTIMIZERS.built_in.values() for name in rule.hyper}
    rules = optimizers | set(CLIPS) | set(PENALTIES)
    return sorted(rules | set(schedules.HYPER) | set(OF_THE_PASS) | set(OF_THE_START) | {PATIENCE})
