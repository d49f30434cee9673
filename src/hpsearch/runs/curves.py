"""The curves of a result, in a fraction of the room that lists of numbers take: a search holds many thousands."""

from __future__ import annotations

from array import array
from collections.abc import Iterator, Mapping, Sequence
from functools import lru_cache
from itertools import chain

from msgspec.structs import replace

from hpsearch.core.trial import Result

Lengths = tuple[tuple[str, int], ...]


class Packed(Mapping[str, Sequence[float]]):
    """Curves whose numbers lie one after the other in one text of bytes, eight for each.

    >>> curves = Packed({"loss": [1.0, 0.5], "acc": [0.7]})
    >>> curves["acc"], dict(curves) == {"loss": [1.0, 0.5], "acc": [0.7]}
    ([0.7], True)
    """

    __slots__ = ("_lengths", "_values")

    def __init__(self, curves: Mapping[str, Sequence[float]]) -> None:
        """Raises TypeError where a value is no number."""
        self._lengths = _shared(tuple((name, len(values)) for name, values in curves.items()))
        self._values = array("d", chain.from_iterable(curves.values())).tobytes()

    def __getitem__(self, name: str) -> list[float]:
        start = 0
        for known, length in self._lengths:
            if known == name:
                values = array("d")
                values.frombytes(self._values[8 * start : 8 * (start + length)])
                return values.tolist()
            start += length
        raise KeyError(name)

    def __iter__(self) -> Iterator[str]:
        return (name for name, _ in self._lengths)

    def __len__(self) -> int:
        return len(self._lengths)


class OneEpoch(Mapping[str, Sequence[float]]):
    """The curves of a training of one epoch, which are its metrics.

    >>> dict(OneEpoch({"loss": 0.5}))
    {'loss': [0.5]}
    """

    __slots__ = ("_metrics",)

    def __init__(self, metrics: Mapping[str, float]) -> None:
        self._metrics = metrics

    def __getitem__(self, name: str) -> list[float]:
        return [self._metrics[name]]

    def __iter__(self) -> Iterator[str]:
        return iter(self._metrics)

    def __len__(self) -> int:
        return len(self._metrics)


@lru_cache
def _shared(lengths: Lengths) -> Lengths:
    """One for all results whose curves have these names and lengths."""
    return lengths


def compact(result: Result) -> Result:
    """The same result with its curves packed."""
    metrics, curve = result.metrics, result.curve
    packed = OneEpoch(metrics) if curve == OneEpoch(metrics) else Packed(curve) if curve else curve
    return replace(result, curve=packed)
