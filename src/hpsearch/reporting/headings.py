"""What the columns of a table are called, so that no two have one name. Pure."""

from __future__ import annotations

from collections.abc import Collection, Mapping

from msgspec import Struct


class Headings(Struct, frozen=True):
    """The column of each metric and each parameter, by their names and in their order."""

    metrics: Mapping[str, str]
    parameters: Mapping[str, str]


def told_apart(
    own: Collection[str], metrics: Collection[str] = (), parameters: Collection[str] = ()
) -> Headings:
    """The columns of a table, in which each metric and each parameter has a name of its own.

    The `own` columns of the table keep their names. A metric with the name of one of them is `metrics_NAME`, and a
    parameter with that of one of them or of a metric `params_NAME`; where that is the name of yet another, the word
    stands before it once more.

    >>> told_apart(["rank", "epochs"], ["acc", "rank"], ["lr", "acc", "epochs", "params_epochs"]).metrics
    {'acc': 'acc', 'rank': 'metrics_rank'}
    >>> list(told_apart(["epochs"], ["acc"], ["lr", "acc", "epochs", "params_epochs"]).parameters.values())
    ['lr', 'params_acc', 'params_params_epochs', 'params_epochs']
    """
    taken = {*own, *metrics, *parameters}
    return Headings(
        {name: _free("metrics", name, taken) if name in own else name for name in metrics},
        {
            name: _free("params", name, taken) if name in own or name in metrics else name
            for name in parameters
        },
    )


def _free(word: str, name: str, taken: set[str]) -> str:
    """`name` with so many times `word` before it that it is nobody's, and is now."""
    while name in taken:
        name = f"{word}_{name}"
    taken.add(name)
    return name
