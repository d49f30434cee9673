"""What a task may leave in its worker that cannot be put back: threads, processes, lowered limits."""

from __future__ import annotations

import os
import sys
import threading

if sys.platform != "win32":
    import resource

Limits = dict[int, tuple[int, int]]


def limits() -> Limits:
    """The soft and hard limits of this process; infinity is the largest number."""
    if sys.platform == "win32":
        return {}
    kinds = [getattr(resource, name) for name in dir(resource) if name.startswith("RLIMIT_")]
    pairs = {kind: resource.getrlimit(kind) for kind in kinds}
    return {kind: (_ordered(soft), _ordered(hard)) for kind, (soft, hard) in pairs.items()}


def _ordered(limit: int) -> int:
    return sys.maxsize if limit < 0 else limit


def anything_left(before: Limits) -> bool:
    """Whether a task has left a thread or a process that goes on, or a limit lower than `before`."""
    threads = any(
        thread is not threading.main_thread() and not thread.daemon for thread in threading.enumerate()
    )
    return threads or _has_children() or _lowered(before)


def _has_children() -> bool:
    if sys.platform == "win32":
        return False
    try:
        os.waitid(os.P_ALL, 0, os.WEXITED | os.WNOHANG | os.WNOWAIT)
    except ChildProcessError:
        return False
    return True


def _lowered(before: Limits) -> bool:
    return any(
        now < old for kind, pair in limits().items() for now, old in zip(pair, before[kind], strict=True)
    )
