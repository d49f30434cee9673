"""A scheduler and workers as processes, each with an address of its own, which speak TLS."""

from __future__ import annotations

import os
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Sequence
from contextlib import suppress
from dataclasses import dataclass, field
from pathlib import Path
from types import TracebackType
from typing import Self

import psutil

from tests.cluster.hosts import Host, here

ROOT = Path(__file__).resolve().parents[2]


def certificates(folder: Path) -> dict[str, str]:
    """The files of a certificate that signs itself, by their names in `dispatch.tls`."""
    from distributed import Security

    made = Security.temporary()
    files = {"ca": made.tls_ca_file, "cert": made.tls_scheduler_cert, "key": made.tls_scheduler_key}
    for name, text in files.items():
        path = folder / f"{name}.pem"
        path.touch(mode=0o600)
        path.write_text(text)
    return {name: str(folder / f"{name}.pem") for name in files}


def free_port() -> int:
    with socket.socket() as asked:
        asked.bind(("127.0.0.1", 0))
        port: int = asked.getsockname()[1]
        return port


@dataclass
class Machines:
    """A scheduler in this host and workers on `hosts`, by turns; what runs ends with the block."""

    folder: Path
    tls: dict[str, str]
    hosts: Sequence[Host] = field(default_factory=here)
    workers: list[subprocess.Popen[bytes]] = field(default_factory=list)
    scheduler: subprocess.Popen[bytes] | None = None

    def __post_init__(self) -> None:
        self.port = free_port()

    @property
    def address(self) -> str:
        return f"tls://127.0.0.1:{self.port}"

    def __enter__(self) -> Self:
        self.start_scheduler()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        for process in (*self.workers, *filter(None, [self.scheduler])):
            kill(process)

    def start_scheduler(self) -> None:
        self.scheduler = self._start(
            "scheduler",
            [],
            ["--host", "0.0.0.0", "--port", str(self.port), "--no-dashboard", "--protocol", "tls"],
        )

    def start_worker(self, *, nanny: bool = False) -> subprocess.Popen[bytes]:
        host = self.hosts[len(self.workers) % len(self.hosts)]
        scheduler = f"tls://{host.gateway}:{self.port}"
        options = ["--host", host.address, "--nthreads", "1", "--no-dashboard", "--memory-limit", "0"]
        options.append("--nanny" if nanny else "--no-nanny")
        worker = self._start("worker", host.within, [scheduler, *options])
        self.workers.append(worker)
        return worker

    def _start(self, kind: str, within: Sequence[str], options: Sequence[str]) -> subprocess.Popen[bytes]:
        given = zip(("--tls-ca-file", "--tls-cert", "--tls-key"), self.tls.values(), strict=True)
        files = [word for pair in given for word in pair]
        path = os.pathsep.join([str(ROOT / "src"), str(ROOT)])
        with (self.folder / f"{kind}.log").open("ab") as log:
            return subprocess.Popen(
                [*within, sys.executable, "-m", f"distributed.cli.dask_{kind}", *options, *files],
                cwd=self.folder,
                env={**os.environ, "PYTHONPATH": path, "DASK_TEMPORARY_DIRECTORY": str(self.folder)},
                stdout=log,
                stderr=log,
            )


def kill(process: subprocess.Popen[bytes]) -> None:
    if process.poll() is None:
        process.send_signal(signal.SIGCONT)
        process.kill()
    process.wait()


def of_trials(worker: subprocess.Popen[bytes]) -> list[psutil.Process]:
    """The processes that a worker has for trials: those that its server has forked, and what watches over them."""
    found = []
    with suppress(psutil.NoSuchProcess):
        for child in psutil.Process(worker.pid).children():
            found += child.children(recursive=True)
            found += [child] * any("sweeper" in word for word in child.cmdline())
    return found


def until(what: str, there: object, *, seconds: float = 60.0) -> None:
    """Wait until `there()` is true; at most so long."""
    end = time.monotonic() + seconds
    assert callable(there)
    while not there():
        assert time.monotonic() < end, f"{what}: not within {seconds:g} s"
        time.sleep(0.1)
