"""From a table to a ranked, tested and exported model: three commands, and what each says."""

from __future__ import annotations

import csv
import json
import re
import shutil
import sys
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from hpsearch.core.errors import TrainingDiverges
from hpsearch.core.trial import Job
from hpsearch.data.preparation import prepare
from hpsearch.data.spec import DatasetSpec
from hpsearch.nn.state import State
from hpsearch.objectives.network.model_file import load_model
from hpsearch.objectives.network.trainer import NetworkObjective
from tests.cli.conftest import Hpsearch, Kept

CONFIG = """\
name: t
objective: {kind: mlp, dataset: {source: table.csv, target: income}, hidden: [8], epochs: 6}
space: {lr: {scale: log, low: 1e-2, high: 1}}
search: {trials: 4, round_size: 4, confirm: off}
"""


@pytest.fixture
def run(folder: Path, hpsearch: Hpsearch, kept: Kept) -> Path:
    """The folder of a search on a table with all kinds of columns."""

    def searched() -> None:
        (folder / "table.csv").write_text(table())
        (folder / "config.yaml").write_text(CONFIG)
        ended = hpsearch("run", "config.yaml")
        assert ended.returncode == 0, ended.stderr

    kept("models", folder, searched)
    return folder


def table() -> str:
    rng = np.random.default_rng(0)
    lines = ["age,job,hours,income"]
    for index in range(600):
        age, job = int(rng.integers(18, 80)), str(rng.choice(["clerk", "chef", "pilot"]))
        income = ">50K" if age + 20 * (job == "pilot") + rng.normal(0, 5) > 55 else "<=50K"
        lines.append(f"{'' if index % 9 == 0 else age},{job},{rng.normal(40, 5):.2f},{income}")
    return "\n".join(lines) + "\n"


def test_a_table_becomes_a_model_in_three_commands(run: Path, hpsearch: Hpsearch) -> None:
    ended = hpsearch("evaluate", "t")
    assert ended.returncode == 0, ended.stderr
    assert re.search(
        r"test acc: 0\.[89]\d+, 95 % Wilson interval 0\.\d+ to 0\.\d+ \(\d+ of 120 rows\)", ended.stdout
    )
    assert "confusion (down: the true class; across: the predicted one)" in ended.stdout
    for name in ("balanced acc", "f1", "auc", "log loss"):
        assert re.search(rf"test {name}: 0\.\d+, 95 % \w+ interval 0\.\d+ to 0\.\d+", ended.stdout)
    assert re.search(r"class +rows +recall +precision +f1\n", ended.stdout)
    assert "warning" not in ended.stderr
    ended = hpsearch("export", "t", "--to", "model", "-o", "m.npz")
    assert ended.returncode == 0, ended.stderr
    ended = hpsearch("predict", "m.npz", "table.csv")
    assert ended.returncode == 0, ended.stderr
    header, *rows = ended.stdout.splitlines()
    assert header == "age,job,hours,income,prediction"
    assert [row.rpartition(",")[0] for row in rows] == (run / "table.csv").read_text().splitlines()[1:]
    right = [row.split(",")[-1] == row.split(",")[-2] for row in rows]
    assert sum(right) / len(right) > 0.8


def test_the_exported_model_is_the_one_that_was_ranked(run: Path, hpsearch: Hpsearch) -> None:
    assert hpsearch("export", "t", "--to", "model", "--best", "1").returncode == 0
    model = load_model(run / "t.npz")
    data = prepare(DatasetSpec(str(run / "table.csv"), target="income", scaling="numbers"), seed=0)
    chosen = model.answers(data.X_val).argmax(axis=1)
    with (run / "runs/t/results.csv").open() as file:
        best = next(csv.DictReader(file))
    assert (chosen == data.y_val).mean() == pytest.approx(float(best["val_acc"]))
    assert model.origin["trial"] == int(best["trial"])
    for state in (run / "runs/t/checkpoints").glob("trial*"):
        state.unlink()  # a saved state is a cache
    assert hpsearch("export", "t", "--to", "model", "--best", "1", "-o", "again.npz").returncode == 0
    np.testing.assert_array_equal(load_model(run / "again.npz").parameters, model.parameters)


