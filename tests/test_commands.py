"""Commands that tests run in their own process end as those of a user do, and leave nothing behind."""

from __future__ import annotations

import os
import signal
import sys
from functools import partial
from pathlib import Path

import pytest

from tests.cli.conftest import SMALL
from tests.commands import as_process, here

CODE = "import os\nos.environ['LEFT'] = 'x'\nWEIGHT = {}\ndef train(x):\n    return x * WEIGHT\n"
OWN = """\
objective: {kind: python, function: "own_train.py:train"}
space: {x: {choices: [1, 2]}}
search: {trials: 2}
"""
RUN = ("run", "config.yaml", "-q", "--executor", "serial")


@pytest.mark.parametrize(
    "args",
    [
        ("--version",),
        ("check", "config.yaml"),
        ("run", "config.yaml", "--set", "search.trials=0"),
        ("run", "config.yaml", "--wrokers", "2"),
        ("show", "none"),
        (*RUN, "--trials", "4"),
    ],
)
def test_a_command_ends_as_the_process_does(args: tuple[str, ...], tmp_path: Path) -> None:
    ended = []
    for name, run in (("here", here), ("there", partial(as_process, anew=True))):
        (tmp_path / name).mkdir()
        (tmp_path / name / "config.yaml").write_text(SMALL)
        found = run(tmp_path / name, *args)
        ended.append((found.returncode, found.stdout, found.stderr))
    assert ended[0] == ended[1]


def test_standard_input_and_variables_are_given(tmp_path: Path) -> None:
    told = here(tmp_path, "check", "/dev/stdin", given=b"x")
    assert "is a device or pipe" in told.stderr
    narrow, wide = (here(tmp_path, "--help", environment={"COLUMNS": width}) for width in ("40", "80"))
    assert len(narrow.stdout.splitlines()) > len(wide.stdout.splitlines()) > 10


def state() -> tuple[object, ...]:
    handlers = [signal.getsignal(number) for number in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP)]
    streams = (sys.stdin, sys.stdout, sys.stderr, [os.fstat(descriptor).st_ino for descriptor in range(3)])
    opened = len(list(Path("/dev/fd").iterdir()))
    return (Path.cwd(), dict(os.environ), list(sys.argv), list(sys.path), handlers, streams, opened)


def test_nothing_is_left_behind(tmp_path: Path) -> None:
    (tmp_path / "config.yaml").write_text(OWN)
    (tmp_path / "own_train.py").write_text(CODE.format(1))
    assert here(tmp_path, *RUN).returncode == 0  # what is imported once stays open once
    before = state()
    assert here(tmp_path, *RUN, "--overwrite").returncode == 0
    assert here(tmp_path, "rum").returncode == 2
    assert state() == before
    assert "own_train" not in sys.modules


def test_code_that_was_edited_is_read_again(tmp_path: Path) -> None:
    (tmp_path / "config.yaml").write_text(OWN)
    for weight, best in ((1, "Best-1(score:2)"), (100, "Best-1(score:200)")):
        (tmp_path / "own_train.py").write_text(CODE.format(weight))
        ended = here(tmp_path, *RUN, "--overwrite")
        assert best in ended.stdout, ended.stderr


def test_a_command_that_would_start_workers_fails_the_test(tmp_path: Path) -> None:
    (tmp_path / "config.yaml").write_text(OWN)
    (tmp_path / "own_train.py").write_text(CODE.format(1))
    with pytest.raises(pytest.fail.Exception, match="this command starts workers"):
        here(tmp_path, "run", "config.yaml")
