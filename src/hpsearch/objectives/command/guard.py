"""Runs one command in a session of its own, and never lets it outlive whoever asked for it.

Started as a script by `process.run`, with the numbers of two pipes and the command: `guard.py LIFELINE REPORT
COMMAND...`. When the other end of the lifeline closes, which the system sees to however its holder ends, the
process group of the command is killed. The report gets a line with the group's number, then how the command
ended: `exit 3`, `signal 9`, `start REASON`. A process of its own does this because a worker that is killed
cannot, and it imports next to nothing because it is started once per trial.
"""

from __future__ import annotations

import os
import select
import signal
import sys
import time

#: How long the group has to end by itself before it is killed, in seconds.
GRACE = 0.7
_SET_CHILD_SUBREAPER = 36  # of prctl(2)


def main() -> None:
    """Start the command, wait for its end or that of the lifeline, and leave no process of its group."""
    lifeline, report = int(sys.argv[1]), int(sys.argv[2])
    _adopt()
    child, failure = _start(sys.argv[3:], lifeline, report)
    if failure:
        os.write(report, f"start {failure}".encode())
        return
    signal.signal(signal.SIGTERM, lambda *_: _end(child))
    ended = _wait(child, lifeline)
    if ended is None:
        _end(child)
        return
    _kill(child, signal.SIGKILL)  # what the command left behind in its group
    _kill_adopted()
    status = os.waitstatus_to_exitcode(ended)
    os.write(report, f"exit {status}".encode() if status >= 0 else f"signal {-status}".encode())


def _start(command: list[str], *ours: int) -> tuple[int, str]:
    """The process of the command, or why it could not be started."""
    told, tell = os.pipe()  # closed by a successful exec
    child = os.fork()
    if child == 0:
        try:
            os.setsid()
            os.write(ours[-1], f"{os.getpid()}\n".encode())  # before the command can do anything to us
            for descriptor in ours:
                os.set_inheritable(descriptor, False)
            signal.signal(signal.SIGINT, signal.SIG_DFL)
            signal.signal(signal.SIGPIPE, signal.SIG_DFL)
            os.execvp(command[0], command)  # noqa: S606 - an argument list is the point
        except OSError as error:
            os.write(tell, str(error.strerror).encode())
        os._exit(127)
    os.close(tell)
    failure = os.read(told, 1000).decode()
    os.close(told)
    return child, failure


def _wait(child: int, lifeline: int) -> int | None:
    """The wait status of the command, or None when the lifeline ended first."""
    woken, wake = os.pipe()
    os.set_blocking(wake, False)
    signal.set_wakeup_fd(wake)
    signal.signal(signal.SIGCHLD, lambda *_: None)
    while True:
        pid, status = os.waitpid(child, os.WNOHANG)
        if pid:
            return status
        ready, _, _ = select.select([lifeline, woken], [], [])
        if lifeline in ready:
            return None
        os.read(woken, 512)


def _end(child: int) -> None:
    """Ask the group to end, and kill it if it does not."""
    _kill(child, signal.SIGTERM)
    deadline = time.monotonic() + GRACE
    while time.monotonic() < deadline and _alive(child):
        time.sleep(0.02)
    _kill(child, signal.SIGKILL)
    _kill_adopted()
    os._exit(0)


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
    deadline = time.monotonic() + GRACE
    while time.monotonic() < deadline:
        try:
            with open(f"/proc/self/task/{os.getpid()}/children") as file:  # noqa: PTH123 - pathlib takes long to import
                children = [int(child) for child in file.read().split()]
        except OSError:
            return
        if not children:
            return
        for child in children:
            os.kill(child, signal.SIGKILL)
            os.waitpid(child, 0)


if __name__ == "__main__":
    main()
