"""Three spiral arms: two inputs, and no straight line that would help."""

from __future__ import annotations

import math

from hpsearch.core.deferred import np
from hpsearch.core.randomness import Streams
from hpsearch.data.sources.base import DATASETS, RawData, refuse_dir
from hpsearch.data.spec import DatasetSpec

ARMS = 3
POINTS = 500
TURNS = 0.75
#: Standard deviation of the angle, in radians.
NOISE = 0.2


@DATASETS.register("spirals", place=1)
def load_spirals(spec: DatasetSpec) -> RawData:
    """1,500 rows, 2 inputs within [-1, 1], 3 classes that take turns, so that any first rows are balanced.

    Always the same points: the seed of a search decides only which of them train.
    """
    refuse_dir(spec)
    radius = np.linspace(0, 1, POINTS, endpoint=False)[:, None]
    noise = Streams(0).generator("spirals").normal(0, NOISE, (POINTS, ARMS))
    angle = 2 * math.pi * (TURNS * radius + np.arange(ARMS) / ARMS) + noise
    points = np.stack([radius * np.cos(angle), radius * np.sin(angle)], axis=-1)
    inputs, labels = points.reshape(-1, 2).astype(np.float32), np.tile(np.arange(ARMS), POINTS)
    # The radius grows with the row; in another order the first rows are a sample of the whole.
    order = Streams(0).generator("spirals order").permutation(POINTS)
    rows = (order[:, None] * ARMS + np.arange(ARMS)).reshape(-1)
    return RawData(spec.source, inputs[rows], labels[rows].astype(np.int64), ("0", "1", "2"), (2,))
