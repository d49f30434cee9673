"""The page for those who come from another tool: its searches run, ours and, where it is installed, theirs."""

from __future__ import annotations

import ast
import os
import re
import runpy
import sys
import warnings
from collections.abc import Iterator
from importlib.util import find_spec
from pathlib import Path
from typing import Any

import pytest
import yaml

from tests.commands import Ended, here
from tests.docs.ideas import MAKE, ROOT

PAGE = ROOT / "docs" / "coming-from.md"
#: As many trials as it takes to see that a search is one.
FEW = ("--executor=serial", "--quiet", "--trials=3")
FEWER = {"network.yaml": ("--set=epochs=3",)}
#: What a command needs that may not be installed.
NEEDS = {"svm.yaml": "sklearn", "optuna": "optuna", "mlflow": "mlflow"}


@pytest.fixture
def place(tmp_path: Path) -> Path:
    """A folder with the files of the page."""
    MAKE["prepare"](PAGE, tmp_path)
    return tmp_path


def programs(folder: Path) -> str:
    """A PATH on which `python` is this one."""
    made = folder / "bin"
    made.mkdir()
    (made / "python").write_text(f'#!/bin/sh\nexec "{sys.executable}" -S "$@"\n')
    (made / "python").chmod(0o755)
    return f"{made}{os.pathsep}{os.environ['PATH']}"


def installed(words: list[str]) -> bool:
    return all(find_spec(NEEDS[word]) for word in words if word in NEEDS)


@pytest.mark.skipif(os.name == "nt", reason="its stand-in for python is a shell script")
def test_every_command_of_the_page_runs(place: Path) -> None:
    path = {"PATH": programs(place)}
    for words in MAKE["commands"](PAGE):
        if installed(words):
            more = (*FEW, *FEWER.get(words[1], ())) if words[0] == "run" else ()
            ended: Ended = here(place, *words, *more, environment=path)
            assert ended.returncode == 0, ended.stderr
    assert {"config", "script", "cards", "network"} <= {run.name for run in (place / "runs").iterdir()}


def test_a_sweep_and_ours_ask_the_same(place: Path) -> None:
    theirs, ours = (yaml.safe_load((place / name).read_text()) for name in ("sweep.yaml", "script.yaml"))
    assert theirs["run_cap"] == ours["search"]["trials"]
    assert theirs["metric"]["name"] == ours["search"]["metric"]
    assert dict(ranges(theirs["parameters"])) == dict(ranges(ours["space"]))


def ranges(given: dict[str, Any]) -> Iterator[tuple[str, list[Any]]]:
    """The ends of each parameter, or its values, in whichever words."""
    for name, said in given.items():
        if "distribution" in said or "scale" in said:
            yield name, [float(said.get("min", said.get("low"))), float(said.get("max", said.get("high")))]
        else:
            yield name, said.get("values", said.get("choices"))


def test_what_is_written_for_others_is_python() -> None:
    for name, text in MAKE["named"](PAGE, "python").items():
        compile(text, name, "exec")


@pytest.mark.parametrize(("name", "library"), [("with_optuna.py", "optuna"), ("with_sklearn.py", "sklearn")])
def test_what_is_written_for_others_runs_where_they_are(
    name: str,
    library: str,
    place: Path,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:
    pytest.importorskip(library, reason=f"{library} is not installed: pip install 'hpsearch[benchmark]'")
    monkeypatch.syspath_prepend(place)
    sys.modules.pop("train", None)  # that of another test
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # theirs are no business of this page
        runpy.run_path(str(place / name))
    sys.modules.pop("train", None)
    assert set(ast.literal_eval(printed_last(capsys))) in (
        {"lr", "weight_decay", "optimizer"},
        {"C", "gamma"},
    )


def printed_last(capsys: pytest.CaptureFixture[str]) -> str:
    """The last line, with plain numbers in place of NumPy's."""
    return re.sub(r"np\.float64\(([^)]*)\)", r"\1", capsys.readouterr().out.splitlines()[-1])
