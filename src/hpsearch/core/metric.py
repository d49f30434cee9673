"""What ranks trials: its name, which way it is better, and how it is said."""

from __future__ import annotations

import math
from typing import Literal, Self

from msgspec import Struct

from hpsearch.core.goals import Goal, goal_of, ideal_of
from hpsearch.core.words import spoken

#: Further from 0 than this all losses are alike: their squares, differences and sums stay numbers.
_FAR = 1e100
#: Of which epoch of a trial the metric counts: the last, or the best so far.
Epoch = Literal["last", "best"]


class Metric(Struct, frozen=True):
    """A metric by the name that objectives give it, and whether more (`maximize`) or less of it is better.

    `value`: of which epoch of a trial it counts.

    >>> accuracy = Metric("val_acc", "maximize")
    >>> str(accuracy), accuracy.shown(353 / 359), accuracy.loss(0.9), accuracy.is_better(0.9, than=0.8)
    ('val acc', '0.9833', -0.9, True)
    """

    name: str
    goal: Goal
    value: Epoch = "last"

    @classmethod
    def named(cls, name: str) -> Self:
        """The metric of that name with the goal that the name tells; maximized where it tells none.

        >>> Metric.named("val_loss").goal, Metric.named("RMSE").goal, Metric.named("val_acc").goal
        ('minimize', 'minimize', 'maximize')
        """
        return cls(name, goal_of(name) or "maximize")

    def __str__(self) -> str:
        """As it is said: `val acc` for `val_acc`."""
        return spoken(self.name)

    def shown(self, value: float) -> str:
        """A value of it as it is said: four significant digits."""
        return f"{value:.4g}"

    @property
    def sign(self) -> float:
        """What to multiply a value by to have its loss, and a loss by to have its value."""
        return -1.0 if self.goal == "maximize" else 1.0

    def loss(self, value: float) -> float:
        """What a value counts as where lower is better, whatever the goal is; what is not finite stays so."""
        loss = self.sign * value
        return math.copysign(_FAR, loss) if _FAR < abs(loss) < math.inf else loss

    @property
    def ideal(self) -> float:
        """The loss that none is below; `-inf` where the name does not tell, or the goal is not that of the name.

        >>> Metric.named("val_mse").ideal, Metric.named("val_acc").ideal, Metric.named("reward").ideal
        (0.0, -1.0, -inf)
        """
        ideal = ideal_of(self.name) if self.goal == goal_of(self.name) else None
        return -math.inf if ideal is None else self.sign * ideal

    def is_better(self, value: float, than: float) -> bool:
        """Whether a value is better than another; of equals, and beside what is no number, none is."""
        return self.sign * value < self.sign * than

    @property
    def loss_beside(self) -> str | None:
        """The loss on the same rows, for an accuracy: it tells apart what that cannot.

        >>> Metric.named("val_acc").loss_beside, Metric.named("val_r2").loss_beside
        ('val_loss', None)
        """
        return self.name.removesuffix("acc") + "loss" if self._counts_rows else None

    def standard_error(self, value: float, rows: int) -> float:
        """Of a `value` that is a share of so many `rows`; 0 for what is no share, and where they are unknown.

        Binomial, with the share moved off its ends as Agresti and Coull do (1998).
        """
        if not rows or not self.is_share(value):
            return 0.0
        share = (value * rows + 2) / (rows + 4)
        return math.sqrt(share * (1 - share) / rows)

    def is_share(self, value: float) -> bool:
        """Whether a value is a share of the rows that it was measured on, as accuracies are.

        >>> Metric.named("val_acc").is_share(0.5), Metric.named("val_loss").is_share(0.5)
        (True, False)
        """
        return self._counts_rows and 0 <= value <= 1

    @property
    def _counts_rows(self) -> bool:
        """Whether it is an accuracy; a balanced one is a mean of shares, and less sure than one share of all rows.

        >>> Metric.named("val_balanced_acc").is_share(0.5)
        False
        """
        return self.name.endswith("acc") and not self.name.endswith("balanced_acc")
