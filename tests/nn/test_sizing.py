from __future__ import annotations

import pytest

from hpsearch.nn import Architecture, best_stack_size, bytes_per_trial
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
