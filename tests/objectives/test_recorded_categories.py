"""A search that was recorded before a setting of categories was known goes on as it was."""

from __future__ import annotations

from pathlib import Path

import pytest

from hpsearch.config import load_continued, load_spec
from hpsearch.objectives.network.settings import network_of

SETTINGS = ("rare", "most", "by_target")


@pytest.mark.parametrize(
    ("written", "new", "recorded"),
    [
        ("", (5, 100, True), (1, 100, False)),
        (", categories: {rare: 5, most: 100}", (5, 100, True), (5, 100, False)),
        (", categories: {most: 7, by_target: true}", (5, 7, True), (5, 7, True)),
    ],
)
def test_what_is_not_recorded_is_as_it_was(
    written: str, new: tuple[object, ...], recorded: tuple[object, ...], tmp_path: Path
) -> None:
    (tmp_path / "t.csv").write_text("a,y\n1,0.5\n2,0.25\n")
    path = tmp_path / "config.yaml"
    objective = f"{{kind: mlp, dataset: {{source: t.csv{written}}}}}"
    path.write_text(f"objective: {objective}\nspace: {{lr: {{low: 0.1, high: 1, scale: log}}}}\n")
    for load, expected in ((load_spec, new), (load_continued, recorded)):
        categories = network_of(load(path)).dataset.categories
        assert tuple(getattr(categories, name) for name in SETTINGS) == expected
