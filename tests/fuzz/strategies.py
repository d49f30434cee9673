"""Input that is nearly right: good bytes and good JSON, changed in a few places."""

from __future__ import annotations

import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from typing import Any

from hypothesis import settings
from hypothesis import strategies as st

#: Seconds of the process that one example may take; the slowest take hundredths.
MOST_SECONDS = 5.0
FUZZ = settings.get_profile("fuzz")

#: Numbers at the edges of what programs count with.
NUMBERS = (
    st.sampled_from([0, 1, -1, 2, 64, 2**31, 2**32, 2**53, 2**63 - 1, 2**63, -(2**63), 10**30])
    | st.integers()
)
SCALARS = (
    st.none() | st.booleans() | NUMBERS | st.floats() | st.text(max_size=8)
    | st.sampled_from(["lr", "relu", "done", "..", "\x1b[31m", "\0", "\ud800", "nan", "1e999"])
)  # fmt: skip
TREES = st.recursive(
    SCALARS,
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=5), inner, max_size=3),
    max_leaves=6,
)


@contextmanager
def quick() -> Iterator[None]:
    """What happens within it must take little of the processor."""
    begun = time.process_time()
    yield
    assert time.process_time() - begun < MOST_SECONDS


@st.composite
def edited(draw: st.DrawFn, seeds: Sequence[bytes], tokens: Sequence[bytes] = ()) -> bytes:
    """One of `seeds` with up to eight slices of it left out, repeated, or replaced by bytes or `tokens`."""
    data = draw(st.sampled_from(seeds))
    pieces = st.binary(max_size=8) | (st.sampled_from(tokens) if tokens else st.nothing())
    for _ in range(draw(st.integers(1, 8))):
        start = draw(st.integers(0, len(data)))
        end = min(len(data), start + draw(st.sampled_from([0, 0, 1, 1, 2, 4, 8, 64, 10**9])))
        piece = draw(pieces | st.just(data[start:end] * 2))
        data = data[:start] + piece + data[end:]
    return data


@st.composite
def mutated(draw: st.DrawFn, tree: Any) -> Any:
    """JSON data `tree` with up to four of its parts replaced by others, left out, or given further parts."""
    for _ in range(draw(st.integers(1, 4))):
        tree = _changed(draw, tree)
    return tree


def _changed(draw: st.DrawFn, tree: Any) -> Any:
    """`tree` with one part changed: this one, or with a chance of two thirds one below it."""
    if not isinstance(tree, dict | list) or not tree or draw(st.integers(0, 2)) == 0:
        return draw(TREES)
    places = list(tree) if isinstance(tree, dict) else range(len(tree))
    place = draw(st.sampled_from(places))
    copy: Any = tree.copy()
    if draw(st.integers(0, 4)) == 0:
        del copy[place]
    else:
        copy[place] = _changed(draw, tree[place])
    return copy
