"""Tasks in the workers of a Dask cluster: this process decides which runs where, Dask brings it there and back.

A worker has as many places as it has threads.
"""

from __future__ import annotations

import threading
import time
from contextlib import suppress
from pathlib import Path
from types import TracebackType
from typing import Any, Self
from uuid import uuid4

from distributed import Client
from distributed import Future as Promise

from hpsearch.core.errors import ExecutorBroken, WorkerLeft
from hpsearch.executors.away import versions
from hpsearch.executors.cluster import Cluster
from hpsearch.executors.dask import host
from hpsearch.executors.dask.connection import Connection
from hpsearch.executors.dask.host import Greeting, Order, Session, Strange, Watch
from hpsearch.executors.dask.members import Members, left_in_order
from hpsearch.executors.outcome import Outcome
from hpsearch.executors.places import NOBODY_YET, SAID_AFTER, Place, Placed, Task

#: How often it is looked who is there, in seconds.
EVERY = 0.5
#: For so many seconds a scheduler that is gone may come back.
RETURNS_WITHIN = 600.0


class DaskExecutor(Placed):
    """At most `workers` tasks at a time, as far as the cluster has places for them."""

    def __init__(self, workers: int, preload: tuple[str, ...], cluster: Cluster) -> None:
        super().__init__(workers)
        self._cluster = cluster
        token = "" if cluster.shared is None else str(cluster.shared.absolute() / f".{uuid4().hex}.tmp")
        self._session = Session(uuid4().hex, str(Path.cwd()), token, preload)
        self._connection = Connection(cluster, workers)
        self._members = Members()
        self._sent: set[tuple[str, str]] = set()  # hosts that have a task, by its digest
        self._unwatched = False  # whether there is a scheduler that has never heard of this search

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
        self._recall_all()
        if client := self._connection.client:
            with suppress(Exception):  # a cluster that is gone has nothing to be told
                client.unregister_worker_plugin(self._session.watch)
        self._members.forget()
        self._connection.close()
        host.ended()
        if self._session.token:
            Path(self._session.token).unlink(missing_ok=True)

    # -- tasks

    def _send(self, task: Task, place: Place) -> None:
        """Where the connection is lost, it is found out by `_watch`."""
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
        client = self._connection.client
        assert client is not None
        task.sent = client.submit(
            host.run,
            order,
            key=key,
            pure=False,
            retries=0,
            workers=[place.address],
            allow_other_workers=False,
        )
        task.sent.add_done_callback(lambda promise: self._answered(task, place, promise))

    def _recall(self, task: Task, place: Place) -> None:
        del place
        promise, task.sent = task.sent, None
        with suppress(Exception):  # of a connection that is lost
            promise.cancel()

    def _answered(self, task: Task, place: Place, promise: Promise) -> None:
        """End a task as its promise ended, or send it again where its worker was none of ours."""
        value, error = _outcome(promise)
        with self._lock:
            if place.task is not task or task.sent is not promise:
                return  # it was given up meanwhile
            place.task = None
            if error is None:
                self._sent.add((place.host, task.digest))
            elif isinstance(error, Strange):
                self._sent.discard((place.host, task.digest))
                self._places.pop(place.number, None)
                self._members.leave(place.address)  # it is greeted again
                error = WorkerLeft("the worker was another one")
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
                self._give_up(error)
                return
            except Exception:  # of the connection, which has many ways to end
                if not self._over.is_set():
                    self._reconnect()
            without = 0.0 if self._places else without + EVERY
            if without and abs(without - SAID_AFTER) < EVERY / 2:
                self._cluster.tell(NOBODY_YET)

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
            self._known = self._most if self._cluster.jobqueue else self._members.threads(there)
            for address in self._members.new(there):
                key = f"{self._session.greetings}{uuid4().hex}"
                greeting = client.submit(
                    host.greet, self._session, key, versions(), key=key, pure=False, workers=[address]
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
            self._come(address, value.host, value.threads)

    def _refuse(self, address: str, why: str) -> None:
        """Do without a worker; where all are no use, no task can be run."""
        said = f"the worker {address} {why}"
        self._members.refused(address)
        if self._members.useful:
            self._cluster.tell(f"warning: {said}; it is not used")
            return
        self._give_up(ExecutorBroken(said))

    def _lose(self, address: str, *, left: bool) -> None:
        with self._lock:
            self._members.leave(address)
            super()._lose(address, left=left)

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
        minutes = f"{RETURNS_WITHIN / 60:g} minutes"
        self._give_up(ExecutorBroken(f"the scheduler did not come back within {minutes}"))

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
    assert isinstance(value, Outcome)
    return value.told()
