"""Metrics in the files that a command writes: CSV, JSON, JSON lines, and logs of any kind."""

from __future__ import annotations

import csv
import io
import json
import math
import os
from collections.abc import Iterable, Iterator, Mapping
from itertools import islice
from pathlib import Path
from stat import S_ISREG
from typing import Any

from hpsearch.core.places import JOURNAL
from hpsearch.objectives.command.reading.line import Reading
from hpsearch.objectives.command.reading.names import Name, folded
from hpsearch.objectives.command.reading.reader import Reader
from hpsearch.objectives.command.reading.streams import Found, said
from hpsearch.objectives.command.reading.values import value_at
from hpsearch.storage.atomic import open_regular

#: A larger file is not read, in bytes.
LARGEST = 20_000_000
#: Where what is not found is looked for: among so many entries of folders, in so many files, of these kinds and at
#: most so large.
_ENTRIES = 5000
_DEEP = 3
_LOOKED_AT = 50
_KINDS = (".csv", ".tsv", ".json", ".jsonl", ".ndjson", ".txt", ".log")
_SMALL = 1_000_000
_CHUNK = 1 << 16

#: When files were written, and how large they are.
Stamps = Mapping[Path, tuple[int, int]]


def stamps(folder: Path, pattern: str) -> Stamps:
    """The files below a folder that a pattern names, as they are now."""
    found = {}
    for path in folder.glob(pattern):
        try:
            told = path.stat()
        except OSError:
            continue
        if path.is_file():
            found[path] = (told.st_mtime_ns, told.st_size)
    return found


def written(folder: Path, pattern: str, before: Stamps, wanted: str, *, shared: bool) -> Found:
    """What the last file says that a pattern names, of those that were written since `before`.

    Args:
        shared: whether other trials may write such files there at the same time.

    Raises:
        ValueError: there is none, it cannot be read, or it is not known to be this trial's.
    """
    now = stamps(folder, pattern)
    new = {path: stamp for path, stamp in now.items() if before.get(path) != stamp}
    if not new:
        what = "none was written by this trial" if now else "there is none"
        raise ValueError(f"objective.read.file: of {pattern} in {folder}, {what}")
    if shared and len(new) > 1:
        some = " and ".join(sorted(str(path.relative_to(folder)) for path in new)[:2])
        raise ValueError(
            f"objective.read.file: of {pattern} in {folder}, {len(new)} were written during this trial ({some}), "
            "perhaps by others: name it by {trial}, or set objective.workdir=trial"
        )
    path = max(new, key=lambda path: (new[path], path))
    return read(path, wanted, str(path.relative_to(folder)))


def read(path: Path, wanted: str, where: str) -> Found:
    """What a file says. Raises ValueError where it cannot be read."""
    try:
        with open_regular(path) as stream:
            content = stream.read(LARGEST + 1)
    except OSError as error:
        raise ValueError(f"{where}: cannot be read: {error.strerror}") from None
    if len(content) > LARGEST:
        raise ValueError(f"{where}: is larger than {LARGEST // 1_000_000} MB, and is not read")
    reader = Reader(wanted)
    if path.suffix.lower() in (".csv", ".tsv"):
        _take_rows(reader, _csv_rows(content))
    elif path.suffix.lower() != ".json" or not _take_json(reader, content):
        for start in range(0, len(content), _CHUNK):
            reader.feed(content[start : start + _CHUNK])
        reader.end()
    return said(reader, wanted, where)


def _take_json(reader: Reader, content: bytes) -> bool:
    """Read a JSON document: a mapping, or a list of them, one for each epoch; else it may be JSON lines."""
    try:
        document = json.loads(content)
        rows = document if isinstance(document, list) else [document]
        read = [dict(_items(row)) for row in rows if isinstance(row, dict)]
    except (ValueError, RecursionError):
        return False
    _take_rows(reader, _histories(read[0]) if len(read) == 1 else read)
    return True


