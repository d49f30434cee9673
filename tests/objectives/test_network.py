"""The built-in network as an objective: stacks, states and what becomes of them."""

from __future__ import annotations

import math
from pathlib import Path

import numpy as np
import pytest
from msgspec.structs import replace

from hpsearch.core.errors import TrainingDiverges
from hpsearch.core.trial import Config, Job, Result, Trial
from hpsearch.data.preparation import prepare
from hpsearch.data.spec import DatasetSpec
from hpsearch.objectives.network.settings import NetworkSettings
from hpsearch.objectives.network.trainer import NetworkObjective
from hpsearch.storage.requests import Requests

FIXED = NetworkSettings.model_validate(
    {"kind": "mlp", "dataset": {"source": "digits"}, "hidden": [8], "lr": 0.1, "batch_size": 64}
).model_dump(exclude={"kind", "dataset", "epochs"})


@pytest.fixture
def objective(tmp_path: Path) -> NetworkObjective:
    data = prepare(DatasetSpec("digits", limit=300), seed=0)
    data.save(tmp_path / "data.bin")
    return NetworkObjective(FIXED, tmp_path / "data.bin", data.fingerprint, tmp_path, seed=0, epochs=9)


def job(
    number: int, epochs: float = 3, start: float = 0, replicate: int = 0, **config: float | int | str
) -> Job:
    return Job(Trial(number, 0, config, 100 + number), epochs, start, replicate)


def timeless(results: list[Result]) -> list[Result]:
    return [replace(result, seconds=0.0) for result in results]


def test_a_stack_equals_its_trials_alone(objective: NetworkObjective) -> None:
    jobs = [job(n, lr=0.01 * 3**n, weight_decay=1e-4 * n, momentum=0.5 + 0.1 * n) for n in range(4)]
    together = timeless(objective.evaluate(jobs))
    alone = [timeless(objective.evaluate([one]))[0] for one in jobs]
    assert together == alone


def test_networks_of_several_seeds_start_apart_and_the_first_is_that_of_the_trial(
    objective: NetworkObjective,
) -> None:
    shape, several = objective.fitted_seeds(job(0), 3)
    alone, first = objective.fitted(job(0))
    assert shape == alone
    np.testing.assert_array_equal(several[0], first)
    assert len({own.tobytes() for own in several}) == 3
    with pytest.raises(TrainingDiverges, match="trial 1"):
        objective.fitted_seeds(job(1, lr=1e9), 2)


def test_going_on_equals_training_in_one_go(objective: NetworkObjective) -> None:
    whole = objective.evaluate([job(0), job(1, lr=0.01)])
    objective.evaluate([job(0, epochs=1), job(1, epochs=1, lr=0.01)])
    later = objective.evaluate([job(0, start=1), job(1, start=1, lr=0.01)])
    for first, second in zip(whole, later, strict=True):
        assert {name: curve[1:] for name, curve in first.curve.items()} == second.curve
        assert first.metrics == second.metrics


@pytest.mark.parametrize("kept", [True, False])
def test_a_level_within_an_epoch_shows_in_no_bit_of_what_follows(
    objective: NetworkObjective, kept: bool
) -> None:
    """Nor does it whether the state of one was kept, nor with whom a trial shares a stack."""
    levels = [(0, 0.1), (0.1, 0.4), (0.4, 1), (1, 3)]
    whole = objective.evaluate([job(n, lr=0.05 * (n + 1)) for n in range(2)])
    curves: list[dict[str, list[float]]] = [{}, {}]
    for start, epochs in levels:
        jobs = [job(n, epochs, start, lr=0.05 * (n + 1)) for n in range(2)]
        results = objective.evaluate(jobs) if epochs > 0.2 else [objective.evaluate([one])[0] for one in jobs]
        for one, result in zip(jobs, results, strict=True):
            assert (result.status, result.epochs, result.kept) == ("done", epochs, 0)
            assert {name: values[-1] for name, values in result.curve.items()} == result.metrics
            if epochs >= 1:
                for name, values in result.curve.items():
                    curves[one.trial.number].setdefault(name, []).extend(values)
            if not kept and one.trial.number:
                (objective.checkpoints / f"trial{one.trial.number}-epochs{epochs}.npz").unlink()
    assert curves == [result.curve for result in whole]
    assert results[1].metrics == whole[1].metrics


@pytest.mark.parametrize("harm", ["losses", "epoch"])
def test_a_state_within_an_epoch_that_lacks_its_losses_is_not_used(
    objective: NetworkObjective, harm: str
) -> None:
    (expected,) = objective.evaluate([job(0, epochs=1)])
    objective.evaluate([job(0, epochs=0.4)])
    path = objective.checkpoints / "trial0-epochs0.4.npz"
    with np.load(path) as file:
        arrays = dict(file)
    arrays = (
        {name: array for name, array in arrays.items() if name != "losses"} if harm == "losses" else arrays
    )
    np.savez(path, **arrays | ({"epoch": np.float64(1.4)} if harm == "epoch" else {}))
    (again,) = timeless(objective.evaluate([job(0, epochs=1, start=0.4)]))
    assert again == timeless([expected])[0]


