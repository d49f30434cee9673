"""Searches whose streams are closed, full, or read by somebody who goes away: they go on."""

from __future__ import annotations

import os
from pathlib import Path
from typing import Any

import pytest

from tests.commands import started
from tests.faults.conftest import results

SPACE = "space: {x: {scale: linear, low: 0, high: 1}}\nsearch: {trials: 10}\n"
PYTHON = 'objective: {kind: python, function: "train.py:train"}\n' + SPACE
TRAIN = 'import time\ndef train(x):\n    time.sleep(0.02)\n    print("printed", x)\n    return x\n'


@pytest.fixture
def run(folder: Path) -> Path:
    (folder / "train.py").write_text(TRAIN)
    (folder / "config.yaml").write_text(PYTHON)
    return folder / "runs/config"


def ended(folder: Path, *args: str, **settings: Any) -> int:
    """The exit status of a command that is started so."""
    with started(folder, *args, **settings) as process:
        return process.wait(timeout=100)


def test_a_reader_who_goes_away_ends_no_search(folder: Path, run: Path) -> None:
    """The first line comes before the first trial; the rest finds nobody."""
    reading, writing = os.pipe()
    with started(folder, "run", "config.yaml", stdout=writing, stderr=writing) as process:
        os.close(writing)
        with os.fdopen(reading) as reader:
            assert reader.readline().strip()
        assert process.wait(timeout=100) == 0
    assert len(results(run)) == 10


@pytest.mark.parametrize("executor", ["local", "serial"])
@pytest.mark.parametrize("closed", [[0], [1], [2], [0, 1, 2]])
def test_a_closed_stream_is_no_place_for_a_journal(
    closed: list[int], executor: str, folder: Path, run: Path
) -> None:
    anew = len(closed) == 3  # Python itself does not mind
    assert ended(folder, "run", "config.yaml", "--executor", executor, closed=closed, anew=anew) == 0
    assert [result.status for result in results(run)] == ["done"] * 10


@pytest.mark.skipif(not Path("/dev/full").exists(), reason="there is no such device")
def test_messages_that_cannot_be_written_end_no_search(folder: Path, run: Path) -> None:
    with Path("/dev/full").open("wb") as full, (folder / "told").open("wb") as told:
        assert ended(folder, "run", "config.yaml", stderr=full.fileno()) == 0
        assert len(results(run)) == 10
        assert ended(folder, "show", "config", stdout=full.fileno(), stderr=told.fileno()) == 2
    assert (folder / "told").read_text().startswith("standard output: cannot be written: No space left")
