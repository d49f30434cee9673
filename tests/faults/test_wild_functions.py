"""What a Python function does to its process costs its own trial and nothing else."""

from __future__ import annotations

import os
import signal
from collections import Counter
from collections.abc import Iterator
from pathlib import Path

import pytest

from hpsearch.engine.run import Run
from hpsearch.runs import RunFolder
from tests.cli.conftest import Hpsearch
from tests.commands import started
from tests.faults.conftest import choices, results, running, until

CONFIG = """\
objective: {kind: python, function: "train.py:train", timeout: 4s}
search: {sampler: grid, trials: 200, max_failures: off}
"""
TRAIN = """\
import atexit, ctypes, faulthandler, os, resource, signal, subprocess, sys, tempfile, threading, time, warnings

class Two(Exception):
    def __init__(self, first, second):
        super().__init__(first)
class Mute(Exception):
    def __str__(self):
        raise RuntimeError
class Locked(Exception):
    def __init__(self):
        super().__init__("locked")
        self.lock = threading.Lock()
class Base(BaseException):
    pass

HERE, UMASK = os.getcwd(), os.umask(0o022)
os.umask(UMASK)

def everything_is_as_it_was():
    assert os.getcwd() == HERE and os.environ["HOME"]
    assert os.umask(UMASK) == UMASK
    assert signal.getsignal(signal.SIGTERM) == signal.SIG_DFL
    assert sys.getrecursionlimit() == 1000
    assert threading.active_count() < 5
    assert resource.getrlimit(resource.RLIMIT_NOFILE)[0] > 50
    print("heard"); print("heard", file=sys.stderr)
    warnings.warn("no error")
    with tempfile.TemporaryFile() as file:
        file.write(b"x")
    subprocess.run(["true"], check=True)
    time.sleep(0.02)

def train(case):
    with open("calls", "a") as file:
        file.write(case + "\\n")
    what = case.partition("-")[0]
    answer = globals().get(what, lambda: None)()
    return 1.0 if answer is None else answer

fine = everything_is_as_it_was
def two(): raise Two("first", "second")
def mute(): raise Mute
def locked(): raise Locked
def base(): raise Base("odd")
def keyboard(): raise KeyboardInterrupt
def generator(): raise GeneratorExit
def quit0(): sys.exit()
def left0(): os._exit(0)
def aborted(): os.abort()
def killed(): os.kill(os.getpid(), signal.SIGKILL)
def terminated(): os.kill(os.getpid(), signal.SIGTERM); time.sleep(60)
def alarmed(): signal.alarm(1); time.sleep(60)
def later(): signal.alarm(1)
def limited():
    resource.setrlimit(resource.RLIMIT_AS, (1 << 31, 1 << 31))
    bytearray(1 << 33)
def starved(): resource.setrlimit(resource.RLIMIT_NOFILE, (3, 3)); open(os.devnull)
def greedy(): bytearray(1 << 60)
def deep(): deep()
def holding(): ctypes.PyDLL(None).sleep(60)  # with the interpreter's lock, which every thread then waits for
def deaf(): signal.signal(signal.SIGTERM, signal.SIG_IGN); time.sleep(60)
def spinning():
    while True: pass
def child(): subprocess.Popen(["sleep", "LASTING"])
def children(): subprocess.run(["sleep", "LASTING"])
def orphan(): subprocess.Popen(["sleep", "LASTING"]); os._exit(9)
def forked():
    if os.fork() == 0: os.execvp("sleep", ["sleep", "LASTING"])
def twice(): os.fork()
def loud():
    for _ in range(1000): os.write(1, b"x" * 100_000 + b"\\n")
def closed(): sys.stdout.close(); sys.stderr.close()
def streams(): os.closerange(0, 3)
def closing(): os.closerange(0, 1000)
def streamless(): sys.stdout = sys.stderr = sys.stdin = None
def moved(): os.chdir("/")
def gone():
    folder = tempfile.mkdtemp(); os.chdir(folder); os.rmdir(folder)
def handlers():
    for number in signal.valid_signals() - {signal.SIGKILL, signal.SIGSTOP}: signal.signal(number, signal.SIG_IGN)
def thread(): threading.Thread(target=time.sleep, args=(600,)).start()
def written():
    for descriptor in range(3):
        try: os.write(descriptor, b"\\xff\\0garbage\\n")
        except OSError: pass
def asked(): return float(input())
def masked(): os.umask(0o777)
def cleared(): os.environ.clear()
def tight(): sys.setrecursionlimit(60)
def strict(): warnings.simplefilter("error")
def departing(): atexit.register(os.abort)
def emptied(): sys.modules.clear()
"""

