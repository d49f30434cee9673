from __future__ import annotations

import itertools
from pathlib import Path
from typing import Any

import pytest

from hpsearch.config import lint
from hpsearch.objectives.network.settings import NetworkSettings


def warnings(load: Any, space: dict[str, Any], *overrides: str, **objective: Any) -> list[str]:
    spec = load(None, *overrides, objective={"kind": "mlp", "dataset": "digits", **objective}, space=space)
    return [str(problem).split(": ", 1)[1] for problem in lint(spec)]


@pytest.mark.parametrize(
    ("overrides", "said"),
    [
        (("dispatch.timeout=3s", "dispatch.executor=serial"), ["dispatch.timeout: has no effect"]),
        (("dispatch.timeout=3s",), []),
        (
            ("dispatch.max_trials_per_worker=3", "dispatch.executor=serial"),
            ["dispatch.max_trials_per_worker: has no effect"],
        ),
        (("dispatch.max_trials_per_worker=3",), []),
        (("dispatch.executor=serial",), []),
    ],
)
def test_a_timeout_that_nothing_keeps(load: Any, overrides: tuple[str, ...], said: list[str]) -> None:
    spec = load(None, *overrides)
    assert [str(found).split(": executor")[0].split(": ", 1)[1] for found in lint(spec)] == said


@pytest.mark.parametrize(
    ("high", "step", "said"),
    [
        (
            0.5,
            0.3,
            ["space.dropout.step: does not reach high, 0.5: the last value is 0.3; give that as high"],
        ),
        (0.3, 0.1, []),
        (0.9, 0.05, []),
    ],
)
def test_a_step_that_does_not_reach_the_end(load: Any, high: float, step: float, said: list[str]) -> None:
    found = warnings(load, {"dropout": {"scale": "linear", "low": 0, "high": high, "step": step}})
    assert [one.split(", or")[0] for one in found] == said


CHOICES = {name: {"choices": [1, 2, 3]} for name in ("hidden_layers", "batch_size", "hidden_units")}


@pytest.mark.parametrize(
    ("space", "trials", "said"),
    [
        (
            CHOICES,
            20,
            "the 27 points of the grid: 20 of them, drawn at random, will be tried; give 27 to try all",
        ),
        (
            {**CHOICES, "lr": {"scale": "log", "low": 1e-4, "high": 1}},
            20,
            "the 81 points of the grid, with 3 values of each range: 20 of them, drawn at random, will be tried; "
            "give 81 to try all",
        ),
        (CHOICES, 27, ""),
        ({"lr": {"scale": "log", "low": 1e-4, "high": 1}}, 20, ""),
    ],
)
def test_a_grid_of_more_points_than_trials(load: Any, space: Any, trials: int, said: str) -> None:
    found = warnings(load, space, "search.sampler=grid", f"search.trials={trials}")
    assert found == ([f"search.trials: is less than {said} (got {trials})"] if said else [])
    assert not warnings(load, CHOICES, "search.sampler=sobol", f"search.trials={trials}")


def test_a_grid_has_the_trials_that_are_not_given(load: Any) -> None:
    enqueued = "search.enqueue=[{hidden_layers: 1}, {hidden_layers: 2}]"
    assert not warnings(load, CHOICES, "search.sampler=grid", "search.trials=29", enqueued)
    assert warnings(load, CHOICES, "search.sampler=grid", "search.trials=28", enqueued) == [
        "search.trials: is less than the 27 points of the grid: 26 of them, drawn at random, will be tried; "
        "give 27 to try all, beside the 2 that are enqueued (got 28)"
    ]


@pytest.mark.parametrize(("kind", "said"), [("python", ["objective.timeout"]), ("command", [])])
def test_a_command_is_ended_on_any_executor(load: Any, kind: str, said: list[str]) -> None:
    code: dict[str, dict[str, Any]] = {
        "python": {"function": "a.py:train"},
        "command": {"command": ["true", "{params}"]},
    }
    objective = {"kind": kind, "timeout": "3s", **code[kind]}
    spec = load(None, "dispatch.executor=serial", objective=objective, search={"metric": "score"})
    assert [found.path for found in lint(spec)] == said


