"""What each format says, read back by what it is for."""

from __future__ import annotations

import csv
import json
import math
import re
import struct
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest

from hpsearch import search
from hpsearch.core.trial import Result, Trial
from hpsearch.engine.run import Run
from hpsearch.reporting.export import FORMATS
from hpsearch.reporting.export.when import when
from hpsearch.runs import RunFolder
from hpsearch.space import Linear, Log, Real, Space
from tests.reporting.runs import CONFIGS, SPACE, a_run


def test_csv(tmp_path: Path) -> None:
    FORMATS["csv"].write(a_run(), tmp_path / "out")
    with (tmp_path / "out").open(newline="") as file:
        rows = list(csv.DictReader(file))
    assert [row["trial"] for row in rows] == ["0", "1", "2", "3"]
    best = rows[0]
    assert (best["rank"], best["acc"], best["mean"], best["seeds"]) == ("1", "0.7", "0.7000000000000001", "3")
    assert (best["lr"], best["beta"], best["optimizer"], best["bias"]) == ("0.1", "0.99", "ádam", "true")
    assert (best["epochs"], best["params_epochs"], best["seconds"]) == ("3", "0.5", "3.0")
    assert rows[1]["beta"] == ""
    assert rows[2]["reason"] == "the loss, exploded"


def test_json(tmp_path: Path) -> None:
    FORMATS["json"].write(a_run(), tmp_path / "out")

    def refuse(word: str) -> float:
        raise AssertionError(f"{word} is not JSON")

    found = json.loads((tmp_path / "out").read_text("utf-8"), parse_constant=refuse)
    assert (found["run"], found["metric"], found["goal"], found["epochs"]) == ("run", "acc", "maximize", 3)
    best, second, third, fourth = found["trials"]
    assert best["parameters"] == dict(CONFIGS[0])
    assert best["confirmed"]["seeds"] == 3
    assert [(result["replicate"], result["epochs"]) for result in best["results"]] == [
        (0, 1), (0, 3), (1, 3), (2, 3),
    ]  # fmt: skip
    assert best["results"][1]["curve"] == {"acc": [0.6, 0.7], "loss": [None, 0.5]}
    assert second["metrics"] == {"acc": 0.4, "loss": None}
    assert third["status"] == "diverged"
    assert fourth["results"][0]["output"] == "line 1\nline 2"


def test_parquet(tmp_path: Path) -> None:
    pl = pytest.importorskip("polars", reason="polars is not installed: pip install 'hpsearch[tabular]'")
    for empty in (True, False):
        FORMATS["parquet"].write(a_run(empty=empty), tmp_path / "out")
        table = pl.read_parquet(tmp_path / "out")
        types = {"rank": pl.Int64, "status": pl.String, "lr": pl.Float64, "width": pl.Int64}
        types |= {"batch": pl.Int64, "ratio": pl.Float64, "bias": pl.Boolean, "reason": pl.String}
        assert {name: table.schema[name] for name in types} == types
    assert table["beta"].to_list() == [0.99, None, None, None]
    assert table["ratio"].to_list() == [2.5, 1.0, 2.5, 2.5]
    assert table["params_epochs"].to_list() == [0.5] * 4
    assert table["acc"].to_list()[:2] == [0.7, 0.4]


