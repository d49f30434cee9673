"""`hpsearch compare RUN RUN...`, from the searches to what is printed."""

from __future__ import annotations

import json
import sys
from pathlib import Path
from typing import Any

import pytest

from hpsearch.actions.groups import _refuse_other
from hpsearch.config import spec_of
from hpsearch.core.errors import InputError
from hpsearch.engine.run import Run
from hpsearch.runs import RunFolder
from tests import commands
from tests.commands import Ended
from tests.reporting.pages import Page

CONFIG = """\
name: base
objective: {kind: python, function: "fit.py:fit", epochs: 3}
space:
  lr: {scale: log, low: 1e-3, high: 1}
  kind: {choices: [a, 'b|<i>']}
search:
  {sampler: random, trials: 4, metric: score, goal: maximize, halving: off, confirm: {top: 1, seeds: 3}}
dispatch: {executor: serial}
"""
FIT = """\
def fit(lr, seed, epochs, kind="a", plus=0.0):
    return {"score": plus + lr / 100 + seed % 1009 / 1e5, "loss": lr}
"""
#: The searches, and how each differs from the first.
RUNS: dict[str, tuple[str, ...]] = {
    "a-1": (),
    "a-2": ("--seed", "1"),
    "a-3": ("--seed", "2"),
    "b-1": ("--set", "space.lr.high=0.1", "--set", "space.plus=1.0"),
    "b-2": ("--set", "space.lr.high=0.1", "--set", "space.plus=1.0", "--seed", "1"),
    "short": (
        "--trials",
        "3",
    ),
    "loss": ("--set", "search.metric=loss", "--set", "search.goal=minimize"),
}


