from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

from hpsearch.config import load_spec
from hpsearch.config.schema import Confirm, Halving
from hpsearch.core.errors import InputError, SpecError

EXAMPLE = """
name: digits               # run folder runs/digits
seed: 0

objective:
  kind: mlp
  dataset: digits
  hidden: [64, 64]
  optimizer: momentum
  batch_size: 32
  epochs: 27

space:
  lr:            {scale: log, low: 1e-4, high: 1}
  weight_decay:  {scale: log, low: 1e-8, high: 1e-2}
  momentum:      {scale: one_minus_log, low: 0.9, high: 0.999}
  hidden_layers: {scale: linear, type: int, low: 2, high: 4}
  activation:    {choices: [relu, tanh]}
  beta2:         {scale: one_minus_log, low: 0.9, high: 0.9999, when: {optimizer: [adam]}}

search:
  sampler: coarse_to_fine
  trials: 60
  round_size: 8
  metric: val_acc
  goal: maximize
  target: 0.99
  time_limit: 10m
  halving: {eta: 3, min_epochs: 1}
  confirm: {top: 3, seeds: 3}

dispatch:
  executor: local
  workers: auto
  timeout: 5m
  retries: 1
"""


def test_a_metric_that_does_not_tell_its_goal_needs_one(tmp_path: Path) -> None:
    path = tmp_path / "c.yaml"
    path.write_text(
        "objective: {kind: command, command: [cat, '{x}']}\n"
        "space: {x: {scale: linear, low: 0, high: 1}}\n"
        "search: {metric: bytes}\n"
    )
    assert load_spec(path, ["search.metric=neg_log_loss"]).search.goal == "maximize"
    with pytest.raises(SpecError) as error:
        load_spec(path)
    assert str(error.value) == (
        f"{path}:3: search.metric: does not tell which way it is better; add goal: maximize, or goal: minimize "
        f"(got 'bytes')"
    )


def test_the_example_of_the_contract(load: Any) -> None:
    spec = load(EXAMPLE)
    assert spec.name == "digits"
    assert list(spec.space) == ["lr", "weight_decay", "momentum", "hidden_layers", "activation", "beta2"]
    assert spec.space["beta2"].when == {"optimizer": ("adam",)}
    assert (spec.search.time_limit, spec.dispatch.timeout, spec.search.target) == (600, 300, 0.99)


def test_defaults(load: Any) -> None:
    spec = load()
    assert (spec.name, spec.seed) == ("config", 0)
    objective = spec.objective
    assert (objective.hidden, objective.epochs, objective.batch_size) == ((64, 64), 27, 32)
    assert (objective.activation, objective.initializer, objective.optimizer) == ("relu", "he", "momentum")
    assert (objective.lr, objective.momentum, objective.beta1, objective.beta2) == (0.01, 0.9, 0.9, 0.999)
    assert (objective.epsilon, objective.weight_decay) == (1e-8, 0)
    search = spec.search
    assert (search.sampler, search.trials, search.round_size) == ("coarse_to_fine", 60, 8)
    assert (search.metric, search.goal, search.target, search.time_limit) == (
        "val_acc",
        "maximize",
        None,
        None,
    )
    assert (search.halving, search.confirm, search.fit) == (
        Halving(eta=3, min_epochs="auto"),
        Confirm(top=3, seeds=3),
        True,
    )
    dispatch = spec.dispatch
    assert (dispatch.executor, dispatch.workers, dispatch.timeout, dispatch.retries) == (
        "local",
        "auto",
        None,
        1,
    )


