"""Prepared rows in folds again: for networks that each leave out some of the rows, and are stopped by them."""

from __future__ import annotations

import numpy as np

from hpsearch.data.folded import Folded
from hpsearch.data.folds import NONE, Division
from hpsearch.data.prepared import Prepared
from hpsearch.data.scaling import Scaler


def redealt(data: Prepared, division: Division) -> Folded:
    """The training rows of `data` in the folds of `division`, which they are all rows of.

    They stay as they are scaled: the networks of all folds, and one of all rows, take the same inputs.
    """
    places = np.searchsorted(division.rows, division.spared)
    own = Division(division.fold[division.rows], np.where(division.spared == NONE, NONE, places))
    as_it_is = Scaler(np.zeros(data.inputs), np.ones(data.inputs))
    return Folded(
        X=data.X_train,
        y=data.y_train,
        division=own,
        scalers=(as_it_is,) * own.folds,
        target=np.tile([0.0, 1.0], (own.folds, 1)),
        curves=np.empty((own.folds, 2, 0)),
        own=np.empty((own.folds, len(data.y_train), 0), np.float32),
        places=np.empty(0, np.int64),
        classes=data.classes,
        feature_shape=data.feature_shape,
        source=data.source,
        fingerprint=f"{data.fingerprint} in folds",
    )
