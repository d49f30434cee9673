"""Requests of another process to end trials: files, which are there or not however anybody ends."""

from __future__ import annotations

import os
from contextlib import suppress
from pathlib import Path

#: The folder of the requests, which has a file for each trial, called as its number.
STOP = "stop"


class Requests:
    """The trials that are asked to end, below `folder`. Asking whether there are any costs a look at one folder."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder / STOP

    def ask(self, trial: int) -> None:
        """Ask that a trial ends. Raises OSError."""
        self._folder.mkdir(exist_ok=True)
        if self._folder.is_symlink():
            raise OSError(f"{self._folder} is a symbolic link")
        self._file(trial).touch()

    def asked(self) -> set[int]:
        """The trials that are asked to end."""
        try:
            return {int(file.name) for file in os.scandir(self._folder) if file.name.isdecimal()}
        except OSError:
            return set()

    def asks(self, trial: int) -> bool:
        """Whether that trial is."""
        return self._file(trial).exists()

    def answered(self, trial: int) -> None:
        """The trial has ended, one way or another."""
        with suppress(OSError):
            self._file(trial).unlink()

    def _file(self, trial: int) -> Path:
        return self._folder / str(trial)
