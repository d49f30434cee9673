"""Strategies of tables: every oddity of what people export, and searches that learn from them."""

from __future__ import annotations

import csv
import io
from collections.abc import Callable, Sequence
from typing import TYPE_CHECKING, Any

import numpy as np
from hypothesis import strategies as st

from tests.walks.networks import configs
from tests.walks.walk import Tree, Walk

if TYPE_CHECKING:
    import polars as pl

Rng = np.random.Generator
Cells = list[str]

_NAMES = ("a", "b", "age", "λ", "größe", " lead", "two words", 'quo"te', "a,b", "line\nend", "x1", "true", "null", "NaN",
          "=1+1", "prediction", "y", "Y", "_", "a" * 60, "😀", "target")  # fmt: skip
#: One column each: texts as they stand in the file. They hold `x`, from 0 to 1, so that there is something to learn.
_NUMBERS: dict[str, Callable[[float, Rng], str]] = {
    "share": lambda x, rng: f"{x:.4f}",
    "whole": lambda x, rng: str(int(100 * x)),
    "unix times": lambda x, rng: str(1_700_000_000 + int(1000 * x)),
    "ids": lambda x, rng: str(10**15 + int(1000 * x)),
    "far from 0": lambda x, rng: f"{1e6 + 0.001 * x:.6f}",
    "tiny": lambda x, rng: f"{x * 1e-30:.5e}",
    "huge": lambda x, rng: f"{x * 1e30:.5e}",
    "signs": lambda x, rng: f"{int(20 * x - 10):+d}",
    "points": lambda x, rng: f"{int(20 * x)}.e3",
    "long tail": lambda x, rng: f"{np.exp(12 * x):.3f}",
    "one far": lambda x, rng: "1e20" if rng.random() < 0.03 else f"{x:.3f}",
    "missing": lambda x, rng: str(rng.choice(["", "NA", "nan", "?", f"{x:.3f}", f"{x:.3f}"])),
    "not a number": lambda x, rng: "NAN" if rng.random() < 0.1 else f"{x:.3f}",
    "blanks": lambda x, rng: f"  {x:.3f} ",
    "constant": lambda x, rng: "7",
    "mostly empty": lambda x, rng: f"{x:.3f}" if rng.random() < 0.1 else "",
    "39 digits": lambda x, rng: "1" * 38 + str(int(9 * x)),
    "full width": lambda x, rng: str(int(100 * x)).translate({48 + d: 0xFF10 + d for d in range(10)}),
    "money": lambda x, rng: f"${100 * x:.2f}",
    "commas": lambda x, rng: f"{int(1e6 * x):,}",
}
_TEXTS: dict[str, Callable[[float, Rng], str]] = {
    "few": lambda x, rng: "low" if x < 0.5 else "high",
    "truth": lambda x, rng: "true" if x < 0.5 else "false",
    "spelt": lambda x, rng: str(rng.choice(["Yes", "no", "ON"])),
    "many": lambda x, rng: f"city {int(50 * x)}",
    "unique": lambda x, rng: f"id-{rng.integers(10**9)}",
    "odd": lambda x, rng: str(
        rng.choice(["a,b", 'say "x"', '5" pipe', "two\nlines", "ünï", "  ", "'", "NA", "=1", "\u200f"])
    ),
    "gaps": lambda x, rng: str(rng.choice(["", "NA", "red", "blue"])),
}
#: Columns that may be refused, if it is said why.
_REFUSED: dict[str, Callable[[float, Rng], str]] = {
    "dates": lambda x, rng: f"2024-01-{1 + int(27 * x):02d}",
    "infinite": lambda x, rng: "Infinity" if rng.random() < 0.05 else f"{x:.3f}",
    "with a date": lambda x, rng: "2024-01-02" if rng.random() < 0.05 else f"{x:.3f}",
    "with a truth": lambda x, rng: "true" if rng.random() < 0.05 else f"{x:.3f}",
    "times": lambda x, rng: f"2024-01-02T{int(23 * x):02d}:00:00",
}
_CLASSES: dict[str, Callable[[float, Rng], str]] = {
    "texts": lambda x, rng: "yes" if x < 0.5 else "no",
    "three": lambda x, rng: "abc"[min(2, int(3 * x))],
    "whole": lambda x, rng: str(int(4 * x)),
    "truth": lambda x, rng: "true" if x < 0.5 else "false",
    "odd": lambda x, rng: ["a,b", 'say "x"', "two\nlines"][min(2, int(3 * x))],
    "unicode": lambda x, rng: ["ja ✓", "nein ✗"][int(2 * x)],
    "large whole": lambda x, rng: str(2**53 + int(2 * x)),
    "rare": lambda x, rng: "no" if x < 0.8 else "yes",
    "gaps": lambda x, rng: "" if rng.random() < 0.05 else ("yes" if x < 0.5 else "no"),
}
_TARGETS: dict[str, Callable[[float, Rng], str]] = {
    "share": lambda x, rng: f"{x:.5f}",
    "price": lambda x, rng: f"{1e5 * (1 + x) + rng.normal():.2f}",
    "tiny": lambda x, rng: f"{1e-9 * x:.6e}",
    "large": lambda x, rng: f"{1e30 * (x - 0.5):.6e}",
    "far": lambda x, rng: f"{1.7e9 + 100 * x:.3f}",
    "gaps": lambda x, rng: "" if rng.random() < 0.05 else f"{x:.5f}",
    "one far": lambda x, rng: "1e5" if rng.random() < 0.03 else f"{x:.5f}",
    "signs": lambda x, rng: f"{20 * x - 10:+.3f}",
}
_COLUMNS = {**_NUMBERS, **_TEXTS}


