"""How the names of files end, by what is in them."""

from __future__ import annotations

from pathlib import PurePath

CSV = ".csv"
#: The same with tabs between the columns, and with anything.
TSV, TXT = ".tsv", ".txt"
#: Tables as text.
TEXTS = (CSV, TSV, TXT)
GZ, ZIP = ".gz", ".zip"
PARQUET = ".parquet"
ARROW = (".feather", ".arrow")
JSON_LINES = (".jsonl", ".ndjson")
SHEETS = (".xlsx", ".xls", ".ods")
#: Named arrays, of NumPy.
NPZ = ".npz"
#: Pictures.
SVG, PNG = ".svg", ".png"
#: Tables of named columns.
TABLES = (CSV, TSV, PARQUET, TXT, *(text + GZ for text in TEXTS), ZIP, *SHEETS, *ARROW, *JSON_LINES)
#: Them in a message; docs/yaml.md lists all.
SUCH_AS = ".csv, .xlsx, .parquet, ..."
#: Everything that rows to learn from can come in.
DATA = (*TABLES, NPZ)
#: Other files of rows, and what makes one of these of them.
OTHER_DATA = {
    **dict.fromkeys((GZ, ".bz2", ".xz", ".zst", ".7z"), "unpack it"),
    **dict.fromkeys((".tab", ".dat", ".data"), "rename it to .txt, or save it as .csv"),
    **dict.fromkeys((".json",), "write it as .csv or .jsonl"),
    **dict.fromkeys(
        (".rds", ".rda", ".rdata", ".sav", ".dta", ".sas7bdat", ".xpt", ".arff", ".dbf", ".fwf"),
        "save it as .csv in the program that wrote it",
    ),
    **dict.fromkeys(
        (".pkl", ".pickle", ".h5", ".hdf5", ".orc", ".avro", ".db", ".sqlite"),
        "write its rows as .csv or .parquet",
    ),
}

#: What runs a program, by the ending of its file.
RUNNERS = {
    ".py": "python",
    ".sh": "sh",
    ".r": "Rscript",
    ".js": "node",
    ".jl": "julia",
    ".pl": "perl",
    ".rb": "ruby",
}


def ending(path: PurePath | str) -> str:
    """The end of a file's name, in small letters; of a text that is packed both.

    >>> ending("data/Adult.CSV"), ending("digits"), ending("a.csv.gz"), ending("a.tar.gz")
    ('.csv', '', '.csv.gz', '.gz')
    """
    *_, inner, last = ["", "", *(suffix.lower() for suffix in PurePath(path).suffixes)]
    return inner + last if last == GZ and inner in TEXTS else last


def is_text_table(path: PurePath | str) -> bool:
    """Whether a file is a table as text by its name, packed or not."""
    return ending(path).removesuffix(GZ) in (*TEXTS, ZIP)


def is_table(path: PurePath | str) -> bool:
    """Whether a file is a table by its name."""
    return ending(path) in TABLES
