"""What a trial printed is kept, done or failed, and shown."""

from __future__ import annotations

from pathlib import Path

import pytest

from hpsearch.actions.log import follow, printed
from hpsearch.core.trial import Job, Trial
from hpsearch.objectives.function.caller import FunctionObjective
from hpsearch.objectives.function.signature import Reference
from hpsearch.runs import RunFolder
from tests.cli.conftest import Hpsearch

SCRIPT = """\
import os, sys, time
print("buffered:", os.environ.get("PYTHONUNBUFFERED"))
time.sleep(0.05)
print("careful", file=sys.stderr)
time.sleep(0.05)
print("score:", sys.argv[1])
sys.exit(int(sys.argv[1]) % 2)
"""
CONFIG = """\
objective: {kind: command, command: [python, train.py, "{n}", "{params}"]}
space: {n: {choices: [2, 3, 4]}}
search: {sampler: grid, trials: 3}
"""
FUNCTION = """\
import os
def train(n, epochs):
    os.write(1, b"n is %d\\n" % n)
    os.write(2, b"careful\\n")
    if n == 3:
        raise ValueError("three")
    if n == 4:
        for number in range(150_000):
            os.write(1, b"%09d" % number + b"x" * 90 + b"\\n")
    return n
"""


def test_everything_a_command_prints_is_kept_in_order(folder: Path, hpsearch: Hpsearch) -> None:
    (folder / "train.py").write_text(SCRIPT)
    (folder / "config.yaml").write_text(CONFIG)
    ended = hpsearch("run", "config.yaml")
    assert ended.returncode == 0, ended.stderr
    lines = "buffered: 1\ncareful\nscore: {}\n"
    for number in range(3):
        assert (folder / f"runs/config/trials/{number}/output.log").read_text() == lines.format(number + 2)
    assert hpsearch("log", "config", "best").stdout == lines.format(4)
    assert hpsearch("log", "config", "1", "-f").stdout == lines.format(3)
    asked = hpsearch("log", "config", "best", "--command")
    assert asked.stdout == f"cd {folder} && python train.py 4 $HPSEARCH_PARAMS\n"
    assert (
        "last output (all of it: runs/config/trials/1/output.log)"
        in hpsearch("show", "config", "--trial", "1").stdout
    )
    assert (
        hpsearch("log", "config", "0", "--replicate", "1").stderr == "trial 0: printed nothing that is kept\n"
    )


@pytest.mark.parametrize(
    ("trial", "said"),
    [
        ("7", "trial 7: not in runs/config, which has 3 trials"),
        ("x", "trial 'x': must be the number of a trial"),
    ],
)
def test_a_trial_that_is_not_there_is_said(folder: Path, hpsearch: Hpsearch, trial: str, said: str) -> None:
    (folder / "train.py").write_text(SCRIPT)
    (folder / "config.yaml").write_text(CONFIG)
    assert hpsearch("run", "config.yaml").returncode == 0
    ended = hpsearch("log", "config", trial)
    assert ended.returncode == 2
    assert said in ended.stderr


def objective(folder: Path) -> FunctionObjective:
    (folder / "train.py").write_text(FUNCTION)
    checkpoints = folder / "run/checkpoints"
    checkpoints.mkdir(parents=True)
    return FunctionObjective(Reference.parsed("train.py:train", folder), checkpoints, "score")


def job(n: int, start: int = 0, epochs: int = 3, replicate: int = 0) -> Job:
    return Job(Trial(n, 0, {"n": n}, 7), epochs, start, replicate)


def kept(folder: Path, trial: int, replicate: int = 0) -> bytes:
    return b"".join(printed(RunFolder(folder / "run"), trial, replicate))


def test_everything_a_function_prints_is_kept(tmp_path: Path) -> None:
    trainer = objective(tmp_path)
    for one in (job(2), job(2, start=3, epochs=9), job(2, epochs=9, replicate=1), job(3)):
        trainer.attempt(one)
    said = b"n is 2\ncareful\n"
    assert kept(tmp_path, 2) == said + b"--- epochs 4 to 9 ---\n" + said
    assert kept(tmp_path, 2, replicate=1) == said
    assert kept(tmp_path, 3).startswith(b"n is 3\ncareful\n  File ")
    assert kept(tmp_path, 3).endswith(b"ValueError: three\n")


def test_what_a_function_prints_without_end_is_kept_in_part(tmp_path: Path) -> None:
    objective(tmp_path).attempt(job(4))
    log = tmp_path / "run/trials/4/output.log"
    assert log.stat().st_size <= 10_000_000
    lines = log.read_text().splitlines()
    assert lines[0] == "n is 4"
    assert lines[-1].startswith("000149999")


def test_the_output_of_a_trial_that_goes_on_is_read(tmp_path: Path) -> None:
    trainer = objective(tmp_path)
    trainer.attempt(job(2))
    running = tmp_path / "run/checkpoints/.printed-2-0-9.tmp"
    running.write_bytes(b"so far\n")
    assert kept(tmp_path, 2) == b"n is 2\ncareful\nso far\n"
    (tmp_path / "run/.lock").touch()  # nobody has it
    shown: list[bytes] = []
    follow(RunFolder(tmp_path / "run"), 2, 0, shown.append)
    assert b"".join(shown) == kept(tmp_path, 2)
    assert "so far" in trainer.last_words(job(2, start=3, epochs=9))
    assert kept(tmp_path, 2) == b"n is 2\ncareful\nso far\n"  # moved to the log
    assert not running.exists()


def test_starting_again_deletes_what_was_kept(folder: Path, hpsearch: Hpsearch) -> None:
    (folder / "train.py").write_text(SCRIPT)
    (folder / "config.yaml").write_text(CONFIG)
    assert hpsearch("run", "config.yaml").returncode == 0
    assert hpsearch("run", "config.yaml", "--overwrite").returncode == 0
    assert (folder / "runs/config/trials/0/output.log").read_text().count("score") == 1
