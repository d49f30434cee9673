"""The curves of one training: a line of blocks for each figure, on a terminal drawn anew with every epoch."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from types import TracebackType
from typing import TYPE_CHECKING, Protocol, Self

from hpsearch.report.text import spoken

if TYPE_CHECKING:
    from rich.console import Console

_BLOCKS = "▁▂▃▄▅▆▇█"
_WIDTH = 60
#: How many lines a training prints where there is no terminal.
_LINES = 10


def sparkline(values: Sequence[float], width: int = _WIDTH) -> str:
    """The values as blocks from the lowest to the highest, at most `width` of them; a blank for no number.

    >>> sparkline([0, 1, 2, 3, float("nan"), 7])
    '▁▂▃▄ █'
    """
    places = min(width, len(values))
    shown = [values[round(i * (len(values) - 1) / max(1, places - 1))] for i in range(places)]
    finite = [value for value in shown if math.isfinite(value)]
    low, high = min(finite, default=0.0), max(finite, default=0.0)
    size = (high - low) or 1.0
    return "".join(
        _BLOCKS[round((value - low) / size * (len(_BLOCKS) - 1))] if math.isfinite(value) else " "
        for value in shown
    )


def drawn(curves: Mapping[str, Sequence[float]], epochs: int) -> str:
    """Every curve with its name and its last value."""
    done = len(next(iter(curves.values())))
    wide = max(len(name) for name in curves)
    lines = [
        f"{spoken(name):<{wide}} {values[-1]:>8.4f}  {sparkline(values)}" for name, values in curves.items()
    ]
    return "\n".join([f"epoch {done} of {epochs}", *lines])


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
    """The curves on a terminal."""

    def __init__(self, console: Console) -> None:
        from rich.live import Live as RichLive

        self._live = RichLive(console=console, refresh_per_second=10)

    def __enter__(self) -> Self:
        self._live.start()
        return self

    def __exit__(self, *_: object) -> None:
        """Leave the last curves on the screen."""
        self._live.stop()

    def update(self, curves: Mapping[str, Sequence[float]], epochs: int) -> None:
        """Draw the curves anew."""
        from rich.text import Text

        self._live.update(Text(drawn(curves, epochs)))