LINEAR = {"scale": "linear", "low": 0.001, "high": 1}
ONE_MINUS = {"scale": "one_minus_log", "low": 0.9, "high": 0.999}
ADAM_OR_NOT = {"optimizer": {"choices": ["sgd", "adam"]}}
CASES: list[tuple[dict[str, Any], str]] = [
    ({"lr": LINEAR}, "space.lr.scale: 90 % of the draws of lr would lie in [0.101, 1]; use scale: log"),
    (
        {"lr": {"scale": "linear", "low": 0.001, "high": 1, "step": 0.001}},
        "space.lr.scale: 90 % of the draws of lr would lie in [0.101, 1]; use scale: log without step",
    ),
    (
        {"weight_decay": {"scale": "linear", "low": 0, "high": 0.1}},
        "space.weight_decay.scale: 90 % of the draws of weight_decay would lie in [0.01, 0.1]; use scale: log and "
        "a low above 0, such as 1e-05",
    ),
    (
        {"batch_size": {"scale": "linear", "low": 4, "high": 1024}},
        "space.batch_size.scale: 90 % of the draws of batch_size would lie in [106, 1024]; use scale: log",
    ),
    (
        {"momentum": {"scale": "linear", "low": 0.5, "high": 0.99}},
        "space.momentum.scale: draws few values of momentum close to 0.99, where they differ most; "
        "use scale: one_minus_log",
    ),
    (
        {"momentum": {"scale": "log", "low": 0.5, "high": 0.9}},
        "space.momentum.scale: is even in the logarithm of momentum, but what counts is its distance from 1; "
        "use scale: one_minus_log",
    ),
    (
        {"lr": ONE_MINUS},
        "space.lr.scale: is meant for values close to 1, such as momentum; use scale: log for lr",
    ),
    (
        {"beta2": ONE_MINUS},
        "space.beta2: is never used: optimizer is momentum, and it counts only with adam, adamw, rmsprop; "
        "remove it",
    ),
    (
        {"optimizer": {"choices": ["sgd", "adam"]}, "beta2": ONE_MINUS},
        "space.beta2: counts only with optimizer adam; add when: {optimizer: [adam]}",
    ),
    (
        {"lr_decay": {"scale": "linear", "low": 0.1, "high": 0.9}},
        "space.lr_decay: is never used: lr_schedule is constant, and it counts only with exponential, "
        "inverse_time, step; remove it",
    ),
    (
        {"beta2": {**ONE_MINUS, "when": {"optimizer": "adam"}}},
        "space.beta2.when.optimizer: never holds: objective.optimizer is 'momentum', not among [adam]; search "
        "optimizer, or remove beta2",
    ),
    (
        {
            "dropout": {"scale": "linear", "low": 0, "high": 0.8},
            "lr": {**LINEAR, "low": 0.5, "when": {"dropout": 0.5}},
        },
        "space.lr.when.dropout: never holds: dropout has endlessly many values, and none is exactly 0.5; give it a "
        "step, or choices",
    ),
    (
        {
            "hidden_units": {"scale": "linear", "low": 8, "high": 64, "step": 8},
            "lr": {**LINEAR, "low": 0.5, "when": {"hidden_units": 20}},
        },
        "space.lr.when.hidden_units: never holds: hidden_units goes from 8 in steps of 8, past [20]",
    ),
    (
        {"optimizer": "sgd", "momentum": {**ONE_MINUS, "when": {"optimizer": "momentum"}}},
        "space.momentum.when.optimizer: never holds: space.optimizer is 'sgd', not among [momentum]; search "
        "optimizer, or remove momentum",
    ),
    (
        {
            "activation": {"choices": ["relu", "tanh"]},
            "batch_norm": {"choices": ["off", "after"], "when": {"activation": "relu"}},
            "lr": {**LINEAR, "low": 0.5, "when": {"batch_norm": "after", "activation": "tanh"}},
        },
        "space.lr.when: never holds: it takes activation [tanh] and [relu] together; remove lr, or one of the two",
    ),
    (
        {"activation": {"choices": ["relu"]}},
        "space.activation.choices: has one choice; write activation: relu to fix it, or add choices",
    ),
]


@pytest.mark.parametrize(("space", "warning"), CASES)
def test_what_is_probably_not_meant(load: Any, space: dict[str, Any], warning: str) -> None:
    assert warnings(load, space) == [warning]


