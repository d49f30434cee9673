"""A scheduler that cannot be reached, or is none: it is said why, at once, and no search is left half begun."""

from __future__ import annotations

import asyncio
import json
import re
import socket
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from hpsearch.core.errors import ExecutorBroken
from hpsearch.executors.cluster import Cluster
from tests import commands
from tests.cluster.machines import certificates, free_port
from tests.cluster.searches import made

pytest.importorskip("distributed")
connection = pytest.importorskip("hpsearch.executors.dask.connection")


@pytest.fixture(autouse=True)
def hurried(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(connection, "PATIENCE", 0.5)


@contextmanager
def speaking(words: bytes) -> Iterator[int]:
    """The port of a program that says so to everybody and hears nothing."""
    heard = list[socket.socket]()
    with socket.create_server(("127.0.0.1", 0)) as server:

        def serve() -> None:
            try:
                while True:
                    heard.append(server.accept()[0])
                    heard[-1].sendall(words)
            except OSError:  # it is over
                return

        thread = threading.Thread(target=serve, daemon=True)
        thread.start()
        yield server.getsockname()[1]
        server.shutdown(socket.SHUT_RDWR)
        thread.join()
    for one in heard:
        one.close()


def test_a_search_whose_scheduler_is_not_there_leaves_nothing_and_can_be_begun_again(tmp_path: Path) -> None:
    made(tmp_path, trials=2)
    asked = ("run", "own.yaml", "--executor", "dask", "--scheduler", f"tcp://127.0.0.1:{free_port()}")
    for _ in range(2):
        ended = commands.here(tmp_path, *asked)
        assert ended.returncode == 3
        assert "no scheduler answers there (" in ended.stderr
        assert "continue" not in ended.stderr
    assert not list((tmp_path / "runs" / "own").glob("[a-z]*.*"))
    begun = commands.here(tmp_path, "run", "own.yaml", "--executor", "serial")
    assert begun.returncode == 0, begun.stderr
    ended = commands.here(tmp_path, "resume", "own", "--trials", "3", *asked[2:])
    assert ended.returncode == 3
    assert "continue with: hpsearch resume own" in ended.stderr
    assert (tmp_path / "runs" / "own" / "results.csv").exists()


def test_a_file_that_an_earlier_scheduler_has_left_is_named(tmp_path: Path) -> None:
    made(tmp_path, trials=2)
    (tmp_path / "left.json").write_text(json.dumps({"address": f"tcp://127.0.0.1:{free_port()}"}))
    ended = commands.here(tmp_path, "run", "own.yaml", "--executor", "dask", "--scheduler", "left.json")
    assert ended.returncode == 3
    assert re.search(r"left\.json: address: tcp://\S+: no scheduler answers there", ended.stderr)


@pytest.mark.parametrize("words", [b"", b"HTTP/1.1 400 Bad Request\r\n\r\n" * 100])
def test_another_program_is_no_scheduler(tmp_path: Path, words: bytes) -> None:
    made(tmp_path, trials=2)
    with speaking(words) as port:
        address = f"tcp://127.0.0.1:{port}"
        ended = commands.here(tmp_path, "run", "own.yaml", "--executor", "dask", "--scheduler", address)
    assert ended.returncode == 3
    assert f"{address}: no scheduler answers there" in ended.stderr


def test_who_is_there_is_asked_in_a_notebook_too() -> None:
    """Where this thread has a loop already."""

    async def in_a_cell() -> None:
        connection.Connection(Cluster(f"tcp://127.0.0.1:{free_port()}"), 1).open()

    with pytest.raises(ExecutorBroken, match=r"no scheduler answers there \(.+\)"):
        asyncio.run(in_a_cell())


def test_why_nobody_answers_is_what_was_said_last() -> None:
    error = OSError("Timed out trying to connect")
    error.__cause__ = ConnectionRefusedError("in <a comm>: ConnectionRefusedError: refused at once")
    error.__cause__.__cause__ = TimeoutError()
    said = connection._unanswered(Cluster("tcp://127.0.0.1:1"), "tcp://127.0.0.1:1", error)
    assert "no scheduler answers there (refused at once)" in said


def test_a_worker_is_no_scheduler() -> None:
    from distributed import LocalCluster

    with (
        LocalCluster(
            n_workers=1,
            threads_per_worker=1,
            processes=False,
            protocol="tcp",
            dashboard_address=connection.NOWHERE,
            worker_dashboard_address=connection.NOWHERE,
            silence_logs=50,
        ) as cluster,
        pytest.raises(ExecutorBroken, match="is no scheduler of Dask but a Worker"),
    ):
        connection.Connection(Cluster(cluster.workers[0].address), 1).open()


def test_files_that_are_no_certificates_are_named(tmp_path: Path) -> None:
    pytest.importorskip("cryptography")
    (tmp_path / "other").mkdir()
    files, others = certificates(tmp_path), certificates(tmp_path / "other")
    made(tmp_path, trials=2)
    for name, file, said in (
        ("ca", files["key"], "dispatch.tls.ca: holds no certificate in PEM that can be read"),
        ("key", others["key"], "dispatch.tls.cert: holds no certificate in PEM to which"),
    ):
        given = [word for one in files for word in ("--set", f"dispatch.tls.{one}={files[one]}")]
        changed = ["--set", f"dispatch.tls.{name}={file}"]
        where = ["--executor", "dask", "--scheduler", "tls://127.0.0.1:1"]
        ended = commands.here(tmp_path, "run", "own.yaml", *where, *given, *changed)
        assert (ended.returncode, said in ended.stderr) == (2, True), ended.stderr
    assert not (tmp_path / "runs").exists()
