"""Workers that srun starts: trials fare in them as at home, and one that dies costs its own alone."""

from __future__ import annotations

import errno
import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

import psutil
import pytest

from hpsearch.core.errors import (
    ExecutorBroken,
    InputError,
    WorkerDied,
    WorkerLeft,
)
from hpsearch.executors import EXECUTORS, Executor
from hpsearch.executors.base import Placing
from hpsearch.executors.cluster import Cluster, ClusterFactory
from hpsearch.executors.outcome import Outcome
from hpsearch.executors.srun import meeting
from hpsearch.executors.srun.executor import SrunExecutor
from hpsearch.executors.srun.log import MOST, Log
from hpsearch.executors.srun.meeting import ORDER, PULSE, SAID, SEARCH, Meeting, Order, Said
from tests import commands
from tests.cluster import lagging, srun
from tests.cluster.lagging import Lagging
from tests.cluster.machines import ROOT, until
from tests.cluster.searches import COMMAND, NETWORK, PROGRAM, alone, made, results
from tests.cluster.tasks import end_as_at_home

#: Seconds: short beside a search, and long beside what a busy machine holds a process up.
SILENCE = 4.0
#: The command line of a search that waits no longer than that.
COMMAND_LINE = f"""\
from hpsearch.executors.srun import meeting
meeting.EVERY, meeting.SILENCE = {srun.EVERY}, {SILENCE}
from hpsearch.__main__ import main
raise SystemExit(main())
"""


def ancestors() -> list[int]:
    return [parent.pid for parent in psutil.Process().parents()]


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setenv("PYTHONPATH", os.pathsep.join([os.environ.get("PYTHONPATH", ""), str(Path.cwd())]))
    monkeypatch.chdir(tmp_path)
    monkeypatch.setattr(meeting, "SILENCE", SILENCE)
    srun.on_the_path(tmp_path, monkeypatch)
    return tmp_path


def script() -> str:
    """What the docs give to copy."""
    page = (ROOT / "docs" / "scale.md").read_text()
    return page.partition("## srun")[2].partition("```bash\n")[2].partition("```")[0]


def gone(pids: list[int]) -> bool:
    return not any(psutil.pid_exists(pid) and psutil.Process(pid).status() != "zombie" for pid in pids)


def both(executor: Executor) -> None:
    until("two workers", lambda: executor.workers == srun.TASKS)


@pytest.mark.long
def test_a_task_ends_as_one_at_home_and_a_worker_that_is_killed_costs_its_own(folder: Path) -> None:
    with EXECUTORS["srun"](2) as executor:
        both(executor)
        end_as_at_home(executor, folder)
        assert isinstance(executor, Placing)
        (victim,) = set(executor.submit_in(0, ancestors).result(timeout=30)) & set(srun.started(folder))
        lost, kept = executor.submit_in(0, time.sleep, 600), executor.submit_in(1, time.sleep, SILENCE + 1)
        os.kill(victim, signal.SIGKILL)
        with pytest.raises(WorkerDied, match="was lost"):
            lost.result(timeout=60)
        assert kept.result(timeout=60) is None
        assert executor.workers == 1
    until("no worker left", lambda: gone(srun.started(folder)))
    assert not list(folder.glob(".workers-*"))


