"""A data set in one file, as somebody would add it below hpsearch/data/sources."""

from __future__ import annotations

import numpy as np

from hpsearch.core.randomness import Streams
from hpsearch.data.sources.base import DATASETS, RawData, refuse_dir
from hpsearch.data.spec import DatasetSpec


@DATASETS.register("quadrants")
def quadrants(spec: DatasetSpec) -> RawData:
    """400 points whose class is whether their two coordinates have the same sign."""
    refuse_dir(spec)
    points = Streams(0).generator("quadrants").normal(size=(400, 2)).astype(np.float32)
    same = (points[:, 0] > 0) == (points[:, 1] > 0)
    return RawData(spec.source, points, same.astype(np.int64), ("different", "same"), (2,))
