"""Files that hold tables, as data: the target told from the inputs, and what looks odd said."""

from __future__ import annotations

import dataclasses
from collections.abc import Collection, Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Any

from msgspec import Struct
from msgspec.structs import replace

from hpsearch.core.deferred import np
from hpsearch.core.errors import DataError, InputError, did_you_mean
from hpsearch.data.labels import encode_labels, encode_values, known_labels
from hpsearch.data.sources.base import Origin, Part, RawData, refuse_dir
from hpsearch.data.spec import DatasetSpec, Task
from hpsearch.data.tables import target as targets
from hpsearch.data.tables.alike import said_alike
from hpsearch.data.tables.as_said import as_said
from hpsearch.data.tables.by_target import ByTarget, averages, shared, targets_of
from hpsearch.data.tables.columns import Encoding
from hpsearch.data.tables.file import read_table, said_of_reading, table_columns
from hpsearch.data.tables.leaks import leaks
from hpsearch.data.tables.learning import learn, mixed
from hpsearch.data.tables.parts import read_alike
from hpsearch.data.tables.row_numbers import notes_on, numbered
from hpsearch.data.tables.texts import excerpt, is_text, quoted
from hpsearch.data.tables.typed import is_typed

if TYPE_CHECKING:
    import polars as pl
    from numpy.typing import NDArray


def load_table(spec: DatasetSpec) -> RawData:
    """The data set of a .csv file with a line of names, or of a .parquet file: the column `spec.target`, else
    the last, is what is predicted. The inputs are encoded once it is known which rows are for training.

    Raises:
        DataError: a file cannot be used; the message says why.
    """
    refuse_dir(spec)
    where = spec.source
    frame = read_table(Path(where), texts=spec.categorical, known=spec.columns, missing=spec.missing)
    ignored, *_ = (_named(spec, setting) for setting in _SETTINGS)
    frame, orders = as_said(frame.drop(ignored), _without(spec, ignored), where)
    target = targets.target_name(frame.columns, spec.target, where)
    left_out = numbered(frame.drop(set(spec.numeric) - {target}), target)
    frame, rows, notes = targets.known_rows(frame.drop(left_out), target, where)
    notes += notes_on(left_out, where)
    task = spec.task or targets.task_of(frame[target])[0]
    facts = targets.said_of_task(frame[target], task, where)
    notes = [*(f"{where}: {said}" for said in [said_of_reading(Path(where), spec.columns)] if said), *notes]
    frame = frame[: spec.limit] if spec.limit else frame
    y, classes = _target(frame[target], task, where)
    written = _as_written(spec, frame[target], y, classes, rows[: len(y)])
    notes += targets.balance(y, written, where, target) if classes else []
    notes += said_alike(written, where, target)
    table = _Table(frame, target, classes, where, [*spec.ignore, *left_out], spec, orders)
    validation, test = (table.read(path, task) for path in (spec.validation, spec.test))
    named: dict[Part, _Part | None] = {"val": validation, "test": test}
    parts = {name: part for name, part in named.items() if part is not None}
    return RawData(
        where,
        np.empty((len(y), 0), np.float32),
        y,
        written,
        (0,),
        canonical=classes,
        brings_test=test is not None,
        y_val=validation.y if validation else None,
        y_test=test.y if test else None,
        facts=tuple(facts),
        notes=(*notes, *(note for part in parts.values() for note in part.notes)),
        origins={"train": Origin(where, rows), **{name: part.origin for name, part in parts.items()}},
        encode=_Encoder(table, validation, test),
    )


#: What names columns.
_SETTINGS = ("ignore", "categorical", "numeric", "dates")


def _without(spec: DatasetSpec, ignored: Collection[str]) -> DatasetSpec:
    """What is said of the columns that are not left out."""
    lists = {name: tuple(set(getattr(spec, name)) - set(ignored)) for name in ("categorical", "numeric")}
    dates = {name: order for name, order in spec.dates.items() if name not in ignored}
    return dataclasses.replace(spec, **lists, dates=dates)  # type: ignore[arg-type]  # the names are those of columns


def _named(spec: DatasetSpec, setting: str) -> list[str]:
    """The columns that a setting names. Raises DataError where one of them is not there."""
    wanted = list(getattr(spec, setting))
    names = table_columns(Path(spec.source), spec.columns) if wanted else []
    for name in wanted:
        if name not in names:
            hint = did_you_mean(name, names)
            raise DataError(
                f"{spec.source}: has no column {quoted(name)} for {setting}{hint}", setting=setting
            )
        if name == spec.target and setting == "ignore":
            raise DataError(
                f"{spec.source}: column {quoted(name)} is the target; ignore others", setting=setting
            )
    return wanted


