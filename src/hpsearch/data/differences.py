"""Whether training and validation look like draws of one population, column by column.

A score on rows that are unlike those it was trained for chooses badly, and says little about either.
"""

from __future__ import annotations

import math
from collections.abc import Iterator, Sequence
from typing import Any

import numpy as np
from msgspec import Struct
from numpy.typing import NDArray

from hpsearch.core.randomness import Streams
from hpsearch.data.sources.base import RawData
from hpsearch.data.tables.texts import excerpt, quoted

#: Of each part so many rows are compared at most, and so many values of all its columns together.
MOST_ROWS = 10_000
MOST_VALUES = 2_000_000
#: ... but no fewer rows than this, where there are very many columns.
FEWEST_ROWS = 500
#: How often a split at random may be called different, all columns together.
FALSE_ALARMS = 1e-3
#: A smaller distance matters to nobody, however sure it is: for so large a share of the rows to move.
SMALLEST = 0.1
#: So many of the columns that differ most are named.
MOST_NAMED = 5


class _Difference(Struct, frozen=True):
    """How a column differs: its Kolmogorov-Smirnov distance, and in words."""

    distance: float
    words: str


def found_differences(raw: RawData, parts: Sequence[NDArray[np.int64]], seed: int) -> tuple[str, ...]:
    """What is not alike in training and validation: of the classes or numbers to predict, and of the columns.

    Each column is compared by the distance of Kolmogorov and Smirnov, the largest difference between the
    shares of rows up to a value, which shifts, spreads and rarer categories all show. It must exceed what
    chance gives at a level divided by the number of columns (Bonferroni), and `SMALLEST`.

    Source: N. Smirnov, "Table for estimating the goodness of fit of empirical distributions" (1948).
    """
    generator, most = Streams(seed).generator("differences"), _most_rows(raw.X.shape[1])
    first = _some(parts[0], most, generator)
    X, y = raw.X[first], raw.y[first]  # noqa: N806 - named as in the data
    if raw.X_val is not None and raw.y_val is not None:
        second = _some(np.arange(len(raw.y_val)), most, generator)
        X_val, y_val = raw.X_val[second], raw.y_val[second]  # noqa: N806
    else:
        second = _some(parts[1], most, generator)
        X_val, y_val = raw.X[second], raw.y[second]  # noqa: N806
    limit = max(SMALLEST, _by_chance(len(y), len(y_val), X.shape[1] + max(1, len(raw.classes))))
    # Averages of the target are of other rows in training than in validation, on purpose.
    places = [place for place in range(X.shape[1]) if place not in raw.priors]
    names = _names(raw)
    differing = [
        *_of_target(y, y_val, raw.classes, limit),
        *_of_columns(X[:, places], X_val[:, places], [names[place] for place in places], limit),
    ]
    return tuple(differing)


def _most_rows(columns: int) -> int:
    return int(np.clip(MOST_VALUES // max(1, columns), FEWEST_ROWS, MOST_ROWS))


def _some(rows: NDArray[np.int64], most: int, generator: np.random.Generator) -> NDArray[np.int64]:
    return rows if len(rows) <= most else np.sort(generator.choice(rows, most, replace=False))


def _by_chance(first: int, second: int, columns: int) -> float:
    """The distance that two samples of one population exceed in any of so many columns by `FALSE_ALARMS`.

    >>> round(_by_chance(100, 100, 10), 3)
    0.315
    """
    return math.sqrt(math.log(2 * columns / FALSE_ALARMS) / 2 * (first + second) / (first * second))


def distance(first: NDArray[Any], second: NDArray[Any]) -> float:
    """That of Kolmogorov and Smirnov between two samples, (N,) and (M,).

    >>> distance(np.array([1, 2, 3, 4]), np.array([3, 4, 5, 6]))
    0.5
    """
    first, second = np.sort(first), np.sort(second)
    both = np.concatenate([first, second])
    shares = [np.searchsorted(sample, both, side="right") / len(sample) for sample in (first, second)]
    return float(np.abs(shares[0] - shares[1]).max())


def _of_columns(X: NDArray[Any], X_val: NDArray[Any], names: Sequence[str], limit: float) -> Iterator[str]:  # noqa: N803
    differing = []
    for place, name in enumerate(names):
        first, second = X[:, place].astype(np.float64), X_val[:, place].astype(np.float64)
        apart = distance(first, second)
        if apart > limit:
            differing.append(_Difference(apart, f"{excerpt(name)} ({_means(first, second)})"))
    if not differing:
        return
    worst = sorted(differing, key=lambda difference: -difference.distance)[:MOST_NAMED]
    more = ", ..." if len(differing) > MOST_NAMED else ""
    yield f"{len(differing)} of {len(names)} inputs: {', '.join(one.words for one in worst)}{more}"


def _means(first: NDArray[np.float64], second: NDArray[np.float64]) -> str:
    """Both means, and how many deviations they are apart (the standardized mean difference of Cohen, 1988)."""
    means = first.mean(), second.mean()
    if set(np.unique(first)) | set(np.unique(second)) <= {0.0, 1.0}:
        return f"{means[0]:.0%} of the rows in training, {means[1]:.0%} in validation"
    spread = math.sqrt((first.var() + second.var()) / 2)
    apart = f", {abs(means[0] - means[1]) / spread:.2g} deviations apart" if spread else ""
    return f"mean {means[0]:.4g} in training, {means[1]:.4g} in validation{apart}"


def _of_target(y: NDArray[Any], y_val: NDArray[Any], classes: Sequence[str], limit: float) -> Iterator[str]:
    if not classes:
        if distance(y, y_val) > limit:
            yield f"the target ({_means(y.astype(np.float64), y_val.astype(np.float64))})"
        return
    first, second = (np.bincount(labels, minlength=len(classes)) / len(labels) for labels in (y, y_val))
    apart = np.abs(first - second)
    for place in np.argsort(-apart, kind="stable")[:MOST_NAMED]:
        if apart[place] > limit:
            shares = f"{first[place]:.0%} of the rows in training, {second[place]:.0%} in validation"
            yield f"class {quoted(classes[place])} ({shares})"


def _names(raw: RawData) -> list[str]:
    """What messages call the inputs."""
    if raw.encoding is None:
        return [f"column {place}" for place in range(raw.X.shape[1])]
    from hpsearch.data.tables.columns import Encoding

    return Encoding.from_facts(raw.encoding).inputs
