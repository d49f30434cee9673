"""Data files: .npz, IDX, .csv and .parquet, and weights to start from."""

from __future__ import annotations

import gzip
import io
import os
import zipfile
from collections.abc import Callable
from pathlib import Path

import numpy as np

from tests.corpus import making
from tests.corpus.case import CHECK, Case, Content
from tests.corpus.making import PICKLE, good_arrays, npy, npz, zipped

_REST = "space: {lr: {scale: log, low: 0.001, high: 1}}\nsearch: {trials: 2, round_size: 2}\n"
_ROWS = "".join(f"{index % 7},{index % 5},{'abc'[index % 3]}\n" for index in range(60))


def _data(name: str, content: Content, *says: str, more: str = "", status: int = 2) -> Case:
    config = f"objective: {{kind: mlp, dataset: {{source: '{name}'{more}}}, hidden: [8], epochs: 2}}\n{_REST}"
    return Case(says, CHECK, {"config.yaml": config, name: content}, status=status)


def _npz(content: Content, *says: str) -> Case:
    return _data("data.npz", content, "config.yaml:1: objective.dataset", "data.npz", *says)


def _csv(content: Content, *says: str, more: str = "") -> Case:
    return _data("data.csv", content, "config.yaml:1: objective.dataset", "data.csv", *says, more=more)


def _parquet(content: Content, *says: str) -> Case:
    return _data("data.parquet", content, "config.yaml:1: objective.dataset", "data.parquet", *says)


def _fine(name: str, content: Content, more: str = "") -> Case:
    return _data(name, content, "fine", more=more, status=0)


def _idx(images: bytes, labels: bytes, *says: str, status: int = 2) -> Case:
    config = (
        f"objective: {{kind: mlp, dataset: {{source: mnist, dir: idx}}, hidden: [8], epochs: 2}}\n{_REST}"
    )
    files: dict[str, Content] = {
        "config.yaml": config,
        "idx/train-images-idx3-ubyte": images,
        "idx/train-labels-idx1-ubyte": labels,
    }
    return Case(says, CHECK, files, status=status)


def _weights(content: Content, *says: str) -> Case:
    config = (
        "objective: {kind: mlp, dataset: digits, hidden: [16], initializer: file, init_file: w.npz}\n"
        f"{_REST}"
    )
    return Case(
        ("config.yaml:1: objective.init_file", "w.npz", *says),
        CHECK,
        {"config.yaml": config, "w.npz": content},
    )


def _duplicate() -> bytes:
    file = io.BytesIO(npz(**good_arrays()))
    with zipfile.ZipFile(file, "a") as archive:
        import warnings

        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            archive.writestr("X.npy", npy("(1000000000000, 4)"))
    return file.getvalue()


def _objects() -> bytes:
    array = np.empty(2, object)
    array[:] = [making.Harm(), 1]
    return npz(X=array, y=np.array([0, 1]))


def _arrays(**changes: object) -> bytes:
    return npz(**{**good_arrays(), **changes})


def _with_nan() -> np.ndarray[tuple[int, ...], np.dtype[np.float32]]:
    inputs: np.ndarray[tuple[int, ...], np.dtype[np.float32]] = good_arrays()["X"].copy()
    inputs[3, 1] = np.nan
    return inputs


def _table(write: Callable[..., object]) -> Callable[[Path], None]:
    def make(path: Path) -> None:
        write(path)

    return make


def _parquet_table(path: Path, **columns: object) -> None:
    import polars as pl

    pl.DataFrame(columns).write_parquet(path)


def _parquet_bomb(path: Path) -> None:
    """Twenty million equal rows in a few kilobytes."""
    import polars as pl

    column = pl.repeat(1, 20_000_000, dtype=pl.Int8)
    pl.select(a=column, b=column).write_parquet(path)


_X, _Y = making.npy("(60, 4)", "<f4", bytes(960)), making.npy("(60,)", "|u1", bytes(i % 3 for i in range(60)))
_FEW = bytes(i % 251 for i in range(60 * 16))

