"""Hosts for workers: this one under other addresses, or network namespaces that a cable leads to."""

from __future__ import annotations

import os
import subprocess
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager, suppress
from dataclasses import dataclass


@dataclass(frozen=True)
class Host:
    """Where a worker runs: its `address`, that of the scheduler from there, and what its commands begin with."""

    address: str
    gateway: str = "127.0.0.1"
    within: tuple[str, ...] = ()
    cable: str = ""


def here(count: int = 3) -> list[Host]:
    """This host, under so many addresses."""
    return [Host(f"127.0.0.{number + 2}") for number in range(count)]


def _ip(*words: str) -> None:
    subprocess.run(["ip", *words], check=True, capture_output=True)


@contextmanager
def namespaces(count: int = 2) -> Iterator[list[Host]]:
    """So many namespaces, each with a cable of its own to this one. Raises OSError where that may not be done."""
    with ExitStack() as stack:
        yield [stack.enter_context(_namespace(number)) for number in range(count)]


@contextmanager
def _namespace(number: int) -> Iterator[Host]:
    name = f"hps{os.getpid()}n{number}"
    cable, plug, net = f"h{os.getpid()}c{number}"[-15:], f"h{os.getpid()}p{number}"[-15:], f"10.77.{number}"
    try:
        _ip("netns", "add", name)
        _ip("link", "add", cable, "type", "veth", "peer", "name", plug)
        _ip("link", "set", plug, "netns", name)
        _ip("addr", "add", f"{net}.1/24", "dev", cable)
        _ip("link", "set", cable, "up")
        for words in (
            ("addr", "add", f"{net}.2/24", "dev", plug),
            ("link", "set", plug, "up"),
            ("link", "set", "lo", "up"),
        ):
            _ip("netns", "exec", name, "ip", *words)
        yield Host(f"{net}.2", f"{net}.1", ("ip", "netns", "exec", name), cable)
    except subprocess.CalledProcessError as error:
        raise OSError(error.stderr.decode(errors="replace").strip()) from error
    finally:
        with suppress(subprocess.CalledProcessError):
            _ip("link", "del", cable)
        with suppress(subprocess.CalledProcessError):
            _ip("netns", "del", name)


def plugged(host: Host, *, into: bool) -> None:
    """Plug the cable of a host in, or out."""
    _ip("link", "set", host.cable, "up" if into else "down")
