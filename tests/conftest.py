"""What holds for every test."""

from __future__ import annotations

import gc
import os
import sys
import tempfile
from collections.abc import Generator
from pathlib import Path

import pytest
from _pytest.doctest import DoctestModule
from hypothesis import HealthCheck, settings

from hpsearch.core import plugins
from hpsearch.executors.base import BLAS_THREADS
from hpsearch.runs import journal
from tests.order import begun_elsewhere, dealt

# Hundreds of thousands of objects live as long as the tests do: modules, cases, fixtures. The collector would look
# through them again and again, as it does for no user.
gc.set_threshold(20_000, 50, 1_000)

# Commands that tests run in this process train as workers do, with one thread. NumPy reads this when it is
# imported. Whatever a test starts does not inherit it: that the program sees to it by itself is for tests to find.
with pytest.MonkeyPatch.context() as patch:
    for name in BLAS_THREADS:
        patch.setenv(name, "1")
    import numpy  # noqa: F401

# Hundreds of processes are started, as users start them: each would compile the package anew.
os.environ.pop("PYTHONDONTWRITEBYTECODE", None)
sys.dont_write_bytecode = False

# The key that marks what was run here, and what is kept of it, are the tests' own.
_state = tempfile.TemporaryDirectory(prefix="state-")
os.environ["XDG_STATE_HOME"] = os.environ["XDG_CACHE_HOME"] = _state.name

# Where GitHub runs the tests, what these run would be annotated as if it were the project.
for name in ("GITHUB_ACTIONS", "GITHUB_STEP_SUMMARY"):
    os.environ.pop(name, None)

# Here nothing waits for the disk, since the power does not fail while the tests run. What these start does wait.
os.fsync = journal._sync = os.fstat  # type: ignore[assignment]

# What is installed beside hpsearch here is none of it: plug-ins are those that a test installs.
_installed, _distributions = frozenset(sys.path), plugins._distributions
plugins._distributions = lambda folder: [] if folder in _installed else _distributions(folder)

# How long an example takes says how busy the machine is, and nothing about what is tested.
settings.register_profile("suite", deadline=None, suppress_health_check=[HealthCheck.too_slow])
settings.load_profile("suite")


@pytest.hookimpl(wrapper=True)
def pytest_collection(session: pytest.Session) -> Generator[None, object, object]:
    """What is collected stays: the collector looks through it neither meanwhile nor afterwards.

    Each process begins elsewhere: what one has compiled with its assertions the others need not, and in a fresh
    clone that is most of what collecting costs.
    """
    config = session.config

    def ignored(path: Path) -> bool:
        hook = session.gethookproxy(path.parent)  # of the conftest.py above it, and of no other
        return bool(hook.pytest_ignore_collect(collection_path=path, config=config))

    if config.args == config.getini("testpaths"):
        config.args = begun_elsewhere(config.rootpath, config.args, ignored, *_process(config))
    gc.disable()
    try:
        return (yield)
    finally:
        gc.enable()
        gc.freeze()


@pytest.hookimpl(wrapper=True)
def pytest_collect_file() -> Generator[None, list[pytest.Collector], list[pytest.Collector]]:
    """Look for examples in docstrings among what is tested, and not among the tests too."""
    return [found for found in (yield) if not isinstance(found, DoctestModule)]


def _process(config: pytest.Config) -> tuple[int, int]:
    """Which of how many processes this is."""
    given = getattr(config, "workerinput", {})
    return int(given.get("workerid", "gw0").removeprefix("gw")), given.get("workercount", 1)


def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> None:
    """Begin with the long tests, of which each process has its share, so that all processes end together.

    Wherever a process began to collect, the order is the same.
    """
    _, processes = _process(config)
    items.sort(key=lambda item: item.path)
    items[:] = dealt(items, lambda item: item.get_closest_marker("long") is not None, processes)


def pytest_sessionfinish() -> None:
    """Let pytest, which collects five times before it ends, find nothing more after the first time."""
    gc.collect()
    gc.freeze()
