"""A program that stands for `srun`: so many of what it is given, here, which end when it is told to end."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

from hpsearch.executors.srun import meeting

TASKS = 2
#: How often a search and its workers look at what the other has written, in seconds: tests wait for little else.
EVERY = 0.05
_SRUN = """\
#!/bin/sh
while [ "${{1#--}}" != "$1" ]; do shift; done
pids=
for task in $(seq {tasks}); do "$@" & pids="$pids $!"; done
echo $pids > {folder}/workers
trap 'kill $pids; wait; exit 143' TERM
wait
"""


def on_the_path(folder: Path, monkeypatch: pytest.MonkeyPatch, script: str = _SRUN) -> None:
    """Have it in a folder, where it is found before all others; searches of this process look often at workers."""
    program = folder / "srun"
    program.write_text(script.format(tasks=TASKS, folder=folder))
    program.chmod(0o755)
    monkeypatch.setattr(meeting, "EVERY", EVERY)
    monkeypatch.setenv("PATH", os.pathsep.join([str(folder), os.environ["PATH"]]))


def started(folder: Path) -> list[int]:
    """The process ids of its workers."""
    file = folder / "workers"
    return [int(pid) for pid in file.read_text().split()] if file.exists() else []
