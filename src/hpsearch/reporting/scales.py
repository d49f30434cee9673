"""What a space would sample, drawn with bars."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from textwrap import wrap
from typing import Any

from hpsearch.core.escaping import on_a_line

_COLUMNS = 80
_WIDTH = 30
#: Of each bar where there are two: so they fit beside labels of 22 letters.
_HALF = 17


def drawn(previews: Iterable[Mapping[str, Any]], trials: int = 0) -> str:
    """A bar for each part of each parameter's range: the share of the `trials` draws that lies there.

    >>> print(drawn([{"name": "lr", "what": "linear, 0 to 1", "parts": [["0 to 0.5", 0.5], ["0.5 to 1", 0.5]]}]))
    lr  (linear, 0 to 1)
      0 to 0.5  ###############                   50 %
      0.5 to 1  ###############                   50 %
    <BLANKLINE>

    Beside it stands, where that is another, what a linear scale would draw:

    >>> parts = [["0.9 to 0.99", 0.5], ["0.99 to 0.999", 0.5]]
    >>> print(drawn([{"name": "momentum", "what": "one_minus_log", "parts": parts, "linear": [0.909, 0.091]}]))
    momentum  (one_minus_log)
                     drawn                      if it were linear
      0.9 to 0.99    ########             50 %  ---------------    90.9 %
      0.99 to 0.999  ########             50 %  --                  9.1 %
    <BLANKLINE>
    """
    return "".join(_one(preview, trials) for preview in previews)


def _one(preview: Mapping[str, Any], trials: int) -> str:
    labels = [on_a_line(label) for label, _ in preview["parts"]]
    shares = [share for _, share in preview["parts"]]
    width, linear = max(map(len, labels)), preview.get("linear")
    active = preview.get("drawn", trials)
    some = "" if active == trials or not trials else f", in {active} of these trials"
    lines = wrap(f"{preview['name']}  ({preview['what']}{some})", _COLUMNS, subsequent_indent="    ")
    if linear is None:
        bars = [_bar("#", share, _WIDTH) for share in shares]
    else:
        lines.append(f"  {'':<{width}}  {'drawn':<{_HALF + 8}}  if it were linear")
        pairs = zip(shares, linear, strict=True)
        bars = [f"{_bar('#', share, _HALF)}  {_bar('-', other, _HALF)}" for share, other in pairs]
    lines += [f"  {label:<{width}}  {bar}" for label, bar in zip(labels, bars, strict=True)]
    return "\n".join(lines) + "\n"


def _bar(mark: str, share: float, width: int) -> str:
    percent = f"{100 * share:.3g} %"
    return f"{mark * round(share * width):<{width}} {percent:>7}"
