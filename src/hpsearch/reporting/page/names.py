"""Names of metrics that belong together: one of the training part, one of what is held out."""

from __future__ import annotations

from collections.abc import Collection

_HELD_OUT = ("validation", "valid", "val", "dev", "eval", "test")
_TRAINING = ("train", "training")


def of_training(name: str, known: Collection[str]) -> str | None:
    """The same of the training part, among the `known` names; None where there is none.

    >>> of_training("val_acc", ["val_acc", "train_acc"]), of_training("val/loss", ["loss"])
    ('train_acc', 'loss')
    >>> of_training("acc", ["train_acc"]), of_training("f1", ["f1"])
    ('train_acc', None)
    """
    head, mark, rest = _parted(name)
    candidates = [f"{word}{mark}{rest}" for word in _TRAINING] + ([rest] if head else [])
    return next((one for one in candidates if one in known and one != name), None)


def _parted(name: str) -> tuple[str, str, str]:
    """`val`, `_`, `acc`; without a word of what is held out, nothing, `_` and the name."""
    for word in _HELD_OUT:
        mark, rest = name[len(word) : len(word) + 1], name[len(word) + 1 :]
        if name.startswith(word) and rest and mark and not mark.isalnum():
            return word, mark, rest
    return "", "_", name
