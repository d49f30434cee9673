"""A first configuration of the built-in network, for a table or other data."""

from __future__ import annotations

import dataclasses
from collections.abc import Mapping, Sequence
from pathlib import Path

import numpy as np
from msgspec.structs import replace

from hpsearch.actions.init.ranges import KNOWN, range_lines
from hpsearch.actions.init.start import Start, is_scale
from hpsearch.actions.init.text import commented, flow, path_from
from hpsearch.core.errors import DataError
from hpsearch.data.outliers import outliers
from hpsearch.data.scaling import NUMBERS
from hpsearch.data.scaling.base import QUANTILE
from hpsearch.data.sources.base import RawData, load
from hpsearch.data.spec import DAY_FIRST, DatasetSpec
from hpsearch.data.split import remedies
from hpsearch.data.tables.as_said import AmbiguousDates
from hpsearch.data.tables.texts import excerpt
from hpsearch.data.target_scale import LONG_TAIL, skewness
from hpsearch.nn.figures import OF_VALIDATION, figures_of
from hpsearch.storage.endings import NPZ, ending

_NETWORK = ("lr", "momentum", "hidden_units", "batch_size", "hidden_layers", "weight_decay")
_ADAM = ("beta1", "beta2", "epsilon")


#: What each of so many folds is of the rows.
_PART = {3: "a third", 5: "a fifth"}
#: The model is a mean of several, so which is the very best matters less than the time.
_SEEDS = 2
#: Why an epoch takes some rows only.
_SOONER = "sooner known what a trial is worth"


def data_text(path: Path, target: str | None, output: Path) -> str:
    """The configuration for a data file. Raises InputError where it cannot be used."""
    raw, scale = _taken(path, target)
    raw = raw.encoded(np.arange(len(raw.y)))
    source = {"source": path_from(output, path)}
    if raw.encoding is not None:
        source["target"] = raw.encoding["target"]
    if not raw.classes:
        source["task"] = "regression"
    kinds = f"{len(raw.classes)} classes ({_listed(raw.classes)})" if raw.classes else "numbers to predict"
    far = outliers(raw, np.arange(len(raw.y)))
    scales, reasons = _scales(raw, far)
    source |= scales
    facts = (f"{len(raw.y)} rows, {kinds}", *scale, *_alone(raw), *raw.facts, *raw.notes, *far, *reasons)
    start = Start(len(raw.y), int(np.bincount(raw.y).min()) if raw.classes else len(raw.y))
    return _start_text(_dataset(source, start), start, facts, regression=not raw.classes)


def _scales(raw: RawData, far: Sequence[str]) -> tuple[dict[str, str], list[str]]:
    """The scales that far values and a long tail ask for, and why."""
    scales, reasons = {}, []
    if len(far) > len(outliers(raw, np.arange(len(raw.y)), bounded=True)):  # those of the target alone
        scales["scaling"] = QUANTILE
        reasons.append(f"so inputs are scaled by their ranks; scaling: {NUMBERS} changes that")
    tail = 0.0 if raw.classes else skewness(raw.y)
    if abs(tail) > LONG_TAIL:
        scales["target_scale"] = "log"
        reasons.append(
            f"the target has a long tail (skewness {tail:.1f}), so its logarithm is learned; "
            f"target_scale: standard changes that"
        )
    return scales, reasons


def _taken(path: Path, target: str | None) -> tuple[RawData, tuple[str, ...]]:
    """The data, as numbers where its classes are the steps of a scale; and what is to be said of that."""
    raw = _raw(path, target)
    if not raw.classes or not is_scale(raw.classes, np.bincount(raw.y, minlength=len(raw.classes)).tolist()):
        return raw, ()
    said = f"its {len(raw.classes)} whole numbers are most in the middle, so they are taken for a scale"
    return (
        _loaded(DatasetSpec(str(path), target=target, task="regression")),
        (f"{said}; task: classification changes that",),
    )


def _alone(raw: RawData) -> list[str]:
    """What keeps the search from its beginning: a class of one row, which cannot be learned and validated both."""
    alone = [raw.classes[index] for index in np.flatnonzero(np.bincount(raw.y) == 1)] if raw.classes else []
    if not alone:
        return []
    those = "class" if len(alone) == 1 else "classes"
    return [
        f"the {those} {_listed(alone)} with 1 row cannot be learned and validated: {remedies(raw.classes)}"
    ]


