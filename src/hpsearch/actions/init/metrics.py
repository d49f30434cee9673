"""Which metric ranks, of those that a program prints or writes, or whose source tells that it does."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterable, Iterator, Sequence

from hpsearch.core.goals import goal_of
from hpsearch.objectives.command.reading.choice import called
from hpsearch.objectives.command.reading.line import Line, cleaned
from hpsearch.objectives.command.reading.names import Name, folded

_VALIDATION = ("val", "valid", "validation", "dev", "eval", "evaluation")
_TRAINING = ("train", "training", "trn")
#: The first of these first, and losses after all others.
_KINDS = ("acc", "accuracy", "f1", "auc", "map", "iou", "miou", "dice", "r2", "score")
_LOSSES = ("loss", "losses", "nll", "error", "err")
_BEST = ("best", "max", "min")
_OF_MANY = ("average", "avg", "mean")
_WORD = re.compile(r"[^\W_]+")

#: A text in quotes, on one line, and what stands for a value in it.
_LITERAL = re.compile(r"\"((?:[^\"\\\n]|\\.)*)\"|'((?:[^'\\\n]|\\.)*)'")
_VALUE = re.compile(r"\$\([^)]*\)+|\$?\{[^{}]*\}|%[-+ #0-9.]*[a-zA-Z](?![a-zA-Z])|\$\w+")
_ESCAPE = re.compile(r"\\(?:x1b|033|e)\[[0-9;]*m|\\[tnr]")
_NAME_ALONE = re.compile(r"[:=]\s*\Z")
_KEY = re.compile(r"[\"']([A-Za-z][\w./@^-]*)[\"']\s*:(?!:)")
_STANDS_FOR_ONE = "0.5"


def ranking(names: Iterable[Name]) -> Name | None:
    """The metric to rank by among all that were read; None where none is known to be a metric.

    What is measured on validation data is the likeliest, and a mean; a loss comes after any other metric, what is
    measured while training after that, and the best so far after what is now.

    >>> ranking([Name("loss", "val"), Name("acc", "val"), Name("acc", "train")]).whole
    'val_acc'
    """
    known = dict.fromkeys(name for name in names if goal_of(name.whole))
    return min(known, key=_order, default=None)


def told_metric(source: str) -> str | None:
    """The metric to rank by, as `search.metric` names it, of those that a source seems to print; None for none."""
    names = told_by(source)
    best = ranking(names)
    return called(names, None, "")[best] if best else None


def _order(name: Name) -> tuple[bool, bool, bool, bool, bool, int]:
    words = [word.casefold() for word in _WORD.findall(name.whole)]

    def has(some: Sequence[str]) -> bool:
        return any(word in words for word in some)

    bare = {word.rstrip("0123456789") for word in words} | set(words)
    kind = next((place for place, word in enumerate(_KINDS) if word in bare), len(_KINDS))
    return has(_BEST), has(_TRAINING), has(_LOSSES), not has(_VALIDATION), not has(_OF_MANY), kind


def returned_metric(tree: ast.AST, function: str) -> str | None:
    """The metric of the mapping that a function returns; None where it returns another thing.

    >>> returned_metric(ast.parse("def f(x): return {'loss': x, 'accuracy': 1 - x}"), "f")
    'accuracy'
    """
    names = [Name(name) for node in ast.walk(tree) for name in _returned(node, function)]
    best = ranking(names) or next(iter(names), None)
    return best.whole if best else None


def _returned(node: ast.AST, function: str) -> Iterator[str]:
    """The texts that are keys of what a function returns."""
    if not isinstance(node, ast.FunctionDef) or node.name != function:
        return
    for inner in ast.walk(node):
        if isinstance(inner, ast.Return) and isinstance(inner.value, ast.Dict):
            for key in inner.value.keys:
                if isinstance(key, ast.Constant) and isinstance(key.value, str):
                    yield key.value


def told_by(source: str) -> list[Name]:
    """The metrics that a source in any language seems to print, or to write as JSON; it is read, not run.

    >>> [name.whole for name in told_by('print(f"{epoch}: loss={loss:.4f} val acc {acc}")')]
    ['loss', 'val_acc']
    >>> [name.whole for name in told_by('{ printf "Accuracy: %f", right / NR }')]
    ['Accuracy']
    """
    line = Line("")
    printed = [one.name for text in _texts(source) for one in line.readings(text) if goal_of(one.name.whole)]
    keys = [Name(key) for key in _KEY.findall(source) if goal_of(key)]
    folds = {folded(name.whole) for name in printed} | {folded(name.word) for name in printed}
    return [*printed, *(name for name in keys if folded(name.word) not in folds)]


def _texts(source: str) -> Iterator[str]:
    """The texts in quotes, as they are printed with a number for every value."""
    for found in _LITERAL.finditer(source):
        text = _ESCAPE.sub(" ", found[1] or found[2] or "")
        text = _VALUE.sub(_STANDS_FOR_ONE, text).replace("%%", "%")
        yield cleaned(f"{text} {_STANDS_FOR_ONE}" if _NAME_ALONE.search(text) else text)
