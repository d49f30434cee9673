"""Points that fill the unit cube more evenly than random ones do, without SciPy."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, TypeAlias

from hpsearch.core.deferred import np

if TYPE_CHECKING:
    from numpy.typing import NDArray

Array: TypeAlias = "NDArray[np.float64]"


def points(numbers: Sequence[int], dimensions: int, shift: Array) -> Array:
    """The members `numbers` (n,), from 0 on, of a Kronecker sequence in [0, 1)^P, moved by `shift` (P,).

    Member k is the fractional part of shift + (k + 1) sqrt(p), with a prime p for each dimension. A uniform
    shift makes each point uniform (Cranley and Patterson, 1976) and keeps the set as even as it was. For the
    first 2 P points or so in 2 to 15 dimensions these steps left a lower discrepancy than the powers of the
    generalised golden ratio (Roberts, 2018) and than Halton's sequence (1960), which suffers most from 8 on.

    Source: Richtmyer, The evaluation of definite integrals, and a quasi-Monte-Carlo method based on the
    properties of algebraic numbers (1951).

    >>> points([0, 1], 2, np.zeros(2)).round(3).tolist()
    [[0.414, 0.732], [0.828, 0.464]]
    """
    steps = np.sqrt(_primes(dimensions)) % 1.0
    return np.asarray((shift + np.outer(np.asarray(numbers) + 1, steps)) % 1.0, dtype=np.float64)


def _primes(count: int) -> list[int]:
    primes: list[int] = []
    candidate = 2
    while len(primes) < count:
        if all(candidate % prime for prime in primes):
            primes.append(candidate)
        candidate += 1
    return primes
