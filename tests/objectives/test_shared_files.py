"""Files that trials change which run at the same time: named where that is sure, and never else."""

from __future__ import annotations

import os
from collections.abc import Callable
from itertools import count
from pathlib import Path

import pytest

from hpsearch.core.trial import Job, Result, Trial
from hpsearch.objectives import shared_files
from hpsearch.objectives.shared_files import SharedFiles


class Play:
    """Trials of a clock of our own, `at_once` at a time; `write` is called while each runs."""

    def __init__(self, folder: Path, at_once: int) -> None:
        self._folder, self._at_once, self._clock = folder, at_once, count(1)
        self.now = 0
        self._shared = SharedFiles(folder, folder / "runs/mine", self._time)

    def _time(self) -> int:
        self.now = next(self._clock) * 1000
        return self.now

    def put(self, name: str, content: str) -> None:
        """Write a file at this time."""
        path = self._folder / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(content)
        now = self._time()
        os.utime(path, ns=(now, now))

    def trials(self, number: int, write: Callable[[int], object]) -> list[str]:
        """What is said after each, of so many."""
        said: list[str] = []
        begun = 0
        for ended in range(number):
            while begun < min(ended + self._at_once, number):
                self._shared.begin([Job(Trial(begun, 0, {}, 0), 1)])
                begun += 1
            write(ended)
            said.append(self._shared.end([Result(ended, 1, "done", {"score": 1})]))
        return [message for message in said if message]


def test_a_file_that_all_change_is_named_once(tmp_path: Path) -> None:
    play = Play(tmp_path, at_once=2)
    assert play.trials(16, lambda trial: play.put("ckpt/best", f"{trial}")) == ["ckpt/best"]


@pytest.mark.parametrize(
    ("at_once", "name", "content"),
    [
        (1, "best", "{}"),  # one at a time
        (2, "best-{}", "{}"),  # each its own
        (2, "best", "same"),  # whoever reads it
        (2, ".cache", "{}"),
        (2, "runs/mine/best", "{}"),
    ],
)
def test_what_may_well_be_right_is_not_named(at_once: int, name: str, content: str, tmp_path: Path) -> None:
    play = Play(tmp_path, at_once)
    assert not play.trials(16, lambda trial: play.put(name.format(trial), content.format(trial)))


def test_a_log_is_not_named(tmp_path: Path) -> None:
    play, lines = Play(tmp_path, at_once=2), [""]

    def write(trial: int) -> None:
        lines.append(f"{trial}\n")
        play.put("log", "".join(lines))

    assert not play.trials(16, write)


def test_what_one_trial_writes_that_runs_all_the_while_is_not_named(tmp_path: Path) -> None:
    play = Play(tmp_path, at_once=99)  # the last one, begun with the first, may have written all of it
    assert not play.trials(16, lambda trial: play.put("last", f"{trial}"))


def test_a_file_that_not_all_change_is_not_named(tmp_path: Path) -> None:
    play = Play(tmp_path, at_once=2)
    assert not play.trials(16, lambda trial: play.put(f"some{trial % 4 == 0}", f"{trial}"))


def test_a_large_folder_is_not_looked_at(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(shared_files, "MOST_ENTRIES", 0)
    play = Play(tmp_path, at_once=2)
    (tmp_path / "other").touch()
    assert not play.trials(16, lambda trial: play.put("best", f"{trial}"))
