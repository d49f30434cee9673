"""Ctrl-C and SIGTERM: the first ends a search in good order, the second at once, from wherever it was started."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
from pathlib import Path

import pytest

from tests.commands import started
from tests.faults.conftest import begun, running, until

COMMAND = "objective: {kind: command, command: [sh, -c, 'sleep LASTING']}\nspace: {x: {choices: [1, 2]}}\n"
STUBBORN = """\
import time
def train(x):
    while True:
        try:
            open("begun", "w").close()
            time.sleep(60)
        except BaseException:
            open("refused", "w").close()
"""


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM])
@pytest.mark.parametrize("shell", ["sh", "bash"])
def test_a_background_job_of_a_script_is_interrupted_too(
    number: signal.Signals, shell: str, folder: Path, lasting: str
) -> None:
    """A shell without job control starts `&` with SIGINT ignored."""
    (folder / "config.yaml").write_text(COMMAND.replace("LASTING", lasting))
    script = f'{sys.executable} -m hpsearch run config.yaml & echo $! > pid; wait $!; echo "status $?"'
    with subprocess.Popen(
        [shell, "-c", script], cwd=folder, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True
    ) as process:
        assert until(lambda: running("sleep", lasting))
        os.kill(int((folder / "pid").read_text()), number)
        output, errors = process.communicate(timeout=20)
    assert output == "status 130\n"
    assert errors.splitlines()[-1] == "interrupted; continue with: hpsearch resume config"
    assert until(lambda: not running("sleep", lasting), 10)


def test_a_second_interrupt_ends_at_once(folder: Path) -> None:
    """Here the function of the user swallows the first."""
    (folder / "train.py").write_text(STUBBORN)
    config = 'objective: {kind: python, function: "train.py:train"}\nspace: {x: {choices: [1, 2]}}\n'
    (folder / "config.yaml").write_text(config)
    with started(folder, "run", "config.yaml", "--executor", "serial") as process:
        assert until(lambda: (folder / "begun").exists())
        process.send_signal(signal.SIGINT)
        assert until(lambda: (folder / "refused").exists())
        until(lambda: process.poll() is not None, 0.5)
        process.send_signal(signal.SIGINT)
        assert process.wait(10) == 130


def test_an_interrupt_before_the_first_trial_is_an_interrupt(folder: Path) -> None:
    with started(folder, "run", "config.yaml") as process:
        process.send_signal(signal.SIGTERM)
        process.communicate(timeout=20)
    assert process.returncode in (130, -signal.SIGTERM)  # the latter before Python itself was there


def test_what_was_interrupted_goes_on(folder: Path) -> None:
    with started(folder, "run", "config.yaml", "--workers", "2", "--trials", "60") as process:
        assert until(lambda: begun(folder / "runs/small", 3))
        process.send_signal(signal.SIGINT)
        process.communicate(timeout=20)
    assert process.returncode == 130
    with started(folder, "resume", "small", "--trials", "60") as process:
        process.communicate(timeout=60)
    assert process.returncode == 0
