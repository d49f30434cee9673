"""How the names of files end, by what is in them."""

from __future__ import annotations

from pathlib import PurePath

CSV = ".csv"
#: The same with tabs between the columns.
TSV = ".tsv"
PARQUET = ".parquet"
#: Named arrays, of NumPy.
NPZ = ".npz"
#: Pictures.
SVG, PNG = ".svg", ".png"
#: Tables of named columns.
TABLES = (CSV, TSV, PARQUET)
#: Everything that rows to learn from can come in.
DATA = (*TABLES, NPZ)
#: Other files of rows, and what makes one of these of them.
OTHER_DATA = {
    **dict.fromkeys((".gz", ".zip", ".bz2", ".xz", ".zst", ".7z"), "unpack it"),
    **dict.fromkeys((".xlsx", ".xls", ".ods", ".txt", ".tab", ".dat", ".data"), "save it as .csv"),
    **dict.fromkeys((".feather", ".arrow", ".jsonl", ".ndjson", ".json"), "write it as .csv or .parquet"),
}


def ending(path: PurePath | str) -> str:
    """The end of a file's name, in small letters.

    >>> ending("data/Adult.CSV"), ending("digits")
    ('.csv', '')
    """
    return PurePath(path).suffix.lower()


def is_table(path: PurePath | str) -> bool:
    """Whether a file is a table by its name."""
    return ending(path) in TABLES
