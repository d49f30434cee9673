"""Processes that were started early are, to the program and to who started them, what those of a user are."""

from __future__ import annotations

import json
import os
import signal
import subprocess
from pathlib import Path

import pytest

from tests import early
from tests.cli.conftest import SMALL
from tests.commands import DEVNULL, as_process, started

pytestmark = pytest.mark.skipif(not early.imported_alike(os.environ), reason="no server can be had here")

#: Says what it finds around it, in the process that searches and in a worker.
TRAIN = """\
import gc, json, os, pathlib, resource, signal, sys, tempfile, threading, warnings

def plain(value):
    return getattr(value, "__name__", None) or str(value)

def train(where):
    print("printed")
    streams = [sys.stdin, sys.stdout, sys.stderr, sys.__stdin__, sys.__stdout__, sys.__stderr__]
    main = sys.modules["__main__"]
    found = {
        "arguments": sys.argv,
        "folder": os.getcwd(),
        # A library of terminals may have set these in the process of the tests, which does not know of it.
        "environment": {name: value for name, value in os.environ.items() if name not in ("COLUMNS", "LINES")},
        "path": sys.path,
        "main": [getattr(main.__spec__, "name", None), main.__name__, plain(getattr(main, "__file__", None))],
        "signals": {str(number): plain(signal.getsignal(number)) for number in signal.valid_signals()},
        "masked": sorted(map(str, signal.pthread_sigmask(signal.SIG_BLOCK, []))),
        "streams": [s.closed or [s.encoding, s.errors, s.line_buffering, s.fileno()] for s in streams],
        "opened": [os.readlink(f"/proc/self/fd/{n}").partition(":")[0] for n in descriptors()],
        "limits": {name: resource.getrlimit(getattr(resource, name)) for name in dir(resource) if "LIMIT_" in name},
        "threads": sorted(thread.name for thread in threading.enumerate()),
        "collector": [gc.isenabled(), gc.get_threshold()],
        "warnings": len(warnings.filters),
        "temporary": tempfile.gettempdir(),
        "interpreter": [sys.executable, str(sys.flags), sys.getrecursionlimit()],
    }
    pathlib.Path("found").write_text(json.dumps(found, sort_keys=True, indent=1))
    return 1.0

def descriptors():
    return sorted(int(name) for name in os.listdir("/proc/self/fd") if os.path.exists(f"/proc/self/fd/{name}"))
"""
OWN = """\
name: own
objective: {kind: python, function: "train.py:train"}
space: {where: {choices: [here]}}
search: {trials: 1}
"""
FOREVER = """\
import pathlib, time
def train(where):
    pathlib.Path("begun").touch()
    time.sleep(600)
"""


@pytest.mark.parametrize(
    "args",
    [
        ("check", "config.yaml"),
        ("run", "config.yaml", "--wrokers", "2"),
        ("run", "config.yaml", "-q", "--trials", "4", "--workers", "2"),
    ],
)
def test_a_command_ends_as_one_does_that_is_started_anew(args: tuple[str, ...], tmp_path: Path) -> None:
    ended = []
    for anew in (False, True):
        folder = tmp_path / str(anew)
        folder.mkdir()
        (folder / "config.yaml").write_text(SMALL)
        found = as_process(folder, *args, anew=anew)
        ended.append((found.returncode, found.stdout, found.stderr))
    assert ended[0] == ended[1]


@pytest.mark.parametrize("who", [("--executor", "serial"), ("--workers", "1")])
def test_what_it_finds_is_the_same(who: tuple[str, ...], tmp_path: Path) -> None:
    write(tmp_path, TRAIN)
    found = []
    for anew in (False, True):
        ended = as_process(tmp_path, "run", "config.yaml", "--overwrite", *who, anew=anew)
        assert ended.returncode == 0, ended.stderr
        found.append(json.loads((tmp_path / "found").read_text()))
    assert found[0] == found[1]


def write(folder: Path, train: str) -> None:
    (folder / "train.py").write_text(train)
    (folder / "config.yaml").write_text(OWN)


def test_it_is_signalled_waited_for_and_killed_as_a_process(tmp_path: Path) -> None:
    write(tmp_path, FOREVER)
    run = ("run", "config.yaml", "--resume", "--executor", "serial")
    for number, status in ((signal.SIGKILL, -signal.SIGKILL), (signal.SIGINT, 130)):
        (tmp_path / "begun").unlink(missing_ok=True)
        with started(tmp_path, *run, leads=True) as process:
            while not (tmp_path / "begun").exists():
                with pytest.raises(subprocess.TimeoutExpired):
                    process.wait(0.02)
            assert process.poll() is None
            assert os.getsid(process.pid) == process.pid != os.getsid(0)
            with pytest.raises(subprocess.TimeoutExpired):
                process.communicate(timeout=0.02)
            process.send_signal(number)
            _, errors = process.communicate(timeout=60)
        assert process.poll() == process.returncode == status, errors
        assert ("interrupted; continue with" in errors) == (number == signal.SIGINT)
        process.kill()  # nobody


def test_several_go_on_at_the_same_time(tmp_path: Path) -> None:
    write(tmp_path, FOREVER)
    with started(tmp_path, "run", "config.yaml", "--executor", "serial", stderr=DEVNULL) as lasting:
        assert as_process(tmp_path, "--version").returncode == 0
        assert lasting.poll() is None
        lasting.kill()
    assert lasting.returncode == -signal.SIGKILL


@pytest.mark.parametrize("name", ["PYTHONHASHSEED", "LC_ALL", "OMP_NUM_THREADS"])
def test_what_python_reads_as_it_starts_asks_for_a_new_process(
    name: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    assert early.imported_alike(os.environ)
    monkeypatch.setenv(name, "0")
    assert not early.imported_alike(os.environ)