def test_the_test_part_is_counted(run: Path, hpsearch: Hpsearch) -> None:
    assert "measured" not in hpsearch("evaluate", "t").stderr
    ended = hpsearch("evaluate", "t", "--refit", "--json")
    assert "warning: the test part of t was measured once before" in ended.stderr
    found = json.loads(ended.stdout)
    assert (found["earlier_uses"], found["trained_on"], found["rows"]) == (1, 480, 120)
    assert sum(map(sum, found["confusion"])) == 120
    assert found["interval"][0] < found["test_acc"] < found["interval"][1]
    assert found["intervals"]["f1"][0] < found["test_f1"] < found["intervals"]["f1"][1]
    assert found["test_log_loss"] == found["test_loss"]
    for row, counts in zip(found["per_class"], found["confusion"], strict=True):
        assert row["rows"] == sum(counts)
    assert [row["class"] for row in found["per_class"]] == found["classes"]
    assert "measured 2 times before" in hpsearch("evaluate", "t", "--trial", "0").stderr
    # The search is none the wiser, and can go on.
    assert json.loads(hpsearch("list", "--json").stdout)[0]["state"] == "complete"
    assert hpsearch("resume", "t", "--trials", "5").returncode == 0


def test_a_refit_trains_for_as_long_as_early_stopping_kept(run: Path, hpsearch: Hpsearch) -> None:
    stopping = ("--set", "early_stopping=2", "--set", "epochs=30", "--set", "search.halving=off")
    assert hpsearch("run", "config.yaml", "--overwrite", "--trials", "3", *stopping).returncode == 0
    kept, again = (
        json.loads(hpsearch("evaluate", "t", "--json", *refit).stdout) for refit in ((), ("--refit",))
    )
    state = State.load(
        run / "runs" / "t" / "checkpoints" / f"trial{kept['trial']}-epochs{kept['epochs']}.npz"
    )
    best = state.slots["stop_memory"][0, 0]
    assert again["epochs"] == best < kept["epochs"]
    shown = json.loads(hpsearch("show", "t", "--json").stdout)["best"][0]
    assert (shown["epoch"], shown["epochs"]) == (best, kept["epochs"])
    assert f"(stopped early: those of epoch {best:.0f})" in hpsearch("evaluate", "t").stdout
    assert again["trained_on"] > kept["trained_on"]


def test_new_tables_are_checked(run: Path, hpsearch: Hpsearch) -> None:
    assert hpsearch("export", "t", "--to", "model", "-o", "m.npz").returncode == 0
    (run / "new.csv").write_text('hours,age,job,note\n40, ,pilot,"a, b"\n38,70,astronaut,\n')
    ended = hpsearch("predict", "m.npz", "new.csv", "-o", "out.csv")
    assert ended.returncode == 0, ended.stderr
    first, second = (run / "out.csv").read_text().splitlines()[1:]
    assert first.startswith('40, ,pilot,"a, b",')
    assert second in ("38,70,astronaut,,>50K", "38,70,astronaut,,<=50K")
    for text, words in [
        (
            "hours,ag,job\n1,2,clerk\n",
            "has no column 'age', which the model was trained with; did you mean 'ag'?",
        ),
        ("hours,age,job\n1,old,clerk\n", "new.csv: age: 'old' in row 1 is no number"),
    ]:
        (run / "new.csv").write_text(text)
        ended = hpsearch("predict", "m.npz", "new.csv")
        assert ended.returncode == 2
        assert words in ended.stderr


def test_mistakes_are_named(run: Path, hpsearch: Hpsearch) -> None:
    for args, words in [
        (("predict", "none.npz", "table.csv"), "there is no such file; make one with: hpsearch export"),
        (("predict", "table.csv", "table.csv"), "is no model that hpsearch export wrote"),
        (("predict", "table.csv", "table.csv", "-o", "o.parquet"), "would hold CSV; name it o.csv"),
        (("evaluate", "t", "--trial", "99"), "has no trial 99 that is done"),
        (("export", "t", "--to", "model", "-o", "no/such/m.npz"), "cannot be written"),
    ]:
        ended = hpsearch(*args)
        assert ended.returncode == 2, args
        assert words in ended.stderr
    with (run / "table.csv").open("a") as file:
        file.write("50,chef,40,>50K\n")
    assert "is not what its trials were trained with" in hpsearch("evaluate", "t").stderr


