"""A short part of `python -m tests.cluster`: a search that is killed on a cluster, and resumed there, over TLS."""

from __future__ import annotations

import pytest

from tests.cluster.__main__ import coordinator_killed, do
from tests.cluster.hosts import here


@pytest.mark.long
def test_a_search_that_is_killed_leaves_nothing_and_goes_on() -> None:
    pytest.importorskip("distributed")
    pytest.importorskip("cryptography")
    do(coordinator_killed, here(), trials=8)
