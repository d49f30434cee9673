"""What a parameter would sample: the parts of its range, and the share of the draws in each."""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Callable, Collection, Iterable, Sequence
from functools import partial
from itertools import pairwise
from typing import Any

import numpy as np

from hpsearch.core.trial import Value, as_number
from hpsearch.core.words import shown
from hpsearch.space.parameters import Choice, Parameter, Real
from hpsearch.space.scales.digits import equal_parts

#: Evenly spread points of the unit interval that stand for the draws.
_POINTS = 10_000
#: Significant digits of a number: at least, and those that tell any two numbers apart.
_LEAST, _MOST = 4, 17
#: Up to this many numbers are listed one by one.
FEW = 10
#: Parts of more choices than that.
PARTS = 5


def preview(
    parameter: Parameter, drawn: Sequence[Value] | None = None, *, levels: bool = False
) -> dict[str, Any]:
    """`name`, `what` (its scale in words), `drawn` (how often), and `parts`: [label, share] along the range.

    Where the scale is not linear, `linear` has the share that a linear one would have in each part.

    Args:
        parameter: what is drawn.
        drawn: its values in the first trials; without them, what it is in ever so many.
        levels: whether these are few values, to be shown one by one.
    """
    values = parameter.decode((np.arange(_POINTS) + 0.5) / _POINTS) if drawn is None else list(drawn)
    found: dict[str, Any] = {"name": parameter.name, "what": _what(parameter), "drawn": len(values)}
    if listed(parameter):
        return {**found, "parts": _each(values, parameter.levels(FEW))}
    if levels and 0 < len(set(values)) <= FEW:
        return {**found, "parts": _each(values, sorted(set(values)))}
    ends = cuts(parameter)
    found["parts"] = _parts([as_number(value) for value in values], ends)
    if not isinstance(parameter, Choice) and parameter.scale.name != "linear":
        found["linear"] = [(high - low) / (ends[-1] - ends[0]) for low, high in pairwise(ends)]
    return found


def listed(parameter: Parameter) -> bool:
    """Whether the values are shown one by one: where they are few, or words, of which there are no parts.

    >>> listed(Choice("size", tuple(range(99)))), listed(Choice("word", tuple("abcdefghijklm")))
    (False, True)
    """
    if parameter.size is None or parameter.size <= FEW:
        return parameter.size is not None
    return isinstance(parameter, Choice) and not parameter.numeric


def _what(parameter: Parameter) -> str:
    when = ", ".join(
        f"only when {name} is {' or '.join(said(value, telling_digits(values)) for value in values)}"
        for name, values in dict(parameter.when).items()
    )
    if isinstance(parameter, Choice):
        what = f"{len(parameter.choices)} choices"
    else:
        scale = parameter.scale
        whole = "" if isinstance(parameter, Real) else "whole numbers, "
        what = f"{whole}{scale.name}, {scale.low:g} to {scale.high:g}"
    return f"{what}; {when}" if when else what


def _each(values: Sequence[Value], levels: Sequence[Any]) -> list[list[Any]]:
    digits = telling_digits(levels)
    called = told_apart(levels, partial(said, digits=digits))
    labels, counts = map(called, levels), Counter(map(called, values))
    return [[label, counts[label] / max(len(values), 1)] for label in labels]


def _parts(values: list[float], cuts: list[float]) -> list[list[Any]]:
    counts, _ = np.histogram(values, cuts)
    shares = (count / max(len(values), 1) for count in counts.tolist())
    return [[label, share] for label, share in zip(spans(cuts), shares, strict=True)]


def spans(cuts: Sequence[float]) -> list[str]:
    """The parts between cuts, in as many digits as tell them apart.

    >>> spans([0.0, 0.5, 1.0]), spans([1700000000, 1700000001])
    (['0 to 0.5', '0.5 to 1'], ['1700000000 to 1700000001'])
    """
    digits = telling_digits(cuts)
    return [f"{said(low, digits)} to {said(high, digits)}" for low, high in pairwise(cuts)]


def cuts(parameter: Parameter) -> list[float]:
    """Where to cut a range into parts: as its scale has it; ordered choices in equal parts; at whole numbers."""
    if isinstance(parameter, Real):
        return parameter.scale.cuts()
    if isinstance(parameter, Choice):
        ends = [as_number(value) for value in parameter.choices]
        inner = equal_parts(min(ends), max(ends), PARTS)
        whole = all(isinstance(choice, int) for choice in parameter.choices)
    else:
        inner, whole = parameter.scale.cuts(), True
    return sorted({float(round(cut)) for cut in inner}) if whole else inner


def telling_digits(values: Collection[Value]) -> int:
    """So many digits that no two different values look alike; four where these do.

    >>> telling_digits([0.5, 0.25]), telling_digits([0.98331, 0.98334])
    (4, 5)
    """
    different = len(set(values))
    tried = range(_LEAST, _MOST)
    return next((some for some in tried if len({said(one, some) for one in values}) == different), _MOST)


def told_apart(values: Iterable[Value], say: Callable[[Value], str]) -> Callable[[Value], str]:
    """What each of some values is called: as `say` has it, and as JSON has it where two would be called alike.

    >>> list(map(told_apart([(1,), ("1",), 2], said), [("1",), 2]))
    ['["1"]', '2']
    """
    counts = Counter(map(say, values))

    def called(value: Value) -> str:
        label = say(value)
        return json.dumps(value, ensure_ascii=False) if counts[label] > 1 else label

    return called


def said(value: Value, digits: int = _LEAST) -> str:
    """A value in at most so many digits."""
    if isinstance(value, bool):
        return "true" if value else "false"
    if value is None or isinstance(value, tuple):
        return shown(value, digits)
    return f"{value:.{digits}g}" if isinstance(value, float) else str(value)
