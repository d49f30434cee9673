"""Searches from Python."""

from __future__ import annotations

import html
import os
import subprocess
import sys
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import pytest
from threadpoolctl import threadpool_info, threadpool_limits

from hpsearch import HpsearchError, load_model, open_run, search
from hpsearch.analysis.verdicts import verdicts_of
from hpsearch.core.errors import InputError, MissingExtra, RunFolderError, SpecError
from hpsearch.core.verdict import Verdict
from hpsearch.engine.run import Run
from tests.commands import as_process
from tests.functions import parabola
from tests.reporting.insets import Frame, framed

SPACE = {"x": {"scale": "linear", "low": 0, "high": 1}, "kind": {"choices": ["a", "b"]}}


def test_a_dictionary_and_a_function_make_a_search(tmp_path: Path) -> None:
    config = {"name": "p", "space": SPACE, "search": {"trials": 12}, "dispatch": {"workers": 2}}
    found = search(config, parabola, runs_dir=tmp_path)
    assert found.folder == tmp_path / "p"
    assert found.best is not None
    assert found.score == found.rows[0]["score"]
    assert found.score is not None
    assert found.score > 0.9
    assert found.best["kind"] == "a"
    assert len(found.rows) == 12
    assert found.pareto("score", "other:minimize")[0]["trial"] == found.rows[0]["trial"]
    assert set(found.rows[0]) >= {"rank", "trial", "status", "epochs", "score", "other", "x", "kind"}
    with pytest.raises(RunFolderError, match='holds a recorded search; continue it with mode="resume"'):
        search(config, parabola, runs_dir=tmp_path)
    again = search(config, parabola, runs_dir=tmp_path, mode="overwrite")
    assert again.rows == found.rows


def test_a_function_of_a_notebook_runs_in_this_process(tmp_path: Path) -> None:
    seen = []

    def here(x: float, epochs: int) -> float:
        seen.append(epochs)
        if x < 0.2:
            raise ValueError("too small")
        return x

    found = search(
        {"name": "h", "space": {"x": SPACE["x"]}, "search": {"trials": 10}}, here, runs_dir=tmp_path
    )
    assert set(seen) == {1, 3, 9, 27}  # stopped early, as it takes epochs
    assert {row["status"] for row in found.rows} == {"done", "failed"}
    assert found.rows[-1]["score"] is None
    assert found.to_dataframe().shape[0] == 10


def test_what_ended_well_is_kept_when_longer_training_fails(tmp_path: Path) -> None:
    def short_of_memory(x: float, epochs: int) -> float:
        if epochs > 3:
            raise MemoryError("out of memory")
        return 1 - (x - 0.3) ** 2 - 1 / epochs

    config = {"name": "m", "space": {"x": SPACE["x"]}, "search": {"trials": 12}}
    found = search(config, short_of_memory, runs_dir=tmp_path)
    assert "the first 5 trials asked for 27 epochs all failed the same way" in found.run.given_up
    assert {row["status"] for row in found.rows} == {"done"}
    assert [row["epochs"] for row in found.rows[:5]] == [3] * 5
    assert (
        "| 3 of 27 epochs, then failed: MemoryError: out of memory"
        in (found.folder / "results.txt").read_text()
    )
    assert (found.folder / "results.csv").read_text().count(",done,") == 12
    assert found.run.curves(found.run.ranked[0].trial.number)["score"].keys() == {1, 3}


def test_a_confirmation_that_changes_nothing_is_said_and_not_gone_on_with(tmp_path: Path) -> None:
    trained = list[float]()

    def seedless(x: float) -> float:
        trained.append(x)
        return x

    config = {
        "name": "s",
        "space": {"x": SPACE["x"]},
        "search": {"trials": 6, "confirm": {"top": 2, "seeds": 5}},
    }
    found = search(config, seedless, runs_dir=tmp_path)
    assert len(trained) == 6 + 2
    assert any("the objective does not use its seed" in verdict for verdict in found.verdicts)
    assert not any("more than chance" in verdict for verdict in found.verdicts)
    assert "+-" not in repr(found)


