"""New rows through a model that was exported: the table as it came, and what it predicts."""

from __future__ import annotations

import math
from pathlib import Path

from hpsearch.core.errors import DataError
from hpsearch.core.trial import Value
from hpsearch.objectives.network.model import inputs_of, load_model
from hpsearch.report.tables import as_csv
from hpsearch.storage.endings import NPZ, ending

COLUMN = "prediction"
#: Those of float32, in which networks compute: a predicted number has so many of the deviation of its target. Of
#: the number itself they could be too few, where numbers are large and close to each other.
DIGITS = 7


def predicted(model: Path, data: Path) -> str:
    """The rows of the file `data` with a last column `prediction`, as CSV.

    Raises:
        InputError: the model cannot be read.
        DataError: the rows are not what it was trained with.
    """
    loaded = load_model(model)
    digits = DIGITS - 1 - math.floor(math.log10(abs(loaded.target[1]) or 1.0))
    answers = [_shown(answer, digits) for answer in loaded.predict(data)]
    header, rows = _of_arrays(data) if ending(data) == NPZ else _of_table(data)
    if COLUMN in header:
        raise DataError(f"{data}: has a column {COLUMN!r} already; rename it")
    lines: list[list[Value | None]] = [[*row, answer] for row, answer in zip(rows, answers, strict=True)]
    return as_csv([*header, COLUMN], lines)


def _shown(answer: str | float, digits: int) -> str | float:
    """A number with so many digits after the point."""
    return answer if isinstance(answer, str) else round(answer, digits)


def _of_arrays(data: Path) -> tuple[list[str], list[list[Value]]]:
    flat = inputs_of(data)
    return [f"x{index}" for index in range(flat.shape[1])], flat.tolist()


def _of_table(data: Path) -> tuple[list[str], list[list[Value]]]:
    """The texts of a table; those of a .csv as they stand there."""
    from hpsearch.data.tables.file import read_texts

    frame = read_texts(data)
    return frame.columns, [list(row) for row in frame.rows()]
