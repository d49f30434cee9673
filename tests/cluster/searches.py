"""A search as a process, on a cluster and alone, and what came out of it."""

from __future__ import annotations

import os
import subprocess
import sys
from collections.abc import Mapping
from pathlib import Path

from tests.cluster.machines import ROOT, Machines

TRAIN = """\
import time
def train(lr, seed):
    for epoch in range(4):
        time.sleep(0.15)
        yield {"score": 1 - (lr - 0.03) ** 2 + epoch / 1000 + seed % 7 / 1e6}
"""
CONFIG = """\
objective: {{kind: python, function: train.py:train, epochs: 4}}
space: {{lr: {{scale: log, low: 1e-4, high: 1}}}}
search: {{trials: {trials}, halving: {{eta: 2}}}}
dispatch: {{retries: 3}}
"""
#: A program that prints its epochs, and so is paused between two rungs; it notes that it was started.
PROGRAM = """\
import sys
print("started", file=open("started", "a"))
for epoch in range(1, 5):
    print(f"epoch {epoch} loss={(float(sys.argv[1]) - 0.03) ** 2 + 1 / epoch:.9f}", flush=True)
"""
COMMAND = """\
objective: {command: [python, program.py, "{lr}"], kind: command, epochs: 4, pause: stop}
space: {lr: {scale: log, low: 1e-4, high: 1}}
search: {trials: 8, metric: loss, halving: {eta: 2}}
"""
NETWORK = """\
objective: {kind: mlp, dataset: digits, hidden: [8], epochs: 4}
space: {lr: {scale: log, low: 1e-3, high: 1}}
search: {trials: 8, halving: {eta: 2}, confirm: {top: 1, seeds: 2}}
"""


def made(folder: Path, trials: int) -> None:
    (folder / "train.py").write_text(TRAIN)
    (folder / "own.yaml").write_text(CONFIG.format(trials=trials))


def started(folder: Path, *options: str, **variables: str) -> subprocess.Popen[bytes]:
    with (folder / "search.log").open("ab") as log:
        return subprocess.Popen(
            [sys.executable, "-m", "hpsearch", *options],
            cwd=folder,
            env={**os.environ, "PYTHONPATH": os.pathsep.join([str(ROOT / "src"), str(ROOT)]), **variables},
            stdout=log,
            stderr=log,
        )


def on(machines: Machines, *, resume: bool = False) -> subprocess.Popen[bytes]:
    """A search on the cluster."""
    return of(machines, *(["resume", "own"] if resume else ["run", "own.yaml"]))


def of(machines: Machines, *command: str) -> subprocess.Popen[bytes]:
    """A command of a search on the cluster."""
    return started(machines.folder, *command, "--executor", "dask", *_reached(machines.address, machines.tls))


def _reached(address: str, tls: Mapping[str, str]) -> list[str]:
    files = [word for name, file in tls.items() for word in ("--set", f"dispatch.tls.{name}={file}")]
    return ["--scheduler", address, *files]


def alone(folder: Path, name: str = "own") -> bytes:
    """The results of the same search in one process."""
    assert started(folder, "run", f"{name}.yaml", "--executor", "serial", "--runs-dir", "alone").wait() == 0
    return (folder / "alone" / name / "results.csv").read_bytes()


def results(folder: Path) -> int:
    """How many results of the search on the cluster are recorded."""
    journal = folder / "runs" / "own" / "journal.jsonl"
    return journal.read_bytes().count(b'"kind":"result"') if journal.exists() else 0
