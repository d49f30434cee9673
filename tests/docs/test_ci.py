"""The example of docs/ci.md, as it stands there: its gate is passed by the same code, and shut by worse."""

from __future__ import annotations

import re
import shlex
from pathlib import Path

import pytest

from tests import commands
from tests.commands import Ended

PAGE = Path(__file__).parents[2] / "docs/ci.md"
TITLE = "A program of your own, without noise"


@pytest.fixture
def example(tmp_path: Path) -> tuple[Path, list[str]]:
    """A folder with the files of the example, and its commands."""
    section = PAGE.read_text().split(f"## {TITLE}\n")[1].split("\n## ")[0]
    script, config, *calls = re.findall(r"(?s)```\w*\n(.*?)```", section)
    (tmp_path / "train.py").write_text(script)
    (tmp_path / "search.yaml").write_text(config)
    return tmp_path, [line for block in calls for line in block.splitlines()]


def ran(folder: Path, line: str, *more: str) -> Ended:
    """A line of the page; what a shell would put into a file is put there."""
    call, _, target = line.partition(" > ")
    program, *args = shlex.split(call)
    assert program == "hpsearch"
    serially = ("--executor", "serial") if args[0] == "run" else ()
    ended = commands.here(folder, *args, *serially, *more)
    if target:
        (folder / target).write_text(ended.stdout)
    return ended


def test_the_example(example: tuple[Path, list[str]]) -> None:
    folder, (first, baseline, held) = example
    for line in (first, baseline):
        assert ran(folder, line).returncode == 0
    found = (folder / "runs/mine/results.csv").read_bytes()
    ended = ran(folder, held, "--overwrite")
    assert ended.returncode == 0, ended.stderr
    assert (folder / "runs/mine/results.csv").read_bytes() == found
    script = (folder / "train.py").read_text()
    (folder / "train.py").write_text(script.replace("range(1, 10)", "range(1, 2)"))
    ended = ran(folder, held, "--overwrite")
    assert ended.returncode == 1
    assert "of baseline.json with 0.0001 for --tolerance" in ended.stderr.splitlines()[-1]
