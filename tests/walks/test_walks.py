"""Twenty walks of each kind, the same in every run of the tests; three of each with real processes."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.walks.apart import walked_apart
from tests.walks.kinds import KINDS
from tests.walks.seeds import drawn, walked

#: Walks of each kind, in parts that can be walked side by side.
COUNT, PART = 20, 5
FIRST = 18


@pytest.mark.parametrize("first", range(FIRST, FIRST + COUNT, PART))
@pytest.mark.parametrize("kind", KINDS)
def test_what_people_bring_passes_through_every_command(kind: str, first: int) -> None:
    for number in range(first, first + PART):
        broken = walked(drawn(KINDS[kind], number), every=False)
        assert not broken, f"python -m tests.walks --kind {kind} --seed {number} --count 1: {broken}"


@pytest.mark.parametrize("kind", KINDS)
def test_kills_and_workers_change_no_result(kind: str, tmp_path: Path) -> None:
    assert walked_apart(drawn(KINDS[kind], FIRST), tmp_path) == []
