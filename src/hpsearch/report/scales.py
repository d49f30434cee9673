"""What a space would sample, drawn with bars."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

from hpsearch.core.escaping import on_a_line

_WIDTH = 30


def drawn(previews: Iterable[Mapping[str, Any]]) -> str:
    """A bar for each part of each parameter's range: how many of 100 draws would lie there.

    >>> print(drawn([{"name": "lr", "what": "log, 0.01 to 1", "parts": [["0.01 to 0.1", 0.5], ["0.1 to 1", 0.5]]}]))
    lr  (log, 0.01 to 1)
      0.01 to 0.1  ###############                 50 %
      0.1 to 1     ###############                 50 %
    <BLANKLINE>
    """
    return "".join(_one(preview) for preview in previews)


def _one(preview: Mapping[str, Any]) -> str:
    parts = [(on_a_line(label), share) for label, share in preview["parts"]]
    width = max(len(label) for label, _ in parts)
    bars = "".join(
        f"  {label:<{width}}  {'#' * round(share * _WIDTH):<{_WIDTH}}  {100 * share:.3g} %\n"
        for label, share in parts
    )
    return f"{preview['name']}  ({preview['what']})\n{bars}"