def test_what_has_no_test_part_or_no_model_says_so(folder: Path, hpsearch: Hpsearch) -> None:
    text = "objective: {kind: mlp, dataset: {source: moons, split: [0.8, 0.2]}, hidden: [4], epochs: 1}\n"
    text += "space: {lr: {scale: log, low: 1e-2, high: 1}}\nsearch: {trials: 1, confirm: off}\n"
    (folder / "a.yaml").write_text(text)
    (folder / "f.py").write_text("def f(x):\n    return x\n")
    own = "objective: {kind: python, function: f.py:f}\nspace: {x: {choices: [1]}}\nsearch: {trials: 1}\n"
    (folder / "b.yaml").write_text(own)
    for name, words in [
        ("a", "its data has no test part; give three parts"),
        ("b", "objective.kind is python"),
    ]:
        assert hpsearch("run", f"{name}.yaml").returncode == 0
        ended = hpsearch("evaluate", name)
        assert ended.returncode == 2
        assert words in ended.stderr


def test_states_of_other_trials_are_neither_measured_nor_gone_on_from(run: Path, hpsearch: Hpsearch) -> None:
    """As where two run folders of one name were merged."""
    halving = ("--set", "search.halving={eta: 2, min_epochs: 1}", "--trials", "16")
    assert hpsearch("run", "config.yaml", "--overwrite", "--quiet", *halving).returncode == 0
    shutil.copytree(run / "runs/t", run / "runs/kept")
    by_epochs: dict[str, list[Path]] = {}
    for state in sorted((run / "runs/t/checkpoints").glob("trial*.npz")):
        by_epochs.setdefault(state.stem.rpartition("-")[2], []).append(state)
    several = {name: len(states) for name, states in by_epochs.items() if len(states) > 1}
    assert {"epochs6"} < set(several), several
    for states in by_epochs.values():
        contents = [state.read_bytes() for state in states]
        for state, content in zip(states, [*contents[1:], contents[0]], strict=True):
            state.write_bytes(content)
    answers = []
    for name in ("kept", "t"):
        best = json.loads(hpsearch("show", name, "--json", "--top", "1").stdout)["best"][0]["trial"]
        weights = hpsearch("train", "config.yaml", "--from", f"{name}:{best}", "--set", "lr=1e-9", "--json")
        assert ("its state is not kept; training it again" in weights.stderr) == (name == "t")
        assert hpsearch("export", name, "--to", "model", "-o", f"{name}.npz").returncode == 0
        measured = hpsearch("evaluate", name, "--json").stdout
        assert hpsearch("resume", name, "--trials", "24", "--quiet").returncode == 0
        results = (run / "runs" / name / "results.csv").read_bytes()
        answers.append(
            (measured, load_model(run / f"{name}.npz").parameters.tobytes(), weights.stdout, results)
        )
    assert answers[0] == answers[1]


