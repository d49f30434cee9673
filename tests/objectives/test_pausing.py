"""A command that is told of no epochs is stopped early by what it prints; its results are as if it never was."""

from __future__ import annotations

import os
import sys
from collections.abc import Iterator, Sequence
from dataclasses import replace
from pathlib import Path

import psutil
import pytest

from hpsearch.core.metric import Metric
from hpsearch.core.trial import Job, Result, Trial
from hpsearch.executors import slots
from hpsearch.objectives.command.leases import leased
from hpsearch.objectives.command.pausing import Between, Pausing
from hpsearch.objectives.command.reading.streams import Reading
from hpsearch.objectives.command.runner import CommandObjective
from hpsearch.objectives.folders import trial_folder
from hpsearch.objectives.workdir import Workdir
from tests.faults.conftest import until

if os.name != "nt":
    import fcntl
    import resource

pytestmark = pytest.mark.skipif(os.name == "nt", reason="it needs process groups")

#: Five epochs, whose accuracies follow from the trial; it waits before the third until `go` is there.
SCRIPT = """
    echo $$ > process; echo begun >> begun
    for epoch in 1 2 3 4 5; do
        [ $epoch != 3 ] || until [ -e go ]; do sleep 0.01; done
        echo "Epoch $epoch/5"
        echo "step 1: val_acc: 0.0$epoch"; echo "val_acc: 0.$1$epoch, loss=0.$epoch"
    done
    echo "test_acc: 0.7"
"""


def jobs(*rungs: int, number: int = 4) -> Iterator[Job]:
    for start, epochs in zip((0, *rungs), rungs, strict=False):
        yield Job(Trial(number, 0, {"x": number}, 0), epochs, start)


def command(
    folder: Path,
    script: str = SCRIPT,
    between: Between = "stop",
    most: int = 16,
    *,
    workdir: bool = False,
    metric: str = "val_acc",
    placed: bool = False,
) -> CommandObjective:
    (folder / "run" / "checkpoints").mkdir(parents=True, exist_ok=True)
    return CommandObjective(
        ["sh", "-c", script, "sh", "{x}"],
        ["x"],
        folder,
        folder / "run" / "checkpoints",
        metric,
        read=Reading(),
        workdir=Workdir(folder, ()) if workdir else None,
        pausing=Pausing(5, Metric(metric, "maximize"), between, most, placed),
    )


def trained(objective: CommandObjective, *rungs: int) -> list[Result]:
    with objective.serving() as served:
        return [served.evaluate([job])[0] for job in jobs(*rungs)]


def told(results: Sequence[Result]) -> list[tuple[object, ...]]:
    return [(one.status, dict(one.metrics), dict(one.curve), one.epochs, one.reason) for one in results]


def is_paused(process: int) -> bool:
    """Stopped, or waiting for a child that was stopped before it had begun (vfork)."""
    return psutil.Process(process).status() in (psutil.STATUS_STOPPED, psutil.STATUS_DISK_SLEEP)


def test_it_is_paused_at_a_rung_and_goes_on_when_it_is_promoted(tmp_path: Path) -> None:
    with command(tmp_path).serving() as served:
        first, second, third = jobs(1, 2, 5)
        (result,) = served.evaluate([first])
        assert (result.metrics, dict(result.curve)) == (
            {"val_acc": 0.41, "loss": 0.1},
            {"val_acc": [0.41], "loss": [0.1]},
        )
        process = int((tmp_path / "process").read_text())
        assert until(lambda: is_paused(process))
        (tmp_path / "go").touch()
        (result,) = served.evaluate([second])
        assert (result.metrics["val_acc"], dict(result.curve)["val_acc"]) == (0.42, [0.42])
        (result,) = served.evaluate([third])
        assert (result.metrics["val_acc"], result.metrics["test_acc"]) == (0.45, 0.7)
        assert result.curve["val_acc"] == [0.43, 0.44, 0.45]
    assert (tmp_path / "begun").read_text() == "begun\n"
    log = (tmp_path / "run" / "trials" / "4" / "output.log").read_text()
    assert log.count("Epoch") == 5
    assert not list((tmp_path / "run" / "checkpoints").glob(".*"))


