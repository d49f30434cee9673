"""What `srun`, and workers that cannot be met, have printed: what a person should know of it."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import suppress
from pathlib import Path

#: What a line of a worker begins with that cannot speak by files.
APART = "hpsearch: "
#: What srun's own begin with, and those that tell of a task that has ended, or cannot begin.
_OWN, _ERROR = "srun: ", "srun: error: "
#: So many lines are said while a search goes on, each as long as this at most.
MOST, LONGEST = 10, 200


class Log:
    """The file of a search that its `srun` prints to."""

    def __init__(self, path: Path) -> None:
        self._path = path
        self._read = self._said = 0

    def news(self) -> Iterator[str]:
        """What has come since this was last asked, as far as it is to be said."""
        with suppress(OSError), self._path.open("rb") as stream:
            stream.seek(self._read)
            whole, end, _ = stream.read().rpartition(b"\n")
            self._read += len(whole) + len(end)
            for line in whole.decode(errors="replace").splitlines():
                if line.startswith((APART, _ERROR)) and self._said < MOST:
                    self._said += 1
                    yield line.removeprefix(APART)[:LONGEST]

    def why(self) -> str:
        """Why it has ended, by the last line that tells: what a worker said, or else `srun`."""
        words = ""
        with suppress(OSError):
            words = self._path.read_text(errors="replace").strip()
        lines = words.splitlines()
        told = [line for line in lines if line.strip() and not line.startswith(_OWN)] or lines
        return told[-1].removeprefix(APART)[:LONGEST] if told else ""