def _histories(row: Mapping[Name, Any]) -> Iterator[Mapping[Name, Any]]:
    """A row for each epoch where a mapping has lists of numbers, all of one length, as Keras keeps a history."""
    lists = {name: value for name, value in row.items() if isinstance(value, list)}
    lengths = {len(value) for value in lists.values()}
    yield {name: value for name, value in row.items() if name not in lists}
    if len(lengths) == 1:
        for place, values in enumerate(zip(*lists.values(), strict=True), start=1):
            yield {**dict(zip(lists, values, strict=True)), Name("epoch"): place}


def _items(mapping: Mapping[str, Any], around: str = "") -> Iterator[tuple[Name, Any]]:
    for key, value in mapping.items():
        if isinstance(value, dict):
            yield from _items(value, f"{around}.{key}" if around else str(key))
        else:
            yield Name(str(key), around, "."), value


def _csv_rows(content: bytes) -> Iterator[dict[Name, Any]]:
    text = content.decode("utf-8-sig", "replace")
    head = text.partition("\n")[0]
    delimiter = max(",;\t", key=head.count)
    rows = csv.reader(io.StringIO(text, newline=""), delimiter=delimiter)
    try:
        names = [Name(name.strip()) for name in next(rows, [])]
        for row in rows:
            yield dict(zip(names, row, strict=False))
    except csv.Error:  # what could be read of it was
        return


def _take_rows(reader: Reader, rows: Iterable[Mapping[Name, Any]]) -> None:
    for row in rows:
        numbers = {name: number for name, cell in row.items() if (number := _number(cell)) is not None}
        at = next((number for name, number in numbers.items() if folded(name.word) == "epoch"), None)
        readings = [Reading(name, number) for name, number in numbers.items()]
        reader.take(readings, None if at is None or at != at // 1 else int(at))


def _number(cell: Any) -> float | None:
    if isinstance(cell, bool) or cell is None:
        return None
    if isinstance(cell, int | float):
        try:
            return float(cell)
        except OverflowError:  # a whole number with very many digits
            return math.inf
    value = value_at(cell.strip(), 0) if isinstance(cell, str) else None
    if value is None or value.unsure or value.end != len(cell.strip()):
        return None
    return value.number


def telling(folder: Path, since: float, wanted: str) -> str:
    """The name of a small file below a folder, written since then, that has what ranks; empty if there is none.

    Args:
        since: seconds, as files have them.
    """
    for path in _recent(folder, since):
        try:
            if read(path, wanted, path.name).where:
                return str(path.relative_to(folder))
        except ValueError:
            continue
    return ""


def _recent(folder: Path, since: float) -> list[Path]:
    """The last files of a kind that is read, in the folder, in those in it, and in those in these."""
    entries = islice(_entries(str(folder), _DEEP), _ENTRIES)
    found = [(stamp, entry.path) for entry in entries if (stamp := _stamp(entry)) >= since]
    return [Path(path) for _, path in sorted(found, reverse=True)[:_LOOKED_AT]]


def _entries(folder: str, deep: int) -> Iterator[os.DirEntry[str]]:
    folders = []
    try:
        with os.scandir(folder) as entries:
            for entry in entries:
                yield entry
                # What stands in a run folder is what hpsearch has written, and other trials.
                if deep > 1 and entry.is_dir(follow_symlinks=False) and not _is_run(entry):
                    folders.append(entry.path)
    except OSError:
        return
    for below in folders:
        yield from _entries(below, deep - 1)


def _is_run(folder: os.DirEntry[str]) -> bool:
    return Path(folder.path, JOURNAL).exists()


def _stamp(entry: os.DirEntry[str]) -> float:
    """When it was written, if it is a small file of a kind that is read."""
    if not entry.name.lower().endswith(_KINDS):
        return 0.0
    try:
        told = entry.stat(follow_symlinks=False)
    except OSError:
        return 0.0
    return told.st_mtime if S_ISREG(told.st_mode) and told.st_size <= _SMALL else 0.0
