"""The handwritten digits of UCI: 1,797 real images of 8x8 pixels, inside the package (see data/README.md)."""

from __future__ import annotations

from pathlib import Path

from hpsearch.core.deferred import np
from hpsearch.data.sources.base import DATASETS, RawData, refuse_dir
from hpsearch.data.spec import DatasetSpec
from hpsearch.storage.npz import read_npz

FILE = Path(__file__).with_name("data") / "digits.npz"
#: Each pixel counts the ink in a 4x4 block of the scan.
DARKEST = 16.0


@DATASETS.register("digits", place=0)
def load_digits(spec: DatasetSpec) -> RawData:
    """1,797 rows, 64 inputs from 0 to 16, 10 classes. Raises DataError if the package is damaged."""
    refuse_dir(spec)
    inputs, labels = read_npz(FILE, ("X", "y"))
    classes = tuple("0123456789")
    return RawData(spec.source, inputs, labels.astype(np.int64), classes, (8, 8), (0.0, DARKEST))
