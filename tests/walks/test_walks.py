"""Twenty walks of each kind, the same in every run of the tests; three of each with real processes."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.walks.apart import walked_apart
from tests.walks.kinds import KINDS
from tests.walks.seeds import drawn, walked
from tests.walks.smaller import smallest
from tests.walks.walk import Walk
from tests.walks.walker import Broken

#: Walks of each kind, in parts that can be walked side by side.
COUNT, PART = 20, 5
FIRST = 18


@pytest.mark.long
@pytest.mark.parametrize("first", range(FIRST, FIRST + COUNT, PART))
@pytest.mark.parametrize("kind", KINDS)
def test_what_people_bring_passes_through_every_command(kind: str, first: int) -> None:
    for number in range(first, first + PART):
        broken = walked(drawn(KINDS[kind], number), every=False)
        assert not broken, f"python -m tests.walks --kind {kind} --seed {number} --count 1: {broken}"


def test_what_fails_is_made_small() -> None:
    def of_three_letters(walk: Walk) -> list[Broken]:
        return [Broken("names", "too long", ("hpsearch check",)) for name in walk.names if len(name) > 2]

    number = next(n for n in range(100) if len(drawn(KINDS["search"], n).names) > 5)
    large = drawn(KINDS["search"], number)
    small, broken = smallest(large, of_three_letters(large)[0], of_three_letters)
    assert len(small.space) == 1
    assert broken.invariant == "names"
    assert small.search.keys() == {"metric", "goal"}


def test_a_table_that_fails_is_made_small() -> None:
    def with_a_target(walk: Walk) -> list[Broken]:
        return (
            [Broken("target", "is there", ("hpsearch check",))]
            if b"," in walk.files.get("table.csv", b"")
            else []
        )

    large = next(walk for n in range(100) if with_a_target(walk := drawn(KINDS["table"], n)))
    small, _ = smallest(large, with_a_target(large)[0], with_a_target)
    assert len(small.files["table.csv"].splitlines()) <= 3
    assert len(small.files["table.csv"].splitlines()[-1].split(b",")) == 2


@pytest.mark.long
@pytest.mark.parametrize("kind", KINDS)
def test_kills_and_workers_change_no_result(kind: str, tmp_path: Path) -> None:
    assert walked_apart(drawn(KINDS[kind], FIRST), tmp_path) == []
