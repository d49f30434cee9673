"""Reaching a cluster: one of this process alone, that of a scheduler, or one that a queue of jobs brings."""

from __future__ import annotations

import asyncio
import re
import threading
from collections.abc import Callable
from concurrent.futures import Future
from contextlib import ExitStack, suppress
from typing import Any

import dask
from distributed import Client, LocalCluster, Security, rpc

from hpsearch.core.errors import ExecutorBroken, InputError
from hpsearch.executors.cluster import ENCRYPTED, NEEDS_CERTIFICATES, Cluster, named, sound_address

#: How long a scheduler may take to answer, in seconds.
PATIENCE = 10.0
#: How long it may take to say goodbye, in seconds.
_FAREWELL = 1.0
_SCHEDULER = "Scheduler"
#: Each has a server for pages, whether it has any or not: nobody else can reach this one.
NOWHERE = "127.0.0.1:0"
#: Their pages, and what they measure beside the tasks, are for those who look at Dask itself.
_SETTINGS: dict[str, Any] = {
    "distributed.scheduler.http.routes": [],
    "distributed.worker.http.routes": [],
    "distributed.scheduler.work-stealing": False,
    "distributed.admin.tick.limit": "1h",  # its warnings of a busy process are for those who develop Dask
}


#: The last of what went wrong, as Dask says it behind its own objects.
_REASON = re.compile(r"Error: (.+)")


class Connection:
    """A client of a cluster, which is renewed when it is lost; a context manager."""

    def __init__(self, cluster: Cluster, workers: int) -> None:
        self._cluster, self._workers = cluster, workers
        self._made: Callable[[], Client] | None = None
        self._stack = ExitStack()
        self.client: Client | None = None

    def open(self) -> Client:
        """Connect. Raises ExecutorBroken where nobody answers, InputError where the cluster cannot be asked."""
        self._stack.enter_context(dask.config.set(_SETTINGS))
        if self._cluster.jobqueue is not None:
            from hpsearch.executors.dask.queue import queued

            made = self._stack.enter_context(queued(self._cluster.jobqueue, self._workers, NOWHERE))
            self._made = lambda: Client(made, set_as_default=False)
        elif self._cluster.scheduler:
            self._made = self._of_scheduler
        else:
            made = self._stack.enter_context(_here(self._workers))
            self._made = lambda: Client(made, set_as_default=False)
        return self.again()

    def again(self) -> Client:
        """Connect once more."""
        assert self._made is not None
        self._part()
        self.client = self._made()
        return self.client

    def _of_scheduler(self) -> Client:
        cluster = self._cluster
        address = sound_address(cluster.scheduler, insecure=cluster.insecure)
        security = _security(cluster, address)
        try:
            kind = _who_is_at(address, security)
            if kind == _SCHEDULER:
                return Client(address, security=security, timeout=PATIENCE, set_as_default=False)
        except Exception as error:  # what another program says may be anything
            raise ExecutorBroken(_unanswered(cluster, address, error)) from error
        said = named(address, cluster.scheduler)
        raise ExecutorBroken(f"{said}: is no scheduler of Dask but a {kind}; name that of its scheduler")

    def _part(self) -> None:
        if self.client is not None:
            with suppress(Exception):  # it is lost, and knows nothing that is needed
                self.client.close(timeout=_FAREWELL)

    def close(self) -> None:
        """Leave the cluster, and end it where it was made here."""
        self._part()
        self._stack.close()


def _who_is_at(address: str, security: Security | None) -> str:
    """`_kind_at`, in another thread: this one may have a loop, and who interrupts it waits for no answer."""
    answer: Future[str] = Future()

    def ask() -> None:
        try:
            answer.set_result(asyncio.run(asyncio.wait_for(_kind_at(address, security), PATIENCE + 1)))
        except BaseException as error:  # whatever it is, it is raised where it is waited for
            answer.set_exception(error)

    threading.Thread(target=ask, daemon=True, name="ask-a-scheduler").start()
    return answer.result()


async def _kind_at(address: str, security: Security | None) -> str:
    """What a program of Dask calls itself. A client that nobody answers could not be left at once, nor quietly."""
    settings = security.get_connection_args("client") if security else {}
    async with rpc(address, timeout=PATIENCE, connection_args=settings) as asked:
        return str((await asked.identity())["type"])


def _here(workers: int) -> LocalCluster:
    """A scheduler and a worker in this process: its tasks have processes of their own."""
    return LocalCluster(
        n_workers=1,
        threads_per_worker=workers,
        processes=False,
        dashboard_address=NOWHERE,
        worker_dashboard_address=NOWHERE,
        memory_limit=0,
        silence_logs=50,
    )


def _security(cluster: Cluster, address: str) -> Security | None:
    if not address.startswith(ENCRYPTED):
        return None
    files = {"tls_ca_file": cluster.ca, "tls_client_cert": cluster.cert, "tls_client_key": cluster.key}
    if not all(files.values()):
        raise InputError(f"{named(address, cluster.scheduler)}: {NEEDS_CERTIFICATES}")
    return Security(require_encryption=True, **{name: str(file) for name, file in files.items()})


def _unanswered(cluster: Cluster, address: str, error: BaseException) -> str:
    said = str(error)
    cause = error.__cause__
    while cause is not None:  # the last that has words: a deadline that passed says nothing
        said = str(cause) or said
        cause = cause.__cause__
    found = _REASON.search(said)
    reason = found[1] if found else said or f"nothing within {PATIENCE:g} s"
    why = f"no scheduler answers there ({reason:.200})"
    certificates = ", and whether dispatch.tls names the files of that cluster" if cluster.ca else ""
    return f"{named(address, cluster.scheduler)}: {why}; see whether it runs and can be reached{certificates}"
