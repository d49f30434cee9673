"""Data for the built-in network: sources, the split into parts, scaling, and the file that workers map."""

from hpsearch.datasets.augment import Augmentation
from hpsearch.datasets.folded import Folded, load_folded
from hpsearch.datasets.prepared import Prepared, load_prepared, prepare, prepare_folds, prepare_whole
from hpsearch.datasets.scaling import Scaler
from hpsearch.datasets.source import DATASETS, FORMATS, RawData, load
from hpsearch.datasets.spec import DatasetSpec, Folds

__all__ = [
    "DATASETS",
    "FORMATS",
    "Augmentation",
    "DatasetSpec",
    "Folded",
    "Folds",
    "Prepared",
    "RawData",
    "Scaler",
    "load",
    "load_folded",
    "load_prepared",
    "prepare",
    "prepare_folds",
    "prepare_whole",
]