@pytest.fixture(scope="module")
def place(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Where all of them were conducted."""
    folder = tmp_path_factory.mktemp("compare")
    (folder / "config.yaml").write_text(CONFIG)
    (folder / "fit.py").write_text(FIT)
    for name, changes in RUNS.items():
        ended = commands.here(folder, "run", "config.yaml", "--set", f"name={name}", *changes, "--quiet")
        assert ended.returncode == 0, ended.stderr
    return folder


def asked(place: Path, *args: str) -> Ended:
    return commands.here(place, "compare", *args)


def document(place: Path, *args: str) -> dict[str, Any]:
    ended = asked(place, *args, "--json")
    assert ended.returncode == 0, ended.stderr
    found: dict[str, Any] = json.loads(ended.stdout)
    return found


def test_two_searches(place: Path) -> None:
    found = document(place, "b-1", "a-1")
    assert (found["metric"], found["goal"]) == ("score", "maximize")
    (pair,) = found["pairs"]
    assert (pair["one"], pair["other"], pair["verdict"]) == ("b-1", "a-1", "better")
    assert pair["text"].startswith("b-1 is better than a-1: ahead in score by ")
    assert 0.9 < pair["low"] < 1 < pair["high"] < 1.1
    first, second = found["sides"]
    again = 2 * 3  # the best was trained with two seeds more
    assert (first["trials"], first["epochs"]) == (4, 4 * 3 + again)
    assert first["best"] > 1 > second["best"]
    assert found["level"] < 1
    assert first["reached"] == 3  # the level is what the poorer came to
    assert {setting["key"]: setting["values"] for setting in found["settings"]} == {
        "space.lr": ["{scale: log, low: 0.001, high: 0.1}", "{scale: log, low: 0.001, high: 1}"],
        "space.plus": ["1.0", None],
    }
    lr, kind = found["ranges"]
    assert [one["said"] for one in lr["ranges"]] == ["0.001 to 0.1", "0.001 to 1"]
    assert [one["span"][1] for one in lr["ranges"]] == pytest.approx([2 / 3, 1])
    assert kind["ranges"][0]["said"] == "'a', 'b|<i>'"


def test_groups_of_seeds(place: Path) -> None:
    found = document(place, "a-1,a-2,a-3", "better=b-1,b-2", "--level", "5")
    assert [(side["name"], len(side["runs"]), side["reached"]) for side in found["sides"]] == [
        ("a", 3, None),
        ("better", 2, None),
    ]
    (pair,) = found["pairs"]
    assert pair["verdict"] == "worse"
    assert pair["text"].startswith("better is better than a: ahead in score by ")
    assert "seed" not in {setting["key"] for setting in found["settings"]}


def test_what_cannot_be_told_says_why(place: Path) -> None:
    (pair,) = document(place, "a-1", "b-1,b-2")["pairs"]
    assert pair["verdict"] == "cannot be told"
    assert pair["text"].startswith("a-1 and b: cannot be told: one search does not tell")
    assert pair["ahead"] is None


def test_what_would_tell_is_said(place: Path) -> None:
    (pair,) = document(place, "a-1", "a-2")["pairs"]
    assert (pair["verdict"], pair["low"] < 0 < pair["high"]) == ("cannot be told", True)
    assert pair["text"].endswith(
        "more seeds of their bests would tell: hpsearch resume a-1 --set search.confirm.seeds=9, "
        "hpsearch resume a-2 --set search.confirm.seeds=9"
    )


def test_all_forms_tell_the_same(place: Path) -> None:
    text = asked(place, "a-1", "b-1").stdout
    assert "epochs to 0.0" in text.splitlines()[0]
    assert "b-1 is better than a-1" in text
    assert "  a-1  [" in text
    assert "space.plus" in text
    marked = asked(place, "a-1", "b-1", "--format", "markdown").stdout
    assert "- b-1 is better than a-1: ahead in score" in marked
    assert "| space.plus |  | 1.0 |" in marked
    assert "| lr | 0.001 to 1 | 0.001 to 0.1 |" in marked
    assert "| kind | 'a', 'b\\|&lt;i&gt;' |" in marked


def test_as_a_page(place: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    pytest.importorskip("jinja2", reason="jinja2 is not installed: pip install 'hpsearch[report]'")
    ended = asked(place, "a-1,a-2", "b-1", "--html", "both.html")
    assert ended.returncode == 0, ended.stderr
    assert ended.stderr == "written: both.html; open it in a browser\n"
    shown = Page((place / "both.html").read_text())
    ids = [str(given["id"]) for tag, given in shown.elements if tag == "section"]
    assert ids == ["result", "progress", "settings", "ranges"]
    assert [row[0] for row in shown.tables["what each spent and found"]] == ["search", "a", "b-1"]
    lines = [
        given for tag, given in shown.elements if tag == "path" and str(given["class"]).startswith("line")
    ]
    assert len(lines) == 3 + 2  # one per search, and two that say which is whose
    assert "cannot be told" in shown.words
    assert "'b|<i>'" in shown.words
    assert not shown.named("i")
    assert asked(place, "a-1", "b-1", "--html", "both.html").returncode == 2
    assert asked(place, "a-1", "b-1", "--html", "both.html", "--overwrite").returncode == 0
    monkeypatch.delitem(sys.modules, "hpsearch.reporting.page.comparison")
    monkeypatch.delitem(sys.modules, "hpsearch.reporting.page.page")
    monkeypatch.setitem(sys.modules, "jinja2", None)
    ended = asked(place, "a-1", "b-1", "--html", "no.html")
    assert (ended.returncode, (place / "no.html").exists()) == (2, False)
    assert "compare --html needs jinja2" in ended.stderr


@pytest.mark.parametrize(
    ("args", "status", "words"),
    [
        (("a-1",), 2, "takes two runs or more"),
        (("a-1", "none"), 3, "no run 'none'"),
        (("a-1", "a-1"), 2, "a-1: is given twice"),
        (
            ("a-1", "loss"),
            2,
            "loss ranks by loss (minimize), a-1 by score (maximize): they cannot be compared",
        ),
        (("a-1,b-1", "a-2"), 2, "are no group, for they differ in space.lr, space.plus"),
        (("a-1,short", "a-2"), 2, "differ in search.trials"),
        (("x=a-1", "x=a-2"), 2, "two groups have the same name"),
        (("a-1", "x="), 2, "'x=': names no run"),
        (("a-1", "b-1", "--level", "nan"), 2, "--level nan: must be a number"),
        (("a-1", "b-1", "--html", "fit.py"), 2, "fit.py: exists"),
    ],
)
def test_what_cannot_be_compared(place: Path, args: tuple[str, ...], status: int, words: str) -> None:
    ended = asked(place, *args)
    assert (ended.returncode, ended.stdout) == (status, "")
    assert words in ended.stderr


def of_network(seed: int = 0, dataset: str = "digits", data: str = "1", rows: int = 360) -> Run:
    """A search of the built-in network that has no trial yet."""
    spec = spec_of(
        {
            "name": f"{dataset}-{seed}",
            "seed": seed,
            "objective": {"kind": "mlp", "dataset": dataset, "hidden": [8], "epochs": 1},
            "space": {"lr": {"scale": "log", "low": 0.1, "high": 1.0}},
        }
    )
    return Run(spec, RunFolder(Path(spec.name)), {}, [], data=data, rows=rows)


@pytest.mark.parametrize(
    ("other", "words"),
    [
        (of_network(data="2"), r"\(the files have changed in between\)"),
        (of_network(seed=1, data="2", rows=300), "the files have changed"),
        (of_network(dataset="moons", data="2"), r"objective.dataset.source 'moons' and 'digits'"),
        (of_network(seed=1, dataset="moons", data="2"), "objective.dataset.source"),
    ],
)
def test_other_data_is_refused_with_what_differs(other: Run, words: str) -> None:
    with pytest.raises(InputError, match=words):
        _refuse_other(of_network(), other)


@pytest.mark.parametrize("other", [of_network(data="1+7"), of_network(seed=1, data="2")])
def test_other_weights_and_another_division_are_the_same_data(other: Run) -> None:
    _refuse_other(of_network(), other)
