"""What a training finds in its folders that is begun again after it was interrupted, or after it went wrong."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest

from hpsearch.core.trial import Job, Result, Status, Trial
from hpsearch.objectives import answers, attempts
from hpsearch.objectives.command.runner import CommandObjective
from hpsearch.objectives.function.caller import FunctionObjective
from hpsearch.objectives.function.signature import Reference
from hpsearch.storage.requests import Requests

#: Notes in its folder for which epochs it was asked, and whether it was told to be resumed.
FUNCTION = """\
import os, pathlib
def train(x, epochs, checkpoint):
    with pathlib.Path(checkpoint, "seen").open("a") as seen:
        seen.write(f"{epochs}{os.environ.get('HPSEARCH_RESUMED', '')} ")
    if pathlib.Path("interrupt").exists():
        raise KeyboardInterrupt
    return x
"""
COMMAND = """\
printf '%s%s ' {epochs} "$HPSEARCH_RESUMED" >> {checkpoint}/seen
if [ -e interrupt ]; then touch waiting; sleep 60; fi
echo score: {x}
"""

Attempt = Callable[[Job], object]


def job(start: int, epochs: int, replicate: int = 0) -> Job:
    return Job(Trial(4, 0, {"x": 1}, 0), epochs, start, replicate)


@pytest.fixture(params=["function", "command"])
def trainer(
    request: pytest.FixtureRequest, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> Callable[[bool], Attempt]:
    """What trains a job in `tmp_path`, and is interrupted where a file `interrupt` is."""
    monkeypatch.chdir(tmp_path)
    checkpoints = tmp_path / "run/checkpoints"

    def asks(_: Requests, __: int) -> bool:
        if Path("waiting").exists():
            Path("waiting").unlink()
            raise KeyboardInterrupt
        return False

    def made(again: bool) -> Attempt:
        if request.param == "command":
            monkeypatch.setattr(Requests, "asks", asks)
            command = ["sh", "-c", COMMAND]
            return CommandObjective(command, ["x"], tmp_path, checkpoints, "score", again=again).attempt
        Path("train.py").write_text(FUNCTION)
        reference = Reference.parsed("train.py:train", tmp_path)
        return FunctionObjective(reference, checkpoints, "score", capture=False, again=again).attempt

    return made


def interrupted(attempt: Attempt, one: Job) -> None:
    Path("interrupt").touch()
    with pytest.raises(KeyboardInterrupt):
        attempt(one)
    Path("interrupt").unlink()


def seen() -> str:
    return Path("run/checkpoints/trial4/seen").read_text()


@pytest.mark.parametrize(("again", "first", "last"), [(False, "1 11 ", "1 11 3 31 "), (True, "1 ", "1 3 ")])
def test_an_interrupted_training_finds_what_it_left_or_what_it_found(
    again: bool, first: str, last: str, trainer: Callable[[bool], Attempt]
) -> None:
    attempt = trainer(again)
    interrupted(attempt, job(0, 1))
    attempt(job(0, 1))
    assert seen() == first
    interrupted(attempt, job(1, 3))
    attempt(job(1, 3))
    assert seen() == last
    attempt(job(3, 9))
    assert seen() == f"{last}9 "


def entered(folder: Path, one: Job, *, again: bool = False) -> bool:
    return attempts.entered(folder, one, again=again)


@pytest.mark.parametrize(
    ("one", "status", "kept"),
    [(job(0, 1), "done", True), (job(0, 1), "failed", False), (job(1, 3), "failed", True)],
)
def test_a_first_training_that_went_wrong_begins_anew(
    one: Job, status: Status, kept: bool, tmp_path: Path
) -> None:
    folder = tmp_path / "trial4"
    entered(folder, one)
    (folder / "state").touch()
    attempts.left(folder, one, Result(4, one.epochs, status))
    assert entered(folder, one) == kept
    assert (folder / "state").exists() == kept


def test_another_training_of_a_trial_that_begins_finds_nothing(tmp_path: Path) -> None:
    folder = tmp_path / "trial4"
    entered(folder, job(0, 1))
    (folder / "state").touch()
    assert not entered(folder, job(0, 9))  # whose state for 1 epoch was not kept
    assert not list(folder.iterdir())


def test_a_copy_that_was_cut_off_is_made_again(tmp_path: Path) -> None:
    folder = tmp_path / "trial4"
    entered(folder, job(0, 1))
    (folder / "state").touch()
    (tmp_path / "trial4.before.new").mkdir()
    (tmp_path / "trial4.before.new/half").touch()
    entered(folder, job(1, 3), again=True)
    (folder / "state").unlink()
    assert not entered(folder, job(1, 3), again=True)
    assert [path.name for path in folder.iterdir()] == ["state"]


def test_what_is_no_marker_is_no_training(tmp_path: Path) -> None:
    folder = tmp_path / "trial4"
    (tmp_path / "trial4.begun").write_text("")
    assert not entered(folder, job(0, 1))


@pytest.mark.parametrize(
    ("keep", "left"),
    [
        ({(4, 0)}, {"trial4", "trial4.begun", "trial4-replicate1", "trial4-replicate1.begun"}),
        ({(4, 9)}, {"trial4", "trial4.begun"}),
        ({(5, 0)}, set()),
    ],
)
def test_what_will_be_begun_again_is_kept(keep: set[tuple[int, int]], left: set[str], tmp_path: Path) -> None:
    for one in (job(0, 9), job(0, 9, replicate=1)):
        entered(answers.checkpoint_folder(tmp_path, one), one)
    (tmp_path / "trial40.begun").touch()
    answers.tidy(tmp_path, keep)
    assert {path.name for path in tmp_path.iterdir()} == left
