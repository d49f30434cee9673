"""How well each class is found: a line each, or those that are found worst where they are many."""

from __future__ import annotations

import math
from collections.abc import Sequence

from hpsearch.reporting.confusion import cut

#: How many classes are told; of more, so many with the lowest f1.
_ALL, _WORST = 20, 10
_LONGEST = 30
_HEADS = ("rows", "recall", "precision", "f1")
#: A class: its name, its rows, recall, precision and f1; nan where there is nothing to take a share of.
Row = tuple[str, int, float, float, float]


def per_class(classes: Sequence[Row]) -> list[str]:
    """The lines that tell, for each class, how many of its rows are found, and of those taken for it are right.

    >>> for line in per_class([("no", 9, 8 / 9, 1.0, 16 / 17), ("yes", 7, 0.0, math.nan, 0.0)]):
    ...     print(line)
    class  rows  recall  precision     f1
    no        9   0.889      1.000  0.941
    yes       7   0.000          -  0.000
    """
    told, head = classes, []
    if len(classes) > _ALL:
        told = sorted(classes, key=lambda row: (math.isnan(row[4]), row[4]))[:_WORST]
        head = [f"the {_WORST} classes of the lowest f1 (of {len(classes)}; --json has all)"]
    names = [cut(name, _LONGEST) for name, *_ in told]
    cells = [[str(rows), *map(_share, shares)] for _, rows, *shares in told]
    first = max(map(len, ("class", *names)))
    widths = [max(map(len, column)) for column in zip(_HEADS, *cells, strict=True)]
    lines = [("class", _HEADS), *zip(names, cells, strict=True)]
    return head + [
        "  ".join([name.ljust(first), *(cell.rjust(width) for cell, width in zip(row, widths, strict=True))])
        for name, row in lines
    ]


def _share(value: float) -> str:
    return "-" if math.isnan(value) else f"{value:.3f}"