def test_optuna(tmp_path: Path) -> None:
    optuna = pytest.importorskip("optuna", reason="optuna is not installed: pip install 'hpsearch[optuna]'")
    before = optuna.logging.get_verbosity()
    FORMATS["optuna"].write(a_run(), tmp_path / "out")
    assert optuna.logging.get_verbosity() == before
    backend = optuna.storages.journal.JournalFileBackend(str(tmp_path / "out"))
    study = optuna.load_study(study_name="run", storage=optuna.storages.JournalStorage(backend))
    assert study.direction.name == "MAXIMIZE"
    assert study.user_attrs["scales"]["beta"] == "one_minus_log"
    assert [trial.state.name for trial in study.trials] == ["COMPLETE", "PRUNED", "FAIL", "FAIL"]
    assert [trial.params for trial in study.trials] == [dict(config) for config in CONFIGS]
    best = study.best_trial
    assert (best.number, best.value) == (0, pytest.approx(0.7))
    assert best.value == best.user_attrs["confirmed"]["mean"]
    assert best.intermediate_values == {1: 0.5, 2: 0.6, 3: 0.7}
    assert best.duration == timedelta(seconds=3)
    assert best.user_attrs["confirmed"]["seeds"] == 3
    assert best.user_attrs["confirmed"]["fresh"] == {"1": 0.8, "2": 0.6}
    assert study.user_attrs["best_trial"] == 0
    assert study.user_attrs["rungs"] == [1, 3]
    assert study.metric_names == ["acc"]
    told = [(trial.user_attrs.get("rank"), trial.user_attrs["rung"]) for trial in study.trials]
    assert told == [(1, 1), (2, 0), (None, 0), (None, 0)]
    assert study.trials[1].value == 0.4
    assert study.trials[1].intermediate_values == {1: 0.4}
    assert study.trials[3].user_attrs["reason"] == 'ValueError: "no"'
    found = optuna.distributions
    assert best.distributions == {
        "lr": found.FloatDistribution(1e-4, 1, log=True),
        "optimizer": found.CategoricalDistribution(("sgd", "ádam")),
        "beta": found.FloatDistribution(0.9, 0.999),
        "dropout": found.FloatDistribution(0, 0.3, step=0.1),
        "width": found.IntDistribution(8, 64, log=True),
        "batch": found.CategoricalDistribution((16, 32)),
        "ratio": found.CategoricalDistribution((1, 2.5)),
        "bias": found.CategoricalDistribution((True, False)),
        "epochs": found.FloatDistribution(0, 1),
    }


def trials_of(*results: Result) -> Run:
    """A run of one parameter with these results."""
    run = a_run(empty=True)
    run.space = Space([Real("lr", Log(1e-4, 1))])
    run.trials = {number: Trial(number, 0, {"lr": 0.1 / (1 + number)}, 0) for number in range(len(results))}
    run.results = list(results)
    return run


def test_where_optuna_has_another_best_trial_it_is_said(tmp_path: Path) -> None:
    optuna = pytest.importorskip("optuna", reason="optuna is not installed: pip install 'hpsearch[optuna]'")

    def best(run: Run) -> tuple[str, Any]:
        path = tmp_path / f"{len(run.results)}"
        FORMATS["optuna"].write(run, path)
        storage = optuna.storages.JournalStorage(optuna.storages.journal.JournalFileBackend(str(path)))
        said = FORMATS["optuna"].use(run, path).partition("; ")[2]
        return said, optuna.load_study(study_name="run", storage=storage)

    short = [Result(0, 1, "done", {"acc": 0.9}), Result(1, 1, "done", {"acc": 0.5})]
    said, study = best(trials_of(*short))
    assert said == "Optuna has no best trial before one is trained in full"
    assert [trial.state.name for trial in study.trials] == ["PRUNED", "PRUNED"]
    # One that was trained with several seeds stands before a single reading, which may be a lucky one.
    full = [Result(0, 3, "done", {"acc": 0.7}), Result(1, 3, "done", {"acc": 0.8})]
    again = [Result(0, 3, "done", {"acc": 0.75}, replicate=1)]
    run = trials_of(*full)
    run.results = [*full, *again]
    said, study = best(run)
    assert said == "the best is trial 0, and to Optuna, by the value alone, 1"
    assert (study.user_attrs["best_trial"], study.best_trial.number) == (0, 1)
    assert best(trials_of(full[1]))[0] == ""


def test_a_trial_that_failed_when_trained_on_keeps_what_it_had(tmp_path: Path) -> None:
    optuna = pytest.importorskip("optuna", reason="optuna is not installed: pip install 'hpsearch[optuna]'")
    run = trials_of(Result(0, 1, "done", {"acc": 0.9}))
    run.results = [*run.results, Result(0, 3, "failed", reason="out of memory")]
    FORMATS["optuna"].write(run, tmp_path / "out")
    storage = optuna.storages.JournalStorage(
        optuna.storages.journal.JournalFileBackend(str(tmp_path / "out"))
    )
    (trial,) = optuna.load_study(study_name="run", storage=storage).trials
    assert (trial.state.name, trial.value, trial.user_attrs["rung"]) == ("PRUNED", 0.9, 0)
    assert trial.user_attrs["then"] == {"status": "failed", "epochs": 3, "reason": "out of memory"}


