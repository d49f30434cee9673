"""What a scaling is: it brings the inputs to a common scale, learned from the training part only."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from typing import TYPE_CHECKING, Any, TypeAlias

from msgspec import Struct, field
from msgspec.structs import replace

from hpsearch.core.deferred import np
from hpsearch.core.registry import Registry

if TYPE_CHECKING:
    from numpy.typing import NDArray

#: float64 values of a block that is converted at a time: 8 MiB, however large the data is.
BLOCK = 2**20
#: Inputs that spread over less than this, the least normal number of float32, count as constant: it cannot tell
#: the spread from zero.
SMALLEST_SPREAD = 2.0**-126

#: The scaling that spares inputs of 0 and 1: with mean 0 and deviation 1, those of rare categories would be huge.
NUMBERS = "numbers"
#: The one by ranks, which spares them too: two values have no distribution to bring to another.
QUANTILE = "quantile"

Range = tuple[float, float]


class Scaler(Struct, frozen=True, eq=False):
    """x -> curve((x - offset) * factor @ mix), for rows of I inputs; a missing x is `fill`. Or its normal score.

    Attributes:
        offset: (I,) float64.
        factor: (I,) float64; 0 for an input that is constant in the training part: whatever value it has
            elsewhere, no weight was trained for it, so it stays 0.
        mix: (I, I) float64, for scalings that bring inputs together; (0, 0) for those that leave each by itself.
        bent: whether the curve is z -> (tanh(z) + 1) / 2 in place of z -> z.
        fill: (I,) float64; (0,) where nothing is missing.
        knots: (Q, I) float64, the quantiles of inputs that become their normal scores; nan of others; (0, 0) where
            there are none.
    """

    offset: NDArray[np.float64]
    factor: NDArray[np.float64]
    mix: NDArray[np.float64] = field(default_factory=lambda: np.empty((0, 0)))
    bent: bool = False
    fill: NDArray[np.float64] = field(default_factory=lambda: np.empty(0))
    knots: NDArray[np.float64] = field(default_factory=lambda: np.empty((0, 0)))

    @property
    def bounded(self) -> bool:
        """Whether nothing that it gives is far from the rest."""
        return self.bent or bool(self.knots.size)

    def apply(self, inputs: NDArray[Any], rows: NDArray[np.int64] | None = None) -> NDArray[np.float32]:
        """The scaled `rows` (all of them by default) of `inputs` (N, I): float32, C-contiguous."""
        count = len(inputs) if rows is None else len(rows)
        scaled = np.empty((count, inputs.shape[1]), np.float32)
        for block in in_blocks(*scaled.shape):
            with np.errstate(over="ignore", invalid="ignore"):  # whoever may have far values looks for them
                scaled[block] = self._block(inputs[block] if rows is None else inputs[rows[block]])
        return scaled

    def sparing(self, places: Sequence[int]) -> Scaler:
        """The same, but the inputs at these places stay as they are, unless they are constant."""
        offset, factor = self.offset.copy(), self.factor.copy()
        chosen = np.array(places, np.intp)
        varied = chosen[factor[chosen] != 0]
        offset[varied], factor[varied] = 0.0, 1.0
        knots = self.knots.copy()
        if knots.size:
            knots[:, chosen] = np.nan
        return replace(self, offset=offset, factor=factor, knots=knots)

    def _block(self, inputs: NDArray[Any]) -> NDArray[np.float64]:
        if len(self.fill) and inputs.dtype.kind == "f":
            inputs = np.where(np.isnan(inputs), self.fill.astype(inputs.dtype), inputs)
        scaled: NDArray[np.float64] = (inputs - self.offset) * self.factor
        if self.knots.size:
            from hpsearch.data.scaling.quantile import normal_scores

            for column in np.flatnonzero(~np.isnan(self.knots[0])):
                scaled[:, column] = normal_scores(inputs[:, column], self.knots[:, column])
        if len(self.mix):
            scaled = scaled @ self.mix
        return (np.tanh(scaled) + 1) / 2 if self.bent else scaled


#: `(inputs (N, I), rows, range) -> Scaler`: fitted on the given rows; the range is that which the source declares.
Fit: TypeAlias = "Callable[[NDArray[Any], NDArray[np.int64], Range | None], Scaler]"
SCALINGS = Registry[Fit]("scaling", "hpsearch.data.scaling", group="scalings")


def fit(
    scaling: str,
    inputs: NDArray[Any],
    rows: NDArray[np.int64],
    known: Range | None = None,
    indicators: Sequence[int] = (),
) -> Scaler:
    """The scaler `scaling` (a name of SCALINGS) for `inputs` (N, I), learned from `rows` alone.

    Args:
        known: the range that the source declares.
        indicators: the inputs that are 0 or 1 as something is so; `numbers` and `quantile` leave them that.

    Raises:
        DataError: too many inputs for `whiten`.

    >>> fit("minmax", np.array([[1.0, 5.0], [3.0, 5.0], [9.0, 6.0]]), np.array([0, 1])).factor
    array([0.5, 0. ])
    """
    scaler = SCALINGS[scaling](inputs, rows, known)
    return scaler.sparing(indicators) if scaling in (NUMBERS, QUANTILE) else scaler


def extremes(
    inputs: NDArray[Any], rows: NDArray[np.int64]
) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    """The lowest and the highest value (I,) of each input in `rows`."""
    blocks = [rows[block] for block in in_blocks(len(rows), inputs.shape[1])]
    low = np.min([inputs[block].min(axis=0) for block in blocks], axis=0)
    high = np.max([inputs[block].max(axis=0) for block in blocks], axis=0)
    return low.astype(np.float64), high.astype(np.float64)


def inverse(spread: NDArray[np.float64]) -> NDArray[np.float64]:
    """1 / spread (I,); 0 for inputs that are constant."""
    return np.divide(1.0, spread, out=np.zeros_like(spread), where=spread >= SMALLEST_SPREAD)


def in_blocks(rows: int, width: int) -> Iterator[slice]:
    """Parts of that many `rows` of `width` inputs, so small that a copy of each takes little memory."""
    step = max(1, BLOCK // max(1, width))
    return (slice(start, start + step) for start in range(0, rows, step))
