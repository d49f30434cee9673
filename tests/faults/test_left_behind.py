"""However a search ends, nothing temporary of it stays: neither in `TMPDIR` nor in its folder."""

from __future__ import annotations

import json
import signal
import tempfile
from collections.abc import Iterator
from pathlib import Path

import psutil
import pytest

from tests.cli.conftest import Hpsearch
from tests.commands import started
from tests.faults.conftest import results, running, until
from tests.soak.kills import is_worker

COMMAND = """\
name: config
objective: {kind: command, command: [sh, -c, 'echo $$ > "pid{x}"; echo score: 1; [ -e ended ] || exec sleep {x}']}
"""
FUNCTION = """\
name: config
objective: {kind: python, function: "train.py:train"}
"""
TRAIN = """\
import glob, os, pathlib, time
def train(x):
    print("said")
    while x == "failing":
        assert not glob.glob("pid*")
        time.sleep(0.01)
    pathlib.Path(f"pid{x}").write_text(str(os.getpid()))
    if not os.path.exists("ended"):
        time.sleep(float(x))
    return 1.0
"""
SEARCH = """\
space: {x: {choices: %s}}
search: {sampler: grid, trials: 2, round_size: 2, metric: score, goal: maximize, confirm: off, max_failures: %s}
dispatch: {workers: 2, timeout: %s, retries: 0}
"""
KINDS = pytest.mark.parametrize("objective", [COMMAND, FUNCTION], ids=["command", "function"])


@pytest.fixture
def temporary(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Path]:
    """The empty folder for temporary files of what a test starts; empty it must be in the end."""
    path = tmp_path / "temporary"
    path.mkdir()
    monkeypatch.setenv("TMPDIR", str(path))
    monkeypatch.setattr(tempfile, "tempdir", str(path))
    yield path
    assert [*path.iterdir()] == []


def write(
    folder: Path, objective: str, *cases: str, timeout: str = "off", max_failures: str = "off"
) -> list[Path]:
    """A search of such trials; the files in which those that last say their process."""
    (folder / "train.py").write_text(TRAIN)
    (folder / "config.yaml").write_text(objective + SEARCH % (json.dumps(cases), max_failures, timeout))
    return [folder / f"pid{case}" for case in cases]


def unfinished(folder: Path) -> list[str]:
    """What a run has half-written."""
    return [path.name for path in (folder / "runs/config").rglob(".*") if path.name != ".lock"]


def going_on(folder: Path, temporary: Path) -> bool:
    """Whether there is something that must not stay."""
    return bool(unfinished(folder) or [*temporary.glob("hpsearch-*/params.json")])


@pytest.mark.parametrize(
    ("objective", "number"),
    [(COMMAND, signal.SIGINT), (FUNCTION, signal.SIGTERM)],
    ids=["command", "function"],
)
def test_an_interrupt(
    objective: str, number: signal.Signals, folder: Path, lasting: str, temporary: Path
) -> None:
    said = write(folder, objective, lasting, f"{lasting}1")
    with started(folder, "run", "config.yaml") as process:
        assert until(lambda: all(path.exists() for path in said))
        assert going_on(folder, temporary)
        process.send_signal(number)
        process.communicate(timeout=30)
    assert (process.returncode, unfinished(folder)) == (130, [])


def test_a_timeout(folder: Path, lasting: str, temporary: Path) -> None:
    write(folder, COMMAND, lasting, "0.1", timeout="1s")
    with started(folder, "run", "config.yaml") as process:
        _, errors = process.communicate(timeout=30)
    found = {result.trial: result.status for result in results(folder / "runs/config")}
    assert (found[0], unfinished(folder)) == ("timeout", []), errors


def test_a_search_that_gives_up_while_a_trial_goes_on(folder: Path, lasting: str, temporary: Path) -> None:
    write(folder, FUNCTION, "failing", lasting, max_failures="1")
    with started(folder, "run", "config.yaml") as process:
        _, errors = process.communicate(timeout=30)
    found = [(result.trial, result.status) for result in results(folder / "runs/config")]
    assert (found, unfinished(folder)) == ([(0, "failed")], []), errors


def test_a_worker_that_is_killed(folder: Path, lasting: str, temporary: Path) -> None:
    said = write(folder, COMMAND, lasting, "0.1")
    with started(folder, "run", "config.yaml", "--workers", "1") as process:
        assert until(said[0].exists)
        there = psutil.Process(process.pid).children(recursive=True)
        (worker,) = [child for child in there if is_worker(child, process.pid)]
        worker.kill()
        _, errors = process.communicate(timeout=30)
    found = {result.trial: result.status for result in results(folder / "runs/config")}
    assert found == {0: "crashed", 1: "done"}, errors


@KINDS
def test_a_search_that_is_killed_and_resumed(
    objective: str, folder: Path, lasting: str, temporary: Path, hpsearch: Hpsearch
) -> None:
    said = write(folder, objective, lasting, f"{lasting}1")
    with started(folder, "run", "config.yaml") as process:
        assert until(lambda: all(path.exists() for path in said))
        assert going_on(folder, temporary)
        process.kill()
    # What is swept is that of processes that are gone, which those of a killed search soon are.
    assert until(lambda: not [*temporary.glob("pymp-*")] and not running("sleep", lasting))
    (folder / "ended").touch()
    assert hpsearch("resume", "config").returncode == 0
    assert unfinished(folder) == []
