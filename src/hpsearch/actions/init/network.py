"""A first configuration of the built-in network, for a table or other data."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

import numpy as np

from hpsearch.actions.init.ranges import KNOWN, range_lines
from hpsearch.actions.init.text import commented, flow, path_from
from hpsearch.core.errors import DataError
from hpsearch.data.sources.base import RawData, load
from hpsearch.data.spec import DatasetSpec
from hpsearch.data.tables.texts import excerpt
from hpsearch.storage.endings import NPZ, ending

_NETWORK = ("lr", "momentum", "hidden_units", "batch_size", "hidden_layers", "weight_decay")
_ADAM = ("beta1", "beta2", "epsilon")


def data_text(path: Path, target: str | None, output: Path) -> str:
    """The configuration for a data file. Raises InputError where it cannot be used."""
    raw = _raw(path, target)
    raw = raw.encoded(np.arange(len(raw.y)))
    classes = f"{len(raw.classes)} classes ({_listed(raw.classes)})" if raw.classes else "numbers to predict"
    source = {"source": path_from(output, path)}
    if raw.encoding is not None:
        source["target"] = raw.encoding["target"]
    if not raw.classes:
        source["task"] = "regression"
    facts = (f"{len(raw.y)} rows, {classes}", *raw.facts, *raw.notes)
    return network_text(flow(source), *facts, regression=not raw.classes)


def _raw(path: Path, target: str | None) -> RawData:
    """The data; of an .npz file with numbers that are no classes, those to come close to."""
    try:
        return load(DatasetSpec(str(path), target=target))
    except DataError:
        if ending(path) != NPZ:
            raise
        try:
            return load(DatasetSpec(str(path), task="regression"))
        except DataError:
            pass
        raise


def _listed(names: Sequence[str]) -> str:
    return ", ".join(map(excerpt, names[:5])) + (", ..." if len(names) > 5 else "")


def network_text(dataset: str, *facts: str, regression: bool = False) -> str:
    """The configuration for a data set, as `dataset` is written in YAML, with `facts` as comments above."""
    known = {entry.name: entry for entry in KNOWN}
    head = [f"# {fact}" for fact in facts]
    adam = [f"#  {known[name].name}: {known[name].range}" for name in _ADAM]
    return commented(
        [
            *head,
            "objective:",
            "  kind: mlp                 # the built-in network",
            f"  dataset: {dataset}",
            *(["  loss: mse                 # or mae, which far values move less"] if regression else []),
            "  hidden: [64, 64]          # units of each hidden layer, unless the space has them",
            "  optimizer: momentum       # sgd, momentum, nesterov, adam",
            "  epochs: 27                # of a full training; most trials are stopped earlier",
            "",
            "space:                      # what is searched, the most important first",
            *range_lines([known[name] for name in _NETWORK]),
            "  # With optimizer: adam in place of momentum:",
            *adam,
            "",
            "search:",
            "  trials: 60",
            f"  metric: {'val_r2' if regression else 'val_acc'}",
        ]
    )