def test_why_srun_has_ended_is_said(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    srun.on_the_path(folder, monkeypatch, "#!/bin/sh\necho 'error: no allocation' >&2; exit 7\n")
    with EXECUTORS["srun"](2) as executor:
        until("what happened", lambda: executor.workers == 1)
        with pytest.raises(ExecutorBroken, match=r"exit status 7: error: no allocation"):
            executor.submit(abs, -3).result(timeout=30)
    assert not list(folder.glob(".workers-*"))


def test_what_a_worker_says_that_cannot_be_met_is_told(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """One that sees nothing of the folder, where another might."""
    main = "from hpsearch.executors.srun import worker; worker.SEEN_WITHIN = 0; worker.main()"
    worker = f"{sys.executable} -P -c '{main}' /nowhere"
    script = f"#!/bin/sh\n{worker}\necho 'srun: error: node7: task 3: Exited with exit code 1' >&2\n"
    srun.on_the_path(folder, monkeypatch, f"{script}echo nothing of this; exec sleep 600\n")
    monkeypatch.setattr(meeting, "BEAT", srun.EVERY)
    said: list[str] = []
    factory = EXECUTORS["srun"]
    assert isinstance(factory, ClusterFactory)
    with factory.on(Cluster(tell=said.append), 2) as executor:
        until("both lines", lambda: len(said) == 2, seconds=60)
        assert executor.workers == 0
    assert "does not see /nowhere; search in a folder that all machines of the job share" in said[0]
    assert said[1] == "warning: srun: error: node7: task 3: Exited with exit code 1"


def test_of_what_srun_has_printed_that_is_said_which_tells(tmp_path: Path) -> None:
    log = Log(tmp_path / "srun.log")
    assert (list(log.news()), log.why()) == ([], "")
    (tmp_path / "srun.log").write_text("srun: job 7 queued\nsrun: error: node1: ta")
    assert list(log.news()) == []
    with (tmp_path / "srun.log").open("a") as stream:
        stream.write("sk 0: Killed\nNo module named hpsearch\nsrun: error: node2: task 1: Exited\n")
    assert list(log.news()) == ["srun: error: node1: task 0: Killed", "srun: error: node2: task 1: Exited"]
    assert (list(log.news()), log.why()) == ([], "No module named hpsearch")
    (tmp_path / "srun.log").write_text("srun: error: one\n" * 40)
    assert len(list(Log(tmp_path / "srun.log").news())) == MOST


def test_a_worker_that_lacks_something_says_what(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    from hpsearch.executors.srun import executor as module

    monkeypatch.setattr(module, "versions", lambda: {"NumPy": "0.0"})
    monkeypatch.setattr(module, "OTHERS_WITHIN", 0.5)
    with EXECUTORS["srun"](2) as executor:
        until("what is wrong", lambda: executor.workers == 1)
        with pytest.raises(ExecutorBroken, match=r"and this search 0\.0; install the same there"):
            executor.submit(abs, -3).result(timeout=30)


@contextmanager
def quiet(
    folder: Path, monkeypatch: pytest.MonkeyPatch, tell: Callable[[str], object]
) -> Iterator[tuple[Executor, Meeting]]:
    """An executor whose workers are what a test writes in the folder where they are met."""
    srun.on_the_path(folder, monkeypatch, "#!/bin/sh\nexec sleep 600\n")
    monkeypatch.setattr(meeting, "BEAT", srun.EVERY)
    monkeypatch.setattr(meeting, "SILENCE", 600.0)
    factory = EXECUTORS["srun"]
    assert isinstance(factory, ClusterFactory)
    with factory.on(Cluster(tell=tell), 2) as executor:
        (place,) = folder.glob(".workers-*")
        yield executor, Meeting(place)


def test_a_worker_that_is_no_use_ends_no_search_to_which_others_come(
    folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    from hpsearch.executors.srun import executor as module

    monkeypatch.setattr(module, "OTHERS_WITHIN", 600.0)
    said: list[str] = []
    with quiet(folder, monkeypatch, said.append) as (executor, place):
        place.write("first" + SAID, Said(1, "has another NumPy"))
        looked = place.read(PULSE) or 0
        until("a look at it", lambda: (place.read(PULSE) or 0) > looked + 2)
        assert (executor.workers, said) == (0, [])
        place.write("second" + SAID, Said(1))
        until("what is said", lambda: said)
        assert said == ["warning: the worker first has another NumPy; it is not used"]
        task = executor.submit(abs, -3)
        until("its order", lambda: isinstance(place.read("second" + ORDER), Order))
        place.write("second" + SAID, Said(2, "", place.read("second" + ORDER).number, Outcome.of(abs, [-3])))
        assert task.result(timeout=30) == 3


@dataclass
class Disk:
    """What writes the files of a meeting: `full` for those whose names end so."""

    full: str = ""
    refused: int = 0

    def __post_init__(self) -> None:
        self._whole = Meeting.write

    def write(self, place: Meeting, name: str, content: object) -> None:
        if self.full and name.endswith(self.full):
            self.refused += 1
            raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))
        self._whole(place, name, content)


@pytest.fixture
def disk(monkeypatch: pytest.MonkeyPatch) -> Disk:
    made = Disk()
    monkeypatch.setattr(Meeting, "write", lambda *given: made.write(*given))
    return made


def test_a_task_that_cannot_be_ordered_is_waited_for_as_long_as_a_worker_is(
    folder: Path, disk: Disk, monkeypatch: pytest.MonkeyPatch
) -> None:
    with quiet(folder, monkeypatch, print) as (executor, place):
        place.write("only" + SAID, Said(1))
        until("the worker", lambda: executor.workers == 1)
        disk.full = ORDER
        task = executor.submit(abs, -3)
        until("another try", lambda: disk.refused > 2)
        assert not task.done()
        # Only what has been silent for so long is given up, and by then the worker is not.
        monkeypatch.setattr(meeting, "SILENCE", 0.0)
        with pytest.raises((ExecutorBroken, WorkerLeft, WorkerDied)):
            task.result(timeout=30)
        until("that it is over", lambda: executor.workers == 1)
        with pytest.raises(ExecutorBroken, match=r"only\.order: cannot be written"):
            executor.submit(abs, -3).result(timeout=30)


def test_a_beat_that_cannot_be_written_is_tried_again(
    folder: Path, disk: Disk, monkeypatch: pytest.MonkeyPatch
) -> None:
    said: list[str] = []
    with quiet(folder, monkeypatch, said.append) as (executor, place):
        place.write("only" + SAID, Said(1))
        until("the worker", lambda: executor.workers == 1)
        for _ in range(2):
            disk.full, disk.refused = PULSE, 0
            until("another try", lambda: disk.refused > 2)
            disk.full, before = "", place.read(PULSE)
            until("a beat", lambda before=before: place.read(PULSE) > before)
        (line,) = said
        why = os.strerror(errno.ENOSPC)
        assert line.endswith(f"beat: cannot be written: {why}; it is tried again for 600 seconds")
        task = executor.submit(abs, -3)
        until("its order", lambda: place.read("only" + ORDER))
        place.write("only" + SAID, Said(2, "", place.read("only" + ORDER).number, Outcome.of(abs, [-3])))
        assert task.result(timeout=30) == 3


def test_a_folder_that_goes_with_its_search_is_no_trouble_to_tell_of(
    folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    said: list[str] = []
    with quiet(folder, monkeypatch, said.append) as (executor, place):
        assert place.read(PULSE) is not None
    assert isinstance(executor, SrunExecutor)
    executor._tell(PULSE, 7)  # as one who was at it
    assert (place.is_over(), said) == (True, [])


def test_where_files_are_seen_late_nothing_but_time_changes(
    folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """As on a network file system; and a worker's umask is its own."""
    from hpsearch.executors.srun import executor as module

    monkeypatch.setattr(module, "Meeting", Lagging)
    script = "#!/bin/sh\nfor last; do :; done\numask 077\n"
    worker = f"exec {sys.executable} -m tests.cluster.lagging"
    srun.on_the_path(folder, monkeypatch, f'{script}{worker} "$last"\n')
    with EXECUTORS["srun"](2) as executor:
        assert [executor.submit(abs, -number).result(timeout=60) for number in range(4)] == [0, 1, 2, 3]
        assert executor.workers == 1
    monkeypatch.setattr(lagging, "LAG", 600.0)
    late = Lagging(folder)
    assert (late.read("new" + SAID), late.workers()) == (None, [])
    late.write("new" + SAID, Said(1))
    assert (late.read("new" + SAID), late.workers()) == (None, [])
    assert (Meeting(folder).read("new" + SAID), Meeting(folder).workers()) == (Said(1), ["new"])


def test_what_workers_look_for_is_there_before_they_are(
    folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Some file systems remember for a minute that a file is not there."""
    looks = '#!/bin/sh\nfor last; do :; done; ls "$last" > {folder}/seen; exec sleep 600\n'
    srun.on_the_path(folder, monkeypatch, looks)
    with EXECUTORS["srun"](2):
        until("a look", lambda: (folder / "seen").exists() and (folder / "seen").read_text())
    assert {SEARCH, PULSE} <= set((folder / "seen").read_text().split())


def test_without_srun_it_is_said_how_a_search_goes_here(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("PATH", str(tmp_path))
    factory = EXECUTORS["srun"]
    assert isinstance(factory, ClusterFactory)
    with pytest.raises(InputError, match=r"needs srun, which is not here.*--executor local"):
        factory.on(Cluster(), 2)
    made(tmp_path, trials=2)
    ended = commands.here(tmp_path, "run", "own.yaml", "--executor", "srun")
    assert (ended.returncode, "needs srun" in ended.stderr) == (2, True)
    assert not (tmp_path / "runs").exists()


def test_a_scheduler_is_nothing_for_it(folder: Path) -> None:
    made(folder, trials=2)
    where = ("--executor", "srun", "--scheduler", "tcp://127.0.0.1:1")
    ended = commands.here(folder, "run", "own.yaml", *where)
    assert ended.returncode == 2
    assert "is for executor dask, and not for srun" in ended.stderr


@pytest.mark.long
def test_whoever_is_killed_the_results_are_those_of_one_process(folder: Path) -> None:
    """First a worker, then the search, of which no worker is left; then the script of the docs goes on with it."""
    made(folder, trials=8)
    expected = alone(folder)
    (folder / "config.yaml").write_text("name: own\n" + (folder / "own.yaml").read_text())
    (folder / "search.sbatch").write_text(script())
    (folder / "hpsearch").write_text(f'#!/bin/sh\nexec {sys.executable} -m hpsearch "$@"\n')
    (folder / "hpsearch").chmod(0o755)
    search = [sys.executable, "-c", COMMAND_LINE, "run", "config.yaml", "--executor", "srun"]
    with subprocess.Popen(search, cwd=folder) as first:
        until("results", lambda: results(folder) >= 3)
        os.kill(srun.started(folder)[0], signal.SIGKILL)
        before = results(folder)
        until("more results", lambda: results(folder) >= before + 3)
        first.kill()
    workers = srun.started(folder)
    until("no worker left", lambda: gone(workers))
    job = {"SLURM_SUBMIT_DIR": str(folder), "SLURM_CPUS_PER_TASK": "1"}
    subprocess.run(["bash", "search.sbatch"], env={**os.environ, **job}, check=True, timeout=120)
    assert (folder / "runs" / "own" / "results.csv").read_bytes() == expected
    assert not list((folder / "runs" / "own" / "checkpoints").glob(".workers-*"))


@pytest.mark.long
def test_paused_programs_and_networks_fare_there_as_in_one_process(folder: Path) -> None:
    (folder / "program.py").write_text(PROGRAM)
    for name, text in {"command": COMMAND, "network": NETWORK}.items():
        (folder / f"{name}.yaml").write_text(text)
        search = [sys.executable, "-c", COMMAND_LINE, "run", f"{name}.yaml", "--executor", "srun"]
        subprocess.run(search, cwd=folder, check=True, timeout=120)
    # Each was started once, and went on in whichever worker its next rung was given to.
    assert (folder / "started").read_text().split() == ["started"] * 8
    for name in ("command", "network"):
        found = (folder / "runs" / name / "results.csv").read_bytes()
        assert found == alone(folder, name)
