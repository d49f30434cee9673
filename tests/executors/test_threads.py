"""How many threads NumPy has while searches go on in one process."""

from __future__ import annotations

import os
import subprocess
import sys

import numpy as np
import pytest
from threadpoolctl import threadpool_info, threadpool_limits

from hpsearch.executors.base import BLAS_THREADS, blas_threads


def now() -> tuple[set[int], set[str | None]]:
    assert np.__version__  # whose library is loaded
    pools = {pool["num_threads"] for pool in threadpool_info() if pool["user_api"] == "blas"}
    return pools, {os.environ.get(name) for name in BLAS_THREADS}


@pytest.mark.parametrize("last", ["first", "second"])
def test_searches_that_overlap_leave_what_was_before(last: str, monkeypatch: pytest.MonkeyPatch) -> None:
    """As those of two threads do, of which either may end first."""
    for name in BLAS_THREADS:
        monkeypatch.delenv(name, raising=False)
    with threadpool_limits(2, user_api="blas"):
        before = now()
        blocks = {"first": blas_threads(1), "second": blas_threads(1)}
        for block in blocks.values():
            block.__enter__()
        blocks.pop("first" if last == "second" else "second").__exit__(None, None, None)
        assert now() == ({1}, {"1"})
        blocks[last].__exit__(None, None, None)
        assert now() == before == ({2}, {None})


def test_a_block_within_another_counts_until_it_ends() -> None:
    before = now()
    with blas_threads(1):
        with blas_threads(2):
            assert now() == ({2}, {"2"})
        assert now() == ({1}, {"1"})
    assert now() == before


FIRST_WITHIN = """
from threadpoolctl import threadpool_info
from hpsearch.executors.base import blas_threads
with blas_threads(1):
    import numpy
print({pool["num_threads"] for pool in threadpool_info() if pool["user_api"] == "blas"})
"""


def test_numpy_imported_within_has_the_threads_of_the_environment_afterwards() -> None:
    told = {**os.environ, **dict.fromkeys(BLAS_THREADS, "2")}
    ended = subprocess.run(
        [sys.executable, "-c", FIRST_WITHIN], env=told, capture_output=True, text=True, check=True
    )
    assert ended.stdout in ("{2}\n", "set()\n")  # where the library cannot be asked there is none