@pytest.mark.parametrize(
    "space",
    [
        {"lr": {"scale": "log", "low": 1e-4, "high": 1}},
        {"lr": {"scale": "linear", "low": 0.01, "high": 0.99}},
        {"momentum": ONE_MINUS},
        {"momentum": {"scale": "linear", "low": 0, "high": 0.9}},
        {"optimizer": {"choices": ["sgd", "adam"]}, "beta2": {**ONE_MINUS, "when": {"optimizer": "adam"}}},
        {"optimizer": {"choices": ["momentum", "nesterov"]}, "momentum": ONE_MINUS},
        {"hidden_layers": {"scale": "linear", "low": 1, "high": 9}},
    ],
)
def test_what_is_fine(load: Any, space: dict[str, Any]) -> None:
    assert warnings(load, space) == []


def test_beta2_with_adam_is_fine(load: Any) -> None:
    assert warnings(load, {"beta2": ONE_MINUS}, optimizer="adam") == []


WARM = "space.warmup_epochs"
RISES = "give fewer, or more objective.epochs"


@pytest.mark.parametrize(
    ("given", "warning"),
    [
        (
            {"high": 8},
            f"{WARM}.high: may take the whole training of 8 epochs, in which lr then only rises; {RISES}",
        ),
        (
            {"low": 8, "high": 9},
            f"{WARM}.high: takes the whole training of 8 epochs, so lr only rises; {RISES}",
        ),
    ],
)
@pytest.mark.parametrize("schedule", ["cosine", "constant"])
def test_a_range_of_warm_ups_that_a_training_does_not_outlast(
    load: Any, given: dict[str, Any], warning: str, schedule: str
) -> None:
    space = {"warmup_epochs": {"scale": "linear", "low": 0, **given}}
    assert warnings(load, space, epochs=8, lr_schedule=schedule) == [f"{warning} (got {given['high']}.0)"]
    assert warnings(load, space, epochs=10, lr_schedule=schedule) == []


def test_a_warm_up_that_a_training_does_not_outlast(load: Any) -> None:
    lr = {"lr": {"scale": "log", "low": 1e-4, "high": 1}}
    told = "objective.warmup_epochs: takes the whole training of 3 epochs, so lr only rises; "
    assert warnings(load, lr, epochs=3, warmup_epochs=3) == [f"{told}{RISES} (got 3.0)"]
    assert warnings(load, lr, epochs=3, warmup_epochs=2.9) == []
    chosen = {"warmup_epochs": {"choices": [0, 5]}}
    assert warnings(load, chosen, epochs=3, warmup_epochs=4) == [
        f"{WARM}.choices: may take the whole training of 3 epochs, in which lr then only rises; {RISES} (got 5)"
    ]
    when = {"warmup_epochs": {**chosen["warmup_epochs"], "when": {"optimizer": "adam"}}, **ADAM_OR_NOT}
    found = warnings(load, when, epochs=3, warmup_epochs=4)
    assert [warning.partition(":")[0] for warning in found] == ["objective.warmup_epochs", f"{WARM}.choices"]


def test_few_trials(load: Any) -> None:
    space = {"lr": {"scale": "log", "low": 1e-4, "high": 1}, "momentum": ONE_MINUS}
    assert warnings(load, space, "search.trials=7") == [
        "search.trials: is few for 2 parameters; 8 or more let the search learn something (got 7)"
    ]
    assert warnings(load, space, "search.trials=8") == []


def test_a_goal_against_its_metric(load: Any) -> None:
    spec = load(search={"metric": "val_loss", "goal": "maximize"})
    assert [str(problem).split(": ", 1)[1] for problem in lint(spec)] == [
        "search.goal: looks for the worst val_loss; remove it, or give goal: minimize (got 'maximize')"
    ]


def test_the_goal_of_own_code_is_not_doubted(load: Any) -> None:
    space = {"x": {"scale": "linear", "low": 0, "high": 1}}
    own = {"kind": "command", "command": ["cat", "{x}"]}
    for metric, goal in itertools.product(("val_loss", "bytes"), ("maximize", "minimize")):
        assert lint(load(objective=own, space=space, search={"metric": metric, "goal": goal})) == []


