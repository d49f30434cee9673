"""Tasks in workers that `srun` has started, one for each task of the job."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
import tempfile
import threading
import time
from dataclasses import dataclass
from itertools import count
from pathlib import Path
from types import TracebackType
from typing import Any, Self

from hpsearch.core.errors import ExecutorBroken
from hpsearch.executors.away import versions
from hpsearch.executors.cluster import Cluster
from hpsearch.executors.local.server import search_path
from hpsearch.executors.places import NOBODY_YET, SAID_AFTER, Place, Placed, Task
from hpsearch.executors.srun import meeting
from hpsearch.executors.srun.log import Log
from hpsearch.executors.srun.meeting import (
    ORDER,
    PULSE,
    SAID,
    SEARCH,
    TASK,
    Letters,
    Meeting,
    Order,
    Said,
    Search,
)

#: Of the folder in which a search and its workers meet.
_PREFIX, _SUFFIX = ".workers-", ".tmp"
_LOG, _WORKER = "srun.log", "hpsearch.executors.srun.worker"
#: A worker that ends costs no other; and none has to end when another one has.
_OPTIONS = ("--kill-on-bad-exit=0", "--wait=0")
#: How long srun may take to end its workers, in seconds.
_FAREWELL = 10.0
#: For so many seconds after the last worker came others may come yet.
OTHERS_WITHIN = 5.0


def _program() -> str:
    return shutil.which("srun") or "srun"


def _tasks_of_the_job() -> int:
    """How many workers `srun` will start, where Slurm says so; else 0."""
    given = os.environ.get("SLURM_NTASKS", "")
    return int(given) if given.isdecimal() else 0


@dataclass
class _Member:
    """A worker: what it said last, when that was another than before, and whether it is of use."""

    said: Said
    seen: float
    lost: bool = False


class SrunExecutor(Placed):
    """At most `workers` tasks at a time, one in each worker that has come."""

    def __init__(self, workers: int, preload: tuple[str, ...], cluster: Cluster) -> None:
        super().__init__(workers)
        self._known = _tasks_of_the_job()
        self._preload, self._cluster = preload, cluster
        self._numbers = count(1)
        self._members: dict[str, _Member] = {}
        self._came = 0.0  # when the last of them did
        self._useless: list[str] = []  # what is to be said of those who are no use
        self._written: set[str] = set()  # the tasks that are there, by their digests
        self._meeting: Meeting | None = None
        self._letters: Letters | None = None
        self._log: Log | None = None
        self._process: subprocess.Popen[bytes] | None = None

    def __enter__(self) -> Self:
        folder = self._cluster.shared or Path.cwd()
        if self._cluster.shared:  # of searches that were killed: this one owns the folder
            for left in folder.glob(f"{_PREFIX}*{_SUFFIX}"):
                shutil.rmtree(left, ignore_errors=True)
        made = Path(tempfile.mkdtemp(prefix=_PREFIX, suffix=_SUFFIX, dir=folder.absolute()))
        self._meeting = Meeting(made)
        self._letters = Letters(self._meeting, self._say)
        try:
            times = meeting.EVERY, meeting.SILENCE
            search = Search(str(Path.cwd()), search_path(), versions(), self._preload, *times)
            # Both are there before anybody looks: that a file is not there is remembered by some file systems.
            self._meeting.write(SEARCH, search)
            self._meeting.write(PULSE, 0)
            self._log = Log(made / _LOG)
            with (made / _LOG).open("wb") as log:
                self._process = subprocess.Popen(  # noqa: S603 - of the search path, with arguments of ours
                    [_program(), *_OPTIONS, sys.executable, "-P", "-m", _WORKER, str(made)],
                    stdin=subprocess.DEVNULL,
                    stdout=log,
                    stderr=log,
                    start_new_session=True,
                )
        except BaseException:
            self.__exit__(None, None, None)
            raise
        threading.Thread(target=self._watch, daemon=True, name="watch-the-workers").start()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._over.set()
        self._remove()  # which ends the workers too, should srun not tell them
        if self._process is not None:
            self._process.terminate()
            try:
                self._process.wait(_FAREWELL)
            except subprocess.TimeoutExpired:
                self._process.kill()
                self._process.wait()
        self._remove()

    def _remove(self) -> None:
        if self._meeting is not None:
            shutil.rmtree(self._meeting.folder, ignore_errors=True)

    def _send(self, task: Task, place: Place) -> None:
        """Order it."""
        task.sent = next(self._numbers)
        if task.digest not in self._written:
            self._tell(TASK + task.digest, task.task)
            self._written.add(task.digest)
        self._tell(
            place.address + ORDER, Order(task.sent, place.number, task.digest, task.args, task.timeout)
        )

    def _recall(self, task: Task, place: Place) -> None:
        task.sent = None
        self._tell(place.address + ORDER, Order(next(self._numbers)))

    def _tell(self, name: str, content: Any) -> None:
        assert self._letters is not None
        self._letters.write(name, content)

    def _say(self, text: str) -> None:
        """Tell a person, unless it is over: then the folder goes, and what is in it, by the executor's own hand."""
        if not self._over.is_set():
            self._cluster.tell(text)

    def _watch(self) -> None:
        """See who comes, who goes and what is answered, until the executor ends."""
        assert self._letters is not None
        assert self._log is not None
        beats, beaten, begun, told = 0, 0.0, time.monotonic(), False
        while not self._over.wait(meeting.EVERY):
            now = time.monotonic()
            if now - beaten >= meeting.BEAT:
                beats, beaten = beats + 1, now
                self._tell(PULSE, beats)
                self._look_for_more(now)
                for line in self._log.news():
                    self._say(f"warning: {line}")
                if why := self._letters.silent():
                    self._all_gone(ExecutorBroken(why))
                    return
            for name, member in self._members.items():
                self._look_at(name, member)
            if self._process is not None and self._process.poll() is not None:
                self._all_gone(self._ended(self._process.returncode))
                return
            if not (told or self._members) and now - begun > SAID_AFTER:
                told = True
                self._cluster.tell(NOBODY_YET)

    def _look_for_more(self, now: float) -> None:
        assert self._meeting is not None
        for name in self._meeting.workers():
            said = None if name in self._members else self._meeting.read(name + SAID)
            if not isinstance(said, Said):
                continue
            self._members[name] = _Member(said, now, lost=bool(said.unfit))
            self._came = now
            if said.unfit:
                self._useless.append(f"the worker {name} {said.unfit}")
            else:
                self._come(name, name, 1)
        self._refuse(now)

    def _refuse(self, now: float) -> None:
        """Do without those who are no use; where all are, and no other comes, no task can be run."""
        if any(not member.said.unfit for member in self._members.values()):
            for found in self._useless:
                self._cluster.tell(f"warning: {found}; it is not used")
            self._useless.clear()
        elif self._useless and now - self._came > OTHERS_WITHIN:
            self._give_up(ExecutorBroken(self._useless[0]))

    def _look_at(self, name: str, member: _Member) -> None:
        """Take what a worker has answered; give it up where it says nothing any more, until it does."""
        assert self._meeting is not None
        said, now = self._meeting.read(name + SAID), time.monotonic()
        if isinstance(said, Said) and said != member.said:
            member.said, member.seen = said, now
            self._take_answer(name, said)
            if member.lost and not said.unfit:
                member.lost = False
                self._come(name, name, 1)
        elif now - member.seen > meeting.SILENCE and not member.lost:
            member.lost = True
            self._lose(name, left=False)

    def _take_answer(self, name: str, said: Said) -> None:
        with self._lock:
            place = next((one for one in self._places.values() if one.address == name), None)
            task = place.task if place else None
            if place is None or task is None or task.sent != said.number or said.answer is None:
                return
            place.task = None
        task.end(*said.answer.told())
        self._place()

    def _ended(self, status: int) -> ExecutorBroken:
        """`srun` has ended, and with it every worker."""
        assert self._log is not None
        why = self._log.why()
        said = f": {why}" if why else ""
        return ExecutorBroken(f"srun has ended, and all its workers with it (exit status {status}{said})")

    def _all_gone(self, error: ExecutorBroken) -> None:
        """No worker is of use any more, and none comes: whoever has a task is told why."""
        self._broken = error
        for name in self._members:
            self._lose(name, left=True)
        self._give_up(error)
