"""How a search is going, in words; and as plain lines, where there is no terminal."""

from __future__ import annotations

import sys
import time
from types import TracebackType
from typing import Any, Protocol, Self, TextIO

from hpsearch.core.escaping import printable
from hpsearch.core.metric import Metric
from hpsearch.engine.watcher import Snapshot
from hpsearch.storage.reached import Reached

#: Of so many trainings that go on a line tells how far they are.
_ON_A_LINE = 2


def counts(snapshot: Snapshot) -> str:
    """`41 of 87 trainings ended, 8 running, 38 to come`.

    Where fewer workers train so many, several together, it is `8 running on 2 workers`.
    """
    total = snapshot.total
    running = f"running{_stacked(snapshot)}" if snapshot.told else "in the round"
    return f"{total.ended} of {total.all} trainings ended, {total.running} {running}, {total.waiting} to come"


def _stacked(snapshot: Snapshot) -> str:
    workers = snapshot.workers
    if workers is None or workers >= snapshot.total.running:
        return ""
    return f" on {workers} {'worker' if workers == 1 else 'workers'}"


def incumbent(snapshot: Snapshot) -> str:
    """`best val acc 0.9833 (trial 17)`."""
    best, metric = snapshot.best, snapshot.metric
    if best is None:
        return "no result yet"
    return f"best {metric} {metric.shown(best.value)} (trial {best.trial.number})"


def reached(snapshot: Snapshot, most: int, *, briefly: bool = False) -> list[str]:
    """`trial 3: epoch 17 of 40, val acc 0.66`, for so many of the trainings that go on and tell it.

    `briefly` it is `trial 3: 17/40, 0.66`.
    """
    return [_reached(one, snapshot.metric, briefly=briefly) for one in snapshot.reached[:most]]


def _reached(one: Reached, metric: Metric, *, briefly: bool) -> str:
    trial, replicate, _ = one.key
    who = f"trial {trial} again" if replicate else f"trial {trial}"
    if briefly:
        return f"{who}: {one.epoch}{f'/{one.of}' if one.of else ' ep.'}, {metric.shown(one.value)}"
    of = f" of {one.of}" if one.of else ""
    return f"{who}: epoch {one.epoch}{of}, {metric} {metric.shown(one.value)}"


def remaining(snapshot: Snapshot) -> str:
    """`about 12 s left`, or that it is not known, or that all has ended."""
    if _ended(snapshot):
        return "finishing"
    return "time left not known yet" if snapshot.left is None else f"about {roughly(snapshot.left)} left"


def short(snapshot: Snapshot) -> str:
    """`12 s left`, `? left`, or `ending`."""
    if _ended(snapshot):
        return "ending"
    return "? left" if snapshot.left is None else f"{roughly(snapshot.left)} left"


def _ended(snapshot: Snapshot) -> bool:
    total = snapshot.total
    return 0 < total.ended == total.all


def roughly(seconds: float) -> str:
    """An estimate as people say it: no finer than it is true, and never nothing.

    >>> [roughly(s) for s in (0.2, 47, 130, 3700, 9000, 200000)]
    ['1 s', '45 s', '2 min', '1 h', '2 h 30 min', '2 d 8 h']
    """
    if seconds < 10:
        return f"{max(1, round(seconds))} s"
    if seconds < 57.5:
        return f"{5 * round(seconds / 5)} s"
    if seconds < 3570:
        return f"{round(seconds / 60)} min"
    if seconds < 85500:
        hours, minutes = divmod(10 * round(seconds / 600), 60)
        return f"{hours} h {minutes} min" if minutes else f"{hours} h"
    days, hours = divmod(round(seconds / 3600), 24)
    return f"{days} d {hours} h" if hours else f"{days} d"


def duration(seconds: float) -> str:
    """Seconds as people say them.

    >>> [duration(s) for s in (0.4, 59.6, 61, 3700, 200000)]
    ['0 s', '60 s', '1 min 1 s', '1 h 1 min', '2 d 7 h']
    """
    if seconds < 60:
        return f"{seconds:.0f} s"
    minutes, rest = divmod(round(seconds), 60)
    if minutes < 60:
        return f"{minutes} min {rest} s"
    hours, minutes = divmod(minutes, 60)
    if hours < 24:
        return f"{hours} h {minutes} min"
    days, hours = divmod(hours, 24)
    return f"{days} d {hours} h"


class Progress(Protocol):
    """Shows snapshots; a context manager, within which messages go through `note`."""

    def update(self, snapshot: Snapshot) -> None:
        """Show `snapshot`, now or a little later."""

    def __enter__(self) -> Self:
        """Begin to show."""

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        """Leave the screen tidy."""


class Silent:
    """Shows nothing."""

    def update(self, snapshot: Snapshot) -> None:
        """Show nothing."""

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        return None


class PlainLines(Silent):
    """One line whenever something new came and the last line is `every` seconds old."""

    def __init__(self, stream: TextIO, every: float = 2.0) -> None:
        self._stream = stream
        self._every = every
        self._next = time.monotonic()
        self._last = ""

    def update(self, snapshot: Snapshot) -> None:
        """Print a line, unless the last one is recent or says the same."""
        said = "; ".join([counts(snapshot), incumbent(snapshot), *reached(snapshot, _ON_A_LINE)])
        now = time.monotonic()
        if said == self._last or now < self._next:
            return
        self._last, self._next = said, now + self._every
        self._print(snapshot)

    def _print(self, snapshot: Snapshot) -> None:
        lost = f"{snapshot.lost} failed" if snapshot.lost else ""
        now = reached(snapshot, _ON_A_LINE)
        parts = (counts(snapshot), lost, incumbent(snapshot), *now, remaining(snapshot))
        self._write(printable("; ".join(part for part in parts if part)))

    def _write(self, line: str) -> None:
        self._stream.write(f"{line}\n")
        self._stream.flush()


class InPlace(PlainLines):
    """One line of a notebook that is shown anew: of a stream, what is saved would keep every line."""

    def __init__(self, every: float = 0.25) -> None:
        super().__init__(sys.stderr, every)
        self._shown: Any = None

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        """Leave no count: the last one shown may be older than what has ended, and nothing is to come any more."""
        if self._shown is not None:
            self._write("the search was stopped" if kind else "the search has ended")

    def _write(self, line: str) -> None:
        from IPython.display import display

        if self._shown is None:
            self._shown = display({"text/plain": line}, raw=True, display_id=True)
        else:
            self._shown.update({"text/plain": line}, raw=True)


def on_standard_error() -> Progress:
    """The live screen of a terminal, one line in a notebook, plain lines elsewhere, where no library draws."""
    if type(sys.stderr).__module__.partition(".")[0] == "ipykernel":
        return InPlace()
    if not sys.stderr.isatty():
        return PlainLines(sys.stderr)
    from rich.console import Console

    from hpsearch.reporting.live import LiveScreen

    console = Console(stderr=True)
    able = console.is_terminal and not console.is_dumb_terminal
    return LiveScreen(console) if able else PlainLines(sys.stderr)
