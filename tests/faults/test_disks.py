"""Full disks and read-only folders: one clear message, status 3, nothing lost, and on after the fix at once."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path

import pytest

from hpsearch.runs.journal import replay
from hpsearch.runs.records import Other, Reader
from hpsearch.runs.writing import header
from tests.cli.conftest import SMALL, Hpsearch
from tests.commands import started
from tests.faults.conftest import begun, results, until

PYTHON = """\
name: small
objective: {kind: python, function: "train.py:train", epochs: 9}
space: {x: {scale: linear, low: 0, high: 1}}
search: {trials: 30, round_size: 4, halving: {eta: 3}}
"""
TRAIN = """\
import pathlib, time
def train(x, epochs, checkpoint):
    time.sleep(0.05)
    pathlib.Path(checkpoint, "state").write_bytes(bytes(20_000))
    return x * epochs
"""
COMMAND = PYTHON.replace(
    'kind: python, function: "train.py:train"', 'kind: command, command: [sh, train.sh, "{x}", "{epochs}"]'
)
SCRIPT = 'set -e; sleep 0.05; head -c 20000 /dev/zero > "$HPSEARCH_CHECKPOINT/state"; echo "score: $1"\n'


@pytest.fixture
def disk(folder: Path) -> Iterator[Path]:
    """A disk of its own, of 4 MB."""
    place = folder / "disk"
    place.mkdir()
    mount(place, "size=4m")
    yield place
    assert until(
        lambda: subprocess.run(["umount", str(place)], capture_output=True, check=False).returncode == 0
    )


def mount(place: Path, options: str) -> None:
    command = ["mount", "-t", "tmpfs", "-o", options, "none", str(place)]
    if sys.platform != "linux" or shutil.which("mount") is None:
        pytest.skip("no tmpfs can be mounted on this system")
    ended = subprocess.run(command, capture_output=True, text=True, check=False)
    if ended.returncode:
        pytest.skip(f"a tmpfs cannot be mounted here, which takes the superuser: {ended.stderr.strip()}")


def fill(disk: Path, left: int = 0) -> Path:
    """Fill the disk but for `left` bytes."""
    filler = disk / "filler"
    with filler.open("wb", buffering=0) as file:
        try:
            while file.write(bytes(4096)):
                pass
        except OSError:
            file.truncate(max(0, file.tell() - left))
    return filler


def write(folder: Path, kind: str) -> None:
    (folder / "train.py").write_text(TRAIN)
    (folder / "train.sh").write_text(SCRIPT)
    text = {"python": PYTHON, "command": COMMAND, "mlp": SMALL.replace("trials: 14", "trials: 30")}[kind]
    (folder / "config.yaml").write_text(text)


@pytest.mark.long
@pytest.mark.parametrize(("kind", "left"), [("mlp", 0), ("python", 15_000), ("command", 0)])
def test_a_disk_that_fills_up_loses_nothing(
    kind: str, left: int, folder: Path, hpsearch: Hpsearch, disk: Path
) -> None:
    write(folder, kind)
    assert hpsearch("run", "config.yaml", "--runs-dir", "roomy").returncode == 0
    run = disk / "small"
    with started(folder, "run", "config.yaml", "--runs-dir", "disk", "--workers", "2") as process:
        assert until(lambda: begun(run, 5))
        fill(disk, left)
        _, errors = process.communicate(timeout=60)
    assert process.returncode == 3, errors
    assert "the disk is full; free some space. What was recorded is kept: continue with --resume" in errors
    assert "Traceback" not in errors
    kept = results(run)
    assert len(kept) >= 5
    assert {result.status for result in kept} == {"done"}
    refused = hpsearch("resume", "small", "--runs-dir", "disk")
    assert (refused.returncode, "the disk is full" in refused.stderr) == (3, True)
    assert hpsearch("show", "small", "--runs-dir", "disk").returncode == 0
    (disk / "filler").unlink()
    assert hpsearch("resume", "small", "--runs-dir", "disk").returncode == 0
    assert results(run)[: len(kept)] == kept
    assert (run / "results.csv").read_bytes() == (folder / "roomy/small/results.csv").read_bytes()


def test_no_room_for_temporary_files_is_a_full_disk_too(
    folder: Path, disk: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("TMPDIR", str(disk))
    write(folder, "command")
    run = folder / "runs/small"
    with started(folder, "run", "config.yaml", "--workers", "2") as process:
        assert until(lambda: begun(run, 5))
        while process.poll() is None:  # what trials give back is filled as well
            fill(disk).rename(disk / f"filler{time.monotonic_ns()}")
        _, errors = process.communicate(timeout=60)
    assert process.returncode == 3, errors
    assert f"{disk}: the disk is full; free some space" in errors
    assert {result.status for result in results(run)} == {"done"}
    for filler in disk.glob("filler*"):
        filler.unlink()
    with started(folder, "resume", "small") as process:
        assert process.wait(60) == 0
    assert {result.status for result in results(run)} == {"done"}


def test_a_disk_that_is_full_from_the_start(folder: Path, hpsearch: Hpsearch, disk: Path) -> None:
    filler = fill(disk)
    ended = hpsearch("run", "config.yaml", "--runs-dir", "disk")
    assert ended.returncode == 3
    assert "the disk is full; free some space" in ended.stderr
    filler.unlink()
    assert hpsearch("run", "config.yaml", "--runs-dir", "disk", "--trials", "3").returncode == 0


def test_a_record_that_does_not_fit_is_taken_back(folder: Path, disk: Path) -> None:
    from hpsearch.core.errors import RunFolderError
    from hpsearch.runs import Journal

    path = disk / "journal.jsonl"
    with Journal(path) as journal:
        journal.open()
        journal.append([header(version="1", spec="s", data="d"), {"kind": "a"}])
        before = path.read_bytes()
        filler = fill(disk)
        with pytest.raises(RunFolderError, match="the disk is full"):
            journal.append([{"kind": "b", "text": "x" * 100_000}])
        assert path.read_bytes() == before
        filler.unlink()
        journal.append([{"kind": "c"}])
    records, whole, torn = replay(path, Reader(str(path)))
    assert (records, whole, torn) == ([records[0], Other("a"), Other("c")], path.stat().st_size, 0)


def test_a_disk_that_became_read_only(folder: Path, hpsearch: Hpsearch, disk: Path) -> None:
    assert hpsearch("run", "config.yaml", "--runs-dir", "disk", "--trials", "4").returncode == 0
    before = (disk / "small/journal.jsonl").read_bytes()
    subprocess.run(["mount", "-o", "remount,ro", str(disk)], check=True, capture_output=True)
    for command in (["resume", "small", "--trials", "8"], ["run", "config.yaml", "--set", "name=other"]):
        ended = hpsearch(*command, "--runs-dir", "disk")
        assert ended.returncode == 3
        assert "the file system is read-only; choose another --runs-dir" in ended.stderr
        assert "Traceback" not in ended.stderr
    assert hpsearch("show", "small", "--runs-dir", "disk").returncode == 0
    assert (disk / "small/journal.jsonl").read_bytes() == before
    subprocess.run(["mount", "-o", "remount,rw", str(disk)], check=True, capture_output=True)
    assert hpsearch("resume", "small", "--runs-dir", "disk", "--trials", "8").returncode == 0


def as_nobody(folder: Path, *args: str) -> tuple[int, str]:
    """The status and the errors of `hpsearch ARGS` by a user who owns nothing."""
    nobody = 65534 if os.geteuid() == 0 else None
    with started(folder, *args, user=nobody) as process:
        _, errors = process.communicate(timeout=60)
        return process.wait(), errors


@pytest.mark.parametrize("what", ["runs", "run", "journal"])
def test_a_folder_without_permission(what: str, folder: Path, hpsearch: Hpsearch) -> None:
    serial = ["--executor", "serial"]  # workers would have to enter the folder of Python themselves
    run = ["run", "config.yaml", "--trials", "4", *serial]
    (folder / "runs").mkdir()
    if what != "runs":
        assert hpsearch(*run).returncode == 0
        run = ["resume", "small", "--trials", "8", *serial]
    place = Path("/var/tmp") / f"hpsearch-test-{os.getpid()}"  # a folder that everybody can enter
    shutil.copytree(folder, place)
    try:
        place.chmod(0o755)
        try:
            status, _ = as_nobody(place, "check", "config.yaml")
        except PermissionError:
            status = 1
        if status:
            pytest.skip("another user cannot run this Python")
        shut = {
            "runs": place / "runs",
            "run": place / "runs/small",
            "journal": place / "runs/small/journal.jsonl",
        }
        for path in (place / "runs", *(place / "runs").rglob("*")):
            path.chmod(0o777)
        shut[what].chmod(0o555)
        status, errors = as_nobody(place, *run)
        assert status == 3, errors
        assert "no permission to write; change it or choose another --runs-dir" in errors
        shut[what].chmod(0o777)
        assert as_nobody(place, *run)[0] == 0
    finally:
        shutil.rmtree(place)