def test_the_docs_ask_optuna_for_importance_of_the_trials_of_one_length(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    pytest.importorskip("optuna", reason="optuna is not installed: pip install 'hpsearch[optuna]'")
    page = (Path(__file__).parents[2] / "docs" / "yaml.md").read_text(encoding="utf-8")
    (code,) = re.findall(r"^```python\n(from collections import Counter\n.*?)^```", page, re.M | re.S)
    lrs = [10 ** -(number % 20 / 5) for number in range(40)]
    run = trials_of(
        *(Result(number, 1, "done", {"acc": -abs(math.log(lr))}) for number, lr in enumerate(lrs))
    )
    run.space = Space([Real("lr", Log(1e-4, 1)), Real("idle", Linear(0, 1))])
    configs = [{"lr": lr, "idle": number * 0.37 % 1} for number, lr in enumerate(lrs)]
    run.trials = {number: Trial(number, 0, config, 0) for number, config in enumerate(configs)}
    run.results = [*run.results, Result(7, 3, "done", {"acc": 0.9})]
    run.folder = RunFolder(Path("digits"))
    monkeypatch.chdir(tmp_path)
    FORMATS["optuna"].write(run, Path("digits-optuna.log"))
    # Its forest takes seconds, and what it tells is Optuna's.
    code, _, last = code.strip().rpartition("\n")
    assert last == "optuna.importance.get_param_importances(alike)"
    made: dict[str, Any] = {}
    exec(compile(code, "docs/yaml.md", "exec"), made)
    alike = made["alike"].trials
    assert [trial.params for trial in alike] == [config for place, config in enumerate(configs) if place != 7]
    assert {trial.state.name for trial in alike} == {"COMPLETE"}


def test_trials_were_trained_when_the_record_says(tmp_path: Path) -> None:
    config = {
        "name": "w",
        "space": {"x": {"choices": [1, 2, 3]}},
        "search": {"trials": 3, "confirm": "off", "sampler": "grid"},
    }
    found = search(config, lambda x: x, runs_dir=tmp_path)
    spans = when(found.run)
    times = [spans[trial] for trial in range(3)]
    assert [moment for span in times for moment in span] == sorted(
        moment for span in times for moment in span
    )
    found.run.folder = RunFolder(tmp_path / "gone")  # whose times are not known
    assert {end for _, end in when(found.run).values()} == {found.run.written}


def events(folder: Path) -> list[Any]:
    """The events of the one file in a folder, each with its checksums."""
    from tensorboardX.crc32c import crc32c
    from tensorboardX.proto.event_pb2 import Event

    def masked(data: bytes) -> int:
        crc: int = crc32c(data)
        return ((crc >> 15 | crc << 17) + 0xA282EAD8) & 0xFFFFFFFF

    (file,) = (path for path in folder.iterdir() if path.is_file())
    data, found = file.read_bytes(), []
    while data:
        (length,), (check,) = struct.unpack("<Q", data[:8]), struct.unpack("<I", data[8:12])
        body = data[12 : 12 + length]
        assert check == masked(data[:8])
        assert struct.unpack("<I", data[12 + length : 16 + length]) == (masked(body),)
        found.append(Event.FromString(body))
        data = data[16 + length :]
    return found


def plugin(event: Any) -> Any:
    from tensorboardX.proto.plugin_hparams_pb2 import HParamsPluginData

    return HParamsPluginData.FromString(event.summary.value[0].metadata.plugin_data.content)


def test_tensorboard(tmp_path: Path) -> None:
    pytest.importorskip(
        "tensorboardX", reason="tensorboardX is not installed: pip install 'hpsearch[tensorboard]'"
    )
    FORMATS["tensorboard"].write(a_run(), tmp_path / "out")
    runs = sorted(path.name for path in (tmp_path / "out").iterdir() if path.is_dir())
    assert runs == ["trial-0000", "trial-0001", "trial-0002", "trial-0003"]
    _, common = events(tmp_path / "out")
    experiment = plugin(common).experiment
    assert {info.name for info in experiment.hparam_infos} == set(SPACE.names)
    assert {info.name.tag for info in experiment.metric_infos} == {"acc", "loss"}
    version, begins, *points, ends = events(tmp_path / "out/trial-0000")
    assert version.file_version == "brain.Event:2"
    given = plugin(begins).session_start_info.hparams
    assert given["lr"].number_value == 0.1
    assert given["optimizer"].string_value == "ádam"
    assert given["bias"].bool_value is True
    curves = [(point.summary.value[0].tag, point.step) for point in points]
    assert curves == [("acc", 1), ("acc", 2), ("acc", 3), ("loss", 1), ("loss", 3)]
    assert points[2].summary.value[0].simple_value == pytest.approx(0.7)
    assert plugin(ends).session_end_info.status == 1  # success
    assert plugin(events(tmp_path / "out/trial-0002")[-1]).session_end_info.status == 2  # failure


def test_each_metric_has_a_curve_of_its_own_and_its_column_among_the_hyperparameters(tmp_path: Path) -> None:
    pytest.importorskip(
        "tensorboardX", reason="tensorboardX is not installed: pip install 'hpsearch[tensorboard]'"
    )
    run = a_run(empty=True)
    run.trials = {0: Trial(0, 0, {"lr": 0.1}, 0)}
    run.results = [Result(0, 1, "done", {"acc": 0.5, "a b": 1.0, "a_b": 2.0, "a:b": 3.0, "top (5)": 4.0})]
    FORMATS["tensorboard"].write(run, tmp_path / "out")
    _, _, *points, _ = events(tmp_path / "out/trial-0000")
    curves = {point.summary.value[0].tag: point.summary.value[0].simple_value for point in points}
    assert curves == {"acc": 0.5, "a b": 1.0, "a_b": 2.0, "a:b": 3.0, "top__5_": 4.0}
    _, common = events(tmp_path / "out")
    assert {info.name.tag for info in plugin(common).experiment.metric_infos} == curves.keys()


def test_several_metrics_are_several_objectives_to_optuna(tmp_path: Path) -> None:
    optuna = pytest.importorskip("optuna", reason="optuna is not installed: pip install 'hpsearch[optuna]'")
    run = trials_of(
        Result(0, 3, "done", {"acc": 0.9, "size": 5.0}),
        Result(1, 3, "done", {"acc": 0.8, "size": 9.0}),
        Result(2, 3, "done", {"acc": 0.7, "size": 1.0}),
        Result(3, 1, "done", {"acc": 0.6, "size": 0.5}),
        Result(4, 3, "done", {"acc": 0.95, "size": float("nan")}),
    )
    search = run.spec.search.model_copy(update={"metric": ("acc", "size:minimize")})
    run.spec = run.spec.model_copy(update={"search": search})
    FORMATS["optuna"].write(run, tmp_path / "out")
    backend = optuna.storages.journal.JournalFileBackend(str(tmp_path / "out"))
    study = optuna.load_study(study_name="run", storage=optuna.storages.JournalStorage(backend))
    assert [direction.name for direction in study.directions] == ["MAXIMIZE", "MINIMIZE"]
    assert study.metric_names == ["acc", "size"]
    assert [trial.values for trial in study.trials] == [[0.9, 5], [0.8, 9], [0.7, 1], [0.6, 0.5], None]
    states = ["COMPLETE", "COMPLETE", "COMPLETE", "PRUNED", "FAIL"]
    assert [trial.state.name for trial in study.trials] == states
    assert sorted(trial.number for trial in study.best_trials) == [0, 2]
    assert "to Optuna" not in FORMATS["optuna"].use(run, tmp_path / "out")
