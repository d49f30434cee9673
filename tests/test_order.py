"""Every test is run, and each process begins with its share of the long ones."""

from __future__ import annotations

from collections.abc import Sequence

import pytest

from tests.order import dealt


@pytest.mark.parametrize("long", [(), (3,), range(7), range(90, 100)])
@pytest.mark.parametrize("count", [0, 1, 5, 100])
@pytest.mark.parametrize("processes", [1, 3, 4])
def test_none_is_left_out_and_each_part_begins_with_long_ones(
    processes: int, count: int, long: Sequence[int]
) -> None:
    order = list(dealt(range(count), long.__contains__, processes))
    assert sorted(order) == list(range(count))
    for number in range(processes if count == 100 else 0):
        size = count // processes
        begun = [item in long for item in order[number * size :][:size]]
        share = len(range(len(long))[number::processes])
        assert sum(begun[: share + 1]) == share