@pytest.mark.parametrize("rungs", [(1, 2, 5), (2, 5), (1, 3), (3,)])
def test_its_results_are_those_of_one_that_begins_again_for_each_rung(
    tmp_path: Path, rungs: tuple[int, ...]
) -> None:
    (tmp_path / "go").touch()
    results = trained(command(tmp_path), *rungs)
    assert told(results) == told(trained(command(tmp_path, between="restart"), *rungs))
    assert [result.metrics["val_acc"] for result in results] == [float(f"0.4{rung}") for rung in rungs]


def test_of_too_many_the_poorest_are_ended_and_begin_again_with_what_they_found_at_first(
    tmp_path: Path,
) -> None:
    script = SCRIPT.replace("> process", "> ../../../process$1").replace("-e go", "-e ../../../../go")
    objective = command(tmp_path, script, most=1, workdir=True)
    with objective.serving() as served:
        for number in (4, 6, 5):
            served.evaluate([next(jobs(1, number=number))])
        processes = [int((tmp_path / "run" / f"process{number}").read_text()) for number in (4, 5, 6)]
        assert until(lambda: not psutil.pid_exists(processes[0]) and not psutil.pid_exists(processes[1]))
        assert until(lambda: is_paused(processes[2]))
        (tmp_path / "go").touch()
        (result,) = served.evaluate([[*jobs(1, 2, number=5)][1]])
        assert result.curve["val_acc"] == [0.52]
        assert (tmp_path / "run/trials/5/files/begun").read_text() == "begun\n"
        waiting = int((tmp_path / "run" / "process5").read_text())
    assert until(lambda: not psutil.pid_exists(processes[2]) and not psutil.pid_exists(waiting))


def test_one_that_ends_before_its_time_is_not_run_again(tmp_path: Path) -> None:
    script = "echo begun >> begun; for epoch in 0 1; do echo epoch: $epoch, val_acc: 0.$1$epoch; done"
    results = trained(command(tmp_path, script), 1, 3, 5)
    assert [result.metrics["val_acc"] for result in results] == [0.4, 0.41, 0.41]
    assert [result.curve.get("val_acc", [])[:1] for result in results] == [[0.4], [0.41], []]
    assert (tmp_path / "begun").read_text() == "begun\n"


def test_one_that_fails_after_a_rung_has_its_result_there(tmp_path: Path) -> None:
    script = "for epoch in 1 2; do echo epoch: $epoch, val_acc: 0.5; done; echo no more >&2; exit 3"
    results = trained(command(tmp_path, script), 1, 3)
    assert [(result.status, result.reason) for result in results] == [
        ("done", ""),
        ("failed", "the command ended with exit status 3: no more"),
    ]
    assert told(trained(command(tmp_path, script, between="restart"), 1, 3)) == told(results)


@pytest.mark.parametrize(
    ("rungs", "values"), [((1, 5), [0.3, 0.4]), ((3, 4), [0.3, 0.4]), ((2, 4), [0.3, 0.4])]
)
def test_what_is_measured_every_few_epochs_counts_until_the_next(
    tmp_path: Path, rungs: tuple[int, ...], values: list[float]
) -> None:
    script = """
        for epoch in 1 2 3 4 5; do
            echo epoch: $epoch, loss: 0.$epoch
            case $epoch in 2) echo val_acc: 0.3 ;; 4) echo val_acc: 0.4 ;; esac
        done
    """
    results = trained(command(tmp_path, script), *rungs)
    assert [result.metrics["val_acc"] for result in results] == values


def test_another_seed_and_a_training_that_begins_in_full_are_not_paused(tmp_path: Path) -> None:
    (tmp_path / "go").touch()
    with command(tmp_path).serving() as served:
        for job in (*jobs(5), Job(Trial(4, 0, {"x": 4}, 0), 5, replicate=1)):
            (result,) = served.evaluate([job])
            assert (result.metrics["val_acc"], len(result.curve["val_acc"])) == (0.45, 5)


def test_one_whose_metric_may_be_two_fails_at_its_first_rung(tmp_path: Path) -> None:
    script = "for epoch in 1 2 3; do echo epoch: $epoch; echo train acc: 0.5, test acc: 0.6; done"
    (result,) = trained(command(tmp_path, script, metric="acc"), 1)
    assert result.status == "failed"
    assert result.reason.startswith("acc may be train_acc or test_acc")