@pytest.mark.parametrize(
    ("command", "words"),
    [
        (
            ["cat", "${x}"],
            "[1]: has ${x}, where {x} is replaced and the $ stays before the value; write {x}, or",
        ),
        (["sh", "-c", "echo score={x} ${trial}"], "[2]: has ${trial}, where {trial} is replaced"),
        (["sh", "-c", "echo score={x} \\${x} $${x} ${{x}}"], None),
        (
            ["true", "{trial}"],
            ": names no parameter: add {x}, or {args} for all, or let the program read the file HPSEARCH_PARAMS",
        ),
        (["sh", "-c", "cat $HPSEARCH_PARAMS"], None),
        (["sh", "reads.sh"], None),
        (["sh", "blind.sh"], ": names no parameter"),
        (["true", "{params}"], None),
        (["true", "{args}"], None),
        (["true", "{args=}"], None),
        (["true", "{overrides}"], None),
        (["true", "{x...}"], None),
    ],
)
def test_a_command_that_is_not_told_what_it_should_be(
    load: Any, tmp_path: Path, command: list[str], words: str | None
) -> None:
    (tmp_path / "reads.sh").write_text("python3 train.py < $HPSEARCH_PARAMS\n")
    (tmp_path / "blind.sh").write_text("echo score=1\n")
    space = {"x": {"scale": "linear", "low": 0, "high": 1}}
    own = {"kind": "command", "command": command, "dir": str(tmp_path)}
    found = [str(problem) for problem in lint(load(objective=own, space=space, search={"goal": "maximize"}))]
    assert len(found) == (words is not None)
    assert all(f"objective.command{words}" in text for text in found)


def test_too_few_epochs_for_halving(load: Any) -> None:
    space = {"lr": {"scale": "log", "low": 1e-4, "high": 1}}
    assert len(warnings(load, space, epochs=2)) == 1
    assert warnings(load, space, epochs=3) == []
    assert warnings(load, space, "search.halving=off", epochs=2) == []


def test_an_override_that_the_space_replaces(load: Any) -> None:
    space = {"lr": {"scale": "log", "low": 1e-4, "high": 1}}
    assert warnings(load, space, "lr=0.1") == [
        "objective.lr: has no effect on a search, space.lr replaces it; change the space instead"
    ]
    assert warnings(load, space, lr=0.1) == []


def test_warnings_have_lines_in_the_order_of_the_file(load: Any) -> None:
    text = """\
objective: {kind: mlp, dataset: digits}
space:
  beta2: {scale: one_minus_log, low: 0.9, high: 0.99}
  lr: {low: 0.001, high: 1,
       scale: linear}
search: {trials: 2}
"""
    assert [problem.line for problem in lint(load(text))] == [3, 5, 6]


def test_a_spec_without_a_file_can_be_linted(load: Any) -> None:
    spec = load(space={"lr": LINEAR})
    bare = type(spec)(**dict(spec))
    assert [problem.file for problem in lint(bare)] == ["config"]


def test_a_kind_says_what_counts_of_its_hyperparameters(load: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    dropout = {"dropout": {"scale": "linear", "low": 0.5, "high": 0.8}}
    assert not [text for text in warnings(load, dropout) if "scale" in text]
    monkeypatch.setattr(NetworkSettings, "counts", {"dropout": "distance from 1"})
    scale = {"dropout": {"scale": "log", "low": 0.5, "high": 0.8}}
    assert [text for text in warnings(load, scale) if "what counts is its distance from 1" in text]
    assert not [text for text in warnings(load, {"momentum": {**scale["dropout"]}}) if "distance" in text]


@pytest.mark.parametrize(
    ("name", "given", "said"),
    [
        ("gamma", {"scale": "one_minus_log", "low": 0.9, "high": 0.999}, None),
        ("momentum", {"scale": "one_minus_log", "low": 0.1, "high": 0.2}, None),
        ("c", {"scale": "one_minus_log", "low": 0.001, "high": 0.1}, "use scale: log for c"),
        ("c", {"scale": "one_minus_log", "low": 0, "high": 0.3}, "use scale: linear for c"),
        ("dropout", {"scale": "linear", "low": 0, "high": 1, "step": 0.3333333333}, None),
        ("x", {"scale": "linear", "low": 0.2, "high": 0.3, "step": 0.1}, None),
    ],
)
def test_a_scale_is_judged_by_its_range(load: Any, name: str, given: Any, said: str | None) -> None:
    objective = {"kind": "python", "function": "a.py:train"}
    spec = load(None, space={name: given}, objective=objective, search={"trials": 9, "goal": "maximize"})
    found = [problem.message for problem in lint(spec)]
    assert [said in message for message in found] == [True] if said else found == []
