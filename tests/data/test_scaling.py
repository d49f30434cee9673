from __future__ import annotations

import numpy as np
import pytest

from hpsearch.data.scaling import SCALINGS, base, fit

ROWS = np.arange(40)
INPUTS = np.random.default_rng(0).normal(3, 5, (60, 4))


def test_none_changes_nothing_but_the_type() -> None:
    scaled = fit("none", INPUTS, ROWS).apply(INPUTS)
    np.testing.assert_array_equal(scaled, INPUTS.astype(np.float32))


def test_minmax_brings_the_training_part_to_0_and_1() -> None:
    scaled = fit("minmax", INPUTS, ROWS).apply(INPUTS, ROWS)
    np.testing.assert_allclose(scaled.min(axis=0), 0, atol=1e-7)
    np.testing.assert_allclose(scaled.max(axis=0), 1, rtol=1e-6)


def test_standard_brings_the_training_part_to_mean_0_and_deviation_1() -> None:
    scaled = fit("standard", INPUTS, ROWS).apply(INPUTS, ROWS)
    np.testing.assert_allclose(scaled.mean(axis=0), 0, atol=1e-6)
    np.testing.assert_allclose(scaled.std(axis=0), 1, rtol=1e-6)


@pytest.mark.parametrize("name", ["minmax", "standard"])
def test_only_the_given_rows_are_learned_from(name: str) -> None:
    changed = INPUTS.copy()
    changed[40:] = 1e6
    first, second = fit(name, INPUTS, ROWS), fit(name, changed, ROWS)
    np.testing.assert_array_equal(first.offset, second.offset)
    np.testing.assert_array_equal(first.factor, second.factor)


def test_a_known_range_is_preferred_to_what_occurs() -> None:
    pixels = np.array([[0, 8], [0, 4], [16, 2]], np.uint8)
    scaled = fit("minmax", pixels, np.array([0, 1]), (0, 16)).apply(pixels)
    np.testing.assert_array_equal(scaled, pixels / np.float32(16))


@pytest.mark.parametrize("name", ["minmax", "standard"])
@pytest.mark.parametrize("value", [0.0, 0.1, -1e30, 1e-310])
def test_a_constant_input_becomes_0_everywhere(name: str, value: float) -> None:
    inputs = np.full((30, 1), value)
    inputs[20:] = 7.0
    np.testing.assert_array_equal(fit(name, inputs, np.arange(20)).apply(inputs), np.zeros((30, 1)))


@pytest.mark.parametrize("kind", [np.bool_, np.uint8, np.int8, np.float16, np.dtype(">f8")])
@pytest.mark.parametrize("name", list(SCALINGS))
def test_every_type_of_number_is_computed_in_full(name: str, kind: np.dtype) -> None:
    inputs = np.random.default_rng(1).integers(-100, 100, (50, 3)).astype(kind)
    expected = fit(name, inputs.astype(np.float64), ROWS).apply(inputs.astype(np.float64))
    scaled = fit(name, inputs, ROWS).apply(inputs)
    np.testing.assert_allclose(scaled, expected, rtol=1e-6, atol=1e-7)
    assert scaled.dtype == np.float32
    assert scaled.flags.c_contiguous


@pytest.mark.parametrize("name", list(SCALINGS))
def test_blocks_do_not_show(name: str, monkeypatch: pytest.MonkeyPatch) -> None:
    whole = fit(name, INPUTS, ROWS).apply(INPUTS, ROWS)
    monkeypatch.setattr(base, "BLOCK", 9)
    np.testing.assert_allclose(fit(name, INPUTS, ROWS).apply(INPUTS, ROWS), whole, rtol=1e-6, atol=1e-7)
