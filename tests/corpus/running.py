"""Running a case in a folder of its own, measured and watched for what it leaves behind.

Most are run in this process, see `tests.commands`.
"""

from __future__ import annotations

import os
import re
import resource
import signal
import subprocess
import sys
import time
from collections.abc import Iterator, Mapping
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path

from tests import commands
from tests.corpus.case import GOOD, Case

#: On a quiet machine, see `slowness`.
MOST_SECONDS = 3.0
MOST_KILOBYTES = 400 * 1024
#: What the system gives to a case that would take all there is: far more than is asked for by one that ends well.
_ROOM = 4 * MOST_KILOBYTES * 1024
#: Longer than any case takes, also on a machine that does ten other things.
PATIENCE = 60
#: What a terminal would obey, or show in another order than it is written.
UNSAFE = re.compile(r"[\x00-\x08\x0b-\x1f\x7f-\x9f\u061c\u200e\u200f\u2028\u2029\u202a-\u202e\u2066-\u2069]")
#: Advice that is not safe, and words of the machinery that help nobody.
NEVER = (
    "Traceback",
    "allow_pickle",
    "pydantic",
    "PolarsError",
    "Errno",
    "failed unexpectedly",
    "panicked",
    "0x7f",
)
#: What Python and NumPy take by themselves, in kilobytes: where a case is run in this process they are here already.
_BARE = 64 * 1024
_MEASURE = str(Path(__file__).with_name("measure.py"))


@dataclass(frozen=True, slots=True)
class Outcome:
    """How a case ended; `left` is what it wrote into its own folder, `outside` what it changed elsewhere."""

    status: int
    out: str
    err: str
    seconds: float
    kilobytes: int
    left: tuple[str, ...]
    outside: tuple[str, ...]


def run(case: Case, place: Path) -> Outcome:
    """Run `case` in `place`, an empty folder."""
    folder, outside = place / "here", place / "outside"
    for made in (folder, outside, place / "home"):
        made.mkdir()
    (folder / "config.yaml").write_text(GOOD)
    (outside / "precious").write_text("as it was")
    for name, content in case.files.items():
        _make(folder / name, content)
    before = _found(place)
    args = [part.replace("{outside}", str(outside)) for part in case.args]
    environment = {"HOME": str(place / "home"), "XDG_CACHE_HOME": str(place / "home"), **case.environment}
    called = _apart if case.apart else _here
    status, seconds, kilobytes, out, err = called(args, folder, environment, case.given)
    after = _found(place)
    changed = [name for name in before.keys() | after.keys() if before.get(name) != after.get(name)]
    return Outcome(
        status,
        out,
        err,
        seconds,
        kilobytes,
        tuple(sorted({name.split("/")[1] for name in changed if name.startswith("here/")})),
        tuple(sorted(name for name in changed if not name.startswith("here/"))),
    )


def slowness() -> float:
    """How much slower than the machine of `MOST_SECONDS` this one computes just now, which others may share; or 1."""
    begun = time.process_time()
    sum(number * number for number in range(10**6))
    return max(1.0, (time.process_time() - begun) / 0.06)


def _make(path: Path, content: object) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    if isinstance(content, str):
        path.write_bytes(content.encode())
    elif isinstance(content, bytes):
        path.write_bytes(content)
    elif callable(content):
        path.unlink(missing_ok=True)
        content(path)


#: Exit status, CPU seconds, peak kilobytes, standard output and error.
_Called = tuple[int, float, int, str, str]


def _here(args: list[str], folder: Path, environment: Mapping[str, str], given: bytes) -> _Called:
    """In this process."""
    with suppress(OSError):
        Path("/proc/self/clear_refs").write_text(
            "5"
        )  # Linux measures the peak anew; others go on with the old one
    kilobytes, seconds = _peak(), sum(os.times()[:4])
    with _limited_memory():
        ended = commands.here(folder, *args, environment=environment, given=given)
    seconds = sum(os.times()[:4]) - seconds
    return ended.returncode, seconds, _BARE + _peak() - kilobytes, ended.stdout, ended.stderr


@contextmanager
def _limited_memory() -> Iterator[None]:
    """Let a case that asks for too much fail, and not the machine it runs on."""
    before = resource.getrlimit(resource.RLIMIT_AS)
    with suppress(OSError):  # of other systems than Linux
        pages = int(Path("/proc/self/statm").read_text().split()[0])
        resource.setrlimit(resource.RLIMIT_AS, (pages * resource.getpagesize() + _ROOM, before[1]))
    try:
        yield
    finally:
        resource.setrlimit(resource.RLIMIT_AS, before)


def _peak() -> int:
    """The most kilobytes that this process has taken."""
    status = Path("/proc/self/status")
    if status.exists():
        return int(status.read_text().partition("VmHWM:")[2].split()[0])
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss // 1024


def _apart(args: list[str], folder: Path, environment: Mapping[str, str], given: bytes) -> _Called:
    """As a process."""
    reading, writing = os.pipe()
    measured = [sys.executable, "-I", "-S", _MEASURE, str(writing), *commands.command(*args)]
    with subprocess.Popen(
        measured,
        cwd=folder,
        env={**os.environ, **environment},
        pass_fds=(writing,),
        start_new_session=True,
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
    ) as process:
        os.close(writing)
        try:
            out, err = process.communicate(given, timeout=PATIENCE)
        except subprocess.TimeoutExpired:
            os.killpg(process.pid, signal.SIGKILL)
            raise
        finally:
            told = os.read(reading, 100).decode().split()
            os.close(reading)
    printed, said = out.decode("utf-8", "replace"), err.decode("utf-8", "replace")
    return int(told[0]), float(told[1]), int(told[2]), printed, said


def _found(place: Path) -> dict[str, object]:
    """What is in the folder: path -> something that changes with it."""
    return dict(_entries(place))


def _entries(place: Path) -> Iterator[tuple[str, object]]:
    for folder, folders, files in os.walk(place):
        for name in (*folders, *files):
            path = Path(folder, name)
            facts = path.lstat()
            changed = facts.st_mtime_ns if path.is_file() or path.is_symlink() else 0
            yield str(path.relative_to(place)), (facts.st_mode, facts.st_size if changed else 0, changed)
