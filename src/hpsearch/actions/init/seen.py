"""What a program that was run once has shown: its metric and where that stands, its epochs, its files."""

from __future__ import annotations

import glob
import os
import re
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from itertools import takewhile
from pathlib import Path, PurePath

from msgspec import Struct

from hpsearch.actions.init.metrics import ranking
from hpsearch.objectives.command.reading import files
from hpsearch.objectives.command.reading.choice import called
from hpsearch.objectives.command.reading.names import Name
from hpsearch.objectives.command.reading.reader import Latest, Reader
from hpsearch.objectives.command.reading.streams import Found, Reading, Streams, said

#: So much of what a stream says is kept, in bytes; of more the end.
_MOST = 20_000_000
#: So many files that were written are looked into, of these kinds.
_LOOKED_AT = 50
_KINDS = (".csv", ".tsv", ".json", ".jsonl", ".ndjson", ".txt", ".log")
#: What Python leaves, and nobody reads.
_PASSED_OVER = ("__pycache__",)
_DATED = re.compile(r"[0-9]{4}")
_NUMBERED = re.compile(r"[0-9\W_]+\Z")
_COUNT = re.compile(r"[0-9]+\Z")


class Metric(Struct, frozen=True):
    """A metric that was read.

    Attributes:
        name: as `search.metric` names it.
        value: the last one.
        file: which file it stands in, below the folder that the program ran in; empty where it was printed.
        epochs: for how many epochs it says to train; 0 where it counts none.
    """

    name: str
    value: float
    file: str = ""
    epochs: int = 0


class Recording:
    """Listens to a program and keeps what it says; every chunk is `heard` too."""

    def __init__(self, wanted: str, heard: Callable[[bytes], object]) -> None:
        self.stdout, self.stderr = bytearray(), bytearray()
        self._wanted, self._heard = wanted, heard

    def output(self, chunk: bytes) -> None:
        """It printed that on standard output."""
        self._keep(self.stdout, chunk)

    def errors(self, chunk: bytes) -> None:
        """It printed that on standard error."""
        self._keep(self.stderr, chunk)

    def found(self) -> Found:
        """What ranks, whatever it is: nothing is missed where nothing is known to be printed."""
        return Found({self._wanted: 0.0})

    def _keep(self, stream: bytearray, chunk: bytes) -> None:
        self._heard(chunk)
        stream += chunk
        if len(stream) > _MOST:
            del stream[: _MOST // 2]


def seen_metric(
    recording: Recording, folder: Path, written: Sequence[PurePath], *, ended: bool
) -> Metric | None:
    """The metric to rank by of all that was printed and written; None where none is known to be one.

    Args:
        recording: what it printed.
        folder: where it ran.
        written: the files that it wrote there.
        ended: whether it ran to its end.
    """
    printed = [_reader(stream).latest for stream in (recording.stdout, recording.stderr)]
    tables = {str(path): _names_in(folder / path) for path in list(written)[:_LOOKED_AT] if _is_read(path)}
    best = ranking(name for names in (*printed, *tables.values()) for name in names)
    if best is None:
        return None
    if not any(best in names for names in printed):
        path = next(path for path, names in tables.items() if best in names)
        return _of_file(folder / path, path, best.whole, ended=ended)
    return _of_streams(recording, next(latest for latest in printed if best in latest), best, ended=ended)


def _of_streams(
    recording: Recording, latest: Mapping[Name, Latest], best: Name, *, ended: bool
) -> Metric | None:
    """By its short name, unless that may be several, or another one."""
    for name in dict.fromkeys((called(list(latest), None, "")[best], best.whole)):
        streams = Streams(name, Reading())
        streams.output(bytes(recording.stdout))
        streams.errors(bytes(recording.stderr))
        found = streams.found()
        if found.where and repr(found.metrics.get(name)) == repr(latest[best].value):
            stream = recording.stdout if found.where == "standard output" else recording.stderr
            reader = _reader(stream, name)
            epochs = reader.all or (_counted(reader.curves.values()) if ended else 0)
            return Metric(name, found.metrics[name], epochs=epochs)
    return None


def _of_file(path: Path, told: str, name: str, *, ended: bool) -> Metric | None:
    found = files.read(path, name, told)
    if not found.where:
        return None
    return Metric(name, found.metrics[name], told, _counted(found.curves.values()) if ended else 0)


def _reader(stream: bytes | bytearray, wanted: str = "") -> Reader:
    reader = Reader(wanted)
    reader.feed(bytes(stream))
    reader.end()
    said(reader, wanted, "")
    return reader


def _counted(curves: Iterable[Mapping[int, float]]) -> int:
    """How many epochs there are, counted from 0 or from 1, perhaps not each of them."""
    counted = {epoch for curve in curves for epoch in curve}
    return max(counted) + (0 in counted) if counted else 0


# -- files ---------------------------------------------------------------------------------------------


def _is_read(path: PurePath) -> bool:
    return path.suffix.lower() in _KINDS


def _names_in(path: Path) -> list[Name]:
    try:
        return [Name(name) for name in files.read(path, "", path.name).metrics]
    except ValueError:
        return []


def written_in(folder: Path, source: Path) -> list[PurePath]:
    """The files of a folder, relative to it, that are not as in the folder that it was filled from."""
    return [
        path.relative_to(folder)
        for path in _files(folder)
        if _differs(path, source / path.relative_to(folder))
    ]


def _files(folder: Path) -> Iterator[Path]:
    for place, folders, names in os.walk(folder):
        folders[:] = sorted(name for name in folders if name not in _PASSED_OVER)
        yield from (path for name in sorted(names) if not (path := Path(place, name)).is_symlink())


def _differs(path: Path, before: Path) -> bool:
    try:
        now, then = path.stat(), before.stat()
    except OSError:
        return True
    return (now.st_mtime_ns, now.st_size) != (then.st_mtime_ns, then.st_size)


def pattern_of(path: str, next_path: str = "") -> str:
    """A pattern for a file that each training names anew, by a number or the time.

    Args:
        path: where one training wrote it.
        next_path: where the next one in the same folder did, where that is known.

    >>> pattern_of("logs/version_0/metrics.csv"), pattern_of("out/2024-05-04/11-07/summary.csv")
    ('logs/version_*/metrics.csv', 'out/*/*/summary.csv')
    >>> pattern_of("runs/detect/train/results.csv", "runs/detect/train2/results.csv")
    'runs/detect/train*/results.csv'
    """
    parts, others = PurePath(path).parts, PurePath(next_path).parts
    if len(others) != len(parts):
        others = parts
    return "/".join(
        _general(part, other, is_file=place == len(parts) - 1)
        for place, (part, other) in enumerate(zip(parts, others, strict=True))
    )


def _general(part: str, other: str, *, is_file: bool) -> str:
    suffix = PurePath(part).suffix if is_file else ""
    if _DATED.search(part) or (not is_file and _NUMBERED.match(part)):
        return f"*{suffix}"
    if part != other:
        both = takewhile(lambda letters: letters[0] == letters[1], zip(part, other, strict=False))
        return f"{glob.escape(''.join(letter for letter, _ in both))}*{suffix}"
    return glob.escape(part) if is_file else _COUNT.sub("*", glob.escape(part))
