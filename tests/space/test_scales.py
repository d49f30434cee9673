from __future__ import annotations

import math
import subprocess
import sys

import numpy as np
import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from hpsearch.core.errors import InputError
from hpsearch.core.randomness import Streams
from hpsearch.space import SCALES, Linear, Log, OneMinusLog, Scale

ENDS = {
    "linear": st.floats(-1e6, 1e6),
    "log": st.floats(1e-12, 1e12),
    # Far enough from 1 that a float64 can hold the digits of 1 - x.
    "one_minus_log": st.floats(-1e3, 1 - 1e-9),
}
UNIT = st.floats(0, 1)


@st.composite
def scales(draw: st.DrawFn) -> Scale:
    name = draw(st.sampled_from(sorted(SCALES)))
    low, high = sorted((draw(ENDS[name]), draw(ENDS[name])))
    assume(high - low > 1e-6 * max(abs(low), abs(high)))
    assume(SCALES[name].problem(low, high) is None)
    return SCALES[name](low, high)


def test_every_registered_scale_is_tested_here() -> None:
    assert set(SCALES) == set(ENDS)


@given(scales())
def test_the_ends_are_reached_exactly(scale: Scale) -> None:
    assert (scale.from_unit(0.0), scale.from_unit(1.0)) == (scale.low, scale.high)
    assert (scale.to_unit(scale.low), scale.to_unit(scale.high)) == (0.0, 1.0)


@given(scales(), UNIT)
def test_a_place_survives_the_round_trip(scale: Scale, unit: float) -> None:
    # A scale over a small part of its numbers has few of them for each place.
    start, stop = scale.axis(np.array([scale.low, scale.high]))
    grain = 1e-14 * max(abs(scale.low), abs(scale.high), 1.0) / (scale.high - scale.low)
    room = 1e-9 + 1e-14 * max(abs(start), abs(stop)) / (stop - start) + grain
    if scale.name == "one_minus_log":
        room += 1e-15 / (1 - scale.high) / (stop - start)
    assert scale.to_unit(scale.from_unit(unit)) == pytest.approx(unit, abs=room)


@given(scales(), UNIT, UNIT)
def test_it_increases_and_stays_inside(scale: Scale, one: float, other: float) -> None:
    low, high = (scale.from_unit(unit) for unit in sorted((one, other)))
    slack = 1e-15 * max(abs(low), abs(high), 1e-300)  # the last digit of exp is not promised to be ordered
    assert scale.low <= low <= high + slack
    assert high <= scale.high


@given(scales(), st.lists(UNIT, min_size=1, max_size=9))
def test_an_array_and_its_elements_give_the_same_bits(scale: Scale, units: list[float]) -> None:
    array = np.array(units)
    strided = np.repeat(array, 3)[::3]
    together = scale.from_unit(strided)
    assert together.tolist() == [scale.from_unit(unit) for unit in units]
    assert together.shape == array.shape
    assert isinstance(scale.from_unit(units[0]), float)


def test_outside_is_taken_for_the_nearest_end() -> None:
    assert Log(1e-4, 1).to_unit(np.array([0.0, 1e-9, 5.0])).tolist() == [0.0, 0.0, 1.0]
    assert OneMinusLog(0.9, 0.999).to_unit(2.0) == 1.0


def test_the_median_of_one_minus_log_is_the_geometric_middle() -> None:
    draws = OneMinusLog(0.9, 0.999).from_unit(Streams(0).generator("test").random(40_000))
    assert np.median(draws) == pytest.approx(0.990, abs=3e-4)
    assert OneMinusLog(0.9, 0.999).from_unit(0.5) == pytest.approx(0.99, abs=1e-15)


def test_log_gives_each_decade_a_quarter() -> None:
    draws = Log(1e-4, 1).from_unit(Streams(0).generator("test").random(40_000))
    counts, _ = np.histogram(draws, [1e-4, 1e-3, 1e-2, 1e-1, 1])
    assert counts / 40_000 == pytest.approx([0.25] * 4, abs=0.01)


def test_digits_near_one_and_near_zero_are_kept() -> None:
    scale = OneMinusLog(0.0, 1 - 1e-12)
    assert 1 - scale.from_unit(0.5) == pytest.approx(1e-6, rel=1e-3)
    assert OneMinusLog(0, 0.5).to_unit(1e-18) == pytest.approx(1e-18 / math.log(2), abs=0)
    assert OneMinusLog(0, 0.5).from_unit(1e-18) == pytest.approx(1e-18 * math.log(2), abs=0)


@pytest.mark.parametrize(
    ("name", "low", "high", "problem"),
    [
        ("log", 0, 1, "low: must be above 0 on a log scale"),
        ("log", -1, 1, "low: must be above 0 on a log scale"),
        ("one_minus_log", 0.9, 1, "high: must be below 1 on a one_minus_log scale"),
        ("linear", 1, 1, "high: must be above low"),
        ("linear", 2, 1, "high: must be above low"),
        ("linear", 0, math.inf, "high: must lie a finite distance above low"),
        ("linear", math.nan, 1, "high: must lie a finite distance above low"),
        ("linear", -1e308, 1e308, "high: must lie a finite distance above low"),
        (
            "log",
            1e15,
            1e15 + 0.125,
            "high: must be further above low; no number lies between them on a log scale",
        ),
        ("log", 1e-4, 1, None),
        ("one_minus_log", 0.9, 0.999, None),
        ("linear", -3, 4, None),
    ],
)
def test_problems_name_the_end_and_the_rule(name: str, low: float, high: float, problem: str | None) -> None:
    assert SCALES[name].problem(low, high) == problem


def test_a_range_with_a_problem_cannot_be_made() -> None:
    with pytest.raises(InputError, match=r"scale log on \[0, 1\]: low: must be above 0"):
        Log(0, 1)


def test_scales_are_compared_by_value() -> None:
    assert Linear(0, 1) == Linear(0, 1) != Linear(0, 2)
    assert len({Log(1, 2), Log(1, 2)}) == 1


def test_importing_spaces_costs_numpy_only() -> None:
    code = "import sys, hpsearch.space; print({'scipy', 'pydantic', 'yaml', 'rich'} & set(sys.modules))"
    run = subprocess.run([sys.executable, "-c", code], capture_output=True, check=True)
    assert run.stdout.strip() == b"set()"