def test_a_trial_that_is_stopped_leaves_its_stack_after_the_epoch(objective: NetworkObjective) -> None:
    """What it reached is what it has after that epoch, and the others end as they would."""
    whole = objective.evaluate([job(n, lr=0.05 * (n + 1)) for n in range(3)])
    objective.evaluate([job(n, epochs=1, lr=0.05 * (n + 1)) for n in range(3)])
    (objective.checkpoints / "trial1-epochs3.npz").unlink()
    Requests(objective.checkpoints).ask(1)
    first, left, last = timeless(objective.evaluate([job(n, lr=0.05 * (n + 1), start=1) for n in range(3)]))
    assert (left.status, left.kept, left.reason) == ("stopped", 2, "by its user")
    assert left.metrics == {name: values[1] for name, values in whole[1].curve.items()}
    assert [values[0] for values in left.curve.values()] == list(left.metrics.values())
    assert all(math.isnan(values[1]) for values in left.curve.values())
    assert not (objective.checkpoints / "trial1-epochs3.npz").exists()
    assert [first.metrics, last.metrics] == [whole[0].metrics, whole[2].metrics]
    (alone,) = objective.evaluate([job(1, epochs=1, lr=0.1)])
    assert alone.status == "done", "its last epoch had ended"


@pytest.mark.parametrize("harm", ["gone", "cut", "flipped", "of another epoch"])
def test_a_lost_state_costs_nothing_but_time(objective: NetworkObjective, harm: str) -> None:
    expected = objective.evaluate([job(0), job(1)])
    objective.evaluate([job(0, epochs=1), job(1, epochs=1)])
    state = objective.checkpoints / "trial1-epochs1.npz"
    content = state.read_bytes()
    if harm == "gone":
        state.unlink()
    elif harm == "cut":
        state.write_bytes(content[: len(content) // 2])
    elif harm == "flipped":
        state.write_bytes(content[:600] + bytes([content[600] ^ 1]) + content[601:])
    else:
        objective.evaluate([job(1, epochs=2)])
        (objective.checkpoints / "trial1-epochs2.npz").replace(state)
    results = objective.evaluate([job(0, start=1), job(1, start=1)])
    assert [result.metrics for result in results] == [result.metrics for result in expected]


def test_a_diverging_trial_is_marked_and_leaves_its_neighbours_alone(objective: NetworkObjective) -> None:
    bad, good = objective.evaluate([job(0, lr=1e6), job(1)])
    assert bad.status == "diverged"
    assert "exploded in epoch 1" in bad.reason
    assert good.metrics == objective.evaluate([job(1)])[0].metrics
    assert not (objective.checkpoints / "trial0-epochs3.npz").exists()


def test_replicates_differ_and_leave_no_state(objective: NetworkObjective) -> None:
    first, second = (objective.evaluate([job(0, replicate=r)])[0] for r in (1, 2))
    assert first.metrics != second.metrics
    assert not list(objective.checkpoints.glob("*.npz"))


SHAPES: list[Config] = [
    {"activation": "relu", "lr": 0.1},
    {"activation": "tanh", "lr": 0.1},
    {"activation": "relu", "lr": 0.2},
    {"activation": "relu", "hidden_layers": 2},
    {"activation": "relu", "lr": 0.3},
]


@pytest.mark.parametrize("workers", [1, 2, 3, 8])
def test_stacks_hold_each_job_once_and_only_one_shape(objective: NetworkObjective, workers: int) -> None:
    jobs = [Job(Trial(n, 0, config, n), 3) for n, config in enumerate(SHAPES)]
    stacks = objective.group(jobs, workers)
    assert sorted(one.trial.number for stack in stacks for one in stack) == list(range(5))
    for stack in stacks:
        assert (
            len({(one.trial.config["activation"], one.trial.config.get("hidden_layers")) for one in stack})
            == 1
        )
        assert len(stack) <= -(-len(jobs) // workers)


def test_the_longest_work_goes_first(objective: NetworkObjective) -> None:
    stacks = objective.group([job(0), job(1, epochs=9), job(2, hidden_units=512)], 3)
    assert [stack[0].trial.number for stack in stacks] == [2, 1, 0]


def test_tidying_keeps_what_it_is_told_to(objective: NetworkObjective) -> None:
    objective.evaluate([job(n, epochs=1) for n in range(3)])
    objective.tidy({(1, 1), (9, 9)})
    assert [path.name for path in objective.checkpoints.glob("*.npz")] == ["trial1-epochs1.npz"]
    assert (objective.checkpoints / "data.bin").exists()


def test_other_data_at_the_same_path_is_read_anew(objective: NetworkObjective) -> None:
    before = objective.evaluate([job(0)])[0].metrics
    data = prepare(DatasetSpec("digits", limit=600), seed=0)
    data.save(objective.data)
    other = replace(objective, fingerprint=data.fingerprint)
    assert other.evaluate([job(0)])[0].metrics != before


def test_a_state_of_another_network_is_not_used(objective: NetworkObjective) -> None:
    expected = objective.evaluate([job(0)])[0].metrics
    objective.evaluate([job(0, epochs=1, hidden_units=16)])
    assert objective.evaluate([job(0, start=1)])[0].metrics == expected
