from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from hpsearch.core.trial import Job, Trial
from hpsearch.data.preparation import prepare
from hpsearch.data.spec import DatasetSpec
from hpsearch.objectives.network.settings import NetworkSettings
from hpsearch.objectives.network.trainer import NetworkObjective

#: Values in turn: the trials of a stack differ in them, or stand in other stacks.
TURNS: dict[str, list[Any]] = {
    "lr": [0.01, 0.1],
    "dropout": [0.0, 0.2, 0.4],
    "input_dropout": [0.1, 0.2],
    "weight_decay": [0.0, 1e-3],
    "label_smoothing": [0.1, 0.0],
    "clip_norm": [1.0, 0.0],
    "early_stopping": [2, 1],
    "batch_norm": ["before", "off"],
    "lr_schedule": ["cosine"],
    "warmup_epochs": [0.0, 1.0],
    "augment_noise": [0.1, 0.0, 0.0],
    "class_weights": ["off", "balanced", "balanced"],
}


@pytest.fixture
def objective(tmp_path: Path) -> NetworkObjective:
    data = prepare(DatasetSpec("digits", limit=300), 0)
    data.save(tmp_path / "data.bin")
    given = {"kind": "mlp", "dataset": "digits", "hidden": [16], "epochs": 6, "augment": {"shift": 1.0}}
    fixed = NetworkSettings.model_validate(given)
    settings = fixed.model_dump(exclude={"kind", "dataset", "epochs"})
    return NetworkObjective(
        settings, tmp_path / "data.bin", data.fingerprint, tmp_path, 3, 6, figures=("auc",)
    )


def jobs(count: int, start: int, epochs: int) -> list[Job]:
    configs = [{name: values[i % len(values)] for name, values in TURNS.items()} for i in range(count)]
    return [Job(Trial(i, 0, config, 100 + i), epochs, start) for i, config in enumerate(configs)]


def test_trials_in_stacks_and_resumed_equal_trials_alone_and_straight_through(
    objective: NetworkObjective,
) -> None:
    def curves(given: list[Job], stacks: list[Any]) -> dict[int, list[float]]:
        results = [result for stack in stacks for result in objective.evaluate(stack)]
        assert [result.status for result in results] == ["done"] * len(given)
        return {result.trial: list(result.curve["val_loss"]) for result in results}

    alone = jobs(12, 0, 6)
    straight = curves(alone, [[job] for job in alone])
    first, second = jobs(12, 0, 2), jobs(12, 2, 6)
    stacks = objective.group(first, 1)
    assert len(stacks) < 12
    begun = curves(first, stacks)
    went_on = curves(second, objective.group(second, 1))
    assert {trial: begun[trial] + went_on[trial] for trial in begun} == straight
