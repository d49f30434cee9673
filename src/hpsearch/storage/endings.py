"""How the names of files end, by what is in them."""

from __future__ import annotations

from pathlib import PurePath

CSV = ".csv"
PARQUET = ".parquet"
#: Named arrays, of NumPy.
NPZ = ".npz"
#: Tables of named columns.
TABLES = (CSV, PARQUET)
#: Everything that rows to learn from can come in.
DATA = (*TABLES, NPZ)


def ending(path: PurePath | str) -> str:
    """The end of a file's name, in small letters.

    >>> ending("data/Adult.CSV"), ending("digits")
    ('.csv', '')
    """
    return PurePath(path).suffix.lower()


def is_table(path: PurePath | str) -> bool:
    """Whether a file is a table by its name."""
    return ending(path) in TABLES
