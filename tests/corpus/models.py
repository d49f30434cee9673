"""Models for `hpsearch predict`, and the rows they are given."""

from __future__ import annotations

import json
import os
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np

from tests.corpus import making
from tests.corpus.case import Case, Content
from tests.corpus.making import PICKLE, npy, npz, zipped

_PREDICT = ("predict", "model.npz", "rows.npz")
_ROWS = npz(X=np.zeros((3, 64)))


def _model(content: Content, *says: str) -> Case:
    return Case(("model.npz", *says), _PREDICT, {"model.npz": content, "rows.npz": _ROWS})


def _rows(name: str, content: Content, *says: str) -> Case:
    return Case(says, ("predict", "model.npz", name), {"model.npz": making.model_copy, name: content})


def _changed(**changes: Any) -> Callable[[Path], None]:
    """The good model with some arrays replaced, or left out where None."""

    def make(path: Path) -> None:
        arrays = {**making.model_arrays(), **changes}
        path.write_bytes(npz(**{name: value for name, value in arrays.items() if value is not None}))

    return make


def _facts(change: Callable[[dict[str, Any]], object]) -> Callable[[Path], None]:
    """The good model with its facts changed."""

    def make(path: Path) -> None:
        arrays = making.model_arrays()
        facts = json.loads(str(arrays["facts"]))
        change(facts)
        path.write_bytes(npz(**{**arrays, "facts": np.array(json.dumps(facts))}))

    return make


def _wide(facts: dict[str, Any]) -> None:
    facts["architecture"]["hidden"] = [1_000_000_000, 1_000_000_000]


CASES: dict[str, Case] = {
    "not there": Case(
        ("none.npz", "no such file", "export RUN --to model"), ("predict", "none.npz", "rows.npz")
    ),
    "a folder": _model(Path.mkdir, "cannot be read", "no model"),
    "a FIFO": _model(os.mkfifo, "device or pipe"),
    "an endless device": Case(("/dev/zero", "device or pipe"), ("predict", "/dev/zero", "rows.npz")),
    "a text": _model("hello", "no model"),
    "empty": _model("", "no model"),
    "a bare pickle": _model(PICKLE, "no model"),
    "data in place of a model": _model(npz(**making.good_arrays()), "no model", "'facts'"),
    "facts that are a pickle": _model(zipped({"facts.npy": npy("()", "|O", PICKLE)}), "no model"),
    "facts of a terabyte": _model(zipped({"facts.npy": npy("()", "<U250000000000")}), "no model"),
    "facts that are no JSON": _model(_changed(facts=np.array("hello")), "no model"),
    "facts that are a list": _model(_changed(facts=np.array("[1]")), "no model"),
    "facts that nest": _model(_changed(facts=np.array("[" * 100_000)), "no model"),
    "facts that lack something": _model(_facts(lambda facts: facts.pop("classes")), "no model"),
    "another format": _model(_facts(lambda facts: facts.update(format=99)), "format 99", "reads format 3"),
    "an unknown activation": _model(
        _facts(lambda facts: facts["architecture"].update(activation="zzz")), "no model"
    ),
    "an architecture of other keys": _model(
        _facts(lambda facts: facts["architecture"].update(zzz=1)), "no model"
    ),
    "an architecture that is a text": _model(
        _facts(lambda facts: facts.update(architecture="x")), "no model"
    ),
    "layers of a billion": _model(_facts(_wide), "no model"),
    "layers below 0": _model(_facts(lambda facts: facts["architecture"].update(hidden=[-1])), "no model"),
    "fewer classes than outputs": _model(_facts(lambda facts: facts.update(classes=["a"])), "no model"),
    "classes with terminal codes": Case(
        ("\\x1b[31m",),
        _PREDICT,
        {"model.npz": _facts(lambda facts: facts.update(classes=["\x1b[31m"])), "rows.npz": _ROWS},
    ),
    "no parameters": _model(_changed(parameters=None), "no model", "'parameters'"),
    "parameters of another network": _model(_changed(parameters=np.zeros(7, np.float32)), "no model"),
    "parameters that are texts": _model(_changed(parameters=np.array(["a"] * 7)), "no model"),
    "parameters that lie": _model(
        zipped({"facts.npy": npy("()", "<U1", b"1\0\0\0"), "parameters.npy": npy("(1000000000000,)")}),
        "no model",
    ),
    "a scaling of other inputs": _model(_changed(offset=np.zeros(3)), "no model"),
    "a whitening of other inputs": _model(_changed(mix=np.zeros((3, 3))), "no model", "mix must be 64 by 64"),
    "numbers of no unit": _model(_facts(lambda facts: facts.update(target=[0, 1e999])), "no model"),
    "numbers that have classes": _model(
        _facts(lambda facts: facts["architecture"].update(task="regression", loss="mse")), "no model"
    ),
    "a bomb": _model(lambda path: path.write_bytes(making.bomb(320)), "no model"),
    "an encoding of nonsense": _model(
        _facts(lambda facts: facts.update(encoding={"columns": 1})), "no model"
    ),
    "rows of another width": _rows(
        "rows.npz", npz(X=np.zeros((3, 5))), "rows of 5 inputs", "trained with 64"
    ),
    "rows that are not there": _rows("rows.csv", "", "rows.csv", "is empty"),
    "rows of another kind": _rows("rows.doc", "1\n", "rows.doc", ".csv, .tsv, .parquet", ".npz"),
    "rows that are a pickle": _rows("rows.npz", PICKLE, "rows.npz", "damaged"),
    "rows that lie": _rows("rows.npz", zipped({"X.npy": npy("(1000000000000, 64)")}), "declares"),
    "rows of texts": _rows("rows.npz", npz(X=np.full((3, 64), "a")), "rows.npz", "must be numbers"),
    "rows without an axis": _rows("rows.npz", npz(X=np.float64(1)), "rows.npz", "shape ()"),
    "rows with gaps where there were none": _rows(
        "rows.csv", ",".join(f"c{i}" for i in range(64)) + "\na" + "," * 63 + "\n", "rows.csv", "numbers"
    ),
    "a table that is compressed": _rows("rows.csv", making.gzip_bomb(8), "rows.csv", "compressed"),
    "an output that is a folder": Case(
        ("is a folder", "-o"),
        (*_PREDICT, "-o", "."),
        {"model.npz": making.model_copy, "rows.npz": _ROWS},
    ),
    "an output in no folder": Case(
        ("none/out.csv", "cannot be written", "-o"),
        (*_PREDICT, "-o", "none/out.csv"),
        {"model.npz": making.model_copy, "rows.npz": _ROWS},
    ),
    "fine: rows": Case(
        ("prediction",), _PREDICT, {"model.npz": making.model_copy, "rows.npz": _ROWS}, status=0
    ),
    "fine: the same rows as a table": Case(
        ("prediction",),
        ("predict", "model.npz", "rows.csv"),
        {
            "model.npz": making.model_copy,
            "rows.csv": ",".join(f"c{i}" for i in range(64)) + "\n" + ",".join("0" * 64) + "\n",
        },
        status=0,
    ),
}
