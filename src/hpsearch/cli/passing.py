"""Passing on what programs have printed, as it comes."""

from __future__ import annotations

import re
from collections.abc import Callable

from hpsearch.cli.console import note, out

#: The end of a line, or of what a progress bar writes over.
_END = re.compile(rb"(?s).*[\n\r]")
#: So much is held back at most while a line has no end, in bytes.
_LONGEST = 1 << 16


def aside(text: str) -> None:
    """Show lines of a program beside those of our own: indented, on standard error."""
    note("\n".join(f"  {line}" for line in text.splitlines()))


def _exactly(text: str) -> None:
    out(text, exact=True)


class Passing:
    """Passes bytes on as text, line by line; what is no text is replaced.

    Attributes:
        anything: whether there was any.
    """

    def __init__(self, show: Callable[[str], object] = _exactly) -> None:
        """Pass on to `show`, by default to standard output."""
        self._show = show
        self._open = b""
        self.anything = False

    def feed(self, chunk: bytes) -> None:
        """Take in what came next."""
        self.anything = True
        self._open += chunk
        whole = _END.match(self._open)
        end = whole.end() if whole else 0
        if end or len(self._open) > _LONGEST:
            ready, self._open = self._open[: end or None], self._open[end:] if end else b""
            self._print(ready)

    def end(self) -> None:
        """Pass on a last line that has no end."""
        if self._open:
            self._print(self._open)
            self._open = b""

    def _print(self, ready: bytes) -> None:
        self._show(ready.decode("utf-8", "replace").replace("\r\n", "\n").replace("\r", "\n"))
