"""`python -m tests.cluster`: what can happen to a cluster is done to one, and the results are those of one process.

Workers are processes in network namespaces, each with an address and a cable of its own, where that may be done, as
root; else processes of this host under other addresses. All of them speak TLS. At last, in namespaces alone, such a
search goes by the files of `executor: srun`. It takes two minutes on a machine that has nothing else to do.
"""

from __future__ import annotations

import os
import signal
import tempfile
import time
from collections.abc import Callable
from contextlib import ExitStack
from pathlib import Path

import psutil

from tests.cluster import srun
from tests.cluster.hosts import Host, here, namespaces, plugged
from tests.cluster.machines import Machines, certificates, kill, of_trials, until
from tests.cluster.searches import alone, made, on, results, started

#: How long a worker is cut off, in seconds.
CUT = 10.0


def _some(machines: Machines, count: int) -> None:
    until(f"{count} results", lambda: results(machines.folder) >= count)


def lost(machines: Machines) -> int:
    """A worker is killed, and another one comes."""
    search = on(machines)
    _some(machines, 4)
    kill(machines.workers[0])
    machines.start_worker()
    return search.wait()


def left(machines: Machines) -> int:
    """A worker is asked to end, as when a cluster shrinks, with nanny; then another one comes."""
    worker = machines.start_worker(nanny=True)
    search = on(machines)
    _some(machines, 6)
    worker.send_signal(signal.SIGTERM)
    assert worker.wait(60) is not None
    machines.start_worker()
    return search.wait()


def cut_off(machines: Machines) -> int:
    """A worker is cut off for a while: its cable is out, or it is stopped."""
    search = on(machines)
    _some(machines, 4)
    host = machines.hosts[0]
    if host.cable:
        plugged(host, into=False)
    else:
        machines.workers[0].send_signal(signal.SIGSTOP)
    time.sleep(CUT)
    if host.cable:
        plugged(host, into=True)
    else:
        machines.workers[0].send_signal(signal.SIGCONT)
    return search.wait()


def scheduler_gone(machines: Machines) -> int:
    """The scheduler is killed, and comes back; its workers have ended with it."""
    search = on(machines)
    _some(machines, 4)
    assert machines.scheduler is not None
    kill(machines.scheduler)
    for worker in machines.workers:
        worker.wait(60)
    machines.start_scheduler()
    machines.start_worker()
    machines.start_worker()
    return search.wait()


def coordinator_killed(machines: Machines) -> int:
    """The search is killed; nothing of it is left in the workers, and it is resumed."""
    search = on(machines)
    _some(machines, 4)
    kill(search)
    until("no process of a trial", lambda: not any(of_trials(worker) for worker in machines.workers))
    return on(machines, resume=True).wait()


CASES: tuple[Callable[[Machines], int], ...] = (lost, left, cut_off, scheduler_gone, coordinator_killed)


def do(case: Callable[[Machines], int], hosts: list[Host], trials: int = 24) -> None:
    """Do a case on two workers, and compare."""
    with tempfile.TemporaryDirectory() as folder:
        place = Path(folder)
        made(place, trials)
        expected = alone(place)
        with Machines(place, certificates(place), hosts) as machines:
            machines.start_worker()
            machines.start_worker()
            status = case(machines)
            log = (place / "search.log").read_text()
            assert status == 0, log
            found = (place / "runs" / "own" / "results.csv").read_bytes()
            assert found == expected, log
            until("no process left", lambda: not any(of_trials(worker) for worker in machines.workers))


def by_srun(hosts: list[Host]) -> None:
    """A search by files alone, whose workers are as far apart as they can be on one machine."""
    with tempfile.TemporaryDirectory() as folder:
        place = Path(folder)
        made(place, 48)
        expected = alone(place)
        srun.far(place, hosts)
        path = os.pathsep.join([folder, os.environ["PATH"]])
        assert started(place, "run", "own.yaml", "--executor", "srun", PATH=path).wait() == 0
        log = (place / "search.log").read_text()
        assert (place / "runs" / "own" / "results.csv").read_bytes() == expected, log
        assert "machine3 does not see" in log, log
        until("no worker left", lambda: not any(map(psutil.pid_exists, srun.started(place))))


def main() -> None:
    """Do all cases."""
    with ExitStack() as stack:
        try:
            hosts = stack.enter_context(namespaces())
            print("workers in network namespaces, over TLS")
        except OSError as error:
            hosts = here()
            print(f"workers as processes of this host, over TLS; no network namespaces: {error}")
        for case in CASES:
            begun = time.monotonic()
            do(case, hosts)
            print(f"{case.__name__:20} same results as alone ({time.monotonic() - begun:.0f} s)", flush=True)
        if all(host.within for host in hosts):
            begun = time.monotonic()
            by_srun(hosts)
            print(f"{'by_srun':20} same results as alone ({time.monotonic() - begun:.0f} s)", flush=True)


if __name__ == "__main__":
    main()
