"""A search on a terminal: drawn anew a few times a second, also after its size has changed."""

from __future__ import annotations

from types import TracebackType
from typing import Any, Self

from rich.console import Console, Group
from rich.control import Control
from rich.live import Live

from hpsearch.engine.watcher import Snapshot
from hpsearch.reporting.screen import Room, drawn


class LiveScreen:
    """The last snapshot, at the bottom of the terminal; gone when the search ends."""

    def __init__(self, console: Console) -> None:
        self._console = console
        self._snapshot: Snapshot | None = None
        self._live = _Resized(
            console=console, get_renderable=self._drawn, transient=True, refresh_per_second=4
        )

    def update(self, snapshot: Snapshot) -> None:
        """Show it within a quarter of a second."""
        self._snapshot = snapshot

    def _drawn(self) -> Group:
        if self._snapshot is None:
            return Group()
        width, height = self._console.size
        room = Room(width, height, self._console.encoding.startswith("utf"))
        return Group(*drawn(self._snapshot, room))

    def __enter__(self) -> Self:
        self._live.start()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._live.stop()


class _Resized(Live):
    """Begins on a clean screen when the terminal's size has changed: what was drawn may lie on other lines."""

    def __init__(self, **settings: Any) -> None:
        super().__init__(**settings)
        self._size = self.console.size

    def refresh(self) -> None:
        """Draw anew."""
        if self.console.size != self._size:
            self._size = self.console.size
            self.console.print(Control.home(), Control.clear(), end="")
        super().refresh()
