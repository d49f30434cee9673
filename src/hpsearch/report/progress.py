"""How a search is going: a live bar on a terminal, plain lines elsewhere."""

from __future__ import annotations

import sys
import time
from types import TracebackType
from typing import TYPE_CHECKING, Protocol, Self, TextIO

from hpsearch.core.escaping import printable
from hpsearch.engine.watcher import Snapshot

if TYPE_CHECKING:
    from rich.console import Console


def counts(snapshot: Snapshot) -> str:
    """`24/60 done, 8 running, 1 failed`."""
    failed = f", {snapshot.failed} failed" if snapshot.failed else ""
    return f"{snapshot.done}/{snapshot.total} done, {snapshot.running} running{failed}"


def incumbent(snapshot: Snapshot) -> str:
    """`best val acc 0.9833 (trial 17)`."""
    if snapshot.best is None:
        return "no result yet"
    metric = snapshot.metric
    return f"best {metric} {metric.shown(snapshot.best)} (trial {snapshot.best_trial})"


def remaining(snapshot: Snapshot) -> str:
    """`about 12 s left`; empty while nobody knows."""
    return "" if snapshot.left is None else f"about {duration(snapshot.left)} left"


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
        said = f"{counts(snapshot)}; {incumbent(snapshot)}"
        now = time.monotonic()
        if said == self._last or now < self._next:
            return
        self._last, self._next = said, now + self._every
        self._print(snapshot)

    def _print(self, snapshot: Snapshot) -> None:
        parts = (counts(snapshot), incumbent(snapshot), remaining(snapshot))
        line = "; ".join(part for part in parts if part)
        self._stream.write(printable(line) + "\n")
        self._stream.flush()


class LiveBar:
    """A bar that stays at the bottom of the terminal."""

    def __init__(self, console: Console) -> None:
        from rich.progress import BarColumn, TextColumn
        from rich.progress import Progress as RichProgress

        self._bar = RichProgress(
            BarColumn(bar_width=20),
            TextColumn("{task.description}", markup=False),
            console=console,
            transient=True,
            refresh_per_second=8,
        )
        self._task = self._bar.add_task("starting", total=None)

    def update(self, snapshot: Snapshot) -> None:
        """Move the bar; the screen follows within an eighth of a second."""
        ended = snapshot.done + snapshot.failed
        parts = (incumbent(snapshot), counts(snapshot), remaining(snapshot))
        self._bar.update(
            self._task,
            total=snapshot.total,
            completed=ended,
            description="  ".join(part for part in parts if part),
        )

    def __enter__(self) -> Self:
        self._bar.start()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._bar.stop()


def on_standard_error() -> Progress:
    """A live bar on a terminal, plain lines elsewhere, where the library that draws bars is not imported."""
    if not sys.stderr.isatty():
        return PlainLines(sys.stderr)
    from rich.console import Console

    console = Console(stderr=True)
    return LiveBar(console) if console.is_terminal else PlainLines(sys.stderr)
