"""The process that runs the commands of a worker: one for many, replaced where it is gone, gone with its worker."""

from __future__ import annotations

import os
import select
import socket
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import psutil
import pytest

from hpsearch.objectives.command import process
from hpsearch.objectives.command.guards import Guard, Guards
from tests.faults.conftest import lasting, running, until

__all__ = ["lasting"]

PARENT = ["/bin/sh", "-c", "echo parent: $PPID"]

pytestmark = pytest.mark.skipif(os.name == "nt", reason="it needs process groups")


@pytest.fixture
def guards(monkeypatch: pytest.MonkeyPatch) -> Iterator[Guards]:
    made = Guards()
    monkeypatch.setattr(process, "GUARDS", made)
    yield made
    made.end()


def guard_of(*command: str, over: bool = False) -> int:
    """The process that has run a command which tells it; which is `over` when it has."""
    heard: list[bytes] = []
    ended = process.run(command or PARENT, Path("/"), {}, None, lambda: over and heard != [], heard.append)
    return int(ended.found.metrics["parent"])


def test_one_serves_for_many_commands_however_they_end(guards: Guards) -> None:
    first = guard_of()
    assert guard_of("/bin/sh", "-c", "echo parent: $PPID; exit 3") == first
    assert process.run(["/no/such/program"], Path("/"), {}, None).how.startswith("start ")
    assert process.run(["/bin/sh"], Path("/no/such/folder"), {}, None).how.startswith("start ")
    assert process.run(["/bin/sh", "-c", "\0"], Path("/"), {}, None).how.startswith("start ")
    assert guard_of("/bin/sh", "-c", "echo parent: $PPID; exec sleep 60", over=True) == first
    assert guard_of() == first


def test_each_has_its_own_environment_and_folder(guards: Guards, tmp_path: Path) -> None:
    script = 'echo "a=$A"; pwd > where; [ -z "$B" ]'
    first = process.run(["/bin/sh", "-c", script], tmp_path, {"A": "1"}, None)
    second = process.run(["/bin/sh", "-c", script], tmp_path, {"A": "2", "B": "x"}, None)
    assert (first.found.metrics, first.how) == ({"a": 1}, "exit 0")
    assert (second.found.metrics, second.how) == ({"a": 2}, "exit 1")
    assert Path((tmp_path / "where").read_text().strip()).samefile(tmp_path)


def test_one_that_was_killed_is_replaced(guards: Guards) -> None:
    first = guard_of()
    psutil.Process(first).kill()
    assert guard_of() != first


def test_one_that_ends_as_it_is_asked_is_replaced(guards: Guards, monkeypatch: pytest.MonkeyPatch) -> None:
    first = guard_of()
    ask = Guard.ask

    def ends(guard: Guard, *_: object) -> None:
        guard.end()
        monkeypatch.setattr(Guard, "ask", ask)

    monkeypatch.setattr(Guard, "ask", ends)
    assert guard_of() != first


@pytest.mark.parametrize("served", [0, 1])
def test_a_command_that_kills_it_at_once_is_run_once_and_ends(
    guards: Guards, monkeypatch: pytest.MonkeyPatch, tmp_path: Path, lasting: str, served: int
) -> None:
    """The command has begun, and has killed its guard, before the one who asked for it goes on."""
    for _ in range(served):
        guard_of()
    send = socket.send_fds

    def slowly(asker: socket.socket, *request: Any) -> int:
        sent = send(asker, *request)
        assert until(lambda: _gone(asker))
        return sent

    monkeypatch.setattr(socket, "send_fds", slowly)
    script = f"echo >> begun; kill -9 $PPID; sleep {lasting}"
    assert process.run(["/bin/sh", "-c", script], tmp_path, {}, None).how == ""
    assert (tmp_path / "begun").read_text() == "\n"
    assert until(lambda: not running("sleep", lasting))


def _gone(asker: socket.socket) -> bool:
    """Whether nobody has the other end."""
    poll = select.poll()
    poll.register(asker)
    return any(event & select.POLLHUP for _, event in poll.poll(0))


def test_one_that_is_forgotten_by_a_fork_stays_with_its_process(guards: Guards) -> None:
    guard = psutil.Process(guard_of())
    child = os.fork()
    if child == 0:  # the copy of a process, which must not ask the guard of another, and ends it with nothing
        os._exit(guard_of() == guard.pid)
    assert os.waitpid(child, 0)[1] == 0
    assert guard_of() == guard.pid


def test_it_goes_with_its_process_however_that_ends() -> None:
    code = (
        "import pathlib, sys, time; from hpsearch.objectives.command.process import run; "
        f"print(run({PARENT!r}, pathlib.Path('/'), {{}}, None).found.metrics['parent'], flush=True); time.sleep(60)"
    )
    with subprocess.Popen([sys.executable, "-c", code], stdout=subprocess.PIPE) as started:
        assert started.stdout is not None
        guard = int(float(started.stdout.readline()))
        assert psutil.pid_exists(guard)
        started.kill()
    assert until(lambda: not psutil.pid_exists(guard))


@pytest.mark.skipif(
    sys.platform != "linux", reason="only Linux lets a process that left its session be followed"
)
def test_what_is_left_is_killed_however_slow_the_machine_is() -> None:
    script = """if True:
        import itertools, subprocess
        from hpsearch.objectives.command import guard
        left = [subprocess.Popen(["sleep", "60"], start_new_session=True) for _ in range(3)]
        guard.time.monotonic = itertools.count(0, 10).__next__
        guard._kill_adopted()
        print([guard.os.path.exists(f"/proc/{one.pid}") for one in left])
        """
    ended = subprocess.run([sys.executable, "-c", script], capture_output=True, text=True, check=True)
    assert ended.stdout == "[False, False, False]\n"
