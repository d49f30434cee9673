"""The states of trials: each says whose it is, and training goes on from no other."""

from __future__ import annotations

import json
import shutil
from collections.abc import Callable, Iterator
from itertools import permutations
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from msgspec.structs import replace

from hpsearch.core.trial import Job, Result, Trial
from hpsearch.data.preparation import prepare
from hpsearch.data.spec import DatasetSpec
from hpsearch.nn import training
from hpsearch.nn.state import State
from hpsearch.objectives.network import trainer
from hpsearch.objectives.network.settings import NetworkSettings
from hpsearch.objectives.network.states import state_file
from hpsearch.objectives.network.trainer import NetworkObjective

FIXED = NetworkSettings.model_validate(
    {"kind": "mlp", "dataset": {"source": "digits"}, "hidden": [8], "lr": 0.1, "batch_size": 64}
).hyperparameters()
LRS = (0.05, 0.1, 0.2)


@pytest.fixture
def objective(tmp_path: Path) -> NetworkObjective:
    data = prepare(DatasetSpec("digits", limit=300), seed=0)
    data.save(tmp_path / "data.bin")
    return NetworkObjective(FIXED, tmp_path / "data.bin", data.fingerprint, tmp_path, seed=0, epochs=9)


@pytest.fixture
def begun(monkeypatch: pytest.MonkeyPatch) -> Iterator[list[float]]:
    """The epoch that each training began after, in order."""
    epochs: list[float] = []

    def noted(*args: Any, state: State | None, **settings: Any) -> Any:
        epochs.append(state.epoch if state else 0)
        return training.train(*args, state=state, **settings)

    monkeypatch.setattr(trainer, "train", noted)
    yield epochs
    assert epochs, "nothing was trained"


def job(number: int, epochs: int = 2, start: int = 0) -> Job:
    return Job(Trial(number, 0, {"lr": LRS[number], "activation": "tanh"}, 100 + number), epochs, start)


def further(objective: NetworkObjective, jobs: list[Job]) -> list[Result]:
    return [replace(result, seconds=0.0) for result in objective.evaluate(jobs)]


def test_a_state_is_gone_on_from_by_a_process_that_read_its_trial(
    objective: NetworkObjective, begun: list[float]
) -> None:
    objective.evaluate([job(0, epochs=1)])
    trial = job(0).trial
    read = replace(trial, config=json.loads(json.dumps(trial.config)))
    moved = replace(objective, fixed={**FIXED, "init_file": "/elsewhere/w.npz"}, memory=objective.memory // 2)
    further(moved, [Job(read, 2, 1)])
    assert begun == [0, 1]


@pytest.mark.parametrize("places", list(permutations(range(3))), ids=str)
def test_exchanged_states_change_nothing(
    objective: NetworkObjective, places: tuple[int, ...], begun: list[float]
) -> None:
    goes_on = [job(number, start=1) for number in range(3)]
    objective.evaluate([job(number, epochs=1) for number in range(3)])
    expected = further(objective, goes_on)
    files = [state_file(objective.checkpoints, number, 1) for number in range(3)]
    states = [file.read_bytes() for file in files]
    for file, place in zip(files, places, strict=True):
        file.write_bytes(states[place])
    assert further(objective, goes_on) == expected
    exchanged = places != (0, 1, 2)
    assert begun == [0, 1, *([0] * exchanged), 1]


def test_the_network_that_a_trial_ended_with_is_its_own(objective: NetworkObjective) -> None:
    objective.evaluate([job(0), job(1)])
    _, expected = objective.fitted(job(1))
    shutil.copy(state_file(objective.checkpoints, 0, 2), state_file(objective.checkpoints, 1, 2))
    assert not np.array_equal(expected, objective.fitted(job(0))[1])
    np.testing.assert_array_equal(objective.fitted(job(1))[1], expected)


Other = Callable[[NetworkObjective, Job], tuple[NetworkObjective, Job]]


def of_trial(**changes: Any) -> Other:
    return lambda objective, one: (
        objective,
        replace(one, trial=replace(one.trial, **changes)),
    )


def of_search(**changes: Any) -> Other:
    return lambda objective, one: (replace(objective, **changes), one)


OTHERS: dict[str, Other] = {
    "configuration": of_trial(config={"lr": 0.050000001, "activation": "tanh"}),
    "parameter": of_trial(config={"lr": 0.05, "activation": "tanh", "momentum": 0.9}),
    "seed of the trial": of_trial(seed=99),
    "replicate": lambda objective, one: (objective, replace(one, replicate=1)),
    "setting": of_search(fixed={**FIXED, "weight_decay": 1e-7}),
    "data": of_search(fingerprint="other"),
    "seed of the search": of_search(seed=1),
    "full training": of_search(epochs=10),
}


@pytest.mark.parametrize("what", OTHERS)
def test_a_state_is_of_one_trial_of_one_search(
    objective: NetworkObjective, what: str, begun: list[float]
) -> None:
    objective.evaluate([job(0, epochs=1)])
    changed, other = OTHERS[what](objective, job(0, start=1))
    changed.evaluate([other])
    assert begun == [0, 0, 1]


def test_a_state_of_another_number_is_not_used(objective: NetworkObjective, begun: list[float]) -> None:
    objective.evaluate([job(0, epochs=1)])
    shutil.copy(state_file(objective.checkpoints, 0, 1), state_file(objective.checkpoints, 7, 1))
    objective.evaluate([Job(replace(job(0).trial, number=7), 2, 1)])
    assert begun == [0, 0, 1]


def test_a_state_that_does_not_say_whose_it_is_is_not_used(
    objective: NetworkObjective, begun: list[float]
) -> None:
    """As those are that versions before wrote."""
    objective.evaluate([job(0, epochs=1)])
    path = state_file(objective.checkpoints, 0, 1)
    with np.load(path) as kept:
        arrays = {name: kept[name] for name in kept.files if name != "label"}
    np.savez(path, **arrays)
    objective.evaluate([job(0, start=1)])
    assert begun == [0, 0, 1]
