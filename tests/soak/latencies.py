"""How long hpsearch takes to notice a fault: `python tests/soak/latencies.py`, the longest of several times.

Each is measured from outside, on real processes: from the fault (a signal, a full disk, a deadline) to its effect.
"""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable
from itertools import pairwise
from pathlib import Path

import psutil

RUNS = 3
CONFIG = """\
name: soak
objective: {kind: OBJECTIVE, timeout: 1h}
space: {x: {scale: linear, low: 0, high: 1}}
search: {trials: 1000000, round_size: 4, max_failures: off}
dispatch: {workers: 4}
"""
PYTHON = CONFIG.replace("OBJECTIVE", 'python, function: "train.py:train"')
COMMAND = CONFIG.replace("OBJECTIVE", 'command, command: [sh, -c, "sleep 1000 & sleep 1000"]')
HANGING = """\
import ctypes, subprocess
def train(x):
    subprocess.Popen(["sleep", "1000"])
    ctypes.PyDLL(None).sleep(1000)  # holds the interpreter's lock
"""
QUICK = "import time\ndef train(x):\n    time.sleep(0.05)\n    return x\n"
LATE = """\
import subprocess, time
def train(x):
    with open("starts", "a") as file:
        file.write(f"{time.time()}\\n")
    subprocess.run(["sleep", "1000"])
"""


def start(folder: Path, *args: str, quiet: bool = True) -> subprocess.Popen[str]:
    """`hpsearch ARGS` in `folder`."""
    command = [sys.executable, "-m", "hpsearch", *args]
    return subprocess.Popen(
        command,
        cwd=folder,
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL if quiet else subprocess.PIPE,
        text=True,
        start_new_session=True,
    )


def until(condition: Callable[[], object]) -> float:
    """Seconds until `condition` holds."""
    begun = time.monotonic()
    while not condition():
        assert time.monotonic() - begun < 60, "it never happened"
        time.sleep(0.01)
    return time.monotonic() - begun


def lines(path: Path, count: int) -> bool:
    """Whether the file has so many lines."""
    return path.exists() and path.read_bytes().count(b"\n") >= count


def working(process: subprocess.Popen[str], sleeps: int) -> list[psutil.Process]:
    """All processes of the search, once it has started so many sleeps."""
    found: list[psutil.Process] = []

    def all_there() -> bool:
        found[:] = psutil.Process(process.pid).children(recursive=True)
        return sum(child.name() == "sleep" for child in found) >= sleeps

    until(all_there)
    return found


def alive(process: psutil.Process) -> bool:
    """Whether it goes on; one that has ended and waits to be forgotten by its new parent does not."""
    try:
        return process.status() != psutil.STATUS_ZOMBIE
    except psutil.NoSuchProcess:
        return False


def stopped(folder: Path, config: str, number: signal.Signals, sleeps: int) -> tuple[float, float]:
    """Seconds from a signal to the end of the search, and to that of its last process."""
    (folder / "config.yaml").write_text(config)
    (folder / "train.py").write_text(HANGING)
    process = start(folder, "run", "config.yaml", "--overwrite")
    children = working(process, sleeps)
    begun = time.monotonic()
    process.send_signal(number)
    process.wait(60)
    ended = time.monotonic() - begun
    until(lambda: not any(map(alive, children)))
    return ended, time.monotonic() - begun


def deadline(folder: Path) -> float:
    """Seconds by which trials that hang outlast a deadline of one second."""
    (folder / "config.yaml").write_text(PYTHON.replace("1h", "1s").replace("workers: 4", "workers: 1"))
    (folder / "train.py").write_text(LATE)
    (folder / "starts").unlink(missing_ok=True)
    process = start(folder, "run", "config.yaml", "--overwrite")
    until(lambda: lines(folder / "starts", 4))
    process.kill()
    process.wait()
    starts = [float(line) for line in (folder / "starts").read_text().split()]
    return max(after - before - 1 for before, after in pairwise(starts))


def busy(folder: Path, *args: str) -> subprocess.Popen[str]:
    """A search of quick trials that has recorded some results."""
    (folder / "config.yaml").write_text(PYTHON)
    (folder / "train.py").write_text(QUICK)
    process = start(folder, "run", "config.yaml", *args, quiet=False)
    runs = folder / (args[args.index("--runs-dir") + 1] if "--runs-dir" in args else "runs")
    until(lambda: lines(runs / "soak/journal.jsonl", 12))
    return process


def second(folder: Path) -> float:
    """Seconds that a second process on the same run takes to say so, all of its life."""
    process = busy(folder, "--overwrite")
    begun = time.monotonic()
    other = start(folder, "run", "config.yaml", "--resume", quiet=False)
    _, errors = other.communicate()
    took = time.monotonic() - begun
    assert other.returncode == 3, errors
    assert "another hpsearch process" in errors
    process.kill()
    process.communicate()
    return took


def resumed(folder: Path) -> float:
    """Seconds from `resume` after kill -9, which leaves its lock file, to the first new result."""
    process = busy(folder, "--overwrite")
    process.kill()
    process.communicate()
    journal = folder / "runs/soak/journal.jsonl"
    before = journal.read_bytes().count(b"\n")
    process = start(folder, "resume", "soak")
    took = until(lambda: lines(journal, before + 1))
    process.kill()
    process.wait()
    return took


def full(folder: Path) -> float:
    """Seconds from a full disk to the end of the search."""
    disk = folder / "disk"
    disk.mkdir(exist_ok=True)
    subprocess.run(["mount", "-t", "tmpfs", "-o", "size=2m", "none", str(disk)], check=True)
    try:
        process = busy(folder, "--runs-dir", "disk")
        with (disk / "filler").open("wb", buffering=0) as file:
            try:
                while file.write(bytes(4096)):
                    pass
            except OSError:
                begun = time.monotonic()
        _, errors = process.communicate()
        took = time.monotonic() - begun
        assert process.returncode == 3, errors
        assert "the disk is full" in errors
        return took
    finally:
        subprocess.run(["umount", str(disk)], check=True)


def show(what: str, seconds: float) -> None:
    """A figure, as soon as it is there."""
    sys.stdout.write(f"{seconds:6.2f} s  {what}\n")
    sys.stdout.flush()


def main() -> None:
    """Measure everything."""
    sys.stdout.write(f"the longest of {RUNS}; load {os.getloadavg()[0]:.1f} on {os.cpu_count()} cores\n")
    with tempfile.TemporaryDirectory(prefix="hpsearch-soak-") as name:
        folder = Path(name)
        for kind, config, sleeps in (("python", PYTHON, 4), ("command", COMMAND, 8)):
            for number in (signal.SIGINT, signal.SIGTERM, signal.SIGKILL):
                ends, lasts = zip(
                    *(stopped(folder, config, number, sleeps) for _ in range(RUNS)), strict=True
                )
                show(f"kind {kind}: from {number.name} to the end of the search", max(ends))
                show(f"kind {kind}: ... of its last worker, command and what they started", max(lasts))
        show(
            "from the deadline of a trial that hangs to the start of the next",
            max(deadline(folder) for _ in range(2)),
        )
        show(
            "a second process on the same run, from its start to its end",
            max(second(folder) for _ in range(RUNS)),
        )
        show(
            "resume after kill -9, from its start to the next result",
            max(resumed(folder) for _ in range(RUNS)),
        )
        if os.geteuid() == 0:
            show("from a full disk to the message", max(full(folder) for _ in range(RUNS)))
        begun = time.monotonic()
        start(folder, "--version").wait()
        show("(hpsearch --version, for comparison)", time.monotonic() - begun)


if __name__ == "__main__":
    main()
