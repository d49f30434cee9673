"""What was told of a run before, told again while the bytes that it follows from are the same.

To read a million trials, rank them and look for what to do next takes half a minute, and to see that nothing has
changed half a second. So the summary of a long record is kept in the user's cache, by the digest of the whole
journal, of config.yaml, of how the run is called, and of the program: one byte other is another digest.
"""

from __future__ import annotations

import hashlib
import os
import sys
from collections.abc import Iterator
from functools import cache
from importlib.metadata import version
from pathlib import Path

import msgspec

from hpsearch.core import plugins
from hpsearch.core.version import __version__
from hpsearch.engine.run import Run
from hpsearch.reporting.summary import Summary, summary_of
from hpsearch.runs import RunFolder
from hpsearch.storage import kept
from hpsearch.storage.atomic import open_regular

#: A journal with fewer bytes is read soon enough.
LEAST = 1 << 20
_decoder = msgspec.msgpack.Decoder(Summary)


class Known:
    """The files of a run as they are when this is made, and what is known of them."""

    def __init__(self, folder: RunFolder) -> None:
        self._folder = folder
        self._key = _key(folder)

    def recalled(self) -> Summary | None:
        """What was told of the same files before, if it was kept."""
        content = kept.recall(self._key) if self._key else None
        try:
            return None if content is None else _decoder.decode(content)
        except (msgspec.MsgspecError, ValueError, RecursionError):
            return None

    def keep(self, run: Run, summary: Summary) -> None:
        """Keep what is told of `run`, which was read since; unless its files have changed meanwhile."""
        if self._key and _key(self._folder) == self._key:
            _keep(self._key, run, summary)


def keep_told(run: Run) -> None:
    """Keep what is told of a run that has just ended, with its verdicts; while its folder is locked."""
    if key := _key(run.folder):
        _keep(key, run, summary_of(run, run.verdicts))


def _keep(key: str, run: Run, summary: Summary) -> None:
    """Keep it, unless it is no whole answer.

    Where several metrics are recorded, or none of the trials is done, more is told than a summary holds. What a
    plug-in has a part in follows from code that nobody here knows.
    """
    if len(run.spec.search.metrics) > 1 or not summary.best or plugins.used:
        return
    try:
        content = msgspec.msgpack.encode(summary)
    except (ValueError, OverflowError):  # half a character, or a whole number with more than 64 bits
        return
    kept.keep(key, content)


def _key(folder: RunFolder) -> str:
    """The digest of all that a summary follows from; empty where none is kept."""
    try:
        if (folder.size() or 0) < LEAST:
            return ""
        parts = (_program(), folder.argument, _digest(folder.config), _digest(folder.journal))
    except (OSError, ValueError):  # whoever reads it says why
        return ""
    return hashlib.sha256(repr(parts).encode()).hexdigest()


def _digest(path: Path) -> str:
    with open_regular(path) as file:
        return hashlib.file_digest(file, "sha256").hexdigest()


@cache
def _program() -> str:
    """What tells this program from one that may tell something else: its files, Python, what it computes with."""
    files = sorted(_sources(str(Path(__file__).parents[1]), ""))
    others = (sys.version, os.name, version("numpy"), version("msgspec"), plugins.known())
    return repr((__version__, others, files))


def _sources(folder: str, below: str) -> Iterator[tuple[str, int, int]]:
    """The files of the program in a folder: where each is, its size and when it was written.

    Not by `Path.rglob`, which takes four times as long: 14 ms for 539 files.
    """
    with os.scandir(folder) as entries:
        for entry in entries:
            if entry.is_dir(follow_symlinks=False):
                yield from _sources(entry.path, f"{below}{entry.name}{os.sep}")
            elif entry.name.endswith(".py"):
                status = entry.stat()
                yield f"{below}{entry.name}", status.st_size, status.st_mtime_ns