def _dataset(source: Mapping[str, str], start: Start) -> str:
    """The data set in YAML: where its rows are, and how they are divided."""
    split = f"{{folds: {start.folds}, test: 0}}" if start.folds else str(list(start.parts))
    return f"{flow(source).removesuffix('}')}, split: {split}}}"


def _start_text(dataset: str, start: Start, facts: Sequence[str], *, regression: bool) -> str:
    """The configuration for data that nobody has searched yet."""
    rows = start.epoch_rows
    return commented(
        [
            *(f"# {fact}" for fact in facts),
            "objective:",
            "  kind: mlp                 # the built-in network",
            f"  dataset: {dataset}",
            *_division(start),
            *(["  loss: mse                 # or mae, which far values move less"] if regression else []),
            "  optimizer: adamw          # or sgd, momentum, nesterov, adam",
            f"  epochs: {start.epochs:<18}# of a full training; most trials are stopped earlier",
            *([] if rows is None else [f"  epoch_rows: {rows:<14}# of them all, in turn: {_SOONER}"]),
            _ending(start),
            "",
            "space:                      # what is searched, the most important first",
            *range_lines(start.space),
            "",
            *([f"require: [{start.requires}]   # larger ones take long", ""] if start.requires else []),
            "search:",
            "  trials: 60",
            f"  metric: {_metric(regression=regression)}",
            _confirmed(start),
        ]
    )


def _ending(start: Start) -> str:
    """How a training comes to its best."""
    if start.anneals:
        return "  lr_schedule: cosine       # down to 0 in the last epoch, where the steps no longer jitter"
    return f"  early_stopping: {start.patience:<10}# epochs without a lower val loss that end it at its best"


def _confirmed(start: Start) -> str:
    """Whether the best are trained again: a trial of folds has several starts, and its model is trained anew."""
    if start.folds:
        why = f"a trial is {start.folds} networks, of as many seeds; {{seeds: {_SEEDS}}}: the best once more"
        return f"  confirm: off              # {why}"
    return (
        f"  confirm: {{seeds: {_SEEDS}}}       # trainings of each of the best; more tell them apart better"
    )


def _metric(*, regression: bool) -> str:
    """What ranks, and what else can."""
    default, *others = [
        f"{OF_VALIDATION}{name}" for name in figures_of("regression" if regression else "classification")
    ]
    return f"{default:<18}# or {', '.join(others)}"


def _division(start: Start) -> list[str]:
    """What the division of the rows means, and how to keep some for `hpsearch evaluate`."""
    if start.folds:
        part = _PART[start.folds]
        return [
            f"  # A trial is {start.folds} networks, each measured on {part} that it did not learn from. All rows",
            f"  # serve the search; {{folds: {start.folds}, test: 0.15}} keeps some for hpsearch evaluate.",
        ]
    train, validated = start.parts
    parts = [round(train - validated, 2), validated, validated]
    return [f"  # All rows serve the search; {parts} keeps some for hpsearch evaluate."]


def _raw(path: Path, target: str | None) -> RawData:
    """The data; of an .npz file with numbers that are no classes, those to come close to."""
    try:
        return _loaded(DatasetSpec(str(path), target=target))
    except DataError:
        if ending(path) != NPZ:
            raise
        try:
            return load(DatasetSpec(str(path), task="regression"))
        except DataError:
            pass
        raise


def _loaded(spec: DatasetSpec) -> RawData:
    """The data; where the day or the month may be first, read in one of the two ways: the search asks which."""
    try:
        return load(spec)
    except AmbiguousDates as error:
        raw = load(dataclasses.replace(spec, dates=dict.fromkeys(error.columns, DAY_FIRST)))
        return replace(raw, facts=(*raw.facts, *error.columns.values()))


def _listed(names: Sequence[str]) -> str:
    return ", ".join(map(excerpt, names[:5])) + (", ..." if len(names) > 5 else "")


def network_text(dataset: str, *facts: str) -> str:
    """A configuration as the courses have it: `dataset` as it is written in YAML, `facts` as comments above."""
    known = {entry.name: entry for entry in KNOWN}
    head = [f"# {fact}" for fact in facts]
    adam = [f"#  {known[name].name}: {known[name].range}" for name in _ADAM]
    return commented(
        [
            *head,
            "objective:",
            "  kind: mlp                 # the built-in network",
            f"  dataset: {dataset}",
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
            "  metric: val_acc",
        ]
    )