def test_a_file_is_a_search_too(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    text = "objective: {kind: mlp, dataset: moons, hidden: [4], epochs: 2}\n"
    text += "space: {lr: {scale: log, low: 1e-2, high: 1}}\nsearch: {trials: 2, confirm: off}\n"
    Path("m.yaml").write_text(text)
    assert search("m.yaml").folder == Path("runs/m")
    assert (tmp_path / "runs/m/results.txt").exists()


def test_mistakes_are_named(tmp_path: Path) -> None:
    with pytest.raises(SpecError, match=r"space\.y: is not taken by parabola"):
        search({"space": {"y": {"choices": [1, 2]}}}, parabola, runs_dir=tmp_path)
    with pytest.raises(SpecError, match=r"space\.y: is not taken by function; it takes x"):
        search({"space": {"y": {"choices": [1, 2]}}}, lambda x: x, runs_dir=tmp_path)
    with pytest.raises(SpecError, match="low: must be above 0"):
        search({"space": {"x": {"scale": "log", "low": 0, "high": 1}}}, parabola, runs_dir=tmp_path)
    with pytest.raises(InputError, match="a function is searched with kind python"):
        search({"objective": {"kind": "mlp"}, "space": SPACE}, parabola, runs_dir=tmp_path)
    search({"name": "kept", "space": SPACE, "search": {"trials": 2}}, parabola, runs_dir=tmp_path)
    with pytest.raises(InputError, match=r"mode: must be one of new, resume, overwrite \(got 'again'\)"):
        search({"name": "kept", "space": SPACE}, parabola, runs_dir=tmp_path, mode="again")  # type: ignore[arg-type]
    with pytest.raises(InputError, match="there is no such file"):
        load_model(tmp_path / "none.npz")


UNGUARDED = """
from hpsearch import search
def train(lr, epochs):
    print("printed by the function")
    return {"score": lr, "seen": epochs}
space = {"lr": {"scale": "log", "low": 1e-3, "high": 1}}
net = {"kind": "mlp", "dataset": "moons", "hidden": [4], "epochs": 3}
net = {"name": "n", "objective": net, "space": space, "search": {"trials": 3, "confirm": "off"}}
found = search({**net, "dispatch": {"workers": 2}})
own = search({"name": "o", "space": space, "search": {"trials": 9}}, train)
print("ran", found.score, own.rows[0]["seen"])
"""


@pytest.mark.parametrize("how", ["file", "standard input", "argument"])
def test_a_script_needs_no_guard(how: str, tmp_path: Path) -> None:
    (tmp_path / "script.py").write_text(UNGUARDED)
    arguments = {"file": ["script.py"], "standard input": ["-"], "argument": ["-c", UNGUARDED]}[how]
    ended = subprocess.run(
        [sys.executable, *arguments],
        cwd=tmp_path,
        input=UNGUARDED if how == "standard input" else "",
        capture_output=True,
        text=True,
        timeout=100,
        check=False,
    )
    assert ended.returncode == 0, ended.stderr
    lines = [line for line in ended.stdout.splitlines() if line.startswith("ran ")]
    assert len(lines) == 1
    assert lines[0].endswith(" 27.0")


def test_what_was_found_shows_the_ranking_and_what_to_do_next(tmp_path: Path) -> None:
    found = search(
        {"name": "p", "space": SPACE, "search": {"trials": 16}},
        lambda x, kind: -abs(x - 0.5) - 0.3 * (kind == "a"),
        runs_dir=tmp_path,
    )
    lines = repr(found).splitlines()
    assert lines[1].startswith("Best-1(score:")
    assert found.verdicts
    assert lines[-1] == f"- {found.verdicts[-1]}"
    assert any('(raise search.trials, with mode="resume")' in verdict for verdict in found.verdicts)
    assert "hpsearch" not in "".join(found.verdicts)  # no command can call a function of this process
    ended = as_process(tmp_path, "resume", str(found.folder), "--trials", "12")
    assert ended.returncode == 2
    assert 'continue there, with search(..., mode="resume")' in ended.stderr


def test_a_notebook_shows_ranking_verdicts_and_pictures(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    pytest.importorskip("jinja2", reason="jinja2 is not installed: pip install 'hpsearch[report]'")
    space = {"x": SPACE["x"], "kind": {"choices": ["<i>a</i>", "b"]}}

    def train(epochs: int, **given: Any) -> dict[str, float]:
        return {"score": given["x"] - 1 / epochs, "<u>": 1.0}

    found = search({"name": "n", "space": space, "search": {"trials": 12}}, train, runs_dir=tmp_path)
    shown = found._repr_html_()
    assert "complete; 12 trials; best score" in shown
    assert framed(shown) == [("Best so far", 1), ("Each parameter", 2), ("Learning curves", 12)]
    assert set(Frame(shown).outside) <= {
        "p", "strong", "table", "thead", "tbody", "tr", "th", "td", "ul", "li", "iframe",
    }  # fmt: skip
    table = shown.partition("</table>")[0]
    assert table.count("<tr>") == 1 + 10
    assert "&lt;i&gt;a&lt;/i&gt;" in table
    for verdict in found.verdicts:
        assert html.escape(verdict) in shown
    assert framed(found.plot("curves")._repr_html_()) == [("Learning curves", 12)]
    analysed = framed(found.plot("importance", "rounds")._repr_html_())
    assert [title for title, _ in analysed] == ["Which parameters matter", "Round by round"]
    with pytest.raises(InputError, match=r"plot: there is no picture 'curvs'; did you mean 'curves'\?"):
        found.plot("curvs")
    monkeypatch.setitem(sys.modules, "hpsearch.reporting.page.inset", None)
    assert found._repr_html_() == shown.partition("\n<iframe")[0]
    with pytest.raises(MissingExtra, match=r"plot\(\) needs jinja2"):
        found.plot()


def test_the_curves_of_the_best_come_first(tmp_path: Path) -> None:
    def train(x: float, epochs: int) -> dict[str, float]:
        return {"score": x, "after": epochs}

    config = {"name": "c", "space": {"x": SPACE["x"]}, "search": {"trials": 6, "confirm": "off"}}
    found = search(config, train, runs_dir=tmp_path)
    curves = found.curves()
    best = found.rows[0]
    measured = [row["epoch"] for row in curves if row["trial"] == best["trial"]]
    assert measured[:2] == [1, 3]
    assert measured[-1] == 27
    assert curves[0] == {"trial": best["trial"], "epoch": 1, "after": 1, "score": best["x"]}
    assert len({tuple(row) for row in curves}) == 1
    assert {row["trial"] for row in curves} == {row["trial"] for row in found.rows}


def test_a_search_of_which_all_failed_shows_why(tmp_path: Path) -> None:
    def broken(x: float) -> float:
        raise ValueError("no <data>")

    found = search({"name": "b", "space": {"x": SPACE["x"]}}, broken, runs_dir=tmp_path)
    for said in (repr(found), repr(open_run("b", runs_dir=tmp_path))):
        assert (
            "stopped: too many trials failed; none of 5 trials ended well\n- failed: ValueError: no <data>"
            in said
        )
    shown = found._repr_html_()
    assert "<li>failed: ValueError: no &lt;data&gt;" in shown
    assert "(trials 0 to 4)</li>" in shown
    assert "<table" not in shown
    first = found.failures[0]
    assert (first["trial"], first["status"], first["epochs"]) == (0, "failed", 1)
    assert str(first["output"]).endswith("ValueError: no <data>")
    assert len(found.failures) == 5
    assert found.curves() == []


def test_a_search_is_not_resumed_without_its_function(tmp_path: Path) -> None:
    def here(x: float, kind: str) -> float:
        return x

    def refused(config: Mapping[str, object] | Path) -> str:
        with pytest.raises(InputError) as raised:
            search(config, runs_dir=tmp_path, mode="resume")
        return str(raised.value)

    for function in (here, parabola):
        name = function.__name__
        config = {"name": name, "space": SPACE, "search": {"trials": 2}}
        search({**config, "dispatch": {"executor": "serial"}}, function, runs_dir=tmp_path)
        assert refused(config).endswith(f'; give it again: search(config, {name}, mode="resume")')
    assert "here was defined in a notebook" in refused(tmp_path / "here" / "config.yaml")
    assert "objective: is missing" in refused({"name": "none", "space": SPACE})
    again = search(tmp_path / "parabola" / "config.yaml", runs_dir=tmp_path, mode="resume")
    assert len(again.rows) == 2  # a file says where its function is


def test_a_recorded_run_is_opened_as_it_was_found(tmp_path: Path) -> None:
    config = {"name": "p", "space": SPACE, "search": {"trials": 16}, "dispatch": {"workers": 2}}
    found = search(config, parabola, runs_dir=tmp_path)
    for opened in (open_run("p", runs_dir=tmp_path), open_run(tmp_path / "p"), open_run(str(tmp_path / "p"))):
        assert (opened.best, opened.score, opened.rows) == (found.best, found.score, found.rows)
        assert (opened.folder, opened.verdicts, repr(opened)) == (found.folder, found.verdicts, repr(found))
    assert found.verdicts
    with pytest.raises(RunFolderError, match=r"no run 'q' in .*; recorded there: p"):
        open_run("q", runs_dir=tmp_path)


def test_an_opened_run_names_no_command_for_a_function_of_another_process(tmp_path: Path) -> None:
    config = {"name": "h", "space": SPACE, "search": {"trials": 9}}
    found = search(config, lambda x, kind: x, runs_dir=tmp_path)
    opened = open_run("h", runs_dir=tmp_path)
    assert opened.verdicts == found.verdicts
    assert "hpsearch" not in "".join(opened.verdicts)


def test_a_run_that_still_goes_on_has_no_verdicts(tmp_path: Path) -> None:
    def train(x: float, epochs: int) -> float:
        if len(seen) == 5:
            raise KeyboardInterrupt
        seen.append(epochs)
        return x

    seen: list[int] = []
    config = {"name": "i", "space": {"x": SPACE["x"]}, "search": {"trials": 30}}
    with pytest.raises(KeyboardInterrupt):
        search(config, train, runs_dir=tmp_path)
    opened = open_run("i", runs_dir=tmp_path)
    assert 0 < len(opened.rows) < 30
    assert opened.verdicts == []


def threads() -> int:
    """Of NumPy's BLAS."""
    return max(int(one["num_threads"]) for one in threadpool_info() if one["user_api"] == "blas")


def test_numpy_has_one_thread_in_a_search_and_its_analysis(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def train(x: float) -> float:
        seen.append(threads())
        return x

    def analysed(run: Run) -> tuple[Verdict, ...]:
        seen.append(threads())
        return verdicts_of(run)

    seen: list[int] = []
    monkeypatch.setenv("OPENBLAS_NUM_THREADS", "2")
    monkeypatch.setattr("hpsearch.actions.run.verdicts_of", analysed)
    monkeypatch.setattr("hpsearch.api.verdicts_of", analysed)
    with threadpool_limits(2, user_api="blas"):
        search({"name": "t", "space": {"x": SPACE["x"]}, "search": {"trials": 2}}, train, runs_dir=tmp_path)
        open_run("t", runs_dir=tmp_path)
        assert threads() == 2
    assert os.environ["OPENBLAS_NUM_THREADS"] == "2"
    assert seen == [1] * 4


def test_every_refusal_is_caught_by_one_name(tmp_path: Path) -> None:
    with pytest.raises(HpsearchError, match="no run 'none'"):
        open_run("none", runs_dir=tmp_path)
    assert issubclass(SpecError, HpsearchError)


def test_the_import_is_instant_and_the_name_lasts() -> None:
    code = (
        "import sys; import hpsearch; from hpsearch import search\n"
        "assert not {'numpy', 'pydantic', 'yaml'} & set(sys.modules)\n"
        "import hpsearch.actions.run, hpsearch.engine.plan\n"
        "from hpsearch import search as again\n"
        "from hpsearch.engine.plan import Plan\n"
        "assert again is search and callable(search)\n"
    )
    subprocess.run([sys.executable, "-c", code], check=True)
