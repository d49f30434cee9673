"""A search as a person sees it go on: where it runs, and from another terminal."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.cli.conftest import Hpsearch
from tests.cli.test_train_terminal import TMUX, Terminal

CONFIG = """\
name: slow
objective: {kind: command, command: [sh, -c, "sleep 0.2; echo score: {x}"]}
space: {x: {scale: linear, low: 0, high: 1}}
search: {trials: 500, metric: score}
dispatch: {workers: 2}
"""


@pytest.mark.skipif(TMUX is None, reason="tmux, which gives a terminal to look at, is not installed")
def test_a_search_is_seen_where_it_runs_and_elsewhere(folder: Path) -> None:
    (folder / "slow.yaml").write_text(CONFIG)
    other = folder / "other"
    other.mkdir()
    here, there = Terminal(folder, 80), Terminal(other, 80)
    try:
        here.start("run", "slow.yaml")
        here.wait(lambda: any("2 running" in line for line in here.screen()), "search")
        assert any(line.startswith("best") for line in here.screen())
        there.start("show", "slow", "--watch", "--runs-dir", str(folder / "runs"))
        there.wait(lambda: any("trainings ended" in line for line in there.screen()), "watching")
        here.type("C-c")
        here.wait(lambda: here.status is not None, "end")
        there.wait(lambda: there.status is not None, "end of watching")
        assert (here.status, there.status) == (130, 0)
        assert not any("trainings ended" in line for line in there.screen())
    finally:
        here.close()
        there.close()


def test_watching_what_has_ended_shows_it_at_once(folder: Path, hpsearch: Hpsearch) -> None:
    assert hpsearch("run", "config.yaml", "--quiet").returncode == 0
    plain, watched = hpsearch("show", "small"), hpsearch("show", "small", "--watch")
    assert watched.returncode == 0
    assert watched.stdout == plain.stdout
