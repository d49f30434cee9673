"""Whether trials that run at the same time change the same file, of which one may read what another wrote.

Looked for where all trials run in one folder. What else changes files there is not told from the trials, so nothing
is said unless every trial saw the file change, each time to something that does not begin as before (no log does
that), and no trial can have made all these changes alone.
"""

from __future__ import annotations

import os
import time
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from itertools import pairwise
from pathlib import Path

from hpsearch.core.trial import Job, Key, Result
from hpsearch.objectives.workdir import is_run

#: It is looked for after the first trials only, and in folders with no more entries.
MOST_TRIALS = 64
MOST_ENTRIES = 2000
#: So many trials must have ended well before anything is said.
LEAST = 4
#: So much of the beginning of a file is compared, in bytes.
_HEAD = 1 << 16

Span = tuple[int, int | None]  # nanoseconds of the clock: when a training began, and when it ended


@dataclass(slots=True)
class _Change:
    """What is known of a file: its last content, and when it was written anew."""

    head: bytes
    written: list[int] = field(default_factory=list)


class SharedFiles:
    """Watches `folder` as trainings begin and end.

    Args:
        own: the run folder, which is not looked into.
        clock: the time in nanoseconds, as files have it.
    """

    def __init__(self, folder: Path, own: Path, clock: Callable[[], int] = time.time_ns) -> None:
        self._folder, self._own, self._clock = folder.absolute(), own.absolute(), clock
        self._spans: dict[Key, Span] = {}
        self._done = 0
        self._shared: set[str] | None = None
        self._changes: dict[str, _Change] = {}
        self._over = False

    def begin(self, jobs: Iterable[Job]) -> None:
        """Trainings begin, or begin again."""
        if not self._over:
            self._spans.update({job.key: (self._clock(), None) for job in jobs})

    def end(self, results: Iterable[Result]) -> str:
        """Trainings ended; the file that they change together, relative to the folder, once that is sure."""
        for result in results:
            span = self._spans.get(result.key)
            if self._over or span is None:
                continue
            self._spans[result.key] = (span[0], self._clock())
            if result.status == "done" and (found := self._looked(span[0])):
                self._over = True
                return found
        return ""

    def _looked(self, begun: int) -> str:
        """Look at what has changed since a trial began that is done now."""
        changed = _changed_since(begun, str(self._folder), str(self._own))
        self._done += 1
        if changed is None or self._done > MOST_TRIALS:
            self._over = True
            return ""
        self._shared = {*changed} if self._shared is None else self._shared & {*changed}
        for path in self._shared:
            self._note(path, changed[path])
        sure = self._done >= LEAST and self._at_once()
        found = sorted(filter(self._is_shared, self._shared)) if sure else ()
        self._over = not self._shared
        return os.path.relpath(found[0], self._folder) if found else ""

    def _note(self, path: str, written: int) -> None:
        """Compare a file with what it was."""
        try:
            with open(path, "rb") as file:  # noqa: PTH123 - a text
                head = file.read(_HEAD)
        except OSError:
            return
        change = self._changes.setdefault(path, _Change(head))
        if not head.startswith(change.head):
            change.written.append(written)
        change.head = head

    def _is_shared(self, path: str) -> bool:
        """Whether a file was written anew by trials of which none can have done it all."""
        if path not in self._changes or len(written := self._changes[path].written) < LEAST // 2:
            return False
        return all(
            any(time < begun or (ended is not None and time > ended) for time in written)
            for begun, ended in self._spans.values()
        )

    def _at_once(self) -> bool:
        """Whether two trainings ran at the same time."""
        spans = sorted(self._spans.values(), key=lambda span: span[0])
        return any(first[1] is None or second[0] < first[1] for first, second in pairwise(spans))


def _changed_since(begun: int, folder: str, own: str) -> Mapping[str, int] | None:
    """The files changed since then, with when; None where there are too many to look at."""
    changed: dict[str, int] = {}
    for count, entry in enumerate(_files(folder, own)):
        if count > MOST_ENTRIES:
            return None
        try:
            if entry.is_file(follow_symlinks=False):
                written = entry.stat(follow_symlinks=False).st_mtime_ns
                if written > begun:
                    changed[entry.path] = written
        except OSError:
            continue
    return changed


def _files(folder: str, own: str) -> Iterator[os.DirEntry[str]]:
    """Every entry but what is hidden, what Python keeps of modules, and what runs have."""
    folders = [folder]
    while folders:
        try:
            with os.scandir(folders.pop()) as entries:
                for entry in entries:
                    if entry.name.startswith((".", "__pycache__")):
                        continue
                    yield entry
                    if (
                        entry.is_dir(follow_symlinks=False)
                        and entry.path != own
                        and not is_run(Path(entry.path))
                    ):
                        folders.append(entry.path)
        except OSError:
            continue
