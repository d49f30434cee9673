from __future__ import annotations

import numpy as np
import pytest

from hpsearch.nn import Architecture, Network, Pass, best_stack_size, bytes_per_trial
from hpsearch.nn.sizing import CACHE_BUDGET

SMALL, LARGE = Architecture(64, (32, 32), 10), Architecture(784, (512, 512), 10)


def test_bytes_grow_with_what_is_kept() -> None:
    assert bytes_per_trial(SMALL, "adam", 32, 100) - bytes_per_trial(SMALL, "sgd", 32, 100) == 2 * 4 * 3466
    assert bytes_per_trial(SMALL, "sgd", 64, 100) > bytes_per_trial(SMALL, "sgd", 32, 100)


def test_no_trial_works_in_less_than_its_parameters_and_gradients() -> None:
    assert bytes_per_trial(LARGE, "sgd", 1, 1) >= 2 * 4 * (784 * 512 + 512 * 512 + 512 * 10 + 1034)


@pytest.mark.parametrize("architecture", [SMALL, LARGE])
def test_a_stack_fits_the_cache_or_is_one_trial(architecture: Architecture) -> None:
    size = best_stack_size(architecture, "momentum", 32)
    assert size == 1 or size * bytes_per_trial(architecture, "momentum", 32, 1) <= CACHE_BUDGET * 1.05
    assert size >= 1


def test_small_networks_are_stacked() -> None:
    assert best_stack_size(SMALL, "momentum", 32) >= 8
    assert best_stack_size(LARGE, "momentum", 32) == 1


def test_a_network_too_large_for_any_machine_is_measured_without_memory() -> None:
    huge = Architecture(784, (16384,) * 64, 10, batch_norm="before", dropout="inverted", activation="prelu")
    assert bytes_per_trial(huge, "adam", 16384, 10_000) > 4 * 5 * 63 * 16384**2


@pytest.mark.parametrize("activation", ["relu", "gelu", "rrelu", "prelu"])
def test_what_is_counted_is_what_is_taken(activation: str) -> None:
    network = Network(Architecture(20, (30, 10), 3, activation, batch_norm="after", dropout="inverted"))
    arrays = [np.zeros((1, size), np.float32) for size in (network.layout.size, network.layout.learned)]
    dry, wet = (
        Pass(network, arrays[0], arrays[1], 8, training=True, dry=dry).nbytes for dry in (True, False)
    )
    assert dry == wet


def test_an_evaluation_that_takes_more_than_the_training_makes_stacks_smaller(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    free = best_stack_size(SMALL, "sgd", 1)
    each = bytes_per_trial(SMALL, "sgd", 1, 1000)
    monkeypatch.setattr("hpsearch.nn.sizing.MEMORY_BUDGET", 5 * each)
    assert free > best_stack_size(SMALL, "sgd", 1) == 5
