"""Walking: commands in a folder, each held to what must always hold, and the trail that led to where one is."""

from __future__ import annotations

import re
import shutil
import zlib
from collections.abc import Callable, Collection, Sequence
from copy import copy
from dataclasses import dataclass
from pathlib import Path
from typing import Any, TypeVar

from tests import commands
from tests.commands import Ended
from tests.walks.invariants import ALWAYS, strict_json
from tests.walks.walk import Walk, as_yaml

T = TypeVar("T")
#: Numbers, quoted texts and paths.
_OWN = re.compile(r"'[^']*'|\"[^\"]*\"|\S*/\S*|[-+.\d]+\w*|(?<=objective\.)\w+|[^\x00-\x7f]+")
_INTERRUPTED = 130
_SERIAL = ("--executor", "serial")
_SEARCHES = ("run", "resume", "refine")


@dataclass(frozen=True)
class Broken:
    """An invariant that did not hold.

    Attributes:
        invariant: its name.
        told: what it says.
        trail: the commands that led there.
    """

    invariant: str
    told: str
    trail: tuple[str, ...]

    @property
    def kind(self) -> str:
        """What two that have one cause have in common: numbers, names and texts of people's own left out."""
        words = _OWN.sub("_", self.told.split("hpsearch failed unexpectedly: ")[-1])[:70]
        return f"{self.invariant} {self.trail[-1].split()[1] if self.trail else ''}: {words}"


class Stopped(Exception):
    """A command ended so that the step cannot go on."""


class Walker:
    """A project in a folder, and somebody who types commands there.

    Attributes:
        every: whether every way is gone; else of several that are alike one or two, the same for the same walk.
    """

    def __init__(self, walk: Walk, folder: Path, *, every: bool = True) -> None:
        self.walk, self.folder, self.every = walk, folder, every
        self.trail: list[str] = []
        self.broken: list[Broken] = []
        #: Decides what is left to chance on the way, the same for the same walk.
        self.luck = zlib.crc32(as_yaml(walk.config).encode())
        folder.mkdir(parents=True, exist_ok=True)
        walk.write(folder)

    @property
    def run(self) -> Path:
        """The folder of the search."""
        return self.folder / "runs" / self.walk.name

    def some(self, ways: Sequence[T], most: int = 1) -> Sequence[T]:
        """All of these; or at most so many, where not every way is gone."""
        first = self.luck % max(1, len(ways))
        return ways if self.every else (*ways, *ways)[first : first + min(most, len(ways))]

    def call(self, *args: str, status: int | Collection[int] = 0) -> Ended:
        """Type `hpsearch ARGS`, which must end with (one of) `status`."""
        serially = _SERIAL if args[0] in _SEARCHES and args[0:3:2] != ("refine", "--dry-run") else ()
        self.trail.append(" ".join(["hpsearch", *map(_quoted, args)]))
        ended = commands.here(self.folder, *args, *serially)
        if ended.returncode == _INTERRUPTED:  # by whoever wants these walks to end: nobody else is there
            raise KeyboardInterrupt
        for invariant in ALWAYS:
            self.hold(invariant, args, ended)
        if not self.hold(ends_with, {status} if isinstance(status, int) else set(status), args, ended):
            raise Stopped
        return ended

    def json(self, *args: str, status: int | Collection[int] = 0) -> Any:
        """The document that a command prints."""
        ended = self.call(*args, "--json", status=status)
        try:
            return strict_json(ended.stdout)
        except AssertionError:  # which has been told
            raise Stopped from None

    def hold(self, invariant: Callable[..., object], *about: Any) -> bool:
        """See whether the invariant holds, and keep what it says where it does not."""
        try:
            invariant(*about)
        except Exception as error:
            told = str(error) if isinstance(error, AssertionError) else f"{type(error).__name__}: {error}"
            self.broken.append(Broken(invariant.__name__, told, tuple(self.trail)))
            return False
        return True

    def copied(self, name: str) -> Walker:
        """Somebody who begins in a copy of the folder, beside it; what does not hold there is told here."""
        other = copy(self)
        other.folder = self.folder.parent / f"{self.folder.name}-{name}"
        shutil.copytree(self.folder, other.folder, symlinks=True)
        other.trail = [*self.trail, f"cp -r . ../{name} && cd ../{name}"]
        return other


def ends_with(statuses: set[int], args: tuple[str, ...], ended: Ended) -> None:
    """The exit status is the one that the contract has for what was asked."""
    said = ended.stderr.strip()[-700:]
    assert ended.returncode in statuses, (
        f"{args[0]} ends with {ended.returncode}, not {sorted(statuses)}: {said}"
    )


def _quoted(word: str) -> str:
    return word if word and all(letter.isalnum() or letter in "-_./=:," for letter in word) else repr(word)
