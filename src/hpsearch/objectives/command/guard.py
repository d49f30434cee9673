"""Runs commands, one after the other, each in a session of its own that never outlives whoever asked for it.

Started as a script by `guards.Guard`, with the number of a socket. Each request is a length, what `marshal` makes
of the command, its folder, its environment and its grace, and descriptors: standard output, standard error, a
lifeline, a report, and leases, which stay open until the command has ended. When the other end of the lifeline
closes, which the system sees to however its holder ends, the process group of the command is killed. The report
gets a line with the group's number, then how the command ended: `exit 3`, `signal 9`, `start REASON`, or `ended`
with its lifeline. The guard ends when the socket does, or when nothing was asked of it for a while. A process of
its own does this because a worker that is killed cannot; one serves for many commands because starting it takes
longer than many a command.
"""

from __future__ import annotations

import marshal
import os
import select
import signal
import socket
import sys
import time

#: How long the group has to end by itself before it is killed, where that is not said, in seconds.
GRACE = 0.7
#: What goes on beginning processes faster than they can be killed is given up after so long, in seconds.
_PATIENCE = 5.0
#: How long it waits for the next command, in seconds.
IDLE = 60.0
#: A request begins with its length in so many bytes; so many descriptors come with it, and at most so many in all.
LENGTH = 8
DESCRIPTORS = 4
MOST_DESCRIPTORS = 8
_SET_CHILD_SUBREAPER = 36  # of prctl(2)
_READ_AT_ONCE = 1 << 16
#: A command, its folder and its environment.
Program = tuple[list[bytes], bytes, dict[bytes, bytes]]


def main() -> None:
    """Serve requests until there is nobody to make them."""
    if os.fork():  # no child of a worker, which is replaced where a trial has left it one
        os._exit(0)
    asker = socket.socket(fileno=int(sys.argv[1]))
    asker.set_inheritable(False)
    woken, wake = os.pipe()
    os.set_blocking(wake, False)
    signal.set_wakeup_fd(wake, warn_on_full_buffer=False)
    signal.signal(signal.SIGCHLD, lambda *_: None)
    _adopt()
    while select.select([asker], [], [], IDLE)[0] and (request := _received(asker)):
        payload, descriptors = request
        *program, grace = marshal.loads(payload)  # noqa: S302 - of the process that started this one
        _serve(tuple(program), descriptors, woken, grace)


def _received(asker: socket.socket) -> tuple[bytes, list[int]] | None:
    """The next request; None when there is no more."""
    data, descriptors, _, _ = socket.recv_fds(asker, LENGTH, MOST_DESCRIPTORS)
    if len(data) < LENGTH or len(descriptors) < DESCRIPTORS:
        return None
    for descriptor in descriptors:
        os.set_inheritable(descriptor, False)
    left, parts = int.from_bytes(data, "big"), []
    while left:
        part = asker.recv(min(left, _READ_AT_ONCE))
        if not part:
            return None
        parts.append(part)
        left -= len(part)
    return b"".join(parts), descriptors


def _serve(program: Program, descriptors: list[int], woken: int, grace: float) -> None:
    """Start a command, wait for its end or that of the lifeline, and leave no process of its group.

    Args:
        program: the command, its folder and its environment.
    """
    *streams, lifeline, report = descriptors[:DESCRIPTORS]
    try:
        child, failure = _start(*program, streams, report)
        for stream in streams:
            os.close(stream)
        if failure:
            if child:
                os.waitpid(child, 0)
            os.write(report, f"start {failure}".encode())
            return
        signal.signal(signal.SIGTERM, lambda *_: _give_up(child, grace))
        ended = _wait(child, lifeline, woken)
        if ended is None:
            _end(child, grace)
            os.write(report, b"ended")
            return
        _kill(child, signal.SIGKILL)  # what the command left behind in its group
        _kill_adopted()
        status = os.waitstatus_to_exitcode(ended)
        os.write(report, f"exit {status}".encode() if status >= 0 else f"signal {-status}".encode())
    finally:
        signal.signal(signal.SIGTERM, signal.SIG_DFL)
        for descriptor in (
            lifeline,
            *descriptors[DESCRIPTORS:],
            report,
        ):  # who reads the report may go on then
            os.close(descriptor)


