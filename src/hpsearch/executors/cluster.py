"""Where workers of other machines are met, for executors that have such."""

from __future__ import annotations

import ipaddress
import json
from collections.abc import Callable
from pathlib import Path
from typing import Protocol, runtime_checkable
from urllib.parse import urlsplit

from msgspec import Struct

from hpsearch.core.errors import InputError
from hpsearch.executors.base import Executor

#: How a scheduler is spoken to.
PLAIN, ENCRYPTED = "tcp", "tls"
#: What is said of an encrypted address without them.
NEEDS_CERTIFICATES = "needs certificates; give dispatch.tls: {ca: ca.pem, cert: cert.pem, key: key.pem}"


class Cluster(Struct, frozen=True):
    """Where the workers are, and what they share with this process.

    Attributes:
        scheduler: its address, `tls://host:8786`, or the file that it wrote its address to; empty: workers here.
        jobqueue: the file that says how workers are asked of a queue of jobs; None: they come by themselves.
        ca: the certificate of who has signed those of scheduler and workers.
        cert: the certificate of this process.
        key: of that certificate.
        insecure: whether anybody who can reach the scheduler may be trusted.
        shared: a folder that every worker must see.
        tell: is told what a person should know, in words.
    """

    scheduler: str = ""
    jobqueue: Path | None = None
    ca: Path | None = None
    cert: Path | None = None
    key: Path | None = None
    insecure: bool = False
    shared: Path | None = None
    tell: Callable[[str], object] = lambda _: None


#: Workers on this machine alone.
HERE = Cluster()


@runtime_checkable
class ClusterFactory(Protocol):
    """Makes an executor whose workers can be elsewhere."""

    def on(self, cluster: Cluster, workers: int, preload: tuple[str, ...] = ()) -> Executor:
        """An executor with at most `workers` tasks at a time. Raises MissingExtra and InputError."""


def sound_address(scheduler: str, *, insecure: bool) -> str:
    """The address of a scheduler that is named by it, or by the file that the scheduler wrote.

    Raises:
        InputError: there is no such file, or it has no address that may be spoken to.
    """
    address = _address_of(scheduler)
    try:
        refuse_open(address, insecure=insecure)
    except InputError as error:
        if address == scheduler:
            raise
        raise InputError(f"{scheduler}: address: {error}") from None
    return address


def named(address: str, scheduler: str) -> str:
    """An address, with the file that it came from where that is what a person has given.

    >>> named("tcp://head:8786", "tcp://head:8786"), named("tcp://head:8786", "scheduler.json")
    ('tcp://head:8786', 'scheduler.json: address: tcp://head:8786')
    """
    return address if address == scheduler else f"{scheduler}: address: {address}"


def _address_of(scheduler: str) -> str:
    if "://" in scheduler:
        return scheduler
    try:
        address = json.loads(Path(scheduler).read_text(encoding="utf-8"))["address"]
    except OSError as error:
        raise InputError(
            f"{scheduler}: cannot be read: {error.strerror}; start the scheduler first"
        ) from None
    except (ValueError, KeyError, TypeError):
        raise InputError(f"{scheduler}: is no file that a scheduler wrote: it has no address") from None
    return str(address)


def refuse_open(address: str, *, insecure: bool) -> None:
    """Raise InputError of an address that is none, or that leads to another machine without encryption.

    >>> refuse_open("tcp://127.0.0.1:8786", insecure=False)
    >>> refuse_open("tls://head:8786", insecure=False)
    """
    parts = urlsplit(address)
    try:
        named = bool(parts.hostname and parts.port)
    except ValueError:
        named = False
    if parts.scheme not in (PLAIN, ENCRYPTED) or not named:
        raise InputError(
            f"must be tls://HOST:PORT, tcp://HOST:PORT, or the file that the scheduler wrote (got {address!r})"
        )
    if parts.scheme == PLAIN and not insecure and not _is_here(str(parts.hostname)):
        raise InputError(
            f"plain tcp to another machine: whoever reaches that port, or listens on the way, runs code on every "
            f"worker and on this machine; use tls:// with dispatch.tls, or say --insecure where the network is "
            f"yours alone (got {address!r})"
        )


def _is_here(host: str) -> bool:
    if host == "localhost":
        return True
    try:
        return ipaddress.ip_address(host).is_loopback
    except ValueError:
        return False
