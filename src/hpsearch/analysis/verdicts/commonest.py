"""Where the best is no better than always giving the commonest class. Pure."""

from __future__ import annotations

from hpsearch.core.verdict import Verdict
from hpsearch.engine.run import Run

#: Of fewer rows, one class may be as common as any accuracy by how they fell.
_FEWEST = 20
#: By so much means over seeds or folds of equal shares may differ.
_ROUNDING = 1e-9


def no_better_than_the_commonest(run: Run) -> Verdict | None:
    """Said where the accuracy of the best is not above the share that the commonest class has of the same rows.

    By luck alone the best of many trials is above it; so what is, however little, is left alone.
    """
    best = run.best
    if best is None or not run.commonest or run.rows < _FEWEST or run.metric.loss_beside is None:
        return None
    value = best.value(run.metric)
    if value > run.commonest + _ROUNDING:
        return None
    name = str(run.metric)
    return Verdict(
        "commonest",
        f"the best {name} {run.metric.shown(value)} is no better than always giving the commonest class would be "
        f"({run.metric.shown(run.commonest)}): by it, the network learned nothing that this class does not tell; "
        f"search.metric: val_auc or val_log_loss shows what its probabilities tell, and class_weights: balanced "
        f"lets the rare classes count",
        "",
    )
