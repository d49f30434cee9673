"""How many tasks a worker process has, where that is limited: what leaks in user code ends with its process."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from msgspec import Struct

_done = 0
_spent = False


def is_spent() -> bool:
    """Whether this process has had its share, and is to be replaced by whoever runs tasks in it."""
    return _spent


class Turn(Struct, frozen=True):
    """A task that counts for so much of the `most` that a process may have; picklable, as the task is."""

    task: Callable[..., Any]
    counts: int
    most: int

    def __call__(self, *args: Any) -> Any:
        """The value of the task."""
        global _done, _spent
        _done += self.counts
        _spent = _done >= self.most
        return self.task(*args)
