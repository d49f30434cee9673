"""Tasks in the workers of a Dask cluster: this process decides which runs where, Dask brings it there and back.

A worker counts for as many places as it has threads, and each place has one task at a time. A task is sent to one
place and to no other, so that what a trial has left in a process (a function that is suspended) is found again, and
nothing is run twice in secret. Workers come and go; their places do with them.
"""

from __future__ import annotations

import pickle
import threading
import time
from collections import deque
from collections.abc import Callable
from concurrent.futures import Future, InvalidStateError
from contextlib import suppress
from dataclasses import dataclass, field
from hashlib import sha256
from pathlib import Path
from types import TracebackType
from typing import Any, Self
from uuid import uuid4

from distributed import Client
from distributed import Future as Promise

from hpsearch.core.errors import ExecutorBroken, TaskEnded, WorkerDied
from hpsearch.executors.cluster import Cluster
from hpsearch.executors.dask import host
from hpsearch.executors.dask.connection import Connection
from hpsearch.executors.dask.host import Greeting, Order, Session, Strange, Watch
from hpsearch.executors.dask.members import Members, left_in_order

#: How often it is looked who is there, in seconds.
EVERY = 0.5
#: After so many seconds without a worker it is said.
SAID_AFTER = 5.0
#: For so many seconds a scheduler that is gone may come back.
RETURNS_WITHIN = 600.0


@dataclass(eq=False)
class _Task:
    task: bytes
    args: bytes
    timeout: float | None
    wish: int | None
    answer: Future[Any] = field(default_factory=Future)
    promise: Promise | None = None

    @property
    def digest(self) -> str:
        return sha256(self.task).hexdigest()

    def end(self, value: Any = None, error: BaseException | None = None) -> None:
        with suppress(InvalidStateError):  # it was ended by another thread just now
            if error is None:
                self.answer.set_result(value)
            else:
                self.answer.set_exception(error)


@dataclass(eq=False)
class _Place:
    """One process of a worker, by its number among all."""

    number: int
    address: str
    host: str
    within: int
    task: _Task | None = None


