"""One number for each trial of a search that trained them for different numbers of epochs. Pure."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from itertools import pairwise
from statistics import median

from hpsearch.core.trial import Epochs


def levelled(trials: Sequence[Mapping[Epochs, float]]) -> list[float]:
    """What each trial would have had after the longest training, from its metric by epochs, at least one each.

    That is its last value, moved by what longer trainings changed in the median: from each number of epochs to the
    next one by the trials that have both. Where none has, nothing is moved.

    >>> levelled([{1: 0.6, 3: 0.75}, {1: 0.5, 3: 0.7}, {1: 0.25}])
    [0.75, 0.7, 0.425]
    """
    lengths = sorted({epochs for trial in trials for epochs in trial})
    left = {lengths[-1]: 0.0} if lengths else {}
    for shorter, longer in reversed(list(pairwise(lengths))):
        changes = [trial[longer] - trial[shorter] for trial in trials if shorter in trial and longer in trial]
        left[shorter] = left[longer] + (median(changes) if changes else 0.0)
    return [trial[max(trial)] + left[max(trial)] for trial in trials]
