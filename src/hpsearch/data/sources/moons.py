"""Two half circles that reach into each other: two inputs, two classes that overlap a little."""

from __future__ import annotations

import math

from hpsearch.core.deferred import np
from hpsearch.core.randomness import Streams
from hpsearch.data.sources.base import DATASETS, RawData, refuse_dir
from hpsearch.data.spec import DatasetSpec

POINTS = 500
#: Standard deviation of both inputs; the circles have radius 1.
NOISE = 0.2


@DATASETS.register("moons", place=2)
def load_moons(spec: DatasetSpec) -> RawData:
    """1,000 rows, 2 inputs, 2 classes that take turns, so that any first rows are balanced.

    Always the same points: the seed of a search decides only which of them train.
    """
    refuse_dir(spec)
    generator = Streams(0).generator("moons")
    angle = generator.uniform(0, math.pi, POINTS)
    upper = np.stack([np.cos(angle), np.sin(angle)], axis=-1)
    lower = np.array([1.0, 0.5]) - upper
    points = np.stack([upper, lower], axis=1).reshape(-1, 2)
    inputs = (points + generator.normal(0, NOISE, points.shape)).astype(np.float32)
    return RawData(spec.source, inputs, np.tile(np.arange(2, dtype=np.int64), POINTS), ("0", "1"), (2,))
