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
#: A configuration that names the file of its data; how it is folded into lines depends on the length of the path.
_PATH = b"/project/houses.csv"


def comparable(path: Path, data: bytes, before: bytes) -> Any:
    """What is new in a file as JSON has it.

    Args:
        data: its content.
        before: its content before, empty if there was no such file.
    """
    if path.name == JOURNAL:
        kept = before[: before.rfind(b"\n") + 1]  # without a line that is torn
        assert data.startswith(kept), f"{path.name}: lines that were there have changed"
        return [_record(line) for line in data[len(kept) :].splitlines()]
    if path.name.startswith("events.out."):
        return list(_events(data))
    if path.name.endswith("-optuna.log"):
        return _study(path)
    if path.suffix in (".parquet", ".npz"):
        return (_table if path.suffix == ".parquet" else _arrays)(path)
    return _unfolded(data).decode().splitlines(keepends=True)


def changed(before: bytes, data: bytes) -> bool:
    """Whether a file has another content than before, but for how a path in it is folded into lines."""
    return _unfolded(before) != _unfolded(data)


def _unfolded(data: bytes) -> bytes:
    return b"".join(data.split()) if _PATH in data else data


def date(path: Path, seconds: int) -> None:
    """Let the file be as old as that, in seconds since 1970."""
    os.utime(path, (seconds, seconds))


def _record(line: bytes) -> dict[str, Any]:
    """A line of the journal without its times and mark; of a traceback, whose form is Python's, the last line."""
    record: dict[str, Any] = json.loads(line)
    for changing in ("crc", "seconds", "times", "mark"):
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
    trials = optuna.load_study(study_name=study.study_name, storage=storage).trials
    ranges = {name: kind for trial in trials for name, kind in trial.distributions.items()}
    return {
        "name": study.study_name,
        "direction": study.direction.name,
        "facts": study.user_attrs,
        "ranges": [[name, distribution_to_json(kind)] for name, kind in sorted(ranges.items())],
        "trials": [
            {
                "state": trial.state.name,
                "value": trial.values,
                "params": trial.params,
                "same ranges": all(ranges[name] == kind for name, kind in trial.distributions.items()),
                "facts": trial.user_attrs,
                "curve": {str(step): value for step, value in trial.intermediate_values.items()},
                "ended": str(trial.datetime_complete),
                "took": str(trial.duration),
            }
            for trial in trials
        ],
    }


def _events(data: bytes) -> Iterator[list[Any]]:
    """The events of TensorBoard: when, after which epoch, of what, and its value."""
    from tensorboardX.proto.event_pb2 import Event

    place = 0
    while place < len(data):
        (length,) = struct.unpack_from("<Q", data, place)
        event = Event.FromString(data[place + 12 : place + 12 + length])
        for value in event.summary.value:
            plugin = value.metadata.plugin_data.plugin_name
            yield [event.wall_time, event.step, value.tag, value.simple_value, plugin]
        place += 16 + length