@pytest.mark.parametrize(
    ("trials", "in_flight"), [(1, 8), (60, 8), (159, 8), (160, 16), (240, 24), (399, 32), (10**6, 64)]
)
def test_a_tenth_of_the_trials_is_in_flight(load: Any, trials: int, in_flight: int) -> None:
    search = load(search={"trials": trials}).search
    assert (search.round_size, search.in_flight, search.overlap) == (8, in_flight, in_flight // 8 - 1)
    assert load(None, f"search.trials={trials}").search == search


@pytest.mark.parametrize(
    ("given", "in_flight"),
    [
        ({"round_size": 8}, 8),
        ({"round_size": 32}, 32),
        ({"overlap": 0}, 8),
        ({"overlap": 5}, 48),
        ({"time_limit": "10m"}, 8),
        ({"time_limit": "off"}, 24),
    ],
)
def test_what_the_file_says_of_its_rounds_is_in_flight(
    load: Any, given: dict[str, Any], in_flight: int
) -> None:
    assert load(search={"trials": 240, **given}).search.in_flight == in_flight


@pytest.mark.parametrize(("metric", "goal"), [("val_acc", "maximize"), ("val_loss", "minimize")])
def test_the_goal_follows_from_the_metric(load: Any, metric: str, goal: str) -> None:
    assert load(search={"metric": metric}).search.goal == goal


def test_a_goal_that_is_given_stands(load: Any) -> None:
    assert load(search={"metric": "val_loss", "goal": "maximize"}).search.goal == "maximize"


@pytest.mark.parametrize("word", ["off", "false"])
def test_halving_confirm_and_fit_can_be_switched_off(load: Any, word: str) -> None:
    search = load(None, f"search.halving={word}", f"search.confirm={word}", f"search.fit={word}").search
    assert (search.halving, search.confirm, search.fit) == (None, None, False)


@pytest.mark.parametrize("word", ["on", "true"])
def test_halving_confirm_and_fit_can_be_switched_on(load: Any, word: str) -> None:
    search = load(None, f"search.halving={word}", f"search.confirm={word}", f"search.fit={word}").search
    assert (search.halving, search.confirm, search.fit) == (Halving(), Confirm(), True)  # type: ignore[call-arg, unused-ignore]


@pytest.mark.parametrize(
    ("given", "seconds"),
    [("30s", 30), ("1.5m", 90), ("2 h", 7200), ("1d", 86400), (45, 45), (0.5, 0.5), ("off", None)],
)
def test_durations(load: Any, given: object, seconds: float | None) -> None:
    assert load(search={"time_limit": given}).search.time_limit == seconds


def test_whole_floats_are_counts(load: Any) -> None:
    assert load(None, "search.trials=1e3", "batch_size=64.0").search.trials == 1000


# -- names and places --------------------------------------------------------------------------------------


def test_a_stem_that_is_no_name_asks_for_one(tmp_path: Path) -> None:
    path = tmp_path / "my config.yaml"
    path.write_text(EXAMPLE.replace("name: digits", "#"), encoding="utf-8")
    with pytest.raises(
        SpecError, match=r"name: is missing, and the file's name is none .* \(got 'my config'\)"
    ):
        load_spec(path)
    assert load_spec(path, ["name=good"]).name == "good"


def test_data_paths_are_relative_to_the_file(tmp_path: Path, load: Any) -> None:
    spec = load(objective={"kind": "mlp", "dataset": {"source": "mnist", "dir": "idx"}})
    assert spec.objective.dataset.dir == tmp_path / "idx"
    assert (
        load(objective={"kind": "mlp", "dataset": "d/t.csv"}).objective.dataset.source
        == f"{tmp_path}/d/t.csv"
    )


def test_data_paths_of_an_override_are_relative_to_the_current_folder(
    load: Any, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    here = tmp_path / "elsewhere"
    here.mkdir()
    monkeypatch.chdir(here)
    spec = load(None, "objective.dataset.dir=../idx", "objective.dataset.source=mnist")
    assert spec.objective.dataset.dir == tmp_path / "idx"
    assert load(None, "objective.dataset=./t.csv").objective.dataset.source == str(here / "t.csv")


def test_the_home_folder(load: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("HOME", "/home/me")
    monkeypatch.setenv("USERPROFILE", "/home/me")
    assert load(objective={"kind": "mlp", "dataset": "~/t.csv"}).objective.dataset.source == "/home/me/t.csv"


def test_a_missing_file(tmp_path: Path) -> None:
    with pytest.raises(InputError, match="no such file"):
        load_spec(tmp_path / "none.yaml")


# -- speed -------------------------------------------------------------------------------------------------


def test_a_check_imports_no_numpy_and_little_else(tmp_path: Path) -> None:
    path = tmp_path / "digits.yaml"
    path.write_text(EXAMPLE, encoding="utf-8")
    code = (
        "import sys; from hpsearch.config import load_spec, lint, dump_yaml, json_schema\n"
        f"spec = load_spec({str(path)!r}); lint(spec); dump_yaml(spec); json_schema()\n"
        "assert not {'numpy', 'scipy', 'polars', 'pebble', 'rich', 'typer'} & set(sys.modules)\n"
    )
    environment = {**os.environ, "PYTHONWARNINGS": "error"}
    done = subprocess.run(
        [sys.executable, "-c", code], env=environment, capture_output=True, text=True, check=False
    )
    assert (done.returncode, done.stderr) == (0, "")
