"""Faults as they come: real processes, real signals, real full disks."""

from __future__ import annotations

import json
import os
import time
from collections.abc import Callable
from pathlib import Path

import psutil
import pytest

from hpsearch.core.trial import Result
from hpsearch.engine.run import Run
from hpsearch.runs import RunFolder
from tests.cli.conftest import folder, hpsearch, real_hpsearch

__all__ = ["folder", "hpsearch", "lasting", "real_hpsearch"]


@pytest.fixture
def lasting() -> str:
    """An argument of `sleep` that no other process has: it outlasts every test and names its processes."""
    return f"1000.{os.getpid()}{time.monotonic_ns() % 10**6:06}"


def running(*words: str) -> list[int]:
    """The processes with that command line."""
    found = psutil.process_iter(["cmdline", "status"])
    return [
        p.pid for p in found if p.info["cmdline"] == [*words] and p.info["status"] != psutil.STATUS_ZOMBIE
    ]


def until(condition: Callable[[], object], seconds: float = 30) -> bool:
    """Whether `condition` came to hold."""
    deadline = time.monotonic() + seconds
    while not condition():
        if time.monotonic() > deadline:
            return False
        time.sleep(0.05)  # looking through all processes takes a while too
    return True


def results(run: Path) -> list[Result]:
    """What a run has recorded."""
    return list(Run.read(RunFolder(run)).results)


def begun(run: Path, count: int = 0) -> bool:
    """Whether a run has begun its first round, and has `count` results."""
    journal = run / "journal.jsonl"
    if not journal.exists() or b'"round"' not in journal.read_bytes():
        return False
    return len(results(run)) >= count


def choices(cases: list[str]) -> str:
    """A space that is these cases, in their order."""
    return f"space: {{case: {{choices: {json.dumps(cases)}}}}}\n"
