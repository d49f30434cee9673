"""Files that say themselves what their columns hold: .parquet, .feather, .jsonl."""

from __future__ import annotations

import glob
from pathlib import Path
from typing import TYPE_CHECKING

from hpsearch.storage.checked import check_size
from hpsearch.storage.endings import ARROW, JSON_LINES, PARQUET, ending

if TYPE_CHECKING:
    import polars as pl

#: The most bytes that a cell of such a file takes, if it is no text.
CELL = 8


def is_typed(path: Path) -> bool:
    """Whether a file is of such a kind by its name."""
    return ending(path) in (PARQUET, *ARROW, *JSON_LINES)


def typed_names(path: Path) -> list[str]:
    """The names of its columns. Raises what polars does."""
    return list(_scanned(path).collect_schema())


def read_typed(path: Path, columns: list[int] | None) -> pl.DataFrame:
    """The table, or some of its columns.

    Raises:
        DataError: its few bytes stand for more than memory holds, as where equal values are written once.
        PolarsError: it is no such file.
    """
    import polars as pl

    claimed = _scanned(path)
    names = list(claimed.collect_schema())
    if ending(path) not in JSON_LINES:
        shape = (claimed.select(pl.len()).collect().item(), len(names))
        check_size(str(path), shape, CELL, path.stat().st_size, most=shape[0] * shape[1] * CELL)
    if ending(path) == PARQUET:
        return pl.read_parquet(path, columns=columns, glob=False)
    frame = claimed.collect()
    return frame if columns is None else frame[[names[place] for place in columns]]


def _scanned(path: Path) -> pl.LazyFrame:
    import polars as pl

    if ending(path) == PARQUET:
        return pl.scan_parquet(path, glob=False)
    if ending(path) in ARROW:
        return pl.scan_ipc(glob.escape(str(path)))  # older versions have no argument for it
    return pl.scan_ndjson(path, infer_schema_length=None)
