from __future__ import annotations

from typing import Any

import pytest

from hpsearch.config import load_spec
from hpsearch.core.errors import SpecError


@pytest.mark.parametrize(
    ("override", "read", "value"),
    [
        ("search.trials=20", lambda spec: spec.search.trials, 20),
        ("space.lr.high=0.1", lambda spec: spec.space["lr"].high, 0.1),
        ("space.lr={scale: linear, low: 1, high: 2}", lambda spec: spec.space["lr"].scale, "linear"),
        ("space.momentum.choices=[0.8, 0.9]", lambda spec: spec.space["momentum"].choices, (0.8, 0.9)),
        ("lr=1e-4", lambda spec: spec.objective.lr, 1e-4),
        ("hidden=[32, 16]", lambda spec: spec.objective.hidden, (32, 16)),
        ("epochs=3", lambda spec: spec.objective.epochs, 3),
        ("seed=7", lambda spec: spec.seed, 7),
        ("name=other", lambda spec: spec.name, "other"),
        ("objective.dataset.limit=100", lambda spec: spec.objective.dataset.limit, 100),
        ("search.halving.eta=4", lambda spec: spec.search.halving.eta, 4),
        ("dispatch.executor=serial", lambda spec: spec.dispatch.executor, "serial"),
        ("search.target=", lambda spec: spec.search.target, None),
        ('name="a=b"', lambda spec: spec.name, None),
    ],
)
def test_any_key_can_be_set(load: Any, override: str, read: Any, value: object) -> None:
    if value is None and override.startswith("name"):
        with pytest.raises(SpecError, match=r"\(got 'a=b'\)"):
            load(None, override)
    else:
        assert read(load(None, override)) == value


def test_entries_of_lists(load: Any) -> None:
    assert load(None, "hidden=[8, 8]", "objective.hidden.1=16").objective.hidden == (8, 16)


def test_the_last_one_wins(load: Any) -> None:
    assert load(None, "lr=0.1", "objective.lr=0.2").objective.lr == 0.2


def test_a_switch_that_is_off_is_switched_on_by_its_settings(load: Any) -> None:
    assert load(None, "search.halving=off", "search.halving.eta=5").search.halving.eta == 5


@pytest.mark.parametrize(
    ("override", "problem"),
    [
        ("search.trials=0", "--set search.trials=0: search.trials: must be at least 1 (got 0)"),
        ("lr=0", "--set lr=0: objective.lr: must be above 0 (got 0)"),
        ("search.trails=3", "--set search.trails=3: search.trails: unknown key; did you mean 'trials'?"),
        (
            "objective.hidden=[8, 0]",
            "--set objective.hidden=[8, 0]: objective.hidden[1]: must be at least 1 (got 0)",
        ),
        ("lrr=1", "--set lrr=1: lrr: is neither a section nor a field of the objective; did you mean 'lr'?"),
        (
            "trials=1",
            "--set trials=1: trials: is neither a section nor a field of the objective; did you mean 's",
        ),
        (
            "dataset.split=auto",
            "--set dataset.split=auto: dataset.split: begins with no section; did you mean "
            "'objective.dataset.split'?",
        ),
        ("lr.low=2", "--set lr.low=2: lr.low: begins with no section; did you mean 'space.lr.low'?"),
        (
            "confirm.top=2",
            "--set confirm.top=2: confirm.top: begins with no section; did you mean 'search.confirm.top'?",
        ),
        ("lr", "--set lr: must be key=value, such as search.trials=20 or lr=0.01"),
        ("=1", "--set =1: must be key=value"),
        ("search..trials=1", "--set search..trials=1: must be key=value"),
        ("lr=[1", "--set lr=[1: objective.lr: is not valid YAML: a [ is not closed"),
        ("lr=!!float 1", "--set lr=!!float 1: objective.lr: tags are not allowed"),
        ("lr=&a 1", "--set lr=&a 1: objective.lr: anchors are not allowed; remove &a"),
        ("seed.x=1", "--set seed.x=1: seed: is a single value, with nothing below it (it is 3)"),
        (
            "objective.hidden.9=1",
            "--set objective.hidden.9=1: objective.hidden.9: is no entry of the list, which has 1",
        ),
        ("space.lr.low=2", "--set space.lr.low=2: space.lr.high: must be above low, 2 (got 1)"),
        ("space.lr.low=", "--set space.lr.low=: space.lr.low: must be a number (got nothing)"),
        (
            "objective.epochs=1",
            "--set objective.epochs=1: search.halving.min_epochs: must be at most objective.epochs, 1",
        ),
    ],
)
def test_problems_name_the_option(problems: Any, override: str, problem: str) -> None:
    text = """\
seed: 3
objective: {kind: mlp, dataset: digits, hidden: [8]}
space: {lr: {scale: log, low: 0.1, high: 1}}
search: {halving: {min_epochs: 2}}
"""
    found = problems(text, override)
    assert len(found) == 1
    assert found[0].startswith(problem)


def test_problems_of_the_file_come_first(problems: Any) -> None:
    found = problems(None, "lr=0", "nonsense", search={"trials": 0})
    assert [problem.split(": ")[0] for problem in found] == ["config.yaml:10", "--set lr=0", "--set nonsense"]


def test_a_file_that_an_override_mends_is_fine(load: Any) -> None:
    assert load(None, "search.trials=5", search={"trials": 0}).search.trials == 5


def test_other_options_are_named_as_they_were_written(tmp_path: Any) -> None:
    path = tmp_path / "config.yaml"
    path.write_text(
        "objective: {kind: mlp, dataset: digits}\nspace: {lr: {choices: [1, 2]}}\n", encoding="utf-8"
    )
    assert load_spec(path, [("--trials 5", "search.trials=5")]).search.trials == 5
    with pytest.raises(SpecError) as error:
        load_spec(path, [("--trials x", "search.trials=x")])
    assert str(error.value) == "--trials x: search.trials: must be a whole number (got 'x')"


def test_a_path_is_as_deep_as_a_file_may_be(problems: Any) -> None:
    assert "is nested deeper than 32 levels" in problems(None, f"search.target{'.a' * 5000}=1")[0]


def test_long_values_are_shortened(problems: Any) -> None:
    found = problems(None, f"lr={'x' * 1000}\x1b")
    assert len(found[0]) < 200
    assert found[0].isprintable()
