"""Every test is found and run, and each process begins with its share of the long ones."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

import pytest

from tests.order import begun_elsewhere, dealt


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


def test_each_process_begins_elsewhere_and_all_find_the_same(tmp_path: Path) -> None:
    folders = ["src/package", "tests/a", "tests/b", "tests/c"]
    for name in [*folders, "tests/__pycache__"]:
        (tmp_path / name).mkdir(parents=True)
    for name in ["tests/conftest.py", "tests/order.py", "tests/test_it.py"]:
        (tmp_path / name).touch()
    ignored = tmp_path.joinpath("tests/__pycache__").__eq__
    found = [begun_elsewhere(tmp_path, ["src", "tests"], ignored, process, 4) for process in range(4)]
    assert {tuple(sorted(entries)) for entries in found} == {(*folders, "tests/test_it.py")}
    assert len({entries[0] for entries in found}) == 4
