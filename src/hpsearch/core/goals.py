"""Which way a metric is better, as far as its name tells."""

from __future__ import annotations

import re
from typing import Literal

Goal = Literal["maximize", "minimize"]

#: Words of which less is better, and words of which more is, spelled and shortened as people write them.
_LESS = """
loss losses error errors err mse rmse mae rmsle msle mape smape medae nll bce ce crossentropy logloss perplexity ppl
bpc wer cer ter fid kid latency cost regret deviance brier hinge kl divergence misclassification eer distance
"""
_MORE = """
acc accuracy score r2 f1 f2 fbeta auc auroc auprc roc prc ap map ndcg mrr precision recall sensitivity specificity
reward return bleu rouge meteor iou miou dice jaccard kappa mcc psnr ssim likelihood loglik elbo throughput profit
gain sharpe correlation pearson spearman em top1 top5
"""
_GOALS: dict[str, Goal] = {
    **dict.fromkeys(_LESS.split(), "minimize"),
    **dict.fromkeys(_MORE.split(), "maximize"),
}
_GOAL_WORDS: dict[str, Goal] = {"maximize": "maximize", "minimize": "minimize"}
#: A word that any other tells more than: a Brier score is an error.
_WEAK = "score"
_TURNED = ("neg", "negative")
#: Words of what is never below 0, and of what is never above 1. A loss may be either, and a cost anything.
_ERRORS = """
error errors err mse rmse mae rmsle msle mape smape medae logloss brier wer cer eer misclassification
"""
_SHARES = """
acc accuracy r2 f1 f2 fbeta auc auroc auprc roc ap map ndcg mrr precision recall sensitivity specificity iou miou
dice jaccard top1 top5
"""
_IDEALS = {**dict.fromkeys(_ERRORS.split(), 0.0), **dict.fromkeys(_SHARES.split(), 1.0)}
#: Words of what something takes. No number that a program prints is a metric for these, but where one is asked for
#: beside a metric, less of it is better.
_COSTS = {
    "seconds",
    "milliseconds",
    "ms",
    "time",
    "memory",
    "bytes",
    "parameters",
    "multiplications",
    "macs",
    "joules",
}
_WORDS = re.compile(r"[A-Z]+(?![a-z])[0-9]*|[A-Z]?[a-z]+[0-9]*|[A-Z]+[0-9]*")


def goal_of(name: str) -> Goal | None:
    """The goal of a metric by the last word of its name that is known, `score` only if it is the only one; `neg`
    before it turns it round.

    None where no word is known: a guess could rank the worst first.

    >>> [goal_of(name) for name in ("val_loss", "RMSE", "top5Accuracy", "neg_log_loss", "glossary_f1", "bytes")]
    ['minimize', 'minimize', 'maximize', 'maximize', 'maximize', None]
    """
    words = _words(name)
    told = _known(words)
    known = [_GOALS[word] for word in told if word != _WEAK or set(told) == {_WEAK}]
    if not known or not any(word in _TURNED for word in words):
        return known[-1] if known else None
    return "maximize" if known[-1] == "minimize" else "minimize"


def ideal_of(name: str) -> float | None:
    """What no value of a metric is better than, by the same word: 0 of an error, 1 of a share; else None.

    >>> ideal_of("val_rmse"), ideal_of("neg_mean_squared_error"), ideal_of("val_acc"), ideal_of("val_loss")
    (0.0, 0.0, 1.0, None)
    """
    words = _words(name)
    told = [word for word in _known(words) if word != _WEAK]
    ideal = _IDEALS.get(told[-1]) if told else None
    return -ideal if ideal and any(word in _TURNED for word in words) else ideal


def goal_beside(name: str) -> Goal | None:
    """The goal of what is recorded beside a metric, which may be a cost; None where its name does not tell.

    >>> goal_beside("seconds_per_row"), goal_beside("val_acc"), goal_beside("hidden_units")
    ('minimize', 'maximize', None)
    """
    costs = any(word.lower() in _COSTS for word in _WORDS.findall(name))
    return goal_of(name) or ("minimize" if costs else None)


def parted(given: str) -> tuple[str, Goal | None]:
    """A name and the goal that stands behind it; None where none does.

    >>> parted("size:minimize"), parted("val_acc"), parted(":minimize")
    (('size', 'minimize'), ('val_acc', None), (':minimize', None))
    """
    name, _, goal = given.rpartition(":")
    return (name, _GOAL_WORDS[goal]) if name and goal in _GOAL_WORDS else (given, None)


def _words(name: str) -> list[str]:
    return [word.lower() for word in _WORDS.findall(name)]


def _known(words: list[str]) -> list[str]:
    """Those that tell a goal, without the digits behind them where these are no part of it."""
    return [known for word in words for known in (word, word.rstrip("0123456789")) if known in _GOALS]
