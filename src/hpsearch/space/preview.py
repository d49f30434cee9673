"""What a parameter would sample: the parts of its range, and the share of the draws in each."""

from __future__ import annotations

import math
from collections import Counter
from typing import Any

import numpy as np

from hpsearch.core.trial import Value
from hpsearch.space.parameters import Choice, Parameter, Real

#: Evenly spread points of the unit interval that stand for the draws.
_POINTS = 10_000
#: Up to this many values are listed one by one.
FEW = 10


def preview(parameter: Parameter) -> dict[str, Any]:
    """`name`, `what` (its scale in words), and `parts`: [label, share of the draws] along the range."""
    drawn = parameter.decode((np.arange(_POINTS) + 0.5) / _POINTS)
    if parameter.size is not None and parameter.size <= FEW:
        counts = Counter(drawn)
        parts = [[said(value), count / _POINTS] for value, count in counts.items()]
    else:
        parts = _parts([float(value) for value in drawn], cuts(parameter))
    return {"name": parameter.name, "what": _what(parameter), "parts": parts}


def _what(parameter: Parameter) -> str:
    when = ", ".join(
        f"only when {name} is {' or '.join(map(said, values))}"
        for name, values in dict(parameter.when).items()
    )
    if isinstance(parameter, Choice):
        what = f"{len(parameter.choices)} choices"
    else:
        scale = parameter.scale
        whole = "" if isinstance(parameter, Real) else "whole numbers, "
        what = f"{whole}{scale.name}, {scale.low:g} to {scale.high:g}"
    return f"{what}; {when}" if when else what


def _parts(values: list[float], cuts: list[float]) -> list[list[Any]]:
    counts, _ = np.histogram(values, cuts)
    spans = zip(cuts, cuts[1:], counts.tolist(), strict=False)
    return [[f"{low:.4g} to {high:.4g}", count / len(values)] for low, high, count in spans]


def cuts(parameter: Parameter) -> list[float]:
    """Where to cut a range into parts: at powers of ten (of x or of 1 - x), else in five equal parts."""
    if isinstance(parameter, Choice):
        ends = [float(value) for value in parameter.choices]
        return _fifths(min(ends), max(ends))
    low, high = parameter.scale.low, parameter.scale.high
    if parameter.scale.name == "one_minus_log":
        inner = sorted(1 - power for power in _powers(1 - high, 1 - low))
    elif low > 0 and high >= 100 * low:
        inner = _powers(low, high)
    else:
        return _fifths(low, high)
    return [low, *inner, high]


def _fifths(low: float, high: float) -> list[float]:
    return [float(cut) for cut in np.linspace(low, high, 6)]


def _powers(low: float, high: float) -> list[float]:
    """The powers of ten well inside (low, high): one at an end, up to rounding, is no cut."""
    first, last = math.floor(math.log10(low)), math.ceil(math.log10(high))
    powers = [float(f"1e{exponent}") for exponent in range(first, last + 1)]
    return [power for power in powers if low * (1 + 1e-9) < power < high * (1 - 1e-9)]


def said(value: Value) -> str:
    """A value in at most four digits."""
    if isinstance(value, bool):
        return "true" if value else "false"
    return f"{value:.4g}" if isinstance(value, float) else str(value)
