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


def test_a_search_goes_on_with_the_rounds_that_it_was_begun_with(folder: Path, hpsearch: Hpsearch) -> None:
    (folder / "train.py").write_text("def train(x):\n    return x\n")
    (folder / "many.yaml").write_text(
        "objective: {kind: python, function: train.py:train}\n"
        "space: {x: {scale: linear, low: 0, high: 1}}\n"
        "search: {trials: 160, sampler: random}\n"
    )
    # As every version before has begun it, and with as many in flight as are few enough.
    for begun in (("--set", "search.overlap=0"), ("--trials", "8")):
        assert hpsearch("run", "many.yaml", *begun, "--overwrite").returncode == 0
        resumed = hpsearch("run", "many.yaml", "--resume", "--trials", "168")
        assert resumed.returncode == 0, resumed.stderr
        assert "overlap" not in (folder / "runs/many/config.yaml").read_text()
        assert len((folder / "runs/many/results.csv").read_text().splitlines()) == 1 + 168
    assert hpsearch("run", "many.yaml", "--overwrite").returncode == 0
    assert "overlap: 1" in (folder / "runs/many/config.yaml").read_text()
    refused = hpsearch("run", "many.yaml", "--resume", "--set", "search.overlap=0")
    assert "another search.overlap" in refused.stderr