class DaskExecutor:
    """At most `workers` tasks at a time, as far as the cluster has places for them."""

    def __init__(self, workers: int, preload: tuple[str, ...], cluster: Cluster) -> None:
        self._most, self._cluster = workers, cluster
        token = "" if cluster.shared is None else str(cluster.shared.absolute() / f".{uuid4().hex}.tmp")
        self._session = Session(uuid4().hex, str(Path.cwd()), token, preload)
        self._connection = Connection(cluster, workers)
        self._members = Members()
        self._places: dict[int, _Place] = {}
        self._waiting: deque[_Task] = deque()
        self._sent: set[tuple[str, str]] = set()  # hosts that have a task, by its digest
        self._broken: ExecutorBroken | None = None
        self._unwatched = False  # whether there is a scheduler that has never heard of this search
        self._lock = threading.RLock()
        self._over = threading.Event()

    @property
    def workers(self) -> int:
        """How many tasks can run now; one where no worker is of use, which is then said of that task."""
        return 1 if self._broken else min(self._most, len(self._places))

    def __enter__(self) -> Self:
        try:
            if self._session.token:
                Path(self._session.token).touch()
            self._greet(self._begun(self._connection.open()))
        except BaseException:  # of one that asks for jobs these are there by now
            self.__exit__(None, None, None)
            raise
        threading.Thread(target=self._watch, daemon=True, name="watch-the-cluster").start()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._over.set()
        with self._lock:
            for place in self._places.values():
                if place.task and place.task.promise:
                    place.task.promise.cancel()
        if client := self._connection.client:
            with suppress(Exception):  # a cluster that is gone has nothing to be told
                client.unregister_worker_plugin(self._session.watch)
        self._members.forget()
        self._connection.close()
        host.ended()
        if self._session.token:
            Path(self._session.token).unlink(missing_ok=True)

    # -- tasks

    def submit(self, task: Callable[..., Any], *args: Any, timeout: float | None = None) -> Future[Any]:
        """Run `task(*args)` in some place, for at most `timeout` seconds."""
        return self._submitted(None, task, args, timeout)

    def submit_in(
        self, slot: int, task: Callable[..., Any], *args: Any, timeout: float | None = None
    ) -> Future[Any]:
        """The same in the place of that number, unless it is gone."""
        return self._submitted(slot, task, args, timeout)

    def idle(self) -> list[int]:
        """The numbers of the places that have no task."""
        with self._lock:
            return [number for number, place in self._places.items() if place.task is None]

    def end(self, future: Future[Any]) -> None:
        """End the task of a `future`."""
        with self._lock:
            place = next(
                (one for one in self._places.values() if one.task and one.task.answer is future), None
            )
            if place is None or place.task is None:
                return
            task, place.task = place.task, None
            assert task.promise is not None
            task.promise.cancel()
        task.end(error=TaskEnded("was ended"))
        self._place()

    def _submitted(
        self, wish: int | None, task: Callable[..., Any], args: tuple[Any, ...], timeout: float | None
    ) -> Future[Any]:
        made = _Task(pickle.dumps(task), pickle.dumps(args), timeout, wish)
        with self._lock:
            self._waiting.append(made)
        self._place()
        return made.answer

    def _place(self) -> None:
        """Send what waits to the places that are free."""
        with self._lock:
            if self._broken is not None:
                while self._waiting:
                    self._waiting.popleft().end(error=self._broken)
            while self._waiting and (idle := self.idle()) and not self._over.is_set():
                task = self._waiting.popleft()
                number = task.wish if task.wish in idle else min(idle)
                self._send(task, self._places[number])

    def _send(self, task: _Task, place: _Place) -> None:
        """Send a task; where the connection is lost, it is found out by `_watch`."""
        known = (place.host, task.digest) in self._sent
        key = f"hpsearch-{uuid4().hex}"
        order = Order(
            self._session,
            place.host,
            key,
            place.within,
            place.number,
            task.digest,
            None if known else task.task,
            task.args,
            task.timeout,
        )
        place.task = task
        client = self._connection.client
        assert client is not None
        task.promise = client.submit(
            host.run,
            order,
            key=key,
            pure=False,
            retries=0,
            workers=[place.address],
            allow_other_workers=False,
        )
        task.promise.add_done_callback(lambda promise: self._answered(task, place, promise))

    def _answered(self, task: _Task, place: _Place, promise: Promise) -> None:
        """End a task as its promise ended, or send it again where its worker was none of ours."""
        value, error = _outcome(promise)
        with self._lock:
            if place.task is not task or task.promise is not promise:
                return  # it was given up meanwhile
            place.task = None
            if error is None:
                self._sent.add((place.host, task.digest))
            elif isinstance(error, Strange):
                self._sent.discard((place.host, task.digest))
                self._places.pop(place.number, None)
                self._members.leave(place.address)  # it is greeted again
                self._waiting.appendleft(task)
                return
        task.end(value, error)
        self._place()

    # -- workers

    def _watch(self) -> None:
        """See who comes and who goes, until the executor ends."""
        without = 0.0
        while not self._over.wait(EVERY):
            try:
                self._look()
            except ExecutorBroken as error:
                self._broken = error
                self._place()
                return
            except Exception:  # of the connection, which has many ways to end
                if not self._over.is_set():
                    self._reconnect()
            without = 0.0 if self._places else without + EVERY
            if without and abs(without - SAID_AFTER) < EVERY / 2:
                self._cluster.tell("no worker is there yet; the search goes on when the first one comes")

    def _look(self) -> None:
        client = self._connection.client
        assert client is not None
        there = client.nthreads()
        for address in self._members.gone(there):
            self._lose(address, left=left_in_order(client, address))
        if self._unwatched:
            self._begun(client)
        self._greet(client)
        self._place()

    def _greet(self, client: Client) -> None:
        """Ask those who are new what they are; the answer is held, so that they notice when nobody holds it."""
        there = client.nthreads()
        with self._lock:  # no answer is heard before all are asked: one who is no use may not be the only one
            for address in self._members.new(there):
                key = f"{self._session.greetings}{uuid4().hex}"
                greeting = client.submit(
                    host.greet, self._session, key, host.versions(), key=key, pure=False, workers=[address]
                )
                self._members.greeted(address, greeting)
                greeting.add_done_callback(lambda promise, address=address: self._welcome(address, promise))

    def _welcome(self, address: str, promise: Promise) -> None:
        """Make places of a worker that is fit."""
        value, error = _outcome(promise, plain=True)
        with self._lock:
            if self._members.promise(address) is not promise or self._over.is_set():
                return
            if error is not None:
                self._refuse(address, f"cannot take tasks of this search ({error})")
                return
            assert isinstance(value, Greeting)
            if (
                not value.watched
            ):  # Dask has met another scheduler before it was noticed that the first was gone
                self._unwatched = True
                self._members.leave(address)
                return
            if value.unfit:
                self._refuse(address, value.unfit)
                return
            for within in range(value.threads):
                number = next(free for free in range(len(self._places) + 1) if free not in self._places)
                self._places[number] = _Place(number, address, value.host, within)
        self._place()

    def _refuse(self, address: str, why: str) -> None:
        """Do without a worker; where all are no use, no task can be run."""
        said = f"the worker {address} {why}"
        self._members.refused(address)
        if self._members.useful:
            self._cluster.tell(f"warning: {said}; it is not used")
            return
        self._broken = ExecutorBroken(said)
        self._place()

    def _lose(self, address: str, *, left: bool) -> None:
        """Give up the places of a worker; a task that is not to blame is begun again here."""
        with self._lock:
            self._members.leave(address)
            lost = [place for place in self._places.values() if place.address == address]
            for place in lost:
                del self._places[place.number]
                task, place.task = place.task, None
                if task is None:
                    continue
                assert task.promise is not None
                with suppress(Exception):
                    task.promise.cancel()
                if left:
                    self._waiting.appendleft(task)
                else:
                    task.end(error=WorkerDied(f"the worker {address} was lost"))

    def _reconnect(self) -> None:
        """The scheduler is gone, and its workers end with it: all begins again when it is back, or never."""
        self._cluster.tell("the scheduler is gone; what its workers were at begins again when it is back")
        for address in self._members.all():
            self._lose(address, left=True)
        end = time.monotonic() + RETURNS_WITHIN
        while time.monotonic() < end:
            if self._over.wait(EVERY):
                return
            with suppress(Exception):
                self._begun(self._connection.again())
                return
        self._broken = ExecutorBroken(
            f"the scheduler did not come back within {RETURNS_WITHIN / 60:g} minutes"
        )
        self._place()

    def _begun(self, client: Client) -> Client:
        try:
            client.register_plugin(Watch(self._session))
        except OSError:
            raise
        except Exception as error:  # a task would be the end of such a worker
            raise ExecutorBroken(
                f"a worker of the cluster cannot load hpsearch ({error}); install the same hpsearch[dask] there"
            ) from error
        self._unwatched = False
        return client


def _outcome(promise: Promise, *, plain: bool = False) -> tuple[Any, BaseException | None]:
    """The value of a task, or what it raised; of one that was not run at all, `Strange` or what Dask raised."""
    try:
        value = promise.result()
    except Exception as error:
        return None, error if promise.status == "error" else Strange()
    except BaseException:  # cancelled, as asyncio says it
        return None, Strange()
    if plain:
        return value, None
    done, found = value
    return (pickle.loads(found), None) if done else (None, found)  # noqa: S301 - of a worker of this cluster
