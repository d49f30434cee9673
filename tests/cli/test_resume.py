"""Going on with a search that has ended."""

from __future__ import annotations

import csv
from pathlib import Path

from tests.cli.conftest import Hpsearch

GRID = """\
objective: {kind: python, function: train.py:train}
space: {a: {choices: [1, 2, 3]}, b: {choices: [x, y, z]}}
search: {trials: 4, sampler: grid}
"""


def tried(folder: Path) -> list[tuple[str, str]]:
    with (folder / "runs/grid/results.csv").open() as file:
        return [(row["a"], row["b"]) for row in csv.DictReader(file)]


def test_a_grid_of_choices_goes_on_until_all_of_it_is_tried(folder: Path, hpsearch: Hpsearch) -> None:
    (folder / "train.py").write_text("def train(a, b):\n    return a\n")
    (folder / "grid.yaml").write_text(GRID)
    for command in ("check", "run"):
        ended = hpsearch(command, "grid.yaml")
        assert ended.returncode == 0, ended.stderr
        assert "grid.yaml:3: search.trials: is less than the 9 points of the grid: 4 of them" in ended.stderr
    for more, expected in ((("--trials", "7"), 7), ((), 7), (("--trials", "20"), 9), (("--trials", "8"), 9)):
        ended = hpsearch("resume", "grid", *more)
        assert ended.returncode == 0, ended.stderr
        assert len(set(tried(folder))) == len(tried(folder)) == expected
    assert "9 trials were tried before, more than the 8 asked for; none is added" in ended.stderr
    refused = hpsearch("resume", "grid", "--set", "space.a.choices=[1, 2]")
    assert refused.returncode == 2
    assert "another space.a.choices" in refused.stderr
