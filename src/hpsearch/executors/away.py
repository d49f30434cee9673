"""What a process on another machine must have to take the tasks of a search, and how it runs one."""

from __future__ import annotations

import os
import pickle
import platform
from collections.abc import Callable, Mapping
from functools import lru_cache
from pathlib import Path
from typing import Any

from hpsearch.core.version import __version__
from hpsearch.executors.outcome import Outcome
from hpsearch.executors.slots import take


def versions() -> dict[str, str]:
    """What must be the same here and there, for tasks to be understood and scores to be equal."""
    import numpy as np

    python = ".".join(platform.python_version_tuple()[:2])
    return {"hpsearch": __version__, "Python": python, "NumPy": np.__version__}


def unfitness(folder: str, token: str, wanted: Mapping[str, str]) -> str:
    """Why a worker here is no use to a search; empty where it is.

    Args:
        folder: where that was started.
        token: a file that is seen here if the run folder is shared; empty where that does not matter.
        wanted: its `versions`.
    """
    own = versions()
    for name, version in wanted.items():
        if own[name] != version:
            return f"has {name} {own[name]}, and this search {version}; install the same there"
    for path in (folder, token):
        if path and not Path(path).exists():
            missing = path if path == folder else str(Path(path).parent)
            return f"does not see the folder {missing}; put it on a file system that all machines share"
    return ""


def work(folder: str, slot: int, task: bytes, args: bytes) -> Outcome:
    """In a process of a worker: how a task ends, as it would at home."""
    os.chdir(folder)
    take(slot)
    return Outcome.of(_called, (task, args))


def _called(task: bytes, args: bytes) -> Any:
    return _loaded(task)(*pickle.loads(args))  # noqa: S301 - of the search that the worker is of


@lru_cache(maxsize=4)
def _loaded(task: bytes) -> Callable[..., Any]:
    loaded: Callable[..., Any] = pickle.loads(task)  # noqa: S301 - likewise
    return loaded
