"""Trials of several networks, one per fold: stacks, states, and the means that stand for a trial."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np
import pytest
from msgspec.structs import replace

from hpsearch.core.randomness import Streams
from hpsearch.core.trial import Config, Job, Result, Trial
from hpsearch.data.preparation import prepare_folds
from hpsearch.data.spec import DatasetSpec, Folds
from hpsearch.nn.state import State
from hpsearch.nn.training import train
from hpsearch.objectives.network.settings import NetworkSettings
from hpsearch.objectives.network.trainer import NetworkObjective, architecture, settings

FIXED = NetworkSettings.model_validate(
    {"kind": "mlp", "dataset": {"source": "digits"}, "hidden": [8], "lr": 0.1, "batch_size": 64}
).model_dump(exclude={"kind", "dataset", "epochs"})
F = 3


@pytest.fixture
def objective(tmp_path: Path) -> NetworkObjective:
    data = prepare_folds(DatasetSpec("digits", limit=304, split=Folds(F)), seed=0)
    data.save(tmp_path / "data.bin")
    return NetworkObjective(
        FIXED, tmp_path / "data.bin", data.fingerprint, tmp_path, seed=0, epochs=9, folds=F
    )


def job(number: int, epochs: int = 3, start: int = 0, replicate: int = 0, **config: float | int | str) -> Job:
    return Job(Trial(number, 0, config, 100 + number), epochs, start, replicate)


def timeless(results: list[Result]) -> list[Result]:
    return [replace(result, seconds=0.0) for result in results]


CONFIGS: list[Config] = [
    {"lr": 0.01 * 3**n, "weight_decay": 1e-4 * n, "momentum": 0.5 + 0.1 * n} for n in range(4)
]


def fold_alone(objective: NetworkObjective, one: Job, fold: int) -> dict[str, np.ndarray]:
    """The curves of one network of a job, trained by itself."""
    data = prepare_folds(DatasetSpec("digits", limit=304, split=Folds(F)), seed=0)
    config: dict[str, Any] = {**FIXED, **one.trial.config}
    key = (one.replicate, fold) if fold else (one.replicate,)
    done = train(
        architecture(config, data),
        settings([config], 9),
        data.parts[fold],
        seeds=[Streams(one.trial.seed).integer("weights", *key)],
        order=(0, one.replicate),
        epochs=one.epochs,
    )
    return {name: curve[0] for name, curve in done.curves.items()}


@pytest.mark.parametrize("replicate", [0, 2])
def test_a_trial_is_the_mean_of_its_folds_each_trained_alone(
    objective: NetworkObjective, replicate: int
) -> None:
    jobs = [Job(Trial(n, 0, config, 100 + n), 3, 0, replicate) for n, config in enumerate(CONFIGS)]
    for one, result in zip(jobs, objective.evaluate(jobs), strict=True):
        curves = [fold_alone(objective, one, fold) for fold in range(F)]
        for name, values in result.curve.items():
            expected = np.mean([curve[name] for curve in curves], axis=0)
            assert list(values) == expected.tolist()
            assert result.metrics[name] == values[-1]


def test_distances_are_told_in_the_units_of_the_target(tmp_path: Path) -> None:
    """Each fold has its own deviation; r2 has no unit."""
    rng = np.random.default_rng(0)
    X = rng.normal(size=(60, 3))
    np.savez(tmp_path / "d.npz", X=X, y=5000 * X[:, 0] * (np.arange(60) % 3))
    spec = DatasetSpec(str(tmp_path / "d.npz"), task="regression", split=Folds(F, 0))
    data = prepare_folds(spec, seed=0)
    data.save(tmp_path / "data.bin")
    fixed = {**FIXED, "loss": "mse", "lr": 0.01}
    made = NetworkObjective(
        fixed, tmp_path / "data.bin", data.fingerprint, tmp_path, 0, 9, folds=F, figures=("rmse",)
    )
    (result,) = made.evaluate([job(0)])
    shape = architecture(fixed, data)
    alone = [
        train(
            shape,
            settings([fixed], 9),
            data.parts[fold],
            seeds=[Streams(100).integer("weights", 0, *((fold,) if fold else ()))],
            order=(0, 0),
            epochs=3,
        ).curves["val_r2"][0]
        for fold in range(F)
    ]
    deviations = [data.y[data.division.validation(fold)].std() for fold in range(F)]
    assert len({round(own) for own in data.target[:, 1]}) == F
    expected = np.mean([d * np.sqrt(1 - r2) for d, r2 in zip(deviations, alone, strict=True)], axis=0)
    assert result.curve["val_rmse"] == pytest.approx(expected.tolist(), rel=1e-5)
    assert result.metrics["val_r2"] == pytest.approx(np.mean(alone, axis=0)[-1])


def test_a_stack_equals_its_trials_alone(objective: NetworkObjective) -> None:
    jobs = [Job(Trial(n, 0, config, 100 + n), 3) for n, config in enumerate(CONFIGS)]
    together = timeless(objective.evaluate(jobs))
    assert together == [timeless(objective.evaluate([one]))[0] for one in jobs]


@pytest.mark.parametrize("lost", [False, True])
def test_going_on_equals_training_in_one_go(objective: NetworkObjective, lost: bool) -> None:
    whole = objective.evaluate([job(0), job(1, lr=0.01)])
    objective.evaluate([job(0, epochs=1), job(1, epochs=1, lr=0.01)])
    state = objective.checkpoints / "trial1-epochs1.npz"
    assert len(State.load(state).parameters) == F
    if lost:
        state.unlink()
    later = objective.evaluate([job(0, start=1), job(1, start=1, lr=0.01)])
    for first, second in zip(whole, later, strict=True):
        assert {name: curve[1:] for name, curve in first.curve.items()} == second.curve
        assert first.metrics == second.metrics


def test_the_means_of_many_folds_do_not_depend_on_how_many_epochs_are_trained_at_once(tmp_path: Path) -> None:
    data = prepare_folds(DatasetSpec("digits", limit=304, split=Folds(9, test=0)), seed=0)
    data.save(tmp_path / "data.bin")
    many = NetworkObjective(
        FIXED, tmp_path / "data.bin", data.fingerprint, tmp_path, seed=0, epochs=9, folds=9
    )
    jobs = [job(number) for number in range(8)]
    whole = many.evaluate(jobs)
    for first, one in zip(whole, many.evaluate([replace(one, epochs=1) for one in jobs]), strict=True):
        assert {name: curve[:1] for name, curve in first.curve.items()} == one.curve


def test_a_state_of_fewer_folds_is_not_used(objective: NetworkObjective) -> None:
    expected = objective.evaluate([job(0)])[0].metrics
    objective.evaluate([job(0, epochs=1)])
    path = objective.checkpoints / "trial0-epochs1.npz"
    State.load(path).select(range(F - 1)).save(path)
    assert objective.evaluate([job(0, start=1)])[0].metrics == expected


def test_a_trial_with_a_diverging_fold_has_diverged(
    objective: NetworkObjective, monkeypatch: pytest.MonkeyPatch
) -> None:
    data = prepare_folds(DatasetSpec("digits", limit=304, split=Folds(F)), seed=0)
    scaler = data.scalers[1]
    wild = replace(scaler, factor=scaler.factor * 1e12)
    replace(data, scalers=(data.scalers[0], wild, data.scalers[2])).save(objective.data)
    bad = replace(objective, fingerprint="wild")
    (result,) = bad.evaluate([job(0)])
    assert result.status == "diverged"
    assert result.reason == f"the loss exploded in epoch 1 in 1 of {F} folds: try a lower lr"
    assert result.metrics == {}
    assert not list(objective.checkpoints.glob("*.npz"))


def test_stacks_count_networks(objective: NetworkObjective) -> None:
    jobs = [Job(Trial(n, 0, {}, n), 3) for n in range(64)]
    most = max(map(len, objective.group(jobs, 1)))
    plain = max(map(len, replace(objective, folds=1, data=_plain(objective)).group(jobs, 1)))
    assert 1 < most <= plain // F


def _plain(objective: NetworkObjective) -> Path:
    from hpsearch.data.preparation import prepare

    path = objective.checkpoints / "plain.bin"
    prepare(DatasetSpec("digits", limit=304), seed=0).save(path)
    return path


def test_the_epochs_that_early_stopping_keeps_are_averaged(objective: NetworkObjective) -> None:
    stopping = job(0, epochs=9, early_stopping=1, lr=1.0)
    objective.evaluate([stopping])
    state = State.load(objective.checkpoints / "trial0-epochs9.npz")
    best = state.slots["stop_memory"][:, 0]
    assert (best < 9).any()
    assert objective.epochs_kept(stopping) == round(best.mean())
    assert objective.epochs_kept(job(1, epochs=4)) == 4
