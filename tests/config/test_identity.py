from __future__ import annotations

from typing import Any

import pytest

from hpsearch.config import changed_keys, digest
from hpsearch.config.loading import validate
from hpsearch.config.yaml.loader import parse_yaml


@pytest.mark.parametrize(
    ("override", "changed"),
    [
        ("search.trials=61", []),
        ("search.time_limit=5m", []),
        ("search.target=0.9", []),
        ("dispatch={workers: 3, timeout: 1m}", []),
        ("seed=1", ["seed"]),
        ("space.lr.high=2", ["space.lr.high"]),
        ("space.momentum.choices=[0.8, 0.9]", ["space.momentum"]),
        ("search.halving=off", ["search.halving"]),
        ("objective.dataset.limit=10", ["objective.dataset.limit"]),
        ("search.round_size=4", ["search.round_size"]),
        ("search.overlap=0", []),
        ("search.overlap=auto", ["search.overlap"]),
        ("search.value=best", ["search.value"]),
        ("search.budget=epochs", []),
        ("search.budget=seconds", ["search.budget"]),
    ],
)
def test_what_changes_a_search(load: Any, override: str, changed: list[str]) -> None:
    assert changed_keys(load(), load(None, override)) == changed


def test_the_number_of_trials_decides_the_points_of_a_grid(load: Any) -> None:
    grid = "search.sampler=grid"
    assert changed_keys(load(None, grid), load(None, grid, "search.trials=9")) == ["search.trials"]


def test_a_grid_of_choices_has_the_same_points_for_any_number_of_trials(load: Any) -> None:
    space = {"optimizer": {"choices": ["sgd", "adam"]}, "batch_size": {"choices": [8, 16, 32]}}
    some, all_of_it = (
        load(None, "search.sampler=grid", f"search.trials={trials}", space=space) for trials in (4, 6)
    )
    assert changed_keys(some, all_of_it) == []
    assert digest(some) == digest(all_of_it, trials=4) != digest(all_of_it)


def test_a_setting_that_means_what_ever_was_is_no_part_of_the_digest(load: Any) -> None:
    assert (
        digest(load()) == digest(load(None, "search.value=last")) != digest(load(None, "search.value=best"))
    )
    assert digest(load()) == digest(load(None, "search.budget=epochs"))
    assert digest(load()) != digest(load(None, "search.budget=seconds"))
    off, balanced = (
        load(None, f"objective.class_weights={value}", objective={"kind": "mlp", "dataset": "digits"})
        for value in ("off", "balanced")
    )
    assert digest(off) == digest(load(objective={"kind": "mlp", "dataset": "digits"})) != digest(balanced)
    assert changed_keys(off, balanced) == ["objective.class_weights"]


def test_the_order_of_the_space_counts(load: Any) -> None:
    one, two = {"choices": [1, 2]}, {"choices": [8, 16]}
    before, after = load(space={"lr": one, "batch_size": two}), load(space={"batch_size": two, "lr": one})
    assert changed_keys(before, after) == ["space"]
    assert changed_keys(before, before) == []


def test_the_digest_says_nothing_and_follows_what_matters(recwarn: pytest.WarningsRecorder) -> None:
    text = "objective: {kind: mlp, dataset: {source: digits, split: [0.6, 0.2, 0.2]}}\n"
    text += "space: {lr: {scale: log, low: 1e-4, high: 1}}\n"
    spec, _ = validate({"name": "x", **parse_yaml(text, "f").data})
    other, _ = validate({"name": "x", **parse_yaml(text.replace("1e-4", "1e-3"), "f").data})
    more, _ = validate({"name": "y", **parse_yaml(text + "search: {trials: 99}\n", "f").data})
    assert spec and other and more
    assert digest(spec) == digest(more) != digest(other)
    assert not recwarn.list
