"""The section of a command: its variables, its file of settings, and names with dots."""

from __future__ import annotations

from typing import Any

import pytest

from hpsearch.config.warnings import lint

SPACE = {
    "opt.lr": {"scale": "log", "low": 1e-4, "high": 1},
    "bn": {"choices": [True, None, False]},
    "hidden": {"choices": [[64, 64], [32], None]},
}
SEARCH = {"metric": "score", "goal": "maximize"}


def section(command: list[str], **more: Any) -> dict[str, Any]:
    return {"kind": "command", "command": ["true", *command], **more}


@pytest.mark.parametrize(
    ("objective", "words"),
    [
        (
            section(["{opt.lr:+x}"]),
            "command[1]: has a text for where opt.lr is true, and opt.lr is never true or false",
        ),
        (section(["{args}"], env={"LR": "{args}"}), "env.LR: has {args}, which stands for several arguments"),
        (section(["{args}"], env={"LR": "{hidden...}"}), "env.LR: has {hidden...}, which stands for several"),
        (section(["{args}"], env={"LR": "{lr}"}), "env.LR: has the unknown placeholder {lr}; known: opt.lr"),
        (section(["{args}"], env={"a-b": "1"}), "env: must name variables by letters, digits and '_'"),
        (section(["{args}"], env={"HPSEARCH_SEED": "1"}), "env: must name variables by letters"),
        (section(["{args}"], env={"A": None}), "env: must hold texts and numbers; put quotes around '{lr}'"),
        (section(["{args}"], env=[]), "env: must be a mapping of variables to texts"),
        (section(["{config}"]), "command[1]: has the unknown placeholder {config}"),
        (section(["{config}"], config={}), "config.from: is missing"),
        (
            section(["{config}"], config={"from": "b.yaml", "set": {"a": "{lr}"}}),
            "config.set.a: has the unknown",
        ),
        (section(["{config}"], config={"from": "b.yaml", "set": {"a..b": 1}}), "config.set: must name keys"),
        (
            section(["{config}"], config={"from": "b.yaml", "set": {"a": {"b": 1}}}),
            "config.set: must hold a value",
        ),
        (
            section(["{config}"], config={"from": "b.yaml", "set": {"a": 1, "a.b": 2}}),
            "config: sets a, and a.b below it; keep one of them",
        ),
        (
            section(["{args}"], config={"from": "b.yaml"}),
            "config: and {args} of the command both take all parameters",
        ),
        (
            section(["{opt.lr}", "{bn}", "{hidden...}"], config={"from": "b.yaml"}),
            "config: sets nothing: all parameters are named elsewhere; remove it, or give set",
        ),
        (
            section(["{epochs}", "{args}"], pause="stop"),
            "pause: is for a command that is told of no {epochs}; leave one of them out",
        ),
        (section(["{args}"], pause="stop"), "pause: needs objective.epochs: how many the command trains"),
    ],
)
def test_what_a_command_cannot_have(problems: Any, objective: dict[str, Any], words: str) -> None:
    found = problems(objective=objective, space=SPACE, search=SEARCH)
    assert any(f"objective.{words}" in problem for problem in found), found


def test_a_parameter_below_another_is_refused(problems: Any) -> None:
    space = {"opt": {"choices": ["a", "b"]}, "opt.lr": SPACE["opt.lr"]}
    (problem,) = problems(objective=section(["{args}"]), space=space, search=SEARCH)
    assert problem.endswith("space.'opt.lr': is below opt, which is a parameter too; rename one of them")


@pytest.mark.parametrize("name", ["opt..lr", ".lr", "lr.", "a.b-c", "if.lr"])
def test_names_are_words_with_dots_between(problems: Any, name: str) -> None:
    (problem,) = problems(objective=section(["{args}"]), space={name: SPACE["opt.lr"]}, search=SEARCH)
    assert "must be a name of letters, digits and '_', in parts with dots between," in problem


def test_a_function_takes_no_names_with_dots(problems: Any) -> None:
    own = {"kind": "python", "function": "f.py:train"}
    (problem,) = problems(objective=own, space={"opt.lr": SPACE["opt.lr"]}, search=SEARCH)
    assert "must be a name of letters, digits and '_', such as opt_lr" in problem


def test_a_parameter_with_dots_is_set_from_the_command_line(load: Any) -> None:
    spec = load(None, "space.opt.lr.high=0.5", objective=section(["{args}"]), space=SPACE, search=SEARCH)
    assert spec.space["opt.lr"].high == 0.5


def test_a_file_of_settings_that_nothing_reads_is_said(load: Any) -> None:
    config = {"from": "b.yaml", "set": {"a": "{opt.lr}", "b": "{bn}", "c": "{hidden}"}}
    spec = load(objective=section([], config=config), space=SPACE, search=SEARCH)
    assert ["is written, and the command does not name it" in str(found) for found in lint(spec)] == [True]
    named = load(objective=section(["{config}"], config={"from": "b.yaml"}), space=SPACE, search=SEARCH)
    assert lint(named) == []
    assert named.objective.changes(named.space) == {name: f"{{{name}}}" for name in SPACE}


def test_what_no_trial_has_leaves_every_place(load: Any) -> None:
    config = {"from": "b.yaml", "set": {"a": "{bn}", "b": "{opt.lr}", "c": 3}}
    own = section(["--bn", "{bn}", "{config}"], env={"BN": "{bn}"}, config=config)
    left = load(objective=own, space=SPACE, search=SEARCH).objective.without(["bn"])
    assert left.command == ("true", "{config}")
    assert left.env is None
    assert left.config.set == {"b": "{opt.lr}", "c": 3}


@pytest.mark.parametrize(
    ("more", "pause", "halves"),
    [({"epochs": 9}, "stop", True), ({"epochs": 9, "pause": "off"}, "off", False), ({}, None, False)],
)
def test_a_command_that_counts_its_epochs_itself_is_stopped_early(
    load: Any, more: dict[str, Any], pause: str | None, halves: bool
) -> None:
    spec = load(objective=section(["{args}"], **more), space=SPACE, search=SEARCH)
    assert (spec.objective.pause, spec.search.halving is not None) == (pause, halves)


def test_one_that_is_told_its_epochs_is_not_paused(load: Any) -> None:
    spec = load(objective=section(["{epochs}", "{args}"]), space=SPACE, search=SEARCH)
    assert (spec.objective.pause, spec.objective.pauses) == (None, False)
    assert spec.search.halving is not None
