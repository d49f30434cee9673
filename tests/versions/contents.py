"""What of a file is compared: all of it, but for times and for the words of the libraries that wrote it."""

from __future__ import annotations

import hashlib
import json
import os
import struct
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import numpy as np

JOURNAL = "journal.jsonl"


def comparable(path: Path) -> Any:
    """The content of a file as JSON has it."""
    if path.name == JOURNAL:
        return [_record(line) for line in path.read_bytes().splitlines()]
    if path.name.startswith("events.out."):
        return list(_events(path))
    if path.name.endswith("-optuna.log"):
        return _study(path)
    readers = {".parquet": _table, ".npz": _arrays}
    return readers.get(path.suffix, _lines)(path)


def date(path: Path, seconds: int) -> None:
    """Let the file be as old as that, in seconds since 1970."""
    os.utime(path, (seconds, seconds))


def _lines(path: Path) -> list[str]:
    """A text; its ends of line are part of the lines, so that none is lost."""
    return path.read_bytes().decode().splitlines(keepends=True)


def _record(line: bytes) -> dict[str, Any]:
    """A line of the journal without its times; of a traceback, whose form is Python's, the last line."""
    record: dict[str, Any] = json.loads(line)
    for changing in ("crc", "seconds"):
        record.pop(changing, None)
    if "output" in record:
        record["output"] = record["output"].splitlines()[-1]
    return record


def _table(path: Path) -> dict[str, Any]:
    import polars as pl

    table = pl.read_parquet(path)
    return {"types": {name: str(kind) for name, kind in table.schema.items()}, "rows": table.rows()}


def _arrays(path: Path) -> dict[str, Any]:
    with np.load(path, allow_pickle=False) as arrays:
        return {
            name: {
                "type": str(arrays[name].dtype),
                "shape": arrays[name].shape,
                "sha256": hashlib.sha256(arrays[name].tobytes()).hexdigest(),
            }
            for name in sorted(arrays.files)
        }


def _study(path: Path) -> dict[str, Any]:
    """What Optuna finds in a file of its journal storage."""
    import optuna
    from optuna.distributions import distribution_to_json
    from optuna.storages import JournalStorage
    from optuna.storages.journal import JournalFileBackend

    storage = JournalStorage(JournalFileBackend(str(path)))
    (study,) = optuna.get_all_study_summaries(storage)
    loaded = optuna.load_study(study_name=study.study_name, storage=storage)
    return {
        "name": study.study_name,
        "direction": study.direction.name,
        "facts": study.user_attrs,
        "trials": [
            {
                "state": trial.state.name,
                "value": trial.values,
                "params": trial.params,
                "ranges": {name: distribution_to_json(kind) for name, kind in trial.distributions.items()},
                "facts": trial.user_attrs,
                "curve": {str(step): value for step, value in trial.intermediate_values.items()},
                "ended": str(trial.datetime_complete),
                "took": str(trial.duration),
            }
            for trial in loaded.trials
        ],
    }


def _events(path: Path) -> Iterator[list[Any]]:
    """The events of TensorBoard: when, after which epoch, of what, and its value."""
    from tensorboardX.proto.event_pb2 import Event

    data, place = path.read_bytes(), 0
    while place < len(data):
        (length,) = struct.unpack_from("<Q", data, place)
        event = Event.FromString(data[place + 12 : place + 12 + length])
        for value in event.summary.value:
            plugin = value.metadata.plugin_data.plugin_name
            yield [event.wall_time, event.step, value.tag, value.simple_value, plugin]
        place += 16 + length
