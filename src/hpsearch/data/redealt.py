"""Prepared rows in other folds: for networks that each leave out some of the rows, and are stopped by them."""

from __future__ import annotations

import numpy as np

from hpsearch.core.randomness import Streams
from hpsearch.data.folded import Folded
from hpsearch.data.folds import deal
from hpsearch.data.prepared import Prepared
from hpsearch.data.scaling import Scaler
from hpsearch.data.spec import Folds


def redealt(data: Prepared, folds: int, seed: int) -> Folded:
    """The training rows of `data` in so many folds, dealt anew: those of a search are what it was chosen by.

    They stay as they are scaled: the networks of all folds, and one of all rows, take the same inputs.
    """
    y = data.y_train
    labels, names = (y, data.classes) if data.classes else (np.zeros(len(y), np.int64), ("row",))
    again = Streams(seed).integer("folds again")
    division = deal(labels, names, Folds(folds, test=0), again, brings_test=False)
    as_it_is = Scaler(np.zeros(data.inputs), np.ones(data.inputs))
    return Folded(
        X=data.X_train,
        y=y,
        division=division,
        scalers=(as_it_is,) * folds,
        target=np.tile([0.0, 1.0], (folds, 1)),
        curves=np.empty((folds, 2, 0)),
        own=np.empty((folds, len(y), 0), np.float32),
        places=np.empty(0, np.int64),
        classes=data.classes,
        feature_shape=data.feature_shape,
        source=data.source,
        fingerprint=f"{data.fingerprint} in {folds} folds",
    )
