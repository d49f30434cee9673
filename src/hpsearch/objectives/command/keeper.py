"""Keeps commands that are paused between two rungs, for whichever worker goes on with them.

It is a thread of the process that conducts the search. A worker gives it the descriptors of a command through a
socket, the lifeline among them: so a command that is paused ends with the search, however that ends, and not with
the worker that began it. One that is not kept any more is begun again from its start; that costs time alone.
"""

from __future__ import annotations

import math
import os
import pickle
import socket
import struct
import tempfile
import threading
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import Any

from msgspec import Struct

from hpsearch.objectives.command.process import Paused
from hpsearch.storage.temporary import PREFIX, own_folder

if os.name != "nt":
    import resource

#: The descriptors of a command that is paused.
_DESCRIPTORS = 4
_LENGTH = struct.Struct("!QB")
_READ_AT_ONCE = 1 << 16
#: A worker that is heard no more has stopped in the midst of what it sent, in seconds.
_PATIENCE = 10.0
#: A path of a socket has at most so many bytes, the fewest of all systems (macOS).
_LONGEST = 103
_SHORT = "/tmp"  # noqa: S108 - a folder of our own is made within


class Kept(Struct, frozen=True):
    """What is kept of a trial between two rungs.

    Attributes:
        trial: of that number.
        epochs: it has trained for so many.
        loss: where it stands, for who has to go; lower is better.
        paused: its command; None where that has ended.
        rest: what else is to be known to go on. Picklable.
    """

    trial: int
    epochs: int
    loss: float
    paused: Paused | None
    rest: Any


class Keeper:
    """Keeps at most `most` commands that are paused; of more the poorest of the lowest rung are ended.

    They take at most half of the descriptors that this process may have: it needs some to conduct the search.

    Attributes:
        address: where workers reach it.
    """

    def __init__(self, address: Path, most: int) -> None:
        self.address = str(address)
        self._most = min(most, _affordable())
        self._kept: dict[int, tuple[_Note, bytes, list[int]]] = {}
        self._listening = socket.socket(socket.AF_UNIX)
        self._listening.bind(self.address)
        self._listening.listen()
        self._thread = threading.Thread(target=self._serve, daemon=True, name="keeper-of-commands")
        self._thread.start()

    def close(self) -> None:
        """End what is kept."""
        with suppress(OSError):
            self._listening.shutdown(socket.SHUT_RDWR)
        self._thread.join()
        self._listening.close()
        for trial in list(self._kept):
            self._drop(trial)

    def _serve(self) -> None:
        while True:
            try:
                asker, _ = self._listening.accept()
            except OSError:  # it is closed
                return
            asker.settimeout(_PATIENCE)
            with asker, suppress(OSError, EOFError):  # an asker that is gone
                self._answer(asker)

    def _answer(self, asker: socket.socket) -> None:
        message, descriptors = _received(asker)
        note, state = pickle.loads(message)  # noqa: S301 - of a worker of ours
        if state is None:
            self._hand_over(asker, note)
            return
        self._drop(note.trial)
        self._kept[note.trial] = (note, state, descriptors)
        paused = [kept for kept, _, open_ in self._kept.values() if open_]
        if len(paused) > self._most:
            self._drop(max(paused, key=lambda kept: (-kept.epochs, kept.loss)).trial)
        _send(asker, b"")

    def _hand_over(self, asker: socket.socket, note: _Note) -> None:
        """Answer with the command of a trial if it has come as far as is asked, and keep it no longer."""
        kept = self._kept.get(note.trial)
        if kept is None or kept[0].epochs != note.epochs:
            self._drop(note.trial)
            _send(asker, b"")
            return
        _send(asker, kept[1], kept[2])
        self._drop(note.trial)

    def _drop(self, trial: int) -> None:
        for descriptor in self._kept.pop(trial, (None, b"", []))[2]:
            os.close(descriptor)


def _affordable() -> float:
    most, _ = resource.getrlimit(resource.RLIMIT_NOFILE)
    return math.inf if most == resource.RLIM_INFINITY else most // (2 * _DESCRIPTORS)


class _Note(Struct, frozen=True):
    """Which command it is, as a keeper has to know: see `Kept`."""

    trial: int
    epochs: int
    loss: float = 0.0


@contextmanager
def keeping(most: int) -> Iterator[Keeper]:
    """A keeper, who ends what it keeps when the block ends. Raises OSError where it cannot have a socket."""
    usual = Path(tempfile.gettempdir())
    short = len(os.fsencode(usual)) + len(f"/{PREFIX}12345678/keeper") <= _LONGEST
    with own_folder(parent=usual if short else Path(_SHORT)) as folder:
        keeper = Keeper(folder / "keeper", most)
        try:
            yield keeper
        finally:
            keeper.close()


def keep(address: str, kept: Kept) -> None:
    """Give a trial to the keeper; where there is none, or it is gone, its command is ended."""
    note, paused = _Note(kept.trial, kept.epochs, kept.loss), kept.paused
    descriptors = list(paused.descriptors) if paused else []
    state = pickle.dumps((paused and paused.said, kept.rest))
    try:
        if address:
            with suppress(OSError, EOFError), _asking(address) as asked:
                _send(asked, pickle.dumps((note, state)), descriptors)
                _received(asked)  # only then may ours be closed
    finally:
        for descriptor in descriptors:
            os.close(descriptor)


def taken(address: str, trial: int, epochs: int) -> tuple[Paused | None, Any] | None:
    """What is kept of a trial that has trained for so many epochs, and no longer is; None where nothing was."""
    if not address:
        return None
    try:
        with _asking(address) as asked:
            _send(asked, pickle.dumps((_Note(trial, epochs), None)))
            message, descriptors = _received(asked)
    except (OSError, EOFError):
        return None
    if not message:
        return None
    said, rest = pickle.loads(message)  # noqa: S301 - of a worker of ours
    if said is None:
        return None, rest
    lifeline, output, errors, report = descriptors
    return Paused((lifeline, output, errors, report), said), rest


@contextmanager
def _asking(address: str) -> Iterator[socket.socket]:
    with socket.socket(socket.AF_UNIX) as asked:
        asked.connect(address)
        yield asked


def _send(to: socket.socket, message: bytes, descriptors: list[int] | None = None) -> None:
    head = _LENGTH.pack(len(message), len(descriptors or ()))
    sent = socket.send_fds(to, [head], descriptors or []) if descriptors else to.send(head)
    to.sendall(head[sent:] + message)


def _received(source: socket.socket) -> tuple[bytes, list[int]]:
    """A message and the descriptors that came with it. Raises EOFError where it is not whole."""
    head, descriptors, _, _ = socket.recv_fds(source, _LENGTH.size, _DESCRIPTORS)
    for descriptor in descriptors:
        os.set_inheritable(descriptor, False)
    try:
        length, expected = _LENGTH.unpack(head + _exactly(source, _LENGTH.size - len(head)))
        if expected != len(descriptors):
            raise EOFError
        return _exactly(source, length), descriptors
    except BaseException:
        for descriptor in descriptors:
            os.close(descriptor)
        raise


def _exactly(source: socket.socket, length: int) -> bytes:
    parts = []
    while length:
        part = source.recv(min(length, _READ_AT_ONCE))
        if not part:
            raise EOFError
        parts.append(part)
        length -= len(part)
    return b"".join(parts)
