"""The scale on which numbers to come close to are learned: as they are, by their logarithm, or by their ranks."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Literal

from msgspec import Struct

from hpsearch.core.deferred import np
from hpsearch.data.scaling.quantile import MOST_KNOTS, quantiles, scores_of

if TYPE_CHECKING:
    from numpy.typing import NDArray

TargetScale = Literal["standard", "log", "quantile"]
#: A target of more skewness than this is learned better by its logarithm, whatever kind of noise it has.
LONG_TAIL = 5.0
#: Predictions on the logarithmic scale end at so many times the largest number that was learned from.
_BEYOND = 3.0


class Curve(Struct, frozen=True, eq=False):
    """Numbers on the scale on which they are learned, by straight lines between knots.

    Beyond the knots the line through the first and the last goes on, so that every number has its place.

    Attributes:
        learned: (Q,) rising.
        numbers: (Q,) those that they stand for, nowhere falling.

    >>> curve = Curve(np.array([-1.0, 0.0, 1.0]), np.array([0.0, 1.0, 10.0]))
    >>> curve.learn(np.array([1.0, 5.5, 15.0])).tolist(), curve.predicted(np.array([0.5, 7.0])).tolist()
    ([0.0, 0.5, 2.0], [5.5, 10.0])
    """

    learned: NDArray[np.float64]
    numbers: NDArray[np.float64]

    @classmethod
    def of(cls, knots: NDArray[np.float64]) -> Curve | None:
        """That of (2, Q) knots as `knots` gives them; None where there are none."""
        return cls(*knots) if knots.size else None

    @property
    def knots(self) -> NDArray[np.float64]:
        """(2, Q) `learned` and `numbers`."""
        return np.stack([self.learned, self.numbers])

    def learn(self, numbers: NDArray[Any]) -> NDArray[np.float64]:
        """Where `numbers` are on the scale that is learned; of equal knots in the middle."""
        rising = np.interp(numbers, self.numbers, self.learned)
        falling = np.interp(-numbers, -self.numbers[::-1], -self.learned[::-1])
        beyond = numbers - np.clip(numbers, self.numbers[0], self.numbers[-1])
        return np.asarray((rising - falling) / 2 + beyond / self._slope)

    def true(self, learned: NDArray[Any]) -> NDArray[Any]:
        """The numbers that `learn` was given, in the type of `learned`."""
        beyond = learned - np.clip(learned, self.learned[0], self.learned[-1])
        found: NDArray[Any] = self.predicted(learned) + (beyond * self._slope).astype(learned.dtype)
        return found

    def predicted(self, outputs: NDArray[Any]) -> NDArray[Any]:
        """The numbers that outputs of a network stand for, in their type: none beyond the knots."""
        found: NDArray[Any] = np.interp(outputs, self.learned, self.numbers).astype(outputs.dtype)
        return found

    @property
    def finest(self) -> float:
        """How far apart the numbers are of outputs that are 1 apart, where that is least."""
        steps = np.diff(self.numbers) / np.diff(self.learned)
        return float(steps[steps > 0].min())

    @property
    def _slope(self) -> float:
        return float(np.ptp(self.numbers) / np.ptp(self.learned))


def skewness(numbers: NDArray[np.float64]) -> float:
    """The third standardised moment; 0 of what does not vary.

    >>> round(skewness(np.array([0.0, 0.0, 0.0, 4.0])), 3)
    1.155
    """
    apart = numbers - numbers.mean()
    spread = float(np.abs(apart).max()) and float(np.sqrt((apart**2).mean()))
    return float(((apart / spread) ** 3).mean()) if spread else 0.0


def learned(y: NDArray[Any], mean: float, deviation: float, curve: Curve | None) -> NDArray[np.float32]:
    """The numbers `y` (N,) as they are learned."""
    scaled: NDArray[np.float64] = (y - mean) / deviation
    return (scaled if curve is None else curve.learn(scaled)).astype(np.float32)


def curve_of(scale: TargetScale, numbers: NDArray[np.float64]) -> Curve | None:
    """That on which the training part's `numbers` (N,) have mean 0 and deviation 1; None: they stay as they are."""
    if scale == "standard":
        return None
    curve = _ranks(numbers) if scale == "quantile" else _logarithm(numbers)
    found = curve.learn(numbers)
    return Curve((curve.learned - found.mean()) / (found.std() or 1.0), curve.numbers)


def _logarithm(numbers: NDArray[np.float64]) -> Curve:
    """log(1 + (y - low) / (median - low)), low being the end with the shorter tail: so no number is refused."""
    low, middle, high = np.quantile(numbers, [0, 0.5, 1]).tolist()
    if middle - low > high - middle:
        mirrored = _logarithm(-numbers)
        return Curve(-mirrored.learned[::-1], -mirrored.numbers[::-1])
    unit = (middle if middle > low else float(numbers.mean())) - low
    levels = np.linspace(0.0, np.log1p(_BEYOND * (high - low) / unit), MOST_KNOTS)
    return Curve(levels, low + np.expm1(levels) * unit)


def _ranks(numbers: NDArray[np.float64]) -> Curve:
    """Normal scores, as the inputs have them where their scaling is `quantile`."""
    count = min(MOST_KNOTS, len(numbers))
    return Curve(scores_of(count), quantiles(numbers, np.linspace(0, 1, count)))