def test_the_models_of_the_best_are_averaged(
    run: Path, hpsearch: Hpsearch, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("hpsearch.actions.model._SEEDS", 1)
    for number in range(3):
        trial = _ranking(run)[number]
        assert (
            hpsearch("export", "t", "--to", "model", "--trial", trial, "-o", f"{number}.npz").returncode == 0
        )
    ended = hpsearch("export", "t", "--to", "model", "--best", "3", "-o", "mean.npz")
    numbers = _ranking(run)[:3]
    assert f"the mean of the models of trials {numbers[0]}, {numbers[1]} and {numbers[2]}" in ended.stderr
    mean = load_model(run / "mean.npz")
    inputs = mean.inputs(run / "table.csv")
    alone = [load_model(run / f"{number}.npz").probabilities(inputs) for number in range(3)]
    np.testing.assert_allclose(mean.probabilities(inputs), np.mean(alone, axis=0), atol=1e-12)
    ended = hpsearch("predict", "mean.npz", "table.csv", "--probabilities")
    header, *rows = csv.reader(ended.stdout.splitlines())
    assert header[-3:] == ["prediction", "p(<=50K)", "p(>50K)"]
    found = np.array([row[-2:] for row in rows], float)
    np.testing.assert_allclose(found, mean.probabilities(inputs), atol=1e-7)
    assert [row[-3] for row in rows] == [mean.classes[best] for best in found.argmax(axis=1)]
    measured = json.loads(hpsearch("evaluate", "t", "--best", "3", "--json").stdout)
    assert measured["averaged"] == [int(number) for number in numbers]
    for options, words in [
        (("--best", "0"), "--best 0: must be 1 to 100"),
        (("--best", "2", "--trial", "1"), "give one of them"),
    ]:
        assert words in hpsearch("evaluate", "t", *options).stderr


def test_a_mean_of_few_rows_has_several_seeds_of_each_trial(run: Path, hpsearch: Hpsearch) -> None:
    first, second, *_ = _ranking(run)
    assert hpsearch("export", "t", "--to", "model", "--best", "1").returncode == 0
    ended = hpsearch("export", "t", "--to", "model", "--best", "2", "-o", "mean.npz")
    assert f"the mean of the models of trials {first} and {second} (3 seeds of each)" in ended.stderr
    networks = [parameters for _, parameters in load_model(run / "mean.npz").networks]
    np.testing.assert_array_equal(networks[0], load_model(run / "t.npz").parameters)
    assert len({parameters.tobytes() for parameters in networks}) == 6
    assert "the mean of these models (3 seeds of each):\n" in hpsearch("evaluate", "t", "--best", "2").stdout


def test_a_table_is_answered_by_the_mean_of_five_that_are_near_the_best(
    run: Path, hpsearch: Hpsearch, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("hpsearch.actions.model._SEEDS", 1)
    ranking = [int(number) for number in _ranking(run)]
    with (run / "runs/t/results.csv").open() as file:
        values = [float(row["val_acc"]) for row in csv.DictReader(file) if row["rank"]]
    near = [
        number
        for number, value in zip(ranking, values, strict=True)
        if 1 - value <= 1.5 * (1 - values[0]) + 0.02
    ]

    def averaged() -> list[int]:
        measured = json.loads(hpsearch("evaluate", "t", "--json").stdout)
        return measured.get("averaged") or [measured["trial"]]

    assert averaged() == near
    monkeypatch.setattr("hpsearch.actions.model._NEAR", 100)
    assert averaged() == ranking
    monkeypatch.setattr("hpsearch.actions.model.BEST_OF_TABLE", 2)
    assert averaged() == ranking[:2]


@pytest.mark.parametrize(("schedule", "whole"), [("constant", False), ("cosine", True)])
def test_where_the_learning_rate_comes_to_rest_a_mean_is_of_trials_that_reached_its_end(
    schedule: str, whole: bool, run: Path, hpsearch: Hpsearch, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("hpsearch.actions.model._SEEDS", 1)
    monkeypatch.setattr("hpsearch.actions.model._NEAR", 100)
    assert hpsearch("run", "config.yaml", "--overwrite", "--set", f"lr_schedule={schedule}").returncode == 0
    with (run / "runs/t/results.csv").open() as file:
        epochs = {int(row["trial"]): int(row["epochs"]) for row in csv.DictReader(file) if row["rank"]}
    averaged = json.loads(hpsearch("evaluate", "t", "--best", "4", "--json").stdout)["averaged"]
    assert len(set(epochs.values())) > 1
    assert averaged == list(epochs)
    measured = json.loads(hpsearch("evaluate", "t", "--json").stdout)
    found = measured.get("averaged") or [measured["trial"]]
    assert found == [trial for trial in epochs if not whole or epochs[trial] == max(epochs.values())]


def test_a_mean_of_classes_takes_the_best_in_their_order_whatever_they_are_made_of(
    run: Path, hpsearch: Hpsearch, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("hpsearch.actions.model._SEEDS", 1)
    monkeypatch.setattr("hpsearch.actions.model._NEAR", 100)
    monkeypatch.setattr("hpsearch.actions.model.various", lambda standings: standings[::-1])
    measured = json.loads(hpsearch("evaluate", "t", "--json").stdout)
    assert measured["averaged"] == [int(number) for number in _ranking(run)]


def test_a_best_trial_that_diverges_when_it_is_trained_again_is_passed_over(
    run: Path, hpsearch: Hpsearch, monkeypatch: pytest.MonkeyPatch
) -> None:
    first, second, *_ = _ranking(run)
    fitted = NetworkObjective.fitted

    def diverging(self: NetworkObjective, job: Job) -> Any:
        if job.trial.number == int(first):
            raise TrainingDiverges(f"trial {first}: its training diverges in epoch 2")
        return fitted(self, job)

    monkeypatch.setattr(NetworkObjective, "fitted", diverging)
    ended = hpsearch("export", "t", "--to", "model", "--best", "1")
    assert f"trial {first}: its training diverges in epoch 2, so it is passed over" in ended.stderr
    assert load_model(run / "t.npz").origin["trial"] == int(second)
    assert hpsearch("export", "t", "--to", "model", "--trial", first, "-o", "x.npz").returncode == 2


def test_where_all_diverge_with_other_seeds_the_model_is_what_the_search_saw(
    run: Path, hpsearch: Hpsearch, monkeypatch: pytest.MonkeyPatch
) -> None:
    assert hpsearch("export", "t", "--to", "model", "--best", "1", "-o", "alone.npz").returncode == 0

    def diverging(self: NetworkObjective, job: Job, seeds: int) -> Any:
        raise TrainingDiverges(f"trial {job.trial.number}: its training diverges in epoch 2")

    monkeypatch.setattr(NetworkObjective, "fitted_seeds", diverging)
    ended = hpsearch("export", "t", "--to", "model", "--trial", _ranking(run)[0], "-o", "one.npz")
    assert ended.returncode == 0
    ended = hpsearch("export", "t", "--to", "model", "-o", "mean.npz")
    assert ended.returncode == 0
    assert "the model has the networks of the search" in ended.stderr
    assert load_model(run / "mean.npz").origin == load_model(run / "alone.npz").origin
    evaluated = json.loads(hpsearch("evaluate", "t", "--json").stdout)
    assert evaluated["trial"] == int(_ranking(run)[0])


def _ranking(run: Path) -> list[str]:
    """The numbers of the trials that ended well, the best first."""
    with (run / "runs/t/results.csv").open() as file:
        return [row["trial"] for row in csv.DictReader(file) if row["rank"]]


def test_a_prediction_is_called_so_even_where_there_is_one(run: Path, hpsearch: Hpsearch) -> None:
    assert hpsearch("export", "t", "--to", "model", "-o", "m.npz").returncode == 0
    (run / "new.csv").write_text('hours,age,job,prediction,"a ""b"""\n1,2,clerk,x,y\n')
    head, row = hpsearch("predict", "m.npz", "new.csv").stdout.splitlines()
    assert head == 'hours,age,job,prediction,"a ""b""",prediction_2'
    assert row.startswith("1,2,clerk,x,y,")
    ended = hpsearch("predict", "new.csv", "m.npz")
    assert ended.returncode == 2
    assert "which comes first: hpsearch predict m.npz new.csv" in ended.stderr


def test_texts_without_an_input_are_counted(run: Path, hpsearch: Hpsearch) -> None:
    assert hpsearch("export", "t", "--to", "model", "--best", "1", "-o", "m.npz").returncode == 0
    (run / "new.csv").write_text("age,job,hours\n1,clerk,40\n2,diver,40\n3,miner,40\n")
    ended = hpsearch("predict", "m.npz", "new.csv")
    assert (
        "note: new.csv: 2 rows have in column 'job' what the model has no input of its own for"
        in ended.stderr
    )
    assert len(ended.stdout.splitlines()) == 4
    assert "no input of its own" not in hpsearch("predict", "m.npz", "table.csv").stderr


def test_where_the_best_epoch_ranks_the_model_is_that_of_the_best_epoch(
    run: Path, hpsearch: Hpsearch, recwarn: pytest.WarningsRecorder
) -> None:
    best = ("--set", "search.value=best", "--set", "search.metric=val_loss", "--set", "epochs=12")
    # so many large steps that the loss rises again
    space = ("--set", "space.lr={scale: log, low: 1, high: 4}", "--set", "search.halving=off")
    ended = hpsearch("run", "config.yaml", "--overwrite", *best, *space)
    assert ended.returncode == 0, ended.stderr
    with (run / "runs/t/results.csv").open() as file:
        first = next(csv.DictReader(file))
    epoch = int(first["best_epoch"])
    assert epoch < int(first["epochs"]) == 12
    assert f"| epoch {epoch} of 12" in ended.stdout.splitlines()[1]
    shown = json.loads(hpsearch("show", "t", "--json").stdout)["best"][0]
    assert (shown["epoch"], shown["metrics"]["val_loss"]) == (epoch, float(first["val_loss"]))
    assert f"after {epoch} epochs" in (run / "runs/t/best.yaml").read_text()
    assert f"for {epoch} epochs" in hpsearch("evaluate", "t", "--best", "1").stdout
    assert hpsearch("export", "t", "--to", "model", "--best", "1").returncode == 0
    data = prepare(DatasetSpec(str(run / "table.csv"), target="income", scaling="numbers"), seed=0)
    chosen = load_model(run / "t.npz").answers(data.X_val).argmax(axis=1)
    assert (chosen == data.y_val).mean() == pytest.approx(float(first["val_acc"]))
    assert "reproduced to the bit" in hpsearch("reproduce", "t", first["trial"]).stdout
    assert not recwarn.list


def test_a_row_that_cannot_be_read_has_no_prediction_unless_that_is_refused(
    run: Path, hpsearch: Hpsearch
) -> None:
    assert hpsearch("export", "t", "--to", "model", "--best", "1", "-o", "m.npz").returncode == 0
    (run / "good.csv").write_text("age,job,hours\n30,clerk,40\n31,clerk,40\n9999,clerk,41\n")
    (run / "new.csv").write_text("age,job,hours\n30,clerk,40\nsoon,clerk,40\n9999,clerk,41\n")
    ended = hpsearch("predict", "m.npz", "new.csv", "--probabilities")
    assert (
        "note: new.csv: 1 row has no prediction: new.csv: age: 'soon' in row 2 is no number" in ended.stderr
    )
    assert "1 row has in column 'age' a number well beyond those that were learned from, " in ended.stderr
    lines, good = (
        hpsearch("predict", "m.npz", name, "--probabilities").stdout.splitlines()
        for name in ("new.csv", "good.csv")
    )
    assert [lines[0], lines[1], lines[3]] == [good[0], good[1], good[3]]
    assert lines[2] == "soon,clerk,40,,,"
    refused = hpsearch("predict", "m.npz", "new.csv", "--strict")
    assert (refused.returncode, refused.stdout) == (2, "")
    assert "'soon' in row 2 is no number" in refused.stderr
    (run / "all.csv").write_text("age,job,hours\nsoon,clerk,40\n")
    assert hpsearch("predict", "m.npz", "all.csv").returncode == 2


def test_a_text_is_answered_alike_without_polars(
    run: Path, hpsearch: Hpsearch, monkeypatch: pytest.MonkeyPatch
) -> None:
    assert hpsearch("export", "t", "--to", "model", "--best", "1", "-o", "m.npz").returncode == 0
    (run / "new.csv").write_text("age,job,hours\n30, clerk,40\nsoon,clerk,40\n31,,NA\n")
    model = load_model(run / "m.npz")
    columns = {"age": [30, 31], "job": ["clerk", None], "hours": [40.0, float("nan")]}
    plain = model.predict_proba(columns)
    assert plain.shape == (2, len(model.classes))
    with_polars = hpsearch("predict", "m.npz", "new.csv", "--probabilities")
    assert with_polars.returncode == 0, with_polars.stderr
    monkeypatch.setitem(sys.modules, "polars", None)
    without = hpsearch("predict", "m.npz", "new.csv", "--probabilities")
    assert (without.returncode, without.stdout, without.stderr) == (0, with_polars.stdout, with_polars.stderr)
    assert np.array_equal(model.predict_proba(columns), plain)
    assert len(model.predict(columns)) == 2
