"""The curves of one training: a chart of blocks for each figure, on a terminal drawn anew with every epoch."""

from __future__ import annotations

import math
import time
from collections.abc import Iterator, Mapping, Sequence
from types import TracebackType
from typing import TYPE_CHECKING, Protocol, Self

from hpsearch.core.words import spoken
from hpsearch.reporting.progress import duration

if TYPE_CHECKING:
    from rich.console import Console

#: Nothing, and an eighth of a character's height to all of it.
_BLOCKS = " ▁▂▃▄▅▆▇█"
#: An epoch is at most so many characters wide, a curve so many lines high.
_WIDEST, _HIGHEST = 4, 5
_NUMBER = 9
#: How many lines a training prints where there is no terminal.
_LINES = 10


def chart(values: Sequence[float], epochs: int, width: int, height: int) -> list[str]:
    """A curve as `height` lines of at most `width` characters; the whole width is that of `epochs` values.

    The lowest value is an eighth of a line high, the highest all lines; what is no number is blank.

    >>> chart([0, 1, 2, 3, float("nan"), 7], 8, width=8, height=1)
    ['▁▂▃▄ █']
    """
    shown = _sampled(values, epochs, width)
    low, high = _ends(shown)
    size, most = (high - low) or 1.0, 8 * height
    levels = [1 + round((value - low) / size * (most - 1)) if math.isfinite(value) else 0 for value in shown]
    return [
        "".join(_BLOCKS[min(max(level - below, 0), 8)] for level in levels)
        for below in range(most - 8, -1, -8)
    ]


def _sampled(values: Sequence[float], epochs: int, width: int) -> list[float]:
    """One value for each character: the last of the epochs it stands for."""
    places = epochs * min(_WIDEST, width // epochs) if epochs <= width else width
    count = math.ceil(len(values) * places / epochs)
    ends = (math.ceil((place + 1) * epochs / places) for place in range(count))
    return [values[min(end, len(values)) - 1] for end in ends]


def _ends(values: Sequence[float]) -> tuple[float, float]:
    finite = [value for value in values if math.isfinite(value)]
    return min(finite, default=0.0), max(finite, default=0.0)


def drawn(curves: Mapping[str, Sequence[float]], epochs: int, width: int = 80, height: int = 24) -> list[str]:
    """Every curve with its name, last value and ends, on fewer than `height` lines of fewer than `width`."""
    lines = min(_HIGHEST, max(1, (height - 3) // len(curves)))
    wide = max(*(len(name) for name in curves), len("now ") + _NUMBER)
    room = max(1, width - wide - _NUMBER - 4)
    return [
        line
        for name, values in curves.items()
        for line in _labelled(spoken(name), values, chart(_scaled(name, values), epochs, room, lines), wide)
    ]


def _scaled(name: str, values: Sequence[float]) -> Sequence[float]:
    """A loss by its logarithm: it falls by orders of magnitude."""
    if "loss" not in name or not all(value > 0 for value in values if math.isfinite(value)):
        return values
    return [math.log(value) if math.isfinite(value) else value for value in values]


def _labelled(name: str, values: Sequence[float], plot: Sequence[str], wide: int) -> Iterator[str]:
    low, high = (f"{end:.4g}" for end in _ends(values))
    now = f"{values[-1]:.4g}"
    if len(plot) == 1:
        yield f"{name:<{wide}} {now:>{_NUMBER}} │{plot[0]}"
        return
    left = [name, f"now {now}", *[""] * (len(plot) - 2)]
    right = [high, *[""] * (len(plot) - 2), low]
    for one, end, line in zip(left, right, plot, strict=True):
        yield f"{one:<{wide}} {end:>{_NUMBER}} {'┤' if end else '│'}{line}"


class Watch(Protocol):
    """What shows a training while it goes on."""

    def __enter__(self) -> Self: ...
    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None: ...

    def update(self, curves: Mapping[str, Sequence[float]], epochs: int) -> None:
        """Show the curves so far."""


class Lines:
    """Plain lines, about ten of them; none if `quiet`."""

    def __init__(self, console: Console, *, quiet: bool) -> None:
        self._console = console
        self._quiet = quiet

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        """Nothing to end."""

    def update(self, curves: Mapping[str, Sequence[float]], epochs: int) -> None:
        """One line, if it is time for one."""
        done = len(next(iter(curves.values())))
        if self._quiet or (done % max(1, epochs // _LINES) and done != epochs):
            return
        figures = ", ".join(f"{spoken(name)} {values[-1]:.4f}" for name, values in curves.items())
        self._console.print(f"epoch {done} of {epochs}: {figures}", highlight=False, soft_wrap=True)


class Live:
    """The curves on a terminal, as wide and as high as it has room for."""

    def __init__(self, console: Console) -> None:
        from rich.live import Live as RichLive

        self._live = RichLive(console=console, refresh_per_second=10)
        self._begun = time.monotonic()

    def __enter__(self) -> Self:
        self._live.start()
        return self

    def __exit__(self, *_: object) -> None:
        """Leave the last curves on the screen."""
        self._live.stop()

    def update(self, curves: Mapping[str, Sequence[float]], epochs: int) -> None:
        """Draw the curves anew."""
        from rich.text import Text

        size = self._live.console.size
        lines = [self._head(len(next(iter(curves.values()))), epochs), *drawn(curves, epochs, *size)]
        self._live.update(Text("\n".join(lines), no_wrap=True, overflow="crop"))

    def _head(self, done: int, epochs: int) -> str:
        left = (time.monotonic() - self._begun) / done * (epochs - done)
        return f"epoch {done} of {epochs}" + (f", about {duration(left)} left" if left else "")
