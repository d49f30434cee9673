"""Data for the built-in network: sources, the split into parts, scaling, and the file that workers map."""

from hpsearch.datasets.augment import Augmentation
from hpsearch.datasets.prepared import Prepared, load_prepared, prepare
from hpsearch.datasets.scaling import Scaler
from hpsearch.datasets.source import DATASETS, FORMATS, RawData, load
from hpsearch.datasets.spec import DatasetSpec

__all__ = [
    "DATASETS",
    "FORMATS",
    "Augmentation",
    "DatasetSpec",
    "Prepared",
    "RawData",
    "Scaler",
    "load",
    "load_prepared",
    "prepare",
]
