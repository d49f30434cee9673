"""The processes that run commands for this one: one at a time each, kept for the next command."""

from __future__ import annotations

import atexit
import marshal
import os
import socket
import subprocess
import sys
from collections.abc import Mapping, Sequence
from pathlib import Path

from hpsearch.objectives.command.guard import LENGTH

_GUARD = str(Path(__file__).with_name("guard.py"))


class Guard:
    """One such process; see `guard`."""

    def __init__(self) -> None:
        self._socket, theirs = socket.socketpair()
        with theirs:
            subprocess.run(  # noqa: S603 - this program's own, which goes on in the background
                [sys.executable, "-I", "-S", _GUARD, str(theirs.fileno())],
                cwd="/",
                stdin=subprocess.DEVNULL,
                stdout=subprocess.DEVNULL,
                stderr=subprocess.DEVNULL,
                pass_fds=(theirs.fileno(),),
                start_new_session=True,
                check=True,
            )

    def ask(self, request: bytes, descriptors: Sequence[int]) -> None:
        """Let it run a command. Raises OSError where it is gone."""
        message = len(request).to_bytes(LENGTH, "big") + request
        sent = socket.send_fds(self._socket, [message], [*descriptors])
        if rest := message[sent:]:  # even nothing is not sent to a guard that its command has killed by now
            self._socket.sendall(rest)

    def end(self) -> None:
        """It ends as soon as it can, unless another process can still ask it."""
        self._socket.close()


class Guards:
    """Those of this process: as many as commands run at the same time."""

    def __init__(self) -> None:
        self._idle: list[Guard] = []
        atexit.register(self.end)
        if hasattr(os, "register_at_fork"):
            os.register_at_fork(after_in_child=self.end)

    def asked(
        self,
        command: Sequence[str],
        folder: Path,
        extra: Mapping[str, str],
        descriptors: Sequence[int],
        grace: float,
    ) -> Guard:
        """A guard that runs a command, with `extra` in its environment. Raises OSError where none can be started.

        Args:
            descriptors: standard output, standard error, the lifeline to read from, the report to write to; others
                stay open until the command has ended.
            grace: the seconds between SIGTERM and SIGKILL.
        """
        added = {os.fsencode(name): os.fsencode(value) for name, value in extra.items()}
        environment = {**os.environb, **added}
        request = marshal.dumps(([*map(os.fsencode, command)], os.fsencode(folder), environment, grace))
        while guard := self._taken():
            try:
                guard.ask(request, descriptors)
            except OSError:  # it was idle for long, or somebody has killed it
                guard.end()
            else:
                return guard
        guard = Guard()
        guard.ask(request, descriptors)
        return guard

    def _taken(self) -> Guard | None:
        try:
            return self._idle.pop()
        except IndexError:
            return None

    def back(self, guard: Guard) -> None:
        """Its command has ended."""
        self._idle.append(guard)

    def end(self) -> None:
        """End those that are idle; in a process that was forked off, leave them to the one that has them."""
        while self._idle:
            self._idle.pop().end()


#: A guard stays for the next command, whichever search it is of.
GUARDS = Guards()