@pytest.mark.parametrize(("placed", "begun"), [(True, "0\n1\n"), (False, "0\n")])
def test_one_that_knows_its_slot_goes_on_there_alone_and_else_begins_again(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, placed: bool, begun: str
) -> None:
    (tmp_path / "go").touch()
    script = SCRIPT.replace("echo begun", 'echo "$HPSEARCH_SLOT"')
    with command(tmp_path, script, placed=placed).serving() as served:
        first, second, third = jobs(1, 2, 5)
        results = [served.evaluate([first])[0]]
        process = int((tmp_path / "process").read_text())
        monkeypatch.setattr(slots, "_number", 1)
        results.append(served.evaluate([second])[0])
        assert not (placed and psutil.pid_exists(process))
        results.append(served.evaluate([third])[0])
    assert (tmp_path / "begun").read_text() == begun
    assert [result.metrics["val_acc"] for result in results] == [0.41, 0.42, 0.45]


SAVING = """if True:
    import os, signal, sys, time

    def say(text):
        with open("said", "a") as file:
            print(text, file=file)

    def save(*_):
        time.sleep(0.3)
        say("saved")
        os._exit(0)

    signal.signal(signal.SIGTERM, save)
    is_first = not os.path.exists("said")
    say("begun")
    for epoch in range(1, 6):
        print("Epoch %d val_acc: 0.%d" % (epoch, epoch), flush=True)
        while is_first and epoch == 2:
            time.sleep(0.01)
"""


def test_one_that_is_ended_at_a_rung_has_its_folder_to_itself_until_then(tmp_path: Path) -> None:
    begins_again = command(tmp_path, between="restart")
    objective = replace(begins_again, command=[sys.executable, "-S", "-c", SAVING, "{x}"], grace=20)
    first, second = jobs(1, 5)
    objective.evaluate([first])
    (result,) = objective.evaluate([second])
    assert result.metrics["val_acc"] == 0.5
    assert (tmp_path / "said").read_text().split() == ["begun", "saved", "begun"]


def test_those_that_are_paused_leave_descriptors_to_the_search(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(resource, "getrlimit", lambda _: (17, 1000))
    script = SCRIPT.replace("> process", "> process$1")
    with command(tmp_path, script, most=1000).serving() as served:
        for number in (4, 5, 6):
            served.evaluate([next(jobs(1, number=number))])
        processes = [int((tmp_path / f"process{number}").read_text()) for number in (4, 5, 6)]
        assert until(lambda: not psutil.pid_exists(processes[0]))
        assert until(lambda: is_paused(processes[1]) and is_paused(processes[2]))


def test_of_a_worker_that_dies_one_that_goes_on_has_its_folder_to_itself_until_it_has_ended(
    tmp_path: Path,
) -> None:
    with command(tmp_path).serving() as served:
        served.evaluate([next(jobs(1))])
        with leased([tmp_path / "run/checkpoints/slots/0"], 0) as slot, leased([trial(tmp_path)], 0) as own:
            assert [*map(is_held, (*slot, *own))] == [True, False]
    with leased([trial(tmp_path)], 20) as own:
        assert is_held(own[0])


def trial(folder: Path) -> Path:
    return trial_folder(folder / "run" / "checkpoints", next(jobs(1)))


def is_held(descriptor: int) -> bool:
    """Whether a lease is this process's own by now."""
    try:
        fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        return False
    return True


@pytest.mark.parametrize("between", ["stop", "restart"])
@pytest.mark.parametrize("last", ["test acc: 0.9", "Epoch 1 valid acc: 0.9", "best acc: 0.9", "acc: 0.9"])
def test_its_results_at_a_rung_do_not_follow_from_what_it_has_printed_since(
    tmp_path: Path, between: Between, last: str
) -> None:
    epochs = "".join(f"Epoch {epoch}\\nvalid acc: 0.{epoch}\\n" for epoch in range(1, 6))
    at_once = f"printf '{epochs}{last}\\n'"
    slowly = f"{at_once} | while read -r line; do echo $line; done"
    for script in (at_once, slowly):
        results = trained(command(tmp_path, script, between, metric="acc"), 1, 3)
        assert told(results) == [
            ("done", {"acc": 0.1}, {"acc": [0.1]}, 1, ""),
            ("done", {"acc": 0.3}, {"acc": [0.2, 0.3]}, 3, ""),
        ]
