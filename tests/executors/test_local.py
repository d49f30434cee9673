"""Worker processes: deadlines, deaths, and the end of their parent. Real processes, real signals."""

from __future__ import annotations

import gc
import os
import signal
import subprocess
import sys
import time
from concurrent.futures.process import BrokenProcessPool
from unittest.mock import Mock

import psutil
import pytest

from hpsearch.core.errors import DeadlineExceeded, TaskEnded, WorkerDied, WorkersLost
from hpsearch.executors import EXECUTORS, Executor
from hpsearch.executors.base import Ending
from hpsearch.executors.local import pool
from hpsearch.executors.local.workers import Sweeper
from hpsearch.executors.slots import slot
from hpsearch.executors.turns import Turn


def square(number: int) -> int:
    return number * number


def die(number: int) -> None:
    os.kill(os.getpid(), number)


def leave() -> None:
    os._exit(7)


def sleep(seconds: float) -> float:
    time.sleep(seconds)
    return seconds


def threads() -> tuple[str, str]:
    return os.environ["OMP_NUM_THREADS"], os.environ["OPENBLAS_NUM_THREADS"]


def test_a_dead_worker_costs_only_its_own_task() -> None:
    for _ in range(5):
        try:
            _let_two_workers_die()
        except WorkersLost:  # one died before anybody knew what it had taken
            continue
        return
    pytest.fail("no task was known to be the last of its worker")


def _let_two_workers_die() -> None:
    with EXECUTORS["local"](2) as executor:
        killed = executor.submit(die, int(signal.SIGKILL))
        left = executor.submit(leave)
        others = [executor.submit(square, number) for number in range(10)]
        with pytest.raises(WorkerDied, match="killed by SIGKILL"):
            killed.result(timeout=30)
        with pytest.raises(WorkerDied, match="exited with status 7"):
            left.result(timeout=30)
        assert [future.result(timeout=30) for future in others] == [number**2 for number in range(10)]


def test_a_task_that_is_ended_costs_no_other() -> None:
    with EXECUTORS["local"](1) as executor:
        assert isinstance(executor, Ending)
        ended = executor.submit(sleep, 600)
        executor.end(ended)
        with pytest.raises(TaskEnded):
            ended.result(timeout=30)
        done = executor.submit(square, 3)
        assert done.result(timeout=30) == 9
        executor.end(done)
        assert done.result() == 9, "what has ended has ended"


def test_a_worker_that_has_had_its_share_makes_way_for_another() -> None:
    with EXECUTORS["local"](1) as executor:
        found = [executor.submit(Turn(os.getpid, 1, 2)).result(timeout=30) for _ in range(5)]
    first, second, third = found[0], found[2], found[4]
    assert found == [first, first, second, second, third]
    assert len({first, second, third}) == 3


def test_a_worker_has_the_slot_of_the_one_whose_place_it_takes() -> None:
    with EXECUTORS["local"](2) as executor:
        executor.submit(sleep, 600)  # in the first slot
        found = [executor.submit(Turn(slot, 1, 1)).result(timeout=30) for _ in range(2)]
    assert found == [1, 1]


def test_a_deadline_ends_its_task_alone() -> None:
    with EXECUTORS["local"](2) as executor:
        late = executor.submit(sleep, 60.0, timeout=0.3)
        early = executor.submit(sleep, 0.5, timeout=30)
        with pytest.raises(DeadlineExceeded, match=r"longer than 0\.3 s"):
            late.result(timeout=30)
        assert early.result(timeout=30) == 0.5


def test_workers_have_one_blas_thread_and_a_collector() -> None:
    with EXECUTORS["local"](1) as executor:
        assert executor.submit(threads).result(timeout=30) == ("1", "1")
        assert executor.submit(gc.isenabled).result(timeout=30)
        assert executor.submit(gc.get_freeze_count).result(timeout=30) > 0  # of what the server has imported


def test_workers_end_with_their_parent() -> None:
    code = (
        "import os, time\n"
        "from hpsearch.executors import EXECUTORS\n"
        "with EXECUTORS['local'](2) as executor:\n"
        "    pids = {executor.submit(os.getpid).result() for _ in range(50)}\n"
        "    executor.submit(time.sleep, 600); executor.submit(time.sleep, 600)\n"
        "    time.sleep(0.3)\n"
        "    print(*pids, flush=True)\n"
        "    time.sleep(600)\n"
    )
    parent = subprocess.Popen([sys.executable, "-c", code], stdout=subprocess.PIPE, text=True)
    assert parent.stdout is not None
    with parent.stdout:
        workers = [int(pid) for pid in parent.stdout.readline().split()]
    children = psutil.Process(parent.pid).children(recursive=True)
    assert workers
    assert len(children) >= len(workers)
    parent.kill()
    parent.wait()
    _, alive = psutil.wait_procs(children, timeout=30)
    assert not alive


def test_a_worker_that_is_replaced_while_all_end_is_no_error() -> None:
    sweeper = Sweeper()
    sweeper.start()
    sweeper.stop()
    sweeper.watch(os.getpid())


def test_workers_that_die_idle_are_replaced() -> None:
    with EXECUTORS["local"](2) as executor:
        for _ in range(3):
            pids = {executor.submit(os.getpid).result(timeout=30) for _ in range(40)}
            for pid in pids:
                os.kill(pid, signal.SIGKILL)
            time.sleep(0.5)
            assert answered(executor) == 9


def test_a_task_that_is_handed_to_a_pool_as_it_gives_up_is_lost_at_once(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(pool, "TAKEN_WITHIN", 1e6)
    with EXECUTORS["local"](1) as executor:
        assert isinstance(executor, pool.LocalExecutor)
        assert executor.submit(square, 3).result(timeout=30) == 9
        manager = executor._slots[0]._pool._pool_manager
        # Pebble checks that the pool is well, queues the task, and hands it over in another thread.
        monkeypatch.setattr(manager, "schedule", Mock(side_effect=BrokenProcessPool))
        with pytest.raises(WorkersLost, match="died as it took the task"):
            executor.submit(square, 4).result(timeout=30)
        assert executor.submit(square, 5).result(timeout=30) == 25


def answered(executor: Executor) -> int:
    """The answer to a task that is submitted again while the workers are lost."""
    for _ in range(5):
        try:
            value: int = executor.submit(square, 3).result(timeout=30)
        except (WorkerDied, WorkersLost):
            continue
        return value
    raise AssertionError("the workers stay lost")
