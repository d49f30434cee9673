"""How likely a point is to diverge: a smooth fit of what diverged and what did not, over the unit cube."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING, Self, TypeAlias

from msgspec import Struct

from hpsearch.core.deferred import np
from hpsearch.samplers.likelihood import Prior
from hpsearch.samplers.surrogate import Surrogate

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from hpsearch.space import Space

Array: TypeAlias = "NDArray[np.float64]"

#: Where divergence begins is sharp, so lengths may be short, and next to no noise explains what is otherwise there.
SHARP = Prior(length=(math.log(0.3), 1.5), noise=(math.log(0.02), 0.3))
#: The logistic function of so many times x is within 0.01 of the normal distribution's (Bowling et al., 2009).
_PROBIT = 1.702


class Risk(Struct, frozen=True, eq=False):
    """A fit to 1 where a point diverged and 0 where it did not; what it holds to be above a half diverges.

    Attributes:
        share: how many of the points diverged, which is what the fit says far from all of them.
        spread: the standard deviation of the ones and zeros, by which it is scaled.
    """

    fitted: Surrogate
    share: float
    spread: float

    @classmethod
    def fit(cls, space: Space, units: Array, diverged: NDArray[np.bool_]) -> Self:
        """The risk from n points (n, P), of which some have `diverged` (n,) and some have not."""
        share, spread = float(diverged.mean()), float(diverged.std())
        values = np.asarray((diverged - share) / spread, dtype=np.float64)
        return cls(Surrogate.fit(space, units, values, SHARP), share, spread)

    def ends_well(self, units: Array) -> Array:
        """The chance (m,) that points (m, P) do not diverge."""
        mean, doubt = self.fitted.predict(units)
        below = 0.5 - (self.share + self.spread * mean)
        noise = math.exp(self.fitted.theta[-1])
        return np.asarray(1 / (1 + np.exp(-_PROBIT * below / (self.spread * np.sqrt(doubt**2 + noise)))))