#: Case -> status, and what its reason begins with.
EXPECTED = {
    "two": ("failed", "Two: first (train.py:"),
    "mute": ("failed", "Mute: (no message) (train.py:"),
    "locked": ("failed", "Locked: locked (train.py:"),
    "base": ("failed", "Base: odd (train.py:"),
    "keyboard": ("failed", "KeyboardInterrupt (train.py:"),
    "generator": ("failed", "GeneratorExit (train.py:"),
    "quit0": ("failed", "the function called sys.exit(None)"),
    "left0": ("crashed", "the worker process exited with status 0"),
    "aborted": ("crashed", "the worker process was killed by SIGABRT"),
    "killed": ("crashed", "the worker process was killed by SIGKILL"),
    "terminated": ("crashed", "the worker process was killed by SIGTERM"),
    "alarmed": ("crashed", "the worker process was killed by SIGALRM"),
    "later": ("done", ""),
    "limited": ("failed", "MemoryError (train.py:"),
    "starved": ("failed", "OSError: [Errno 24] Too many open files"),
    "greedy": ("failed", "MemoryError (train.py:"),
    "deep": ("failed", "RecursionError: "),
    "holding": ("timeout", "ran longer than 4 s"),
    "deaf": ("timeout", "ran longer than 4 s"),
    "spinning": ("timeout", "ran longer than 4 s"),
    "child": ("done", ""),
    "children": ("timeout", "ran longer than 4 s"),
    "orphan": ("crashed", "the worker process exited with status 9"),
    "forked": ("done", ""),
    "twice": ("done", ""),
    "loud": ("done", ""),
    "closed": ("done", ""),
    "streams": ("done", ""),
    "closing": ("crashed", "the worker process exited with status"),
    "streamless": ("done", ""),
    "moved": ("done", ""),
    "gone": ("done", ""),
    "handlers": ("done", ""),
    "thread": ("done", ""),
    "written": ("done", ""),
    "asked": ("failed", "EOFError: EOF when reading a line"),
    "masked": ("done", ""),
    "cleared": ("done", ""),
    "tight": ("done", ""),
    "strict": ("done", ""),
    "departing": ("done", ""),
    "emptied": ("crashed", "the worker process"),
}


@pytest.mark.long
def test_every_wild_thing_costs_its_own_trial_alone(
    folder: Path, real_hpsearch: Hpsearch, lasting: str
) -> None:
    cases = [case for wild in EXPECTED for case in (wild, f"fine-{wild}")]
    (folder / "train.py").write_text(TRAIN.replace("LASTING", lasting))
    (folder / "config.yaml").write_text(CONFIG + choices(cases))
    # One worker, so that the trial after the wild one is the first to suffer.
    ended = real_hpsearch("run", "config.yaml", "--workers", "1", timeout=110)
    assert ended.returncode == 0, ended.stderr
    found = {cases[result.trial]: result for result in results(folder / "runs/config")}
    assert {case: result.status for case, result in found.items()} == {
        case: EXPECTED.get(case, ("done", ""))[0] for case in cases
    }, {case: result.reason for case, result in found.items()}
    for case, (status, words) in EXPECTED.items():
        assert found[case].reason.startswith(words)
        assert (found[case].metrics == {"score": 1.0}) == (status == "done")
    calls = Counter((folder / "calls").read_text().split())
    crashed = {case for case, (status, _) in EXPECTED.items() if status == "crashed"}
    assert {case: count for case, count in calls.items() if case not in crashed} == dict.fromkeys(
        set(cases) - crashed, 1
    )
    # A crash is tried once more. One so early that nobody knows the task was taken does not count as a try.
    assert {case for case in cases if calls[case] in (2, 3)} == crashed
    said = ended.stderr.splitlines()
    assert f"{len(crashed)} crashed" in said[-1]
    # Each is begun again once, which is said.
    assert f"; {len(crashed)} processes died, and what they trained was begun again" in said[-1]
    killed = cases.index("killed")
    assert (
        f"note: the worker process was killed by SIGKILL while it trained trial {killed}; begun again" in said
    )
    assert Run.read(RunFolder(folder / "runs/config")).deaths == len(crashed)
    assert not running("sleep", lasting)


