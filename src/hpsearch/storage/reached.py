"""How far trainings that go on have come: a small file for each, which costs nothing where it cannot be written."""

from __future__ import annotations

import json
import os
import time
from collections.abc import Collection
from contextlib import suppress
from pathlib import Path
from typing import NamedTuple, Self

from hpsearch.core.trial import Key

#: A file is written at most so often, in seconds: nobody sees more.
EVERY = 0.2
#: Of so many trainings it is asked at most.
MOST = 64
_LARGEST = 200


class Reached(NamedTuple):
    """The epoch that a training has come to, of how many (0: not known), and the metric that ranks there."""

    key: Key
    epoch: int
    of: int
    value: float


class Progress:
    """Tells how far one training has come, within it; nothing is left of one that was killed before."""

    def __init__(self, folder: Path, key: Key) -> None:
        self._path = _path(folder, key)
        self._next = 0.0

    def __enter__(self) -> Self:
        self._forget()
        return self

    def __exit__(self, *_: object) -> None:
        if self._next:
            self._forget()

    def tell(self, epoch: int, of: int, value: float) -> None:
        """It has come to that epoch."""
        now = time.monotonic()
        if now < self._next:
            return
        self._next = now + EVERY
        flags = os.O_WRONLY | os.O_CREAT | os.O_TRUNC | getattr(os, "O_NOFOLLOW", 0)
        with suppress(OSError):
            file = os.open(self._path, flags, 0o666)
            try:
                os.write(file, json.dumps([epoch, of, value]).encode())
            finally:
                os.close(file)

    def _forget(self) -> None:
        with suppress(OSError):
            self._path.unlink()


def reached(folder: Path, keys: Collection[Key]) -> tuple[Reached, ...]:
    """How far trainings have come, as far as they tell, in the order of their trials."""
    return tuple(one for key in sorted(keys)[:MOST] if (one := _read(folder, key)) is not None)


def _read(folder: Path, key: Key) -> Reached | None:
    try:
        with _path(folder, key).open("rb") as stream:
            epoch, of, value = json.loads(stream.read(_LARGEST))
            return Reached(key, int(epoch), int(of), float(value))
    except (OSError, ValueError, TypeError):  # there is none, or it is being written
        return None


def _path(folder: Path, key: Key) -> Path:
    return folder / f".reached-{'-'.join(map(str, key))}.tmp"
