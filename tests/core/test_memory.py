"""Freed memory that is kept: arrays made again and again ask the system for nothing."""

from __future__ import annotations

import platform
import subprocess
import sys

import pytest

#: In a process of its own, as memory that something else has freed is kept already.
FAULTS = """
import resource
import numpy as np
from hpsearch.core.memory import keep_freed_memory

def faults():
    before = resource.getrusage(resource.RUSAGE_SELF).ru_minflt
    for _ in range(100):
        np.ones(50_000)
    return resource.getrusage(resource.RUSAGE_SELF).ru_minflt - before

at_first = faults()
keep_freed_memory()
np.ones(50_000)
print(at_first, faults())
"""


@pytest.mark.skipif(
    platform.libc_ver()[0] != "glibc", reason="other C libraries keep or return it as they like"
)
def test_what_is_freed_is_kept_for_the_next_array() -> None:
    done = subprocess.run([sys.executable, "-c", FAULTS], capture_output=True, text=True, check=True)
    before, after = map(int, done.stdout.split())
    assert after < before / 4 or before < 100
