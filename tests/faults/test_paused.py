"""Commands that are paused end with the search, however that ends, and what it finds is the same."""

from __future__ import annotations

import os
import signal
from pathlib import Path

import psutil
import pytest

from tests.commands import here, started
from tests.faults.conftest import until

#: Nine epochs, each of which takes longer than it takes to be paused.
SCRIPT = """
echo $$ >> processes
for epoch in 1 2 3 4 5 6 7 8 9; do
    echo "Epoch $epoch/9"
    sleep "${SECONDS_OF_EPOCH:-0.05}"
    echo "val_acc: 0.$1$epoch"
done
"""
CONFIG = """
objective: {kind: command, command: [sh, train.sh, "{x}"], epochs: 9}
space: {x: {scale: linear, low: 10, high: 99, type: int}}
search: {trials: 9, round_size: 4, metric: val_acc}
dispatch: {workers: 2}
"""


def processes(folder: Path) -> list[psutil.Process]:
    numbers = (folder / "processes").read_text().split() if (folder / "processes").is_file() else []
    return [psutil.Process(int(number)) for number in numbers if psutil.pid_exists(int(number))]


def prepared(folder: Path) -> Path:
    folder.mkdir()
    (folder / "train.sh").write_text(SCRIPT)
    (folder / "c.yaml").write_text(CONFIG)
    return folder


@pytest.mark.skipif(os.name == "nt", reason="it needs process groups")
def test_they_end_with_a_search_that_is_killed_and_that_goes_on_the_same(tmp_path: Path) -> None:
    killed, straight = prepared(tmp_path / "killed"), prepared(tmp_path / "straight")
    search = started(killed, "run", "c.yaml", "--quiet")
    assert until(lambda: any(one.status() == psutil.STATUS_STOPPED for one in processes(killed)))
    search.send_signal(signal.SIGKILL)
    search.communicate()
    assert until(lambda: not processes(killed))
    assert not list((killed / "runs" / "c").glob("results.csv"))
    for folder, words in ((killed, ("resume", "c")), (straight, ("run", "c.yaml"))):
        ended = here(folder, *words, "--executor", "serial", environment={"SECONDS_OF_EPOCH": "0"})
        assert ended.returncode == 0, ended.stderr
    for name in ("results.csv", "curves.csv"):
        assert (killed / "runs/c" / name).read_bytes() == (straight / "runs/c" / name).read_bytes()
    assert not processes(killed)
    assert not list((killed / "runs/c/checkpoints").glob(".*"))
