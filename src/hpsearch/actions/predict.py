"""New rows through a model that was exported: the table as it came, and what it predicts."""

from __future__ import annotations

import math
from itertools import chain, count
from pathlib import Path
from typing import TYPE_CHECKING, Any

from hpsearch.core.errors import InputError
from hpsearch.core.trial import Value
from hpsearch.data.tables.cells import read_cells
from hpsearch.data.tables.columns import Encoding
from hpsearch.data.tables.texts import quoted
from hpsearch.objectives.network.model import Model, has_polars, inputs_of
from hpsearch.objectives.network.model_file import load_model
from hpsearch.reporting.tables import as_csv
from hpsearch.storage.endings import NPZ, ending, is_table, is_text_table

if TYPE_CHECKING:
    from collections.abc import Callable, Collection, Iterator, Sequence

    from numpy.typing import NDArray

COLUMN = "prediction"
#: Those of float32, in which networks compute: a predicted number has so many of the deviation of its target. Of
#: the number itself they could be too few, where numbers are large and close to each other.
DIGITS = 7
#: Digits of a probability after the point.
_PLACES = 7
#: Of so many columns it is said that numbers are beyond those learned from.
MOST_NAMED = 5


def predicted(
    model: Path,
    data: Path,
    *,
    probabilities: bool = False,
    strict: bool = False,
    tell: Callable[[str], None] = lambda _: None,
) -> str:
    """The rows of the file `data` with a last column `prediction`, as CSV; where it has one already, with a number.

    Args:
        probabilities: add a column `p(CLASS)` for each class.
        strict: refuse rows that cannot be read; else they have no prediction.
        tell: is given what a person should know about the rows.

    Raises:
        InputError: the model cannot be read, or has no classes to tell the probabilities of.
        DataError: the rows are not what it was trained with.
    """
    _check_order(model, data)
    loaded = load_model(model)
    inputs, lost = (loaded.inputs(data), dict[int, str]()) if strict else loaded.read(data)
    for note in _notes(loaded, inputs, lost):
        tell(f"{data}: {note}")
    columns: dict[str, Sequence[Value]] = {COLUMN: _answers(loaded, inputs)}
    if probabilities:
        shares = loaded.probabilities(inputs).round(_PLACES).T.tolist()
        columns |= {f"p({name})": share for name, share in zip(loaded.classes, shares, strict=True)}
    header, rows = _of_arrays(data) if ending(data) == NPZ else _of_table(data, loaded)
    called = [_not_among(name, header) for name in columns]
    answered = enumerate(zip(rows, *columns.values(), strict=True))
    lines: list[list[Value | None]] = [
        [*row, *([None] * len(new) if place in lost else new)] for place, (row, *new) in answered
    ]
    return as_csv([*header, *called], lines)


def _notes(model: Model, inputs: NDArray[Any], lost: dict[int, str]) -> Iterator[str]:
    """What a person should know about the rows."""
    if lost:
        rest = ", the first of them" if len(lost) > 1 else ""
        yield f"{_rows_have(len(lost))} no prediction{rest}: {lost[min(lost)]}"
    if model.encoding is None:
        return
    encoding = Encoding.from_facts(model.encoding)
    for name, rows in encoding.without_input(inputs):
        yield f"{_rows_have(rows)} in column {quoted(name)} what the model has no input of its own for"
    for column, rows in encoding.beyond(inputs)[:MOST_NAMED]:
        low, high = column.ends or (0.0, 0.0)
        yield (
            f"{_rows_have(rows)} in column {quoted(column.name)} a number well beyond those that were learned "
            f"from, {low:.6g} to {high:.6g}"
        )


def _rows_have(rows: int) -> str:
    return "1 row has" if rows == 1 else f"{rows:,} rows have"


def _check_order(model: Path, data: Path) -> None:
    """Raise InputError where a table stands in the place of the model."""
    if ending(model) != NPZ and ending(data) == NPZ and is_table(model):
        raise InputError(
            f"{model}: is a table, and {data} perhaps the model, which comes first: hpsearch predict {data} {model}"
        )


def _not_among(name: str, header: Collection[str]) -> str:
    """The name, or with the first number that makes it new."""
    numbered = (f"{name}_{number}" for number in count(2))
    return next(new for new in chain([name], numbered) if new not in header)


def _answers(model: Model, inputs: NDArray[Any]) -> list[str] | list[float]:
    """The class of each row, or its number with so many digits after the point as are known."""
    answers = model.predict(inputs)
    digits = DIGITS - 1 - math.floor(math.log10(model.finest or 1.0))
    return [answer if isinstance(answer, str) else round(answer, digits) for answer in answers]  # type: ignore[return-value]


def _of_arrays(data: Path) -> tuple[list[str], list[list[Value]]]:
    flat = inputs_of(data)
    return [f"x{index}" for index in range(flat.shape[1])], flat.tolist()


def _of_table(data: Path, model: Model) -> tuple[list[str], list[list[Value]]]:
    """The texts of a table; those of a .csv as they stand there."""
    from hpsearch.data.tables.file import read_texts

    known = () if model.encoding is None else Encoding.from_facts(model.encoding).names
    if not has_polars() and is_text_table(data):
        names, rows = read_cells(data, known)
        return names, [list(row) for row in rows]
    frame = read_texts(data, known)
    return frame.columns, [list(row) for row in frame.rows()]
