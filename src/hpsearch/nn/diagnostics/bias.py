"""Bias and variance: which of the four cases a trained model is, as far as that can be told, and what helps."""

from __future__ import annotations

from hpsearch.core.quantiles import NORMAL_95

#: What a person would reach, where the search has no target.
_WANTED = 0.97
_GAP = 0.03


def bias_and_variance(
    train_acc: float, val_acc: float, wanted: float | None = None, error: float = 0.0
) -> tuple[str, list[str]]:
    """Which of the four cases, and what helps.

    Args:
        wanted: the accuracy that would be good enough.
        error: the standard error of `val_acc`; a difference that it explains is not called variance.

    >>> bias_and_variance(1.0, 0.9)[0]
    'high variance: it does better on what it has seen (100.0 %) than on new data (90.0 %)'
    """
    bias = (_WANTED if wanted is None else wanted) - train_acc > 0.005
    apart = train_acc - val_acc
    variance = apart > max(_GAP, NORMAL_95 * error)
    shown = f"{train_acc:.1%} on what it has seen, {val_acc:.1%} on new data".replace("%", " %")
    more = ["a larger network: more hidden_units or hidden_layers", "more epochs, or another lr or optimizer"]
    less = [
        "more data, or augmented data",
        "more dropout or weight_decay, or early_stopping",
        "a smaller network",
    ]
    if bias and variance:
        return f"high bias and high variance: {shown}", [*more, *less[:2]]
    if apart > _GAP and not variance:
        name = "high" if bias else "low"
        tell = "more validation rows (dataset.split), or folds, tell whether it is high"
        return f"{name} bias, and too few new rows to tell the variance: {shown}", [tell, *more * bias]
    if bias:
        return f"high bias: {shown}", [*more, "less dropout and weight_decay"]
    if variance:
        seen, new = f"{train_acc:.1%}".replace("%", " %"), f"{val_acc:.1%}".replace("%", " %")
        return f"high variance: it does better on what it has seen ({seen}) than on new data ({new})", less
    return f"low bias and low variance: {shown}", ["nothing is needed; a search may still find a little more"]
