"""Scripts as people have them, from one `init` and one `run` to the right values: no wrapper, no changed line.

Each folder here has a script that prints what a real one would, of a score that is a known formula of what it was
given, and an `expected.yaml` that says how it is asked for and what must come out; the scripts of some are in
configs/examples. What `init` writes for each is also what docs/own-script.md shows.
"""

from __future__ import annotations

import csv
import math
import runpy
import shutil
import subprocess
import sys
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

import pytest

from hpsearch.config import Spec, load_spec
from hpsearch.core.trial import Job, Trial
from hpsearch.engine.run import Run
from hpsearch.objectives.answers import seed_of
from hpsearch.runs import RunFolder
from tests import commands

ROOT = Path(__file__).parents[2]
MAKER = runpy.run_path(str(ROOT / "docs" / "make_own_script.py"))
SCRIPTS = MAKER["names"]()
PAGE = (ROOT / "docs" / "own-script.md").read_text("utf-8")
#: Beside the parameters, all that a formula may use.
_MATH = {"log10": math.log10, "abs": abs, "sum": sum, "range": range}


@dataclass(frozen=True)
class Expected:
    """What `expected.yaml` says.

    Attributes:
        title, says: the heading and the paragraph of the documentation.
        command: what `init` is given, with `options`.
        compile: what makes the program, if it must be made.
        workers: how many trials run at the same time.
        metric, goal, space, epochs: what `init` must have found; of epochs None where there are none.
        truth: the value of the metric, of the parameters and `epoch`, `within` so much.
        curve, curve_truth: the metric whose curve is looked at, and its values, where it is not the one that ranks.
    """

    title: str
    says: str
    command: str
    metric: str
    goal: str
    space: list[str]
    truth: str
    within: float
    options: tuple[str, ...] = ()
    compile: str = ""
    workers: int = 1
    epochs: int | None = None
    curve: str = ""
    curve_truth: str = ""

    @classmethod
    def of(cls, name: str) -> Expected:
        """Of the script in the folder of that name."""
        return cls(**MAKER["expected"](name))

    def value(self, formula: str, trial: Trial, epoch: int) -> float:
        """The true value of a metric."""
        seed = seed_of(Job(trial, epoch))
        names = {**_MATH, "p": trial.config, **trial.config, "epoch": epoch, "seed": seed}
        return float(eval(formula, {"__builtins__": {}, **names}))


@pytest.fixture
def there(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Callable[[str], Path]:
    """Copies the folder of a script; `python` is one that starts quickly."""
    programs = tmp_path / "bin"
    programs.mkdir()
    (programs / "python").write_text(f'#!/bin/sh\nexec "{sys._base_executable}" -S -E "$@"\n')  # type: ignore[attr-defined]
    (programs / "python").chmod(0o755)
    monkeypatch.setenv("PATH", str(programs), prepend=":")

    return lambda name: MAKER["copied"](name, tmp_path)


@pytest.mark.skipif(sys.platform == "win32", reason="programs of a POSIX system")
@pytest.mark.parametrize("name", SCRIPTS)
def test_it_runs_as_it_is(name: str, there: Callable[[str], Path]) -> None:
    expected, folder = Expected.of(name), there(name)
    if expected.compile:
        made(expected.compile, folder)
    ended = commands.here(folder, "init", expected.command, *expected.options)
    assert ended.returncode == 0, ended.stderr
    is_shown(name, (folder / "config.yaml").read_text("utf-8"))
    spec = load_spec(folder / "config.yaml")
    assert found(spec) == (expected.metric, expected.goal, expected.space, expected.epochs)
    ended = searched(folder, expected.workers)
    assert ended.returncode == 0, ended.stderr
    run = Run.read(RunFolder(folder / "runs" / "config"))
    assert len(run.results) >= 3
    for result in run.results:
        assert result.status == "done", result.reason
        truth = expected.value(expected.truth, run.trials[result.trial], int(result.epochs))
        assert result.metrics[expected.metric] == pytest.approx(truth, abs=expected.within, rel=1e-8)
    if expected.epochs:
        assert (
            min(result.epochs for result in run.results) < expected.epochs
        )  # the poor ones were stopped early
        curves_are_true(folder, run, expected)


def test_the_page_shows_no_other_scripts() -> None:
    assert PAGE.count("\n## ") == len(SCRIPTS) >= 30


def is_shown(name: str, text: str) -> None:
    """What `init` wrote is what the documentation and the example say, which docs/make_own_script.py makes."""
    assert MAKER["section"](name, text) in PAGE
    example = ROOT / "configs" / "examples" / name
    if example.is_dir():
        assert (example / f"{name}.yaml").read_text("utf-8") == MAKER["example"](name, text)


def made(how: str, folder: Path) -> None:
    if shutil.which(how.split()[0]) is None:
        pytest.skip("there is no compiler")
    subprocess.run(how.split(), cwd=folder, check=True)


def found(spec: Spec) -> tuple[str, str, list[str], int | None]:
    epochs = spec.objective.epochs
    return (
        spec.search.ranks_by.name,
        spec.search.ranks_by.goal,
        list(spec.space),
        epochs if epochs > 1 else None,
    )


def searched(folder: Path, workers: int) -> commands.Ended:
    args = ("run", "config.yaml", "--trials", "3")
    if workers == 1:
        return commands.here(folder, *args, "--executor", "serial")
    return commands.as_process(folder, *args, "--workers", str(workers), timeout=110)


def curves_are_true(folder: Path, run: Run, expected: Expected) -> None:
    name = expected.curve or expected.metric
    with (folder / "runs" / "config" / "curves.csv").open() as file:
        rows = [row for row in csv.DictReader(file) if row.get(name)]
    assert {int(row["trial"]) for row in rows} == {result.trial for result in run.results}
    for row in rows:
        trial = run.trials[int(row["trial"])]
        truth = expected.value(expected.curve_truth or expected.truth, trial, int(row["epoch"]))
        assert float(row[name]) == pytest.approx(truth, abs=expected.within, rel=1e-8)