@st.composite
def tables(draw: st.DrawFn) -> Walk:
    """A search with the network on a table of one to six columns."""
    rows = draw(st.sampled_from([60, 90, 150]))
    rng = np.random.default_rng(draw(st.integers(0, 10**6)))
    task = draw(st.sampled_from(["classification", "regression"]))
    targets = _CLASSES if task == "classification" else _TARGETS
    target = targets[draw(st.sampled_from(sorted(targets)))]
    kinds = draw(st.lists(st.sampled_from(sorted(_COLUMNS)), min_size=1, max_size=5))
    if refusable := draw(st.integers(0, 9)) == 0:
        kinds.append(draw(st.sampled_from(sorted(_REFUSED))))
    names = draw(
        st.lists(st.sampled_from(_NAMES), min_size=len(kinds) + 1, max_size=len(kinds) + 1, unique=True)
    )
    makers = [(_COLUMNS | _REFUSED)[kind] for kind in ["share", *kinds[1:]]] + [target]
    cells = [[make(x, rng) for make in makers] for x in rng.random(rows)]
    split = draw(st.sampled_from(["auto", [0.6, 0.2, 0.2], {"folds": 2}]))
    dataset: Tree = {"source": "table.csv", "target": names[-1].strip(), "task": task, "split": split}
    files = {"new.csv": as_csv([names[:-1], *(row[:-1] for row in cells[:20])]).encode()}
    if draw(st.integers(0, 2)) == 0:
        dataset |= {"test": "test.csv", "split": draw(st.sampled_from(["auto", [0.75, 0.25]]))}
        files["test.csv"] = as_csv([names, *cells[: rows // 3]]).encode()
        cells = cells[rows // 3 :]
    elif draw(st.integers(0, 2)) == 0:
        dataset["source"] = "table.parquet"
        files["table.parquet"] = as_parquet(names, cells)
    if dataset["source"] == "table.csv":
        files["table.csv"] = draw(st.sampled_from(_FORMS))(as_csv([names, *cells]))
    return Walk(draw(configs(dataset, task, most=3)), files, asked="new.csv", refusable=refusable)


def as_parquet(names: Sequence[str], cells: Sequence[Sequence[str]]) -> bytes:
    """With types: a column of numbers holds numbers, and nothing where it is empty."""
    import polars as pl

    columns = [pl.Series(name, column) for name, column in zip(names, zip(*cells, strict=True), strict=True)]
    given = [column.set(column == "", None) for column in columns]
    kept = [_typed(column, (pl.Int64, pl.Float64)) for column in given]
    file = io.BytesIO()
    pl.DataFrame(kept).write_parquet(file)
    return file.getvalue()


def _typed(texts: pl.Series, types: Sequence[Any]) -> pl.Series:
    """Of the first type that all of them can be read as."""
    numbers = (texts.cast(one, strict=False) for one in types)
    return next((found for found in numbers if found.null_count() == texts.null_count()), texts)


def as_csv(rows: Sequence[Sequence[str]], end: str = "\n") -> str:
    """As a spreadsheet writes it."""
    text = io.StringIO()
    csv.writer(text, lineterminator=end).writerows(rows)
    return text.getvalue()


_FORMS: tuple[Callable[[str], Any], ...] = (
    str.encode,
    str.encode,
    lambda text: text.encode("utf-8-sig"),
    lambda text: as_csv(list(csv.reader(io.StringIO(text, newline=""))), "\r\n").encode(),
    lambda text: f"{text}\n\n".encode(),
    lambda text: text.rstrip("\n").encode(),
)
