"""Workers of a Dask cluster: what is refused, and that trials fare in them as at home."""

from __future__ import annotations

import json
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from hpsearch.core.errors import (
    ExecutorBroken,
    InputError,
    MissingExtra,
)
from hpsearch.executors import EXECUTORS, dask
from hpsearch.executors.cluster import Cluster, ClusterFactory, refuse_open, sound_address
from tests.cluster.machines import until
from tests.cluster.tasks import end_as_at_home

if TYPE_CHECKING:
    from distributed import LocalCluster


def test_a_task_of_the_cluster_ends_as_one_at_home() -> None:
    pytest.importorskip("distributed")
    with EXECUTORS["dask"](2) as executor:
        end_as_at_home(executor, Path.cwd())


def test_a_worker_that_is_no_use_says_why(tmp_path: Path) -> None:
    from hpsearch.executors.away import unfitness, versions

    session = str(tmp_path), str(tmp_path / "runs" / ".token")
    assert "does not see the folder" in unfitness(*session, versions())
    (tmp_path / "runs").mkdir()
    (tmp_path / "runs" / ".token").touch()
    assert unfitness(*session, versions()) == ""
    assert "and this search 0.0" in unfitness(*session, {**versions(), "NumPy": "0.0"})


@pytest.mark.parametrize("address", ["tcp://10.0.0.9:8786", "tcp://head:8786", "tcp://[fd00::1]:8786"])
def test_plain_tcp_to_another_machine_is_refused(address: str) -> None:
    with pytest.raises(InputError, match="runs code on every worker"):
        refuse_open(address, insecure=False)
    refuse_open(address, insecure=True)


@pytest.mark.parametrize(
    "address", ["tcp://127.0.0.1:1", "tcp://localhost:1", "tcp://[::1]:1", "tls://head:1"]
)
def test_what_stays_here_or_is_encrypted_is_taken(address: str) -> None:
    refuse_open(address, insecure=False)


@pytest.mark.parametrize(
    "address", ["inproc://1", "http://head:8786", "tcp://head", "tls://head:port", "tls://:1"]
)
def test_what_is_no_address_of_a_scheduler_is_refused(address: str) -> None:
    with pytest.raises(InputError, match="must be tls://HOST:PORT"):
        refuse_open(address, insecure=True)


def test_a_scheduler_is_found_by_the_file_that_it_wrote(tmp_path: Path) -> None:
    file = tmp_path / "scheduler.json"
    with pytest.raises(InputError, match="start the scheduler first"):
        sound_address(str(file), insecure=False)
    file.write_text("{}")
    with pytest.raises(InputError, match="has no address"):
        sound_address(str(file), insecure=False)
    file.write_text(json.dumps({"address": "tls://head:8786"}))
    assert sound_address(str(file), insecure=False) == "tls://head:8786"


@pytest.mark.parametrize(
    ("address", "rule"), [("http://head:8786", "must be tls://HOST:PORT"), ("tcp://head:8786", "plain tcp")]
)
def test_an_address_that_is_refused_is_said_with_its_file(tmp_path: Path, address: str, rule: str) -> None:
    file = tmp_path / "scheduler.json"
    file.write_text(json.dumps({"address": address}))
    with pytest.raises(InputError) as refused:
        sound_address(str(file), insecure=False)
    assert str(refused.value).startswith(f"{file}: address: {rule}")
    assert address in str(refused.value)
    with pytest.raises(InputError) as refused:
        sound_address(address, insecure=False)
    assert str(refused.value).startswith(rule)


def test_a_library_that_is_missing_is_named_with_its_extra(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(dask, "find_spec", lambda _: None)
    with pytest.raises(MissingExtra, match=r"distributed.*hpsearch\[dask\]"):
        EXECUTORS["dask"](2)


@pytest.mark.parametrize(
    ("cluster", "options"),
    [
        (Cluster(), "--executor local"),
        (Cluster("tls://head:8786"), "--executor local --set dispatch.scheduler="),
        (Cluster(jobqueue=Path("slurm.yaml")), "--executor local --set dispatch.jobqueue="),
    ],
)
def test_without_its_library_it_is_said_how_a_search_goes_here(
    cluster: Cluster, options: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(dask, "find_spec", lambda _: None)
    factory = EXECUTORS["dask"]
    assert isinstance(factory, ClusterFactory)
    with pytest.raises(MissingExtra) as missing:
        factory.on(cluster, 2)
    assert str(missing.value).endswith(f"; or train on this machine: {options}")


@contextmanager
def in_this_process(workers: int) -> Iterator[LocalCluster]:
    """A scheduler of this process that others can reach, and so many workers."""
    from distributed import LocalCluster

    from hpsearch.executors.dask.connection import NOWHERE

    with LocalCluster(
        n_workers=workers,
        threads_per_worker=1,
        processes=False,
        protocol="tcp",
        dashboard_address=NOWHERE,
        worker_dashboard_address=NOWHERE,
        memory_limit=0,
        silence_logs=50,
    ) as cluster:
        yield cluster


def test_before_a_worker_has_come_there_is_none() -> None:
    pytest.importorskip("distributed")
    factory = EXECUTORS["dask"]
    assert isinstance(factory, ClusterFactory)
    with (
        in_this_process(0) as cluster,
        factory.on(Cluster(cluster.scheduler_address), 4) as executor,
    ):
        assert executor.workers == 0
        cluster.scale(1)
        until("a worker", lambda: executor.workers == 1)
        assert executor.submit(abs, -3).result(timeout=30) == 3


def test_a_worker_that_is_no_use_is_done_without_whenever_it_answers(monkeypatch: pytest.MonkeyPatch) -> None:
    pytest.importorskip("distributed")
    from distributed import get_worker

    from hpsearch.executors.dask import host

    told = list[str]()
    factory = EXECUTORS["dask"]
    assert isinstance(factory, ClusterFactory)
    with in_this_process(2) as cluster:
        useless = cluster.workers[0].address

        def unfit(*_: object) -> str:
            if get_worker().address == useless:
                return "is old"
            time.sleep(0.5)  # the other one answers first
            return ""

        monkeypatch.setattr(host, "unfitness", unfit)
        with factory.on(Cluster(cluster.scheduler_address, tell=told.append), 2) as executor:
            assert executor.submit(abs, -3).result(timeout=30) == 3
    assert told == [f"warning: the worker {useless} is old; it is not used"]


def test_workers_without_hpsearch_are_told_of(tmp_path: Path) -> None:
    pytest.importorskip("distributed")
    start = "import sys; sys.modules['hpsearch'] = None; from distributed.cli.dask_worker import main; main()"
    factory = EXECUTORS["dask"]
    assert isinstance(factory, ClusterFactory)
    with in_this_process(0) as cluster:
        options = ["--nthreads", "1", "--no-nanny", "--no-dashboard", "--memory-limit", "0"]
        command = [sys.executable, "-c", start, cluster.scheduler_address, *options]
        with subprocess.Popen(command, cwd=tmp_path, stderr=subprocess.DEVNULL) as worker:
            until("a worker", lambda: cluster.scheduler.workers)
            with (
                pytest.raises(ExecutorBroken, match=r"cannot load hpsearch \(.*install the same hpsearch"),
                factory.on(Cluster(cluster.scheduler_address, shared=tmp_path), 1),
            ):
                pass
            assert worker.poll() is None
            worker.kill()
        assert not list(tmp_path.glob(".*.tmp"))