def _start(
    command: list[bytes], folder: bytes, environment: dict[bytes, bytes], streams: list[int], report: int
) -> tuple[int, str]:
    """The process of the command, or why it could not be started."""
    told, tell = os.pipe()  # closed by a successful exec
    try:
        child = os.fork()
    except OSError as error:  # too many processes
        os.write(report, b"\n")
        return 0, str(error.strerror)
    if child == 0:
        try:
            os.setsid()
            os.write(report, f"{os.getpid()}\n".encode())  # before the command can do anything to us
            for number, stream in enumerate(streams, start=1):
                os.dup2(stream, number)
            signal.set_wakeup_fd(-1)
            for number in (signal.SIGINT, signal.SIGPIPE):
                signal.signal(number, signal.SIG_DFL)
            os.chdir(folder)
            os.execve(command[0], command, environment)  # noqa: S606 - an argument list is the point
        except (OSError, ValueError) as error:
            os.write(tell, str(getattr(error, "strerror", error)).encode())
        finally:
            os._exit(127)
    os.close(tell)
    failure = os.read(told, 1000).decode()
    os.close(told)
    return child, failure


def _wait(child: int, lifeline: int, woken: int) -> int | None:
    """The wait status of the command, or None when the lifeline ended first."""
    while True:
        pid, status = os.waitpid(child, os.WNOHANG)
        if pid:
            return status
        ready, _, _ = select.select([lifeline, woken], [], [])
        if lifeline in ready:
            return None
        os.read(woken, 512)


def _give_up(child: int, grace: float) -> None:
    """Leave nothing behind when this process itself is to end."""
    _end(child, grace)
    os._exit(0)


def _end(child: int, grace: float) -> None:
    """Ask the group to end, and kill it if it does not."""
    _kill(child, signal.SIGTERM)
    _kill(child, signal.SIGCONT)  # one that is paused would not hear it
    deadline = time.monotonic() + grace
    while time.monotonic() < deadline and _alive(child):
        time.sleep(0.02)
    _kill(child, signal.SIGKILL)
    _kill_adopted()


def _alive(group: int) -> bool:
    try:
        while os.waitpid(-group, os.WNOHANG)[0]:
            pass  # what has died and is ours, by birth or adopted
    except ChildProcessError:
        pass
    try:
        os.killpg(group, 0)
    except OSError:
        return False
    return True


def _kill(group: int, number: int) -> None:
    try:  # noqa: SIM105
        os.killpg(group, number)
    except OSError:
        pass  # all of the group have ended


def _adopt() -> None:
    """On Linux, become the parent of what the command starts and leaves, whatever session it is in."""
    if sys.platform == "linux":
        try:
            import ctypes

            ctypes.CDLL(None).prctl(_SET_CHILD_SUBREAPER, 1, 0, 0, 0)
        except (ImportError, OSError, AttributeError):
            pass  # what has left the group is not followed then


def _kill_adopted() -> None:
    """Kill every child; those of a child that has died are ours by then."""
    deadline = time.monotonic() + _PATIENCE
    while children := _children():
        for child in children:
            os.kill(child, signal.SIGKILL)
        for child in children:  # all are dying by now: on a busy machine each takes its time
            os.waitpid(child, 0)
        if time.monotonic() > deadline:
            return


def _children() -> list[int]:
    try:
        with open(f"/proc/self/task/{os.getpid()}/children") as file:  # noqa: PTH123 - pathlib takes long to import
            return [int(child) for child in file.read().split()]
    except OSError:  # no Linux
        return []


if __name__ == "__main__":
    main()
