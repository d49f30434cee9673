"""The notebook of the docs: its cells run one after the other in this process, and what each shows is looked at.

A kernel of Jupyter would do the same in seconds more; what it asks of an object is its `_repr_html_` or `repr`.
"""

from __future__ import annotations

import ast
import json
from pathlib import Path
from typing import Any

import pytest

from hpsearch.api import Found, Pictures
from tests.reporting.insets import framed

NOTEBOOK = json.loads((Path(__file__).parents[2] / "docs" / "notebook.ipynb").read_text(encoding="utf-8"))
CELLS = ["".join(cell["source"]) for cell in NOTEBOOK["cells"] if cell["cell_type"] == "code"]


def run(cell: str, names: dict[str, Any]) -> Any:
    """What a notebook would show of a cell: the value of its last line, if that is an expression."""
    tree = ast.parse(cell)
    last = tree.body.pop() if isinstance(tree.body[-1], ast.Expr) else None
    exec(compile(tree, "cell", "exec"), names)
    return eval(compile(ast.Expression(last.value), "cell", "eval"), names) if last else None  # type: ignore[attr-defined]


def test_the_notebook_runs_and_shows_what_it_says(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    pytest.importorskip("jinja2", reason="jinja2 is not installed: pip install 'hpsearch[report]'")
    monkeypatch.chdir(tmp_path)
    names: dict[str, Any] = {"__name__": "__main__"}
    shown = [run(cell, names) for cell in CELLS]
    found, curves, best, rows, count, parameters, failed = [value for value in shown if value is not None]
    assert isinstance(found, Found)
    assert [section for section, _ in framed(found._repr_html_())] == [
        "Best so far",
        "Each parameter",
        "Learning curves",
    ]
    assert isinstance(curves, Pictures)
    ((title, charts),) = framed(curves._repr_html_())
    assert (title, charts) == ("Learning curves", 20)
    assert best[1] < 0.5  # log 2 is that of knowing nothing
    assert [row["epoch"] for row in rows] == [1, 2, 3]
    assert count == 24
    assert framed(parameters._repr_html_()) == [("Each parameter", 3)]
    assert "failed: ValueError: the data is not there" in failed._repr_html_()
    printed, said = capsys.readouterr()
    assert 'give it again: search(config, train, mode="resume")' in printed
    assert printed.rstrip().endswith("ValueError: the data is not there")
    assert "trainings ended" in said
    assert all(cell.get("outputs", []) == [] for cell in NOTEBOOK["cells"])
