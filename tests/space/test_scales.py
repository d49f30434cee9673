from __future__ import annotations

import math
import subprocess
import sys

import numpy as np
import pytest

from hpsearch.core.errors import InputError
from hpsearch.core.randomness import Streams
from hpsearch.space import SCALES, Linear, Log, OneMinusLog, Scale


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
    ("scale", "low", "high"),
    [
        (Log(1, 1000), 0.2, 6000),
        (Log(1, 1.1), 0.976, 1.127),  # one digit would be within the range
        (Linear(0, 10), -2.5, 12.5),
        (Linear(1000, 1001), 999.75, 1001.25),
        (OneMinusLog(0.9, 0.999), 0.7, 0.9997),
        (OneMinusLog(-10.2, -9), -10.53, -8.72),
    ],
)
def test_ends_move_outwards_and_are_short(scale: Scale, low: float, high: float) -> None:
    assert (scale.widened("low"), scale.widened("high")) == (low, high)


def test_three_digits_of_what_a_scale_measures() -> None:
    wide = Log(1e-9, 1e9)
    assert Log(0.00123456, 0.0234567).rounded(within=wide) == Log(0.00123, 0.0235)
    old = OneMinusLog(0.5, 0.9999)
    assert OneMinusLog(0.954321, 0.9987654).rounded(within=old) == OneMinusLog(0.9543, 0.99877)
    assert Linear(0.123456, 0.987654).rounded(within=Linear(0, 0.9877)) == Linear(0.123, 0.9877)
    narrow = Log(1, 1 + 1e-12)
    assert narrow.rounded(within=wide) == narrow


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
