"""In a worker of Dask: trials run in processes of their own, as at home.

So a trial that dies, is too slow or is ended costs no worker; code of the user's is never imported in the worker
itself, whose thread that speaks to the scheduler it could hold up; and processes, slots, logs and BLAS threads are
those of the executor `local`, by the same code.

That whoever asked for a trial is gone is seen at once: Dask then releases what it had asked for, and says so.
"""

from __future__ import annotations

import multiprocessing
import threading
from collections.abc import Mapping
from concurrent.futures import CancelledError, Future
from typing import Any
from uuid import uuid4

from distributed import WorkerPlugin, get_worker
from msgspec import Struct

from hpsearch.core.errors import TaskEnded, WorkersLost
from hpsearch.executors.away import unfitness, work
from hpsearch.executors.local.pool import LocalExecutor
from hpsearch.executors.outcome import Outcome


class Session(Struct, frozen=True):
    """One search as its workers know it.

    Attributes:
        name: tells it from all others.
        folder: where it was started, and where its tasks begin.
        token: a file that a worker sees if it shares the run folder; empty where that does not matter.
        preload: what processes import before the first task comes.
    """

    name: str
    folder: str
    token: str
    preload: tuple[str, ...]

    @property
    def watch(self) -> str:
        """What `Watch` is called."""
        return f"hpsearch-{self.name}"

    @property
    def greetings(self) -> str:
        """What the keys of `greet` begin with: each is asked for as long as the search goes on."""
        return f"hpsearch-greet-{self.name}-"


class Greeting(Struct, frozen=True):
    """What a worker says of itself.

    Attributes:
        host: tells it from one that has its address later.
        threads: how many tasks it has at a time.
        unfit: why it is no use; empty where it is.
        watched: whether it would notice that nobody asks for its tasks any more; if not, it has begun nothing.
    """

    host: str
    threads: int
    unfit: str
    watched: bool = True


class Order(Struct, frozen=True):
    """A task for a worker.

    Attributes:
        host: by which the worker is known.
        place: which of its processes runs the task.
        slot: the number of that process among those of all workers.
        digest: of the task, which a worker is sent once.
        task: that task, pickled; None where the worker has it.
        args: pickled too.
        timeout: in seconds.
    """

    session: Session
    host: str
    key: str
    place: int
    slot: int
    digest: str
    task: bytes | None
    args: bytes
    timeout: float | None


_ENDED = "the task was ended"


class Strange(Exception):
    """The worker is another than the one that was meant, or lacks the task."""


def greet(session: Session, key: str, wanted: Mapping[str, str]) -> Greeting:
    """In a worker: begin with a session, until nobody asks for `key` any more."""
    worker = get_worker()
    host = _host_of(worker)
    if session.watch not in worker.plugins:
        return Greeting(host.name, 0, "", watched=False)
    unfit = host.begin(session, key, unfitness(session.folder, session.token, wanted))
    return Greeting(host.name, worker.state.nthreads, unfit)


def run(order: Order) -> Outcome:
    """In a worker: how a task ended."""
    return _host_of(get_worker()).run(order)


class Watch(WorkerPlugin):
    """Ends what nobody asks for any more."""

    def __init__(self, session: Session) -> None:
        self.name = session.watch
        self._session = session

    def setup(self, worker: Any) -> None:
        """Know the worker."""
        self._worker = worker

    def transition(self, key: Any, start: str, finish: str, **_: Any) -> None:
        """End a task whose `key` nobody asks for any more; with that of its greeting, the whole session."""
        if finish != "released":
            return
        if str(key).startswith(self._session.greetings):
            _host_of(self._worker).close(self._session.name, str(key))
        elif start == "executing":
            _host_of(self._worker).end(str(key))

    def teardown(self, worker: Any) -> None:
        """The worker closes, or the search is over."""
        if host := _HOSTS.get(worker.id):
            host.close(self._session.name)


class Host:
    """The processes of a worker, by the session that they serve."""

    def __init__(self, threads: int) -> None:
        self.name = uuid4().hex
        self._threads = threads
        self._crews: dict[str, tuple[str, LocalExecutor]] = {}
        self._running: dict[str, tuple[LocalExecutor, Future[Any]]] = {}
        self._tasks: dict[str, bytes] = {}
        self._ended: set[str] = set()  # what was ended before its thread had come here
        self._lock = threading.Lock()

    def begin(self, session: Session, key: str, unfit: str) -> str:
        """Start the processes of a session unless it is `unfit` here; gives why it is."""
        if not unfit:
            # That of a worker which a nanny has started says it may have no processes, lest they outlive it.
            # These do not: they end with their parent.
            multiprocessing.current_process().daemon = False
            crew = LocalExecutor(self._threads, session.preload)
            crew.__enter__()
            with self._lock:
                self._crews[session.name] = (key, crew)
                late = key in self._ended
            if late:
                self.close(session.name, key)
        return unfit

    def run(self, order: Order) -> Outcome:
        """How a task ended; it is waited for."""
        with self._lock:
            _, crew = self._crews.get(order.session.name, ("", None))
            if order.task is not None:
                self._tasks[order.digest] = order.task
            task = self._tasks.get(order.digest)
            if crew is None or task is None or order.host != self.name:
                return Outcome.failed(Strange())
            if order.key in self._ended:
                self._ended.remove(order.key)
                return Outcome.failed(WorkersLost(_ENDED))
            call = (work, order.session.folder, order.slot, task, order.args)
            future = crew.submit_in(order.place, *call, timeout=order.timeout)
            self._running[order.key] = (crew, future)
        try:
            outcome: Outcome = future.result()
        except (TaskEnded, CancelledError):
            return Outcome.failed(WorkersLost(_ENDED))
        except Exception as error:  # of its process
            return Outcome.failed(error)
        else:
            return outcome
        finally:
            self._running.pop(order.key, None)

    def end(self, key: str) -> None:
        """End a task, if it runs."""
        with self._lock:
            running = self._running.get(key)
            if running is None:
                self._ended.add(key)
        if running is not None:
            crew, future = running
            crew.end(future)

    def close(self, session: str, key: str = "") -> None:
        """End the processes of a session, in a thread: who calls has to go on.

        Of a `key` only those that were begun with it, or are about to be.
        """
        with self._lock:
            begun, crew = self._crews.get(session, ("", None))
            if key and begun != key:
                self._ended.add(key)
                return
            self._crews.pop(session, None)
            if not self._crews:
                self._tasks.clear()
        if crew is not None:
            for running, future in list(self._running.values()):
                if running is crew:
                    crew.end(future)
            ending = threading.Thread(target=crew.__exit__, args=(None, None, None), name="end-of-session")
            _ENDING.append(ending)
            ending.start()


#: The hosts of this process by the id of their worker, of which a process has several in tests only.
_HOSTS: dict[str, Host] = {}
_ENDING: list[threading.Thread] = []
_MAKING = threading.Lock()


def _host_of(worker: Any) -> Host:
    with _MAKING:
        return _HOSTS.setdefault(worker.id, Host(worker.state.nthreads))


def ended() -> None:
    """Wait until the sessions have ended that were closed in this process."""
    while _ENDING:
        _ENDING.pop().join()
