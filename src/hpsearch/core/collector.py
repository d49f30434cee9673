"""The cyclic garbage collector, and when it only gets in the way."""

from __future__ import annotations

import gc
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Self, TypeVar

_K = TypeVar("_K")
_V = TypeVar("_V")

#: So many objects more than there were: some tens of megabytes at most, and more than a command imports.
_MUCH = 200_000
#: After so many results more the collector passes over what they have left.
EVERY = 10_000
#: The thresholds that wait for `collect_as_usual`, if any do.
_usual: list[tuple[int, int, int]] = []
#: Those that a command has gone back to, with what it had imported by then set aside.
_back: list[tuple[int, int, int]] = []


@contextmanager
def collector_paused() -> Iterator[None]:
    """Without the cyclic garbage collector: it would look through a growing heap again and again, for nothing."""
    was_enabled = gc.isenabled()
    gc.disable()
    try:
        yield
    finally:
        if was_enabled:
            gc.enable()


@contextmanager
def collector_deferred() -> Iterator[None]:
    """With a collector that waits for much, in a process that may have ended by then.

    What a command imports lives as long as its process: looking through it, again and again and once more as the
    process ends, takes a fifth of the time of most commands.
    """
    usual = gc.get_threshold()
    gc.set_threshold(_MUCH, *usual[1:])
    _usual.append(usual)
    try:
        yield
    finally:
        if _usual:
            gc.freeze()  # the process ends, and no code but ours has run in it
        _back.clear()


def collect_as_usual() -> None:
    """From now on collect as Python does, but look no more through what is there already.

    Called before what may last, and before code of users runs.
    """
    while _usual:
        gc.freeze()
        _back.append(_usual.pop())
        gc.set_threshold(*_back[-1])


class Kept(dict[_K, _V]):
    """A mapping that grows with a search, and can be set aside.

    The collector looks at a plain one of numbers and records again whenever something was added, wherever it was.
    """


class Spared:
    """The cyclic garbage collector passes over what is there when the block begins, and over what a search adds.

    What grows with the trials of a search hangs on a few lists and mappings, which are few to the collector and so
    are looked through again and again: of a million trials that took as long as all the rest.

    What a command has set aside before stays so, unless the search itself has added much: looking through it as the
    process ends would be a sixth of what a small search takes.
    """

    def __init__(self) -> None:
        self._due, self._adds = EVERY, False

    def __enter__(self) -> Self:
        if not _back:
            self._freeze()
        return self

    def _freeze(self) -> None:
        gc.freeze()
        self._adds = True

    def __exit__(self, *_: object) -> None:
        if self._adds:
            gc.unfreeze()

    def grown(self, size: int) -> None:
        """Pass over what there is by now too, if the search holds so many results more than when it was last done.

        What nobody holds any more is looked for before. Called while no code of users runs: what that is at would
        be kept, also when it holds itself alone.
        """
        if size >= self._due:
            self._due = size + EVERY
            gc.collect()
            self._freeze()  # takes no longer with more of them