def inferred_task(spec: DatasetSpec) -> Task | None:
    """What predicting the column `spec.target`, or else the last, of a table is; None where it cannot be read."""
    source = Path(spec.source)
    try:
        names = [name for name in table_columns(source, spec.columns) if name not in spec.ignore]
        name = targets.target_name(names, spec.target, spec.source)
        if name in spec.categorical or name in spec.numeric:
            return "classification" if name in spec.categorical else "regression"
        values = read_table(source, column=name, known=spec.columns, missing=spec.missing)[name]
        return targets.task_of(values)[0]
    except InputError:  # it is reported where the data is loaded
        return None


def _target(values: pl.Series, task: Task, where: str) -> tuple[NDArray[Any], tuple[str, ...]]:
    name, answers = f"{where}: {excerpt(values.name)}", targets.values_of(values, where, task)
    if task == "regression":
        return encode_values(name, answers, len(answers)), ()
    targets.check_countable(values, where)
    return encode_labels(name, answers, len(answers))


def _as_written(
    spec: DatasetSpec, values: pl.Series, y: NDArray[Any], classes: tuple[str, ...], rows: NDArray[np.int64]
) -> tuple[str, ...]:
    """The classes as they stand in `rows` (from 1) of a text (`01`, `TRUE`), where each is written in one way."""
    if not classes or is_text(values) or is_typed(Path(spec.source)):
        return classes
    name = values.name
    frame = read_table(Path(spec.source), column=name, texts=[name], known=spec.columns, missing=spec.missing)
    texts = frame[name]
    places, spellings = np.unique(texts.to_numpy()[rows - 1].astype(str), return_inverse=True)
    pairs = np.unique(np.stack([y, spellings.reshape(-1)], axis=1), axis=0)
    several = len(pairs) > len(classes)
    return classes if several else tuple(str(places[spelling]) for _, spelling in pairs)


class _Part(Struct, frozen=True, eq=False):
    """Rows of a file of their own."""

    frame: pl.DataFrame
    y: NDArray[Any]
    origin: Origin
    notes: list[str]


class _Table(Struct, frozen=True, eq=False):
    """The rows that are trained on, and perhaps those of other parts."""

    frame: pl.DataFrame
    target: str
    classes: tuple[str, ...]
    where: str
    left_out: list[str]
    spec: DatasetSpec
    orders: Mapping[str, str]

    def read(self, path: Path | None, task: Task) -> _Part | None:
        """The rows of a further file, which must go with these. Raises DataError."""
        if path is None:
            return None
        where = str(path)
        alike = read_alike(path, self.frame, self.where, self.left_out, self.spec, self.orders)
        frame, rows, notes = targets.known_rows(alike, self.target, where)
        answers = targets.values_of(frame[self.target], where, task)
        y = known_labels(f"{where}: {excerpt(self.target)}", answers, len(answers), self.classes, self.where)
        return _Part(frame, y, Origin(where, rows), notes)


class _Encoder(Struct, frozen=True, eq=False):
    """Makes the inputs of all rows, as those for training show what columns mean."""

    table: _Table
    validation: _Part | None
    test: _Part | None

    def __call__(self, raw: RawData, rows: NDArray[np.int64]) -> RawData:
        table, where = self.table, self.table.where
        shown = table.frame if len(rows) == len(table.frame) else table.frame[rows]
        chosen = shared(table.classes, np.bincount(raw.y[rows]).tolist()) if table.classes else []
        encoding, notes = learn(
            shown,
            table.target,
            where,
            table.spec.categories,
            part=len(shown) < len(table.frame),
            averages=averages(table.target, [table.classes[place] for place in chosen]),
            missing=table.spec.missing,
            orders=table.orders,
        )
        notes += mixed(table.frame, table.target, where)
        notes += [
            f"{where}: column {quoted(name)} tells the target {quoted(table.target)} by itself; remove it if "
            f"it is not known when predictions are wanted"
            for name in leaks(shown, encoding, numbers=not table.classes)
        ]
        del shown
        inputs = encoding.encode(table.frame, where)
        X_val, X_test = (  # noqa: N806 - named by what they are, as in the data
            encoding.encode(part.frame, part.origin.where) if part else None
            for part in (self.validation, self.test)
        )
        return replace(
            raw,
            X=inputs,
            X_val=X_val,
            X_test=X_test,
            feature_shape=inputs.shape[1:],
            gaps=encoding.gaps,
            indicators=encoding.indicators,
            encoding=encoding.as_facts(),
            notes=(*raw.notes, *notes),
            encode=None,
            by_target=self._by_target(encoding, targets_of(raw.y, chosen)) if encoding.averaged else None,
        )

    def _by_target(self, encoding: Encoding, targets: NDArray[Any]) -> ByTarget:
        """What fills in the averages of columns with many texts."""
        frames: dict[Part, pl.DataFrame] = {"train": self.table.frame}
        parts: dict[Part, _Part | None] = {"val": self.validation, "test": self.test}
        frames |= {name: part.frame for name, part in parts.items() if part}
        return ByTarget(encoding, {name: encoding.codes(frame) for name, frame in frames.items()}, targets)
