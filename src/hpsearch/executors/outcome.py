"""How a task ended in its process, as it is sent to another: what cannot be sent costs that task alone.

What the code of a user raises or gives may be anything: something that cannot be pickled, that cannot be unpickled,
or that only the process which made it can import. So it is made bytes where it was raised, and looked into where it
is wanted, and nowhere in between.
"""

from __future__ import annotations

import pickle
from collections.abc import Callable, Sequence
from traceback import format_exception
from typing import Any, Self

from msgspec import Struct

from hpsearch.core.errors import (
    DeadlineExceeded,
    ExecutorBroken,
    TaskEnded,
    TaskRaised,
    WorkerDied,
    WorkersLost,
    said,
)


class Elsewhere(Exception):
    """The cause of what a task raised in another process: the lines of its traceback there."""


class Outcome(Struct, frozen=True):
    """How a task ended.

    Attributes:
        done: whether it gave a value.
        content: that value, or else what it raised, pickled; empty where that cannot be.
        words: what it raised, in words.
        trace: where, in the lines of a traceback.
    """

    done: bool
    content: bytes
    words: str = ""
    trace: str = ""

    @classmethod
    def of(cls, task: Callable[..., Any], args: Sequence[Any]) -> Self:
        """Run `task(*args)` here, to its end."""
        try:
            return cls(True, pickle.dumps(task(*args)))
        except BaseException as error:  # sys.exit too: what a task raises is its own
            return cls.failed(own(error))

    @classmethod
    def failed(cls, error: BaseException) -> Self:
        """That of a task which raised `error`."""
        try:
            content = pickle.dumps(error)
            pickle.loads(content)  # noqa: S301 - just made
        except Exception:  # of the class of the error, which may do anything
            content = b""
        return cls(False, content, said(error), _trace(error))

    def told(self) -> tuple[Any, BaseException | None]:
        """The value; or None, and what was raised: `TaskRaised` in its words where that cannot be had here."""
        try:
            found = pickle.loads(self.content)  # noqa: S301 - of a worker of this search
        except Exception as error:  # likewise
            return None, TaskRaised(self.words or f"what the task gave cannot be read here: {said(error)}")
        if self.done:
            return found, None
        if not isinstance(found, BaseException):
            return None, TaskRaised(self.words)
        if self.trace:
            object.__setattr__(found, "__cause__", Elsewhere(f"\n{self.trace}"))  # also of one that is frozen
        return None, found


def own(error: BaseException) -> BaseException:
    """What a task raised, with nothing in it that would be taken for news of workers: the task may have its own."""
    news = WorkersLost | WorkerDied | TaskEnded | DeadlineExceeded | ExecutorBroken
    return TaskRaised(said(error)) if isinstance(error, news) else error


def _trace(error: BaseException) -> str:
    try:
        return "".join(format_exception(error))
    except Exception:  # of an error that cannot be printed
        return ""
