"""Data for the built-in network: sources, the split into parts, scaling, and the file that workers map."""

from hpsearch.data.augment import Augmentation
from hpsearch.data.folded import Folded, load_folded
from hpsearch.data.prepared import Prepared, load_prepared, prepare, prepare_folds, prepare_whole
from hpsearch.data.scaling import Scaler
from hpsearch.data.sources.base import DATASETS, FORMATS, RawData, load
from hpsearch.data.spec import DatasetSpec, Folds

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
