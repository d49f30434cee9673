"""What the source of a training script tells of its metric, in any language, without running any of it."""

from __future__ import annotations

import ast
import re
from collections.abc import Collection, Iterator

from hpsearch.core.goals import goal_of

#: What is measured on validation data ranks best; what is alike stands together.
_METRICS = (
    "val_acc", "val_accuracy", "valid_acc", "valid_accuracy", "validation_acc", "validation_accuracy",
    "val_f1", "val_auc", "val_r2", "val_score", "val_loss", "valid_loss", "validation_loss", "val_mse", "val_rmse",
    "accuracy", "acc", "f1", "auc", "r2", "score", "rmse", "mse", "mae", "loss", "error",
)  # fmt: skip
#: A name and a colon or an equals sign, inside a text that goes on with a value: `{x`, `%f`, `$x`, or its end.
_PRINTED = r"(?<![\w./-])({})\s*[:=]\s*(?:[{{%$\"'<]|\\n)"
#: A name in quotes before a colon: a key.
_KEY = r"[\"']({})[\"']\s*:"


def printed_metric(source: str) -> str | None:
    """The metric that a script seems to print or write as JSON; None if it names none that is known.

    >>> printed_metric('print(f"{epoch}: loss={loss:.4f} val_acc={acc:.4f}")')
    'val_acc'
    >>> printed_metric('{ printf "Accuracy: %f", right / NR }')
    'Accuracy'
    """
    for name in _METRICS:
        for pattern in (_PRINTED, _KEY):
            if metric := re.search(pattern.format(name), source, re.IGNORECASE):
                return metric[1]
    return None


def returned_metric(tree: ast.AST, function: str) -> str | None:
    """The metric of the mapping that a function returns; None where it returns another thing.

    >>> returned_metric(ast.parse("def f(x): return {'loss': x, 'accuracy': 1 - x}"), "f")
    'accuracy'
    """
    names = [name for node in ast.walk(tree) for name in _returned(node, function)]
    return _best(names) if names else None


def _returned(node: ast.AST, function: str) -> Iterator[str]:
    """The texts that are keys of what a function returns."""
    if not isinstance(node, ast.FunctionDef) or node.name != function:
        return
    for inner in ast.walk(node):
        if isinstance(inner, ast.Return) and isinstance(inner.value, ast.Dict):
            for key in inner.value.keys:
                if isinstance(key, ast.Constant) and isinstance(key.value, str):
                    yield key.value


def _best(names: Collection[str]) -> str:
    places = {name: place for place, name in enumerate(_METRICS)}
    return min(names, key=lambda name: (places.get(name.lower(), len(_METRICS)), goal_of(name) is None))
