"""What a command has to itself: a card, threads, a folder, and time to end."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
from collections.abc import Mapping
from contextlib import suppress
from pathlib import Path
from typing import Any

import psutil
import pytest

from hpsearch.config.loading import load_spec
from hpsearch.config.warnings import lint
from hpsearch.core.trial import Job, Result, Trial
from hpsearch.executors import slots
from hpsearch.executors.slots import Slots
from hpsearch.objectives.command.leases import free, leased
from hpsearch.objectives.command.runner import CommandObjective
from tests.faults.conftest import until

if os.name != "nt":
    import fcntl

pytestmark = pytest.mark.skipif(os.name == "nt", reason="it needs process groups")
TELLS = """\
import json, os, sys
told = dict((name, os.environ.get(name)) for name in sys.argv[1].split())
print('score: 1'); print(json.dumps([told, sys.argv[2:]]), file=open('told.json', 'w'))
"""
NAMES = "HPSEARCH_SLOT HPSEARCH_GPU CUDA_VISIBLE_DEVICES HIP_VISIBLE_DEVICES OMP_NUM_THREADS WHERE"


@pytest.fixture
def third(monkeypatch: pytest.MonkeyPatch) -> None:
    """This process as the third worker."""
    monkeypatch.setattr(slots, "_number", 2)


def told(folder: Path, *arguments: str, **settings: Any) -> tuple[Mapping[str, str | None], list[str]]:
    """The variables and the arguments that a command is given."""
    command = [sys.executable, "-c", TELLS, NAMES, *arguments]
    result = attempted(folder, CommandObjective(command, ["lr"], folder, folder, "score", **settings))
    assert result.status == "done", result
    variables, given = json.loads((folder / "told.json").read_text())
    return variables, given


def attempted(folder: Path, objective: CommandObjective) -> Result:
    return objective.attempt(Job(Trial(4, 0, {"lr": 1}, 0), 1))[0]


@pytest.mark.usefixtures("third")
def test_it_is_told_its_slot_and_sees_its_card_alone(tmp_path: Path) -> None:
    env = {"WHERE": "{slot}:{gpu}", "OMP_NUM_THREADS": "7"}
    given = told(tmp_path, "--gpu", "{gpu}", "--slot={slot}", slots=Slots(("0", "1", "5"), 1, 3), env=env)
    assert given == (
        {
            "HPSEARCH_SLOT": "2",
            "HPSEARCH_GPU": "5",
            "CUDA_VISIBLE_DEVICES": "5",
            "HIP_VISIBLE_DEVICES": "5",
            "OMP_NUM_THREADS": "7",
            "WHERE": "2:5",
        },
        ["--gpu", "5", "--slot=2"],
    )


def test_without_cards_it_sees_what_there_is(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("CUDA_VISIBLE_DEVICES", "outside")
    variables, arguments = told(tmp_path, "--gpu", "{gpu}", "--slot={slot}", env={"WHERE": "{gpu}"})
    assert arguments == ["--slot=0"]
    assert (variables["CUDA_VISIBLE_DEVICES"], variables["HPSEARCH_SLOT"]) == ("outside", "0")
    assert (variables["HPSEARCH_GPU"], variables["WHERE"]) == ("", None)


def test_a_parameter_may_be_called_like_a_card(tmp_path: Path) -> None:
    objective = CommandObjective(["echo", "score={gpu}"], ["gpu", "slot"], tmp_path, tmp_path, "score")
    trial = Trial(0, 0, {"gpu": 0.25, "slot": 3}, 0)
    assert objective.attempt(Job(trial, 1))[0].metrics == {"score": 0.25}


def test_a_card_by_its_number_is_warned_of_where_it_is_an_argument(tmp_path: Path) -> None:
    config = tmp_path / "config.yaml"
    config.write_text(
        "objective: {kind: command, command: [echo, '{lr}', '--gpu={gpu}']}\nspace: {lr: {choices: [1, 2]}}\n"
    )
    (problem,) = [str(found) for found in lint(load_spec(config)) if "{gpu}" in str(found)]
    assert (
        "command[2]: has {gpu}, the number of a card on this machine; the program sees that card alone"
        in problem
    )
    assert not [found for found in lint(load_spec(config, ["dispatch.gpus=off"])) if "{gpu}" in str(found)]


def test_one_that_is_killed_has_crashed_and_goes_on_from_what_it_left(tmp_path: Path) -> None:
    script = 'echo "score: 0$HPSEARCH_RESUMED"; [ -e "$0/left" ] || (touch "$0/left"; kill -9 $$)'
    objective = CommandObjective(["sh", "-c", script, "{checkpoint}"], ["lr"], tmp_path, tmp_path, "score")
    first = attempted(tmp_path, objective)
    assert (first.status, first.reason) == ("crashed", "the command was killed by SIGKILL: score: 0")
    assert attempted(tmp_path, objective).metrics == {"score": 1}


def test_it_has_its_grace_to_end_in(tmp_path: Path) -> None:
    script = "trap 'sleep 1; echo saved > ended; exit' TERM; touch begun; while :; do sleep 0.02; done"
    patient = CommandObjective(["sh", "-c", script], ["lr"], tmp_path, tmp_path, "score", 0.3, grace=30)
    assert attempted(tmp_path, patient).status == "timeout"
    assert (tmp_path / "ended").read_text() == "saved\n"
    (tmp_path / "ended").unlink()
    hasty = CommandObjective(["sh", "-c", script], ["lr"], tmp_path, tmp_path, "score", 0.3, grace=0)
    assert attempted(tmp_path, hasty).status == "timeout"
    assert not (tmp_path / "ended").exists()


#: A worker that is killed while its command, which is deaf to SIGTERM, goes on.
WORKER = """\
import sys
from pathlib import Path
from hpsearch.core.trial import Job, Trial
from hpsearch.objectives.command.runner import CommandObjective
folder = Path(sys.argv[1])
script = "trap '' TERM; echo $$ > pid.new; mv pid.new pid; while :; do sleep 0.02; done"
objective = CommandObjective(["sh", "-c", script], ["lr"], folder, folder, "score", grace=1.5)
objective.attempt(Job(Trial(7, 0, {}, 0), 1))
"""


def test_the_next_of_a_slot_waits_for_what_a_dead_worker_has_left(tmp_path: Path) -> None:
    worker = subprocess.Popen([sys.executable, "-c", WORKER, str(tmp_path)])
    assert until(lambda: (tmp_path / "pid").exists())
    left = psutil.Process(int((tmp_path / "pid").read_text()))
    worker.send_signal(signal.SIGKILL)
    worker.wait(10)
    assert left.is_running()
    script = f"echo score: $(kill -0 {left.pid} 2> /dev/null && echo 0 || echo 1)"
    objective = CommandObjective(["sh", "-c", script], ["lr"], tmp_path, tmp_path, "score", grace=1.5)
    assert attempted(tmp_path, objective).metrics == {"score": 1}


def test_a_lease_that_is_held_is_not_waited_for_longer_than_asked(tmp_path: Path) -> None:
    with leased([tmp_path / "0"], 0), leased([tmp_path / "0"], 0) as held:
        assert len(held) == 1
    with leased([tmp_path / "1"], 0), leased([tmp_path / "1"], 1000, lambda: True) as held:
        assert len(held) == 1


def test_a_lease_is_held_by_whoever_has_it_open_however_its_maker_has_ended(tmp_path: Path) -> None:
    with suppress(KeyboardInterrupt), leased([tmp_path / "0"], 0) as held:
        guard = os.dup(held[0])
        raise KeyboardInterrupt
    assert is_leased(tmp_path / "0")
    free([guard])
    assert not is_leased(tmp_path / "0")
    os.close(guard)


def is_leased(folder: Path) -> bool:
    descriptor = os.open(folder, os.O_RDONLY)
    try:
        fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        return True
    finally:
        os.close(descriptor)
    return False
