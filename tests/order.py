"""The order of the tests, and of collecting them: a long one that is begun last, all processes but one wait for."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from itertools import islice
from pathlib import Path
from typing import TypeVar

T = TypeVar("T")


def dealt(items: Sequence[T], is_long: Callable[[T], bool], processes: int) -> Iterator[T]:
    """All of `items`, in as many even parts as pytest-xdist deals out; long ones stand first in each part.

    >>> "".join(dealt("abcABdefC", str.isupper, 2))
    'ACabBcdef'
    """
    long = [item for item in items if is_long(item)]
    short = (item for item in items if not is_long(item))
    left = len(items)
    for number in range(processes):
        part, share = left // (processes - number), long[number::processes]
        yield from share
        yield from islice(short, max(part - len(share), 0))
        left -= part
    yield from short


def begun_elsewhere(
    root: Path, folders: Sequence[str], ignored: Callable[[Path], bool], process: int, processes: int
) -> list[str]:
    """What stands in `folders` of `root` and is not ignored, each process beginning at a part of its own."""
    entries = [
        str(entry.relative_to(root))
        for folder in folders
        for entry in sorted((root / folder).iterdir())
        if (entry.is_dir() or entry.match("test_*.py")) and not ignored(entry)
    ]
    first = len(entries) * process // processes
    return entries[first:] + entries[:first]
