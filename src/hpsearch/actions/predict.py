"""New rows through a model that was exported: the table as it came, and what it predicts."""

from __future__ import annotations

import math
from itertools import chain, count
from pathlib import Path
from typing import TYPE_CHECKING, Any

from hpsearch.core.errors import InputError
from hpsearch.core.trial import Value
from hpsearch.data.tables.columns import Encoding
from hpsearch.data.tables.texts import quoted
from hpsearch.objectives.network.model import Model, inputs_of, load_model
from hpsearch.report.tables import as_csv
from hpsearch.storage.endings import NPZ, ending, is_table

if TYPE_CHECKING:
    from collections.abc import Callable, Collection, Sequence

    from numpy.typing import NDArray

COLUMN = "prediction"
#: Those of float32, in which networks compute: a predicted number has so many of the deviation of its target. Of
#: the number itself they could be too few, where numbers are large and close to each other.
DIGITS = 7
#: Digits of a probability after the point.
_PLACES = 7


def predicted(
    model: Path, data: Path, *, probabilities: bool = False, tell: Callable[[str], None] = lambda _: None
) -> str:
    """The rows of the file `data` with a last column `prediction`, as CSV; where it has one already, with a number.

    Args:
        probabilities: add a column `p(CLASS)` for each class.
        tell: is given what a person should know about the rows.

    Raises:
        InputError: the model cannot be read, or has no classes to tell the probabilities of.
        DataError: the rows are not what it was trained with.
    """
    _check_order(model, data)
    loaded = load_model(model)
    inputs = loaded.inputs(data)
    if loaded.encoding is not None:
        for name, rows_without in Encoding.from_facts(loaded.encoding).without_input(inputs):
            rows_have = "1 row has" if rows_without == 1 else f"{rows_without:,} rows have"
            tell(f"{data}: {rows_have} in column {quoted(name)} what the model has no input of its own for")
    columns: dict[str, Sequence[Value]] = {COLUMN: _answers(loaded, inputs)}
    if probabilities:
        shares = loaded.probabilities(inputs).round(_PLACES).T.tolist()
        columns |= {f"p({name})": share for name, share in zip(loaded.classes, shares, strict=True)}
    header, rows = _of_arrays(data) if ending(data) == NPZ else _of_table(data, loaded)
    called = [_not_among(name, header) for name in columns]
    lines: list[list[Value | None]] = [
        [*row, *new] for row, *new in zip(rows, *columns.values(), strict=True)
    ]
    return as_csv([*header, *called], lines)


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

    frame = read_texts(data, () if model.encoding is None else Encoding.from_facts(model.encoding).names)
    return frame.columns, [list(row) for row in frame.rows()]