OOM = """\
import pathlib, sys
def train(case):
    pathlib.Path("GROUP/cgroup.procs").write_text("0")
    return len(bytearray(256 << 20)) * 1.0 if case == "eats" else 1.0
"""


@pytest.fixture
def small_memory() -> Iterator[Path]:
    """A control group whose processes may have 128 MB together."""
    root = Path("/sys/fs/cgroup/memory" if Path("/sys/fs/cgroup/memory").is_dir() else "/sys/fs/cgroup")
    group = root / f"hpsearch-test-{os.getpid()}"
    if not (root / "cgroup.procs").is_file():
        pytest.skip("this system has no memory control groups")
    try:
        group.mkdir()
    except OSError as error:
        pytest.skip(f"no control group can be made here: {error}")
    try:
        for name in ("memory.limit_in_bytes", "memory.memsw.limit_in_bytes", "memory.max"):
            if (group / name).exists():
                (group / name).write_text(str(128 << 20))
        if (group / "memory.swap.max").exists():
            (group / "memory.swap.max").write_text("0")
        yield group
    except OSError as error:
        pytest.skip(f"no memory can be limited here: {error}")
    finally:
        until(lambda: not (group / "cgroup.procs").read_text())
        group.rmdir()


def test_the_kernel_running_out_of_memory_costs_one_trial(
    folder: Path, real_hpsearch: Hpsearch, small_memory: Path
) -> None:
    (folder / "train.py").write_text(OOM.replace("GROUP", str(small_memory)))
    (folder / "config.yaml").write_text(CONFIG.replace("4s", "30s") + choices(["before", "eats", "after"]))
    ended = real_hpsearch("run", "config.yaml", "--workers", "1")
    assert ended.returncode == 0, ended.stderr
    found = [(result.trial, result.status) for result in results(folder / "runs/config")]
    assert sorted(found) == [(0, "done"), (1, "crashed"), (2, "done")]


@pytest.mark.parametrize("number", [signal.SIGKILL, signal.SIGTERM, signal.SIGINT, signal.SIGHUP])
def test_nothing_outlives_the_search(number: signal.Signals, folder: Path, lasting: str) -> None:
    hanging = TRAIN.replace("LASTING", lasting)
    hanging += "def held(): child(); holding()\ndef waited(): children()\n"
    hanging += "def deaf_too(): child(); forked(); deaf()\n"
    (folder / "train.py").write_text(hanging)
    cases = ["held", "waited", "deaf_too"]
    (folder / "config.yaml").write_text(CONFIG.replace("4s", "off") + choices(cases))
    # A suite under nohup ignores SIGHUP, and what it starts would too.
    heeded = None if number == signal.SIGKILL else number
    with started(folder, "run", "config.yaml", "--workers", "3", heeded=heeded) as process:
        assert until(lambda: len(running("sleep", lasting)) == 4)
        server = started_by(process.pid)
        process.send_signal(number)
        _, errors = process.communicate(timeout=20)
    assert until(lambda: not running("sleep", lasting), 10)
    assert until(lambda: not alive(server), 10)
    if number != signal.SIGKILL:
        assert process.returncode == 130
        assert errors.splitlines()[-1] == "interrupted; continue with: hpsearch resume config"


def started_by(parent: int) -> list[int]:
    import psutil

    return [process.pid for process in psutil.Process(parent).children(recursive=True)]


def alive(processes: list[int]) -> list[int]:
    import psutil

    return [pid for pid in processes if psutil.pid_exists(pid) and psutil.Process(pid).status() != "zombie"]
