"""Where a learning curve goes after its end. Axis letters: E epochs, S draws. Pure."""

from __future__ import annotations

import math
from collections.abc import Callable, Iterator
from functools import cached_property, partial
from typing import TypeAlias

import numpy as np
from msgspec import Struct
from numpy.typing import NDArray

Array: TypeAlias = NDArray[np.float64]

#: How curves come to rest: with powers of the epochs, or as exponentials whose time constants are these shares of
#: the training (the forms of Domhan, Springenberg, Hutter, 2015, that are lines once their one shape is given).
_POWERS = (0.25, 0.5, 1.0, 2.0)
_TIMES = (0.1, 0.2, 0.4, 1.0)
#: Draws for all forms together.
_DRAWS = 1000
#: A form this improbable is left out.
_LEAST = 0.002


def _power(exponent: float, x: Array) -> Array:
    return np.asarray(x**-exponent)


def _exponential(time: float, x: Array) -> Array:
    return np.asarray(np.exp(-x / time))


_SHAPES: tuple[Callable[[Array], Array], ...] = (
    *(partial(_power, exponent) for exponent in _POWERS),
    *(partial(_exponential, time) for time in _TIMES),
)


class _Form(Struct, frozen=True, eq=False):
    """A fit by least squares: its coefficients (k,), their covariance for unit noise, and what is left (E,)."""

    shape: Callable[[Array], Array] | None
    drifts: bool
    coefficients: Array
    unit: Array
    squares: float
    freedom: int
    residuals: Array

    def design(self, x: Array) -> Array:
        return _design(self.shape, x, drifts=self.drifts)

    @property
    def evidence(self) -> float:
        """The log of how likely it makes the curve, its coefficients integrated out (Schwarz, 1978)."""
        count = len(self.residuals)
        return -0.5 * (count * math.log(self.squares / count) + len(self.coefficients) * math.log(count))


def _design(shape: Callable[[Array], Array] | None, x: Array, *, drifts: bool) -> Array:
    columns = [np.ones(len(x)), *([shape(x)] if shape else []), *([x] if drifts else [])]
    return np.stack(columns, axis=1)


class Curve(Struct, frozen=True, eq=False, dict=True):
    """The end of a learning curve: losses (E,) at ascending epochs (E,), each the mean over so many seeds."""

    epochs: Array
    losses: Array
    seeds: int = 1

    @cached_property
    def _forms(self) -> list[tuple[float, _Form]]:
        """How probable each form is, the most probable first: at rest, coming to rest, or that with a drift."""
        x = self.epochs / self.epochs[-1]
        kinds = [(None, False), *((shape, drifts) for shape in _SHAPES for drifts in (False, True))]
        forms = [self._fitted(shape, x, drifts=drifts) for shape, drifts in kinds]
        top = max(form.evidence for form in forms)
        weighed = [(math.exp(form.evidence - top), form) for form in forms]
        total = math.fsum(weight for weight, _ in weighed)
        kept = [(weight / total, form) for weight, form in weighed if weight / total > _LEAST]
        return sorted(kept, key=lambda pair: -pair[0])

    def _fitted(self, shape: Callable[[Array], Array] | None, x: Array, *, drifts: bool) -> _Form:
        design = _design(shape, x, drifts=drifts)
        coefficients: Array = np.linalg.lstsq(design, self.losses, rcond=None)[0].astype(np.float64)
        residuals = self.losses - design @ coefficients
        # What rounding leaves of nothing keeps the logarithm finite.
        squares = max(
            float(residuals @ residuals), len(x) * (1e-9 * float(np.abs(self.losses).max()) + 1e-300) ** 2
        )
        unit = np.linalg.pinv(design.T @ design).astype(np.float64)
        return _Form(shape, drifts, coefficients, unit, squares, len(x) - design.shape[1], residuals)

    @property
    def noise(self) -> float:
        """The standard deviation of one epoch's value, of one seed, about the most probable form."""
        form = self._forms[0][1]
        return math.sqrt(self.seeds * form.squares / form.freedom)

    def gains(self, times: float, rng: np.random.Generator) -> Array:
        """How much lower the loss is after so many times the epochs, as far as the curve leaves that open: (S,)."""
        ends = np.array([1.0, times])
        return np.concatenate(list(self._drawn(ends, rng)))

    def _drawn(self, ends: Array, rng: np.random.Generator) -> Iterator[Array]:
        for weight, form in self._forms:
            count = max(1, round(_DRAWS * weight))
            # One epoch's luck lasts to the next: so many values say less.
            shared = _autocorrelation(form.residuals)
            variance = form.squares / rng.chisquare(form.freedom, count) * (1 + shared) / (1 - shared)
            root = np.linalg.cholesky(form.unit + 1e-12 * np.trace(form.unit) * np.eye(len(form.unit)))
            steps = rng.standard_normal((count, len(root))) @ root.T * np.sqrt(variance)[:, None]
            change = form.design(ends)[0] - form.design(ends)[1]
            yield (form.coefficients + steps) @ change


def _autocorrelation(residuals: Array) -> float:
    """Of neighbours, between 0 and 0.8."""
    own = max(float(residuals @ residuals), 1e-300)
    return min(max(float(residuals[1:] @ residuals[:-1]) / own, 0.0), 0.8)
