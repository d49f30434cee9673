"""What a process has once for all its trials, kept for one that is suspended: its folder, its random numbers."""

from __future__ import annotations

import os
import random
import sys
from collections.abc import Callable, Iterator
from contextlib import suppress
from pathlib import Path
from typing import Any

from msgspec import Struct

Random = tuple[Callable[[Any], object], Any]


class Surroundings(Struct, frozen=True):
    """The working folder, environment, depth of recursion, and the states of the generators of random numbers.

    `restore.put_back` undoes the first of these after each training, and trials that come in between draw from
    the last.
    """

    folder: Path
    environment: dict[str, str]
    depth: int
    random: tuple[Random, ...]

    @classmethod
    def now(cls) -> Surroundings:
        """Those of this moment."""
        return cls(Path.cwd(), dict(os.environ), sys.getrecursionlimit(), tuple(_random()))

    def restore(self) -> None:
        """Make them those of this process."""
        with suppress(OSError):  # somebody has deleted it
            os.chdir(self.folder)
        os.environ.clear()
        os.environ.update(self.environment)
        sys.setrecursionlimit(self.depth)
        for put, state in self.random:
            put(state)


def _random() -> Iterator[Random]:
    """Of Python, and of the libraries that were imported."""
    yield random.setstate, random.getstate()
    if numpy := sys.modules.get("numpy.random"):
        yield numpy.set_state, numpy.get_state()
    torch = sys.modules.get("torch")
    if torch is not None and hasattr(torch, "get_rng_state"):
        yield torch.set_rng_state, torch.get_rng_state()
        if torch.cuda.is_available() and torch.cuda.is_initialized():
            yield torch.cuda.set_rng_state_all, torch.cuda.get_rng_state_all()