CASES: dict[str, Case] = {
    # -- .npz
    "npz: not there": Case(
        ("--set dataset=none.npz: objective.dataset", "none.npz", "no such file"),
        (*CHECK, "--set", "dataset=none.npz"),
    ),
    "npz: empty": _npz(b"", "damaged"),
    "npz: a folder": _npz(Path.mkdir, "cannot be read"),
    "npz: a FIFO": _npz(os.mkfifo, "device or pipe"),
    "npz: an endless device": Case(("is no data file by its name",), (*CHECK, "--set", "dataset=/dev/zero")),
    "npz: a text": _npz("hello\n", "damaged"),
    "npz: a bare pickle": _npz(PICKLE, "damaged"),
    "npz: a pickle as an array": _npz(zipped({"X.npy": PICKLE, "y.npy": _Y}), "X", "is not an array"),
    "npz: Python objects": _npz(_objects(), "X", "Python objects", "not loaded", "astype"),
    "npz: a pickle after an honest header": _npz(
        zipped({"X.npy": npy("(2, 1)", "|O", PICKLE), "y.npy": _Y}), "Python objects"
    ),
    "npz: a header that is a program": _npz(
        zipped({"X.npy": npy("__import__('os').system('touch pwned')"), "y.npy": _Y}), "header"
    ),
    "npz: a shape of 10**12": _npz(
        zipped({"X.npy": npy("(1000000, 1000000)"), "y.npy": _Y}), "declares", "shape (1000000, 1000000)"
    ),
    "npz: a shape of 10**5000": _npz(
        zipped({"X.npy": npy("(" + "9" * 3000 + ", 1)"), "y.npy": _Y}), "header"
    ),
    "npz: a shape below 0": _npz(zipped({"X.npy": npy("(-1, 4)"), "y.npy": _Y}), "header"),
    "npz: a shape that wraps around": _npz(
        zipped({"X.npy": npy("(4294967296, 4294967296)"), "y.npy": _Y}), "declares"
    ),
    "npz: a header of 64 kB": _npz(zipped({"X.npy": npy("(1, 4)" + " " * 60_000), "y.npy": _Y}), "header"),
    "npz: texts of 10**9 letters": _npz(
        zipped({"X.npy": npy("(60, 4)", "<U400000000"), "y.npy": _Y}), "declares"
    ),
    "npz: a bomb of 320 MB": _npz(
        lambda path: path.write_bytes(making.bomb(320)), "more than 300 times", "uncompressed"
    ),
    "npz: cut short": _npz(npz(**good_arrays())[:700], "damaged"),
    "npz: an array cut short": _npz(zipped({"X.npy": _X[:500], "y.npy": _Y}), "X", "get the file again"),
    "npz: an array that goes on": _npz(zipped({"X.npy": _X + b"more", "y.npy": _Y}), "X", "goes on"),
    "npz: a member twice": _npz(_duplicate(), "'X' more than once"),
    "npz: members of other folders": _npz(zipped({"../../X.npy": _X, "/etc/y.npy": _Y}), "has no array 'X'"),
    "npz: members with terminal codes": _npz(
        zipped({"\x1b[31mX.npy": _X, "y.npy": _Y}), "has no array 'X'", "\\x1b[31mX"
    ),
    "npz: another packing": _npz(
        zipped({"X.npy": _X, "y.npy": _Y}, zipfile.ZIP_LZMA), "packed in an unknown way"
    ),
    "npz: no y": _npz(npz(X=good_arrays()["X"]), "has no array 'y'", "it has: X"),
    "npz: no rows": _npz(_arrays(X=np.zeros((0, 4)), y=np.zeros(0)), "holds no values"),
    "npz: one axis": _npz(_arrays(X=np.zeros(60)), "X.reshape(-1, 1)"),
    "npz: a scalar": _npz(_arrays(X=np.float32(1)), "shape ()"),
    "npz: texts as inputs": _npz(_arrays(X=np.full((60, 4), "a")), "must be numbers"),
    "npz: complex inputs": _npz(_arrays(X=np.zeros((60, 4), complex)), "complex"),
    "npz: records": _npz(_arrays(X=np.zeros(60, [("a", "f4")])), "header"),
    "npz: a missing value": _npz(_arrays(X=_with_nan()), "1 of 60 values in column 1", "fill them in"),
    "npz: one-hot classes": _npz(_arrays(y=np.eye(3)[np.arange(60) % 3]), "y.argmax(axis=1)"),
    "npz: classes for other rows": _npz(_arrays(y=np.arange(59) % 3), "59 labels for 60 rows"),
    "npz: one class": _npz(_arrays(y=np.zeros(60)), "at least 2 classes"),
    "npz: classes with fractions": _npz(_arrays(y=np.linspace(0, 1, 60)), "task: regression"),
    "npz: a class for every row": _data(
        "data.npz",
        _arrays(y=np.arange(60)),
        "config.yaml:1: objective.dataset",
        "class '0' has 1 row",
        "leave the class out",
    ),
    # -- IDX
    "idx: no folder": Case(
        ("--set dataset=", "objective.dataset", "no such folder"),
        (*CHECK, "--set", "dataset={source: mnist, dir: none}"),
    ),
    "idx: lying counts": _idx(making.idx(8, (4294967295, 4294967295, 28), b""), b"", "declares"),
    "idx: too few bytes": _idx(
        making.idx(8, (60, 4, 4), _FEW[:-1]),
        making.idx(8, (60,), bytes(60)),
        "train-images",
        "get the file again",
    ),
    "idx: too many bytes": _idx(
        making.idx(8, (60, 4, 4), _FEW + b"x"), making.idx(8, (60,), bytes(60)), "goes on"
    ),
    "idx: a gzip bomb": _idx(
        making.gzip_bomb(600, making.idx(8, (600 * 1024, 32, 32), b"")), b"", "more than 300 times"
    ),
    "idx: another number of axes": _idx(
        making.idx(8, (60,), bytes(60)), making.idx(8, (60,), bytes(60)), "1 axes where 3"
    ),
    "idx: another magic number": _idx(b"PK\3\4", b"", "not an IDX file", "50 4b 03 04"),
    "idx: other rows": _idx(
        making.idx(8, (60, 4, 4), _FEW), making.idx(8, (59,), bytes(59)), "59 labels for 60 images"
    ),
    "idx: cut gzip": _idx(making.gzip_bomb(8)[:50], b"", "train-images"),
    # -- .csv
    "csv: empty": _csv("", "is empty", "a line of names"),
    "csv: names only": _csv("a,b,c\n", "has no rows"),
    "csv: one column": _csv("c\n" + "a\nb\n" * 30, "no column to learn from"),
    "csv: a ragged line": _csv(
        f"a,b,c\n{_ROWS}1,2,a,4\n", "line 62 has 4 fields, and the first line 3 names"
    ),
    "csv: a quotation mark that is not closed": _csv(
        f'a,b,c\n{_ROWS}"1,2,a\n' + _ROWS, "has a quotation mark that is not closed"
    ),
    "csv: letters of neither": _csv(
        f"a,b,c\n{_ROWS}1,2,caf\x81\n".encode("latin-1"), "UTF-8", "Windows-1252"
    ),
    "csv.gz: a gzip bomb of rows": _data(
        "data.csv.gz",
        lambda path: path.write_bytes(gzip.compress(b"a,b\n") + gzip.compress(b"1,2\n" * 2**21) * 40),
        "data.csv.gz",
        "packed more than 300 times",
    ),
    "csv.gz: plain": _data("data.csv.gz", f"a,b,c\n{_ROWS}", "data.csv.gz", "is damaged"),
    "csv.gz: cut short": _data("data.csv.gz", gzip.compress(f"a,b,c\n{_ROWS}".encode())[:-9], "is damaged"),
    "zip: two tables": _data(
        "data.zip",
        zipped({"a.csv": b"a,b\n1,2\n", "b.csv": b"a,b\n1,2\n"}),
        "holds 2 tables (a.csv, b.csv)",
        "unpack",
    ),
    "zip: no table": _data("data.zip", zipped({"a.png": b"a"}), "holds no table", "a.png", "unpack it"),
    "zip: a text": _data("data.zip", f"a,b,c\n{_ROWS}", "data.zip", "is damaged"),
    "csv: NULs": _csv(f"a,b,c\n{_ROWS}".encode() + bytes(1000), "NUL"),
    "csv: a gzip file": _csv(making.gzip_bomb(8), "compressed", "unpack it"),
    "csv: a gzip bomb of 1 GB": _csv(
        lambda path: path.write_bytes(making.gzip_bomb(1024, b"a,b\n")), "compressed"
    ),
    "csv: a pickle": _csv(PICKLE, "data.csv"),
    "csv: a FIFO": _csv(os.mkfifo, "device or pipe"),
    "csv: a folder": _csv(Path.mkdir, "is a folder"),
    "csv: one line of 100 MB": _csv(lambda path: path.write_bytes(b"x" * 100_000_000), "line"),
    "csv: names of 100 MB": _csv(lambda path: path.write_bytes(b"a," * 50_000_000 + b"b\n1,2\n"), "columns"),
    "csv: two million columns": _csv(
        lambda path: path.write_bytes(",".join(map(str, range(2_000_000))).encode() + b"\n"),
        "columns",
    ),
    "csv: no such target": _csv(
        f"age,b,c\n{_ROWS}", "no column 'agee' for the target", "did you mean 'age'?", more=", target: agee"
    ),
    "csv: a column with terminal codes": _csv(f"\x1b[31ma,b,c\n{_ROWS}", "\\x1b[31ma", more=", target: zzz"),
    "csv: a column that turns the line around": _csv(
        f"\u202ea,b,c\n{_ROWS}", "\\u202ea", more=", target: zzz"
    ),
    "csv: dates that may be two": _csv(
        "when,c\n" + "01/02/2024,a\n03/04/2024,b\n" * 30,
        "objective.dataset.dates",
        "{when: day_first} or {when: month_first}",
    ),
    "csv: a target of numbers as classes": _csv(
        "a,b\n" + "".join(f"{i},{i / 7}\n" for i in range(60)),
        "objective.dataset.target",
        "task: regression",
        more=", task: classification",
    ),
    "csv: a target that names rows": _csv(
        "a,b\n" + "".join(f"{i},n{i}\n" for i in range(300)), "is no class"
    ),
    "csv: a target without values": _csv("a,b\n" + "1,\n2,\n" * 30, "has no values"),
    "csv: two columns of one name": _csv(f"a, a,c\n{_ROWS}", "two columns", "'a'"),
    "csv: one row": _csv("a,b\n1,x\n", "at least 2 classes"),
    "csv: numbers beyond floats": _csv("a,c\n" + "1e300,a\n2,b\n" * 30, "beyond float32"),
    "csv: a target beyond whole numbers": _csv(
        "a,b\n" + "1,1e20\n2,2e20\n" * 30, "1e+20 in row 0", "is no class"
    ),
    "csv: a path of wild cards": Case(
        ("no such file", "*.csv"), (*CHECK, "--set", "dataset=./*.csv"), {"a.csv": f"a,b,c\n{_ROWS}"}
    ),
    "csv: an address": Case(("no such file",), (*CHECK, "--set", "dataset=https://127.0.0.1:9/a.csv")),
    # -- .parquet
    "parquet: empty": _parquet(b"", "is empty"),
    "parquet: a text": _parquet("a,b\n1,2\n", "is no table"),
    "parquet: cut short": _parquet(b"PAR1" + bytes(50), "is no table"),
    "parquet: a lying footer": _parquet(b"PAR1" + bytes(50) + b"\xff\xff\xff\x7fPAR1", "is no table"),
    "parquet: a bomb": _parquet(_parquet_bomb, "shape (20000000, 2)", "more than 300 times"),
    "parquet: lists": _parquet(
        _table(lambda path: _parquet_table(path, a=[[1], [2]] * 30, c=["x", "y"] * 30)),
        "type List",
        "remove it",
    ),
    # -- other kinds and paths
    "an unknown ending": _data(
        "data.doc", b"PK", "config.yaml:1: objective.dataset", "data.doc", ".csv", ".npz"
    ),
    "a path with a NUL": Case(
        ("config.yaml:2: objective.dataset", "null character", "a\\x00b.csv"),
        CHECK,
        {"config.yaml": f'\nobjective: {{kind: mlp, dataset: "a\\0b.csv"}}\n{_REST}'},
    ),
    "a path of 5000 letters": Case(
        ("--set dataset=xxx", "objective.dataset", "too long"), (*CHECK, "--set", f"dataset={'x' * 5000}.csv")
    ),
    "dates of a target": _csv("a,when\n" + "1,2024-01-02\n2,2024-01-03\n" * 30, "must be classes"),
    # -- weights to start from
    "weights: not there": Case(
        ("--set init_file=w.npz: objective.init_file", "w.npz", "no such file"),
        (*CHECK, "--set", "initializer=file", "--set", "init_file=w.npz"),
    ),
    "weights: a pickle": _weights(PICKLE, "damaged"),
    "weights: Python objects": _weights(_objects(), "has no array"),
    "weights: a lying header": _weights(zipped({"hidden0.W.npy": npy("(1000000, 1000000)")}), "has no array"),
    "weights: a FIFO": _weights(os.mkfifo, "device or pipe"),
    "weights: an endless device": _weights(lambda path: path.symlink_to("/dev/zero"), "device or pipe"),
    "weights: another network": _weights(npz(**good_arrays()), "has no array", "X, y"),
    # -- right, though it looks odd
    "fine: npz in Fortran order": _fine("data.npz", _arrays(X=np.asfortranarray(good_arrays()["X"]))),
    "fine: npz with big-endian numbers": _fine("data.npz", _arrays(X=good_arrays()["X"].astype(">f8"))),
    "fine: npz with further arrays, Python objects too": _fine(
        "data.npz",
        zipped(
            {
                "X.npy": making.npy("(60, 4)", "<f4", np.arange(240, dtype="<f4").tobytes()),
                "y.npy": _Y,
                "z.npy": npy("(1,)", "|O", PICKLE),
            }
        ),
    ),
    "fine: npz with texts as classes": _fine("data.npz", _arrays(y=np.array(["ja", "nein", "größer"] * 20))),
    "fine: csv with a byte order mark and Windows line ends": _fine(
        "data.csv", f"\ufeffa,b,c\n{_ROWS}".replace("\n", "\r\n")
    ),
    "fine: csv with a target of numbers": _fine(
        "data.csv", "a,b\n" + "".join(f"{i},{i * i / 7}\n" for i in range(60))
    ),
    "fine: csv with quoted names and line ends": _fine(
        "data.csv",
        f'"a\nb","b,c",c\n{_ROWS}',
    ),
    "fine: csv with a target of the file's own name": _fine("DATA.CSV", f"größe,b,c\n{_ROWS}", ", target: c"),
    "fine: csv with two thousand columns": _fine(
        "data.csv",
        ",".join(f"c{i}" for i in range(2000))
        + ",y\n"
        + "".join(",".join(str((i * j) % 7) for i in range(2000)) + f",{'ab'[j % 2]}\n" for j in range(30)),
    ),
    "fine: IDX files": _idx(
        making.idx(8, (60, 4, 4), _FEW),
        making.idx(8, (60,), bytes(i % 3 for i in range(60))),
        "fine",
        status=0,
    ),
}
