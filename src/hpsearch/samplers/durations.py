"""How much longer a training takes at some points of the cube than at others: a linear fit of log seconds.

What a training takes is mostly a product of powers (of units, layers, 1 / batch size), so its logarithm is linear
on scales that are logarithmic. A line also needs few trials, and where they tell it nothing it is level.
Axis letters: n trainings, P parameters, A axes (see `Axes`).
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Self, TypeAlias

from msgspec import Struct

from hpsearch.core.deferred import np
from hpsearch.samplers.axes import Axes
from hpsearch.samplers.results import Results

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from hpsearch.space import Space

Array: TypeAlias = "NDArray[np.float64]"

#: The fit sees so many trainings of each lot at most, evenly spread over what they took: that bounds its cost.
SEEN = 200
#: How many times the variance of a slope that of the noise may be: all of them alike, before any training.
RATIOS = tuple(10 ** (step / 2) for step in range(-6, 9))
#: How many times as likely (e^1) the times must be with slopes as without any: what is alike is to stay unweighed.
LIKELIER = 1.0
#: What no slope explains, at least: the square of a hundredth, for clocks that are all too regular.
LEAST_REST = 1e-4
#: What is further from the line than so many deviations counts as that far, as a pause of the machine is no slope;
#: and how often the line is drawn anew so.
FAR, AGAIN = 2.0, 3
#: The deviation of a normal distribution, in medians of what is off its mean.
OF_A_MEDIAN = 1.4826


class Durations(Struct, frozen=True, eq=False):
    """The fit. `slopes` (A,): how much a step of 1 along each axis adds to the logarithm of the seconds."""

    axes: Axes
    slopes: Array

    @classmethod
    def fit(cls, space: Space, lots: Sequence[Results]) -> Self | None:
        """The fit to logarithms of seconds, in lots of which each has a level of its own.

        None where these hardly tell of slopes, as where all trainings of a lot took the same, or no lot has two.
        """
        seen = [_seen(lot) for lot in lots if len(lot) > 1]
        if not any(logs.any() for _, logs in seen):
            return None
        axes = Axes.of(space)
        ends = np.cumsum([len(logs) for _, logs in seen])[:-1]
        x = _level(axes.embed(np.concatenate([units for units, _ in seen])), ends)
        slopes, likelier = _line(x, np.concatenate([logs for _, logs in seen]), ends)
        return cls(axes, slopes) if likelier > LIKELIER else None

    def logs(self, units: Array) -> Array:
        """The logarithm of the seconds (m,) at `units` (m, P), less what it is anywhere."""
        return np.asarray(self.axes.embed(units) @ self.slopes)

    def weighed(self, losses: Array, units: Array) -> Array:
        """What losses (m,) at `units` (m, P), less the best one, are for the time that they take.

        What is gained (below 0) counts less where it takes longer, and what is lost the more: the improvement per
        second of Snoek et al., Practical Bayesian Optimization of Machine Learning Algorithms (2012), section 3.2.
        """
        longer = np.exp(self.logs(units))
        return np.asarray(np.where(losses < 0, losses / longer, losses * longer))


def _seen(lot: Results) -> tuple[Array, Array]:
    """Places (n, P) of trainings, and their logarithms (n,) less one of them: what is alike is 0 to the bit."""
    count = min(len(lot), SEEN)
    units, logs = lot.at([i * (len(lot) - 1) // (count - 1) for i in range(count)])
    return units, logs - logs[0]


def _level(values: Array, ends: Array) -> Array:
    """Values (n, ...) in lots that end at `ends`, less the mean of each lot."""
    return np.concatenate([lot - lot.mean(axis=0) for lot in np.split(values, ends)])


def _line(x: Array, logs: Array, ends: Array) -> tuple[Array, float]:
    """The slopes (A,) of `logs` (n,) over `x` (n, A), whatever a few of these are; and as `_slopes`."""
    freedom = len(logs) - len(ends) - 1  # every lot has taken one, for its level
    slopes, likelier = _slopes(x, _level(logs, ends), freedom)
    for _ in range(AGAIN):
        told = x @ slopes
        rest = np.concatenate([lot - np.median(lot) for lot in np.split(logs - told, ends)])
        far = FAR * OF_A_MEDIAN * float(np.median(np.abs(rest)))
        if far:
            slopes, likelier = _slopes(x, _level(told + np.clip(rest, -far, far), ends), freedom)
    return slopes, likelier


def _slopes(x: Array, y: Array, freedom: int) -> tuple[Array, float]:
    """The slopes (A,) of `y` (n,) over `x` (n, A), of which both have the mean 0.

    They are held to be 0 but for a normal deviation, which is one multiple or another of that of the noise: the
    mean over these, by how likely they make `y` (ridge regression; MacKay, Bayesian Interpolation, 1992). Beside it
    the logarithm of how many times as likely `y` is so as without slopes.
    """
    left, sizes, right = np.linalg.svd(x, full_matrices=False)
    along = left.T @ y
    beside = max(float(y @ y - along @ along), 0.0) + LEAST_REST
    told = 1 + sizes**2 / np.array(RATIOS)[:, None]
    costs = np.log(told).sum(1) + freedom * np.log(beside + (along**2 / told).sum(1))
    level = freedom * np.log(beside + along @ along)
    likely = np.exp(0.5 * (costs.min() - costs))
    shrunk = (likely @ (1 - 1 / told)) / likely.sum()
    found = np.divide(shrunk * along, sizes, out=np.zeros_like(sizes), where=shrunk > 0)
    return np.asarray(right.T @ found), float(0.5 * (level - costs.min()) + np.log(likely.mean()))
