"""A folder as a network file system shows it: what was not there is not seen for a while, nor what is new in it.

As NFS does it: that a name is missing is remembered, and so is what a folder holds; a file that is replaced is seen
as it is, since each is opened anew. `python -m tests.cluster.lagging FOLDER` is a worker of srun on such a folder.
"""

from __future__ import annotations

import time
from pathlib import Path
from typing import Any

from hpsearch.executors.srun import worker
from hpsearch.executors.srun.meeting import Meeting

#: For how long, in seconds.
LAG = 2.0


class Lagging(Meeting):
    """A meeting as one machine sees it, by what it remembers."""

    def __init__(self, folder: Path) -> None:
        super().__init__(folder)
        self._missing: dict[str, float] = {}
        self._listed: tuple[float, list[str]] = (0.0, [])

    def read(self, name: str) -> Any:
        if time.monotonic() < self._missing.get(name, 0.0):
            return None
        if not (self.folder / name).exists():
            self._missing[name] = time.monotonic() + LAG
        return super().read(name)

    def workers(self) -> list[str]:
        until, found = self._listed
        if time.monotonic() >= until:
            found = super().workers()
            self._listed = time.monotonic() + LAG, found
        return found


def main() -> None:
    """Be a worker."""
    worker.Meeting = Lagging  # type: ignore[attr-defined]
    worker.main()


if __name__ == "__main__":
    main()
