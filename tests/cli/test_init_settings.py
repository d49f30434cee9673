"""Parameters that stand in files beside the code: nested settings of Hydra, and the first cell of a notebook."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from hpsearch.actions.init.options import UNKNOWN
from hpsearch.actions.init.settings import settings_of

CODE = '@hydra.main(version_base=None, config_path="conf", config_name="main.yaml")\ndef f(cfg): ...\n'


def options(folder: Path, words: list[str], sources: list[Path]) -> dict[str, Any]:
    return {one.name: (one.told(), one.default) for one in settings_of(words, sources)}


def test_settings_of_hydra_are_nested_and_composed(tmp_path: Path) -> None:
    (tmp_path / "train.py").write_text(CODE)
    (tmp_path / "conf" / "opt").mkdir(parents=True)
    (tmp_path / "conf" / "main.yaml").write_text(
        "defaults: [{opt: adam}, _self_]\nopt: {lr: 0.1}\nmodel: {block: {width: 8}, sizes: [1, 2]}\n"
        "path: ???\nseed: 3\nhydra: {run: {dir: x}}\n"
    )
    (tmp_path / "conf" / "opt" / "adam.yaml").write_text("lr: 0.5\nbeta: 0.9\n")
    found = options(tmp_path, ["python", "train.py", "+seed=4"], [tmp_path / "train.py"])
    assert found == {
        "opt.lr": (("opt.lr={opt.lr}",), 0.1),
        "opt.beta": (("opt.beta={opt.beta}",), 0.9),
        "model.block.width": (("model.block.width={model.block.width}",), 8),
        "model.sizes": (("model.sizes={model.sizes}",), UNKNOWN),
        "path": (("path={path}",), UNKNOWN),
    }


@pytest.mark.parametrize("text", ["a: [", "- 1\n", "a: &x 1\nb: *x\n", "\0"])
def test_settings_that_cannot_be_read_are_none(text: str, tmp_path: Path) -> None:
    (tmp_path / "train.py").write_text(CODE)
    (tmp_path / "conf").mkdir()
    (tmp_path / "conf" / "main.yaml").write_text(text)
    (tmp_path / "bad.py").write_text("def (")
    assert options(tmp_path, ["python", "train.py"], [tmp_path / "train.py", tmp_path / "bad.py"]) == {}


def test_the_cell_of_parameters_is_read(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    source = ["lr = 0.1\n", "bn = True\n", "sizes = [1]\n", "x.y = 3\n", "n = f(2)\n", "out = 'o'"]
    cells = [
        {"cell_type": "code", "metadata": {}, "source": ["other = 1"]},
        {"cell_type": "code", "metadata": {"tags": ["parameters"]}, "source": source},
    ]
    Path("a.ipynb").write_text(json.dumps({"cells": cells}))
    words = ["/opt/bin/papermill", "a.ipynb", "b.ipynb", "-p", "out", "x"]
    assert options(tmp_path, words, []) == {
        "lr": (("-p", "lr", "{lr}"), 0.1),
        "bn": (("-y", "bn: {bn}"), True),
        "sizes": (("-p", "sizes", "{sizes}"), UNKNOWN),
        "n": (("-p", "n", "{n}"), None),
    }


@pytest.mark.parametrize(
    "text", ["", "[]", '{"cells": 3}', '{"cells": [{}]}', '{"cells": [{"metadata": 3}]}']
)
def test_a_notebook_that_is_none_has_no_parameters(
    text: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    Path("a.ipynb").write_text(text)
    assert options(tmp_path, ["papermill", "a.ipynb"], []) == {}
    assert options(tmp_path, ["papermill", "--help"], []) == {}
