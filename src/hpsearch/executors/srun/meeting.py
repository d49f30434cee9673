"""The folder in which a search and its workers meet: files, each of which one process alone writes.

Nothing is locked, claimed or waited for. A file holds how things are and not what has happened, is replaced as a
whole, and is read again and again; so whoever looks late, twice or not at all in between understands the same.
Whether somebody lives is told by whether a file of theirs changes, by the clock of who looks: clocks are never
compared.

    search        of the search: what workers must have, written before they are started
    beat          of the search: another number every second
    task-DIGEST   of the search: what is called, written before the first order that names it
    W.order       of the search: what worker W is to be at now
    W.said        of worker W: who it is, another number every second, and the last answer
"""

from __future__ import annotations

import pickle
import threading
import time
from collections.abc import Callable, Mapping, Sequence
from contextlib import suppress
from pathlib import Path
from typing import Any

from msgspec import Struct

from hpsearch.executors.outcome import Outcome
from hpsearch.storage.atomic import replacing

#: How often each looks at the files of others, in seconds.
EVERY = 0.2
#: How often each shows that it lives, in seconds.
BEAT = 1.0
#: Who has shown nothing for so long is taken for dead, in seconds.
SILENCE = 30.0
SEARCH, PULSE, TASK, ORDER, SAID = "search", "beat", "task-", ".order", ".said"


class Search(Struct, frozen=True):
    """What a worker must have and know.

    Attributes:
        folder: where the search was started, and where its tasks begin.
        path: where modules are found.
        versions: those of a worker must be the same.
        preload: what is imported before the first task comes.
        every: how often a worker looks for orders, in seconds.
        silence: after so many seconds without a beat the search is taken for dead.
    """

    folder: str
    path: Sequence[str]
    versions: Mapping[str, str]
    preload: tuple[str, ...]
    every: float
    silence: float


class Order(Struct, frozen=True):
    """What a worker is to be at: the task of that number, or none where there is no `digest`.

    Attributes:
        slot: the number of the worker among all.
        args: pickled.
        timeout: in seconds.
    """

    number: int
    slot: int = 0
    digest: str = ""
    args: bytes = b""
    timeout: float | None = None


class Said(Struct, frozen=True):
    """What a worker says.

    Attributes:
        beat: another number every second.
        unfit: why it is no use; empty where it is.
        number: of the last task that has ended; 0 for none.
        answer: how it ended.
    """

    beat: int
    unfit: str = ""
    number: int = 0
    answer: Outcome | None = None


class Letters:
    """What one process writes in a meeting: what cannot be written now is tried again, its latest state alone.

    Args:
        tell: is told, once, that something could not be written.
    """

    def __init__(self, place: Meeting, tell: Callable[[str], object]) -> None:
        self._place, self._tell = place, tell
        self._left: dict[str, Any] = {}
        self._since: float | None = None
        self._why, self._said = "", False
        self._lock = threading.RLock()

    def write(self, name: str, content: Any) -> None:
        """Replace a file, now or as soon as it can be; files that were asked for before come first."""
        with self._lock:
            self._left.pop(name, None)
            self._left[name] = content
            self.again()

    def again(self) -> None:
        """Try what could not be written."""
        with self._lock:
            for name, content in list(self._left.items()):
                try:
                    self._place.write(name, content)
                except OSError as error:
                    self._failed(name, error)
                else:
                    del self._left[name]
            if not self._left:
                self._since = None

    def silent(self) -> str:
        """Which file could not be written for so long that whoever waits for it has given up; or nothing."""
        with self._lock:
            late = self._since is not None and time.monotonic() - self._since > SILENCE
            return self._why if late else ""

    def _failed(self, name: str, error: OSError) -> None:
        self._why = f"{self._place.folder / name}: cannot be written: {error.strerror}"
        self._since = time.monotonic() if self._since is None else self._since
        if not self._said:
            self._said = True
            self._tell(f"{self._why}; it is tried again for {SILENCE:g} seconds")


class Meeting:
    """The files of one folder, which is its user's alone: whoever writes there runs code on every worker."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder

    def write(self, name: str, content: Any) -> None:
        """Replace a file. Raises OSError."""
        with replacing(self.folder / name) as stream:
            pickle.dump(content, stream)

    def read(self, name: str) -> Any:
        """What a file holds; None where it is not there, or cannot be read now."""
        with suppress(Exception):  # whatever is the matter with it: it is looked at again
            return pickle.loads((self.folder / name).read_bytes())  # noqa: S301 - of this user
        return None

    def is_over(self) -> bool:
        """Whether the folder is gone; one that cannot be looked at now may be there."""
        try:
            self.folder.stat()
        except FileNotFoundError:
            return True
        except OSError:
            return False
        return False

    def workers(self) -> list[str]:
        """Who has come."""
        with suppress(OSError):
            found = sorted(path.name for path in self.folder.iterdir() if path.name.endswith(SAID))
            return [name.removesuffix(SAID) for name in found]
        return []
