from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from hpsearch.core.errors import InputError
from hpsearch.space import SCALES, Choice, Integer, Linear, Log, OneMinusLog, Parameter, Real
from hpsearch.space.bins import Bins

FINE = (np.arange(60_000) + 0.5) / 60_000

EXAMPLES: list[Parameter] = [
    Real("lr", Log(1e-4, 1)),
    Real("momentum", OneMinusLog(0.9, 0.999)),
    Real("dropout", Linear(0.0, 0.5), step=0.1),
    Integer("layers", Linear(2, 4)),
    Integer("width", Log(1, 300)),
    Integer("offset", OneMinusLog(-50, 0)),
    Choice("batch_size", (128, 32, 64)),
    Choice("activation", ("relu", "tanh", "gelu")),
    Choice("nesterov", (True, False)),
    Choice("alone", ("only",)),
]
by_name = pytest.mark.parametrize("parameter", EXAMPLES, ids=lambda parameter: parameter.name)
finite = pytest.mark.parametrize(
    "parameter", [one for one in EXAMPLES if one.size is not None], ids=lambda parameter: parameter.name
)


@by_name
def test_values_are_plain_python(parameter: Parameter) -> None:
    types = {type(value) for value in parameter.decode(np.linspace(0, 1, 50))}
    assert types <= {float, int, str, bool}
    assert len(types) == 1


@by_name
def test_values_lie_in_the_parameter_and_survive_the_round_trip(parameter: Parameter) -> None:
    values = parameter.decode(np.linspace(0, 1, 201))
    assert all(value in parameter for value in values)
    again = parameter.decode(parameter.encode(values))
    assert again == (pytest.approx(values, rel=1e-12) if parameter.size is None else values)


@finite
def test_every_value_is_reached_ends_included(parameter: Parameter) -> None:
    assert parameter.size is not None
    levels = parameter.levels(parameter.size)
    assert len(set(levels)) == len(levels) == parameter.size
    assert set(parameter.decode(FINE)) == set(levels)
    assert parameter.decode(np.array([0.0, 1.0])) == [levels[0], levels[-1]]
    assert parameter.decode(parameter.encode(levels)) == levels


@given(
    st.sampled_from(["log", "one_minus_log", "linear"]),
    st.integers(1, 400),
    st.integers(1, 400),
)
def test_every_integer_of_any_scale_has_a_bin_of_its_own(name: str, low: int, span: int) -> None:
    ends = (-low - span, -low) if name == "one_minus_log" else (low, low + span)
    parameter = Integer("n", SCALES[name](*ends))
    numbers = list(range(ends[0], ends[1] + 1))
    centres = parameter.encode(numbers)
    assert parameter.decode(centres) == numbers
    assert (np.diff(centres) > 0).all()


@pytest.mark.parametrize(
    "parameter",
    [
        Integer("layers", Linear(2, 4)),
        Integer("many", Linear(-7, 52)),
        Real("dropout", Linear(0.1, 0.5), step=0.1),
        Choice("activation", ("relu", "tanh", "gelu")),
    ],
    ids=lambda parameter: parameter.name,
)
def test_on_a_linear_scale_all_values_are_equally_likely(parameter: Parameter) -> None:
    drawn = parameter.decode(FINE)
    assert parameter.size is not None
    counts = [drawn.count(value) for value in parameter.levels(parameter.size)]
    assert max(counts) - min(counts) <= 1


def test_on_a_log_scale_integers_share_by_ratio() -> None:
    drawn = np.array(Integer("width", Log(1, 1000)).decode(FINE), dtype=np.float64)
    shares = [((drawn >= low) & (drawn < 10 * low)).mean() for low in (10, 100)]
    assert shares[0] == pytest.approx(shares[1], abs=0.01)


def test_steps_are_written_as_people_write_them() -> None:
    parameter = Real("dropout", Linear(0.1, 0.75), step=0.2)
    assert parameter.levels(99) == [0.1, 0.3, 0.5, 0.7]
    assert (parameter.size, parameter.kind) == (4, "ordinal")
    assert 0.3 in parameter
    assert 0.4 not in parameter


@pytest.mark.parametrize(
    ("scale", "step", "problem"),
    [
        (Log(1, 2), 0.1, "for a linear scale"),
        (Linear(0, 1), 0.0, "above 0"),
        (Linear(0, 1), 1.5, "at most high - low, 1"),
        (Linear(0, 1), 1e-16, "larger step"),
        (Linear(0, 1), float("nan"), "above 0"),
    ],
)
def test_steps_that_do_not_suit_the_range(scale: Linear, step: float, problem: str) -> None:
    with pytest.raises(InputError, match=f"dropout: step .*{problem}"):
        Real("dropout", scale, step=step)


def test_integers_need_whole_ends() -> None:
    assert Integer("n", Linear(1.0, 3.0)).levels(9) == [1, 2, 3]
    with pytest.raises(InputError, match=r"n: low 1\.5 must be a whole number"):
        Integer("n", Linear(1.5, 3))
    with pytest.raises(InputError, match="fewer than"):
        Integer("n", Linear(0, 2e15))


def test_numbers_are_sorted_and_words_are_not() -> None:
    assert Choice("n", (3, 1, 2)).decode(np.array([0.1, 0.5, 0.9])) == [1, 2, 3]
    assert Choice("n", (3, 1, 2), ordered=False).choices == (3, 1, 2)
    assert Choice("size", ("small", "large"), ordered=True).choices == ("small", "large")
    kinds = [Choice("n", choices).kind for choices in ((1, 2), ("a", "b"), (True, False))]
    assert kinds == ["ordinal", "categorical", "categorical"]


def test_choices_that_cannot_be() -> None:
    with pytest.raises(InputError, match="must not be empty"):
        Choice("n", ())
    with pytest.raises(InputError, match="hold a value twice"):
        Choice("n", ("a", "a"))


def test_a_value_that_is_no_choice_is_named_with_a_hint() -> None:
    with pytest.raises(InputError, match="activation: 'rely' is not among the choices; did you mean 'relu'"):
        Choice("activation", ("relu", "tanh")).encode(["rely"])
    with pytest.raises(InputError, match="not among the choices; known: 0, 1"):
        Choice("n", (0, 1)).encode([True])


def test_levels_are_even_on_the_scale_and_readable() -> None:
    assert Real("lr", Log(1e-4, 1)).levels(5) == [1e-4, 1e-3, 1e-2, 1e-1, 1.0]
    assert Real("momentum", OneMinusLog(0.9, 0.999)).levels(3) == [0.9, 0.99, 0.999]
    assert Real("lr", Log(1e-4, 1)).levels(1) == [1e-2]
    assert Integer("layers", Linear(2, 4)).levels(99) == [2, 3, 4]
    assert Integer("layers", Linear(0, 10)).levels(3) == [0, 5, 10]
    assert len(Integer("width", Log(1, 300)).levels(100)) < 100


# -- narrowing ---------------------------------------------------------------------------------------------


def test_a_narrowed_range_reaches_half_the_mean_gap_beyond_the_values() -> None:
    narrowed = Real("x", Linear(0, 1)).narrow([0.3, 0.4, 0.7])
    assert (narrowed.scale.low, narrowed.scale.high) == pytest.approx((0.2, 0.8))
    narrowed = Real("lr", Log(1e-4, 1)).narrow([1e-3, 1e-2])
    assert (narrowed.scale.low, narrowed.scale.high) == pytest.approx((10**-3.5, 10**-1.5))


def test_it_never_leaves_the_old_range_nor_becomes_a_point() -> None:
    narrowed = Real("x", Linear(0, 1)).narrow([1.0, 1.0, 1.0])
    assert (narrowed.scale.low, narrowed.scale.high) == pytest.approx((0.975, 1.0))
    assert Integer("n", Linear(1, 9)).narrow([9]).levels(9) == [8, 9]
    assert Integer("n", Linear(1, 9)).narrow([5]).levels(9) == [4, 5, 6]


def test_narrowed_steps_stay_on_the_old_values() -> None:
    narrowed = Real("dropout", Linear(0.05, 0.75), step=0.1).narrow([0.25, 0.35])
    assert narrowed.levels(99) == [0.25, 0.35]
    assert Integer("n", Log(1, 1000)).narrow([9, 30]).scale.name == "log"


def test_narrowed_choices_are_those_seen() -> None:
    assert Choice("a", ("x", "y", "z")).narrow(["z", "x", "z"]).choices == ("x", "z")


@by_name
def test_nothing_seen_narrows_nothing(parameter: Parameter) -> None:
    assert parameter.narrow([]) == parameter


@by_name
@given(units=st.lists(st.floats(0, 1), min_size=1, max_size=8))
def test_whatever_was_seen_stays_in(parameter: Parameter, units: list[float]) -> None:
    seen = parameter.decode(np.array(units))
    narrowed = parameter.narrow(seen)
    assert all(value in narrowed for value in seen)
    assert all(value in parameter for value in narrowed.decode(np.linspace(0, 1, 20)))


BINS = [
    Integer("n", Log(1, 900)).bins,
    Bins.over(Linear, 0.1, 0.1, 7),
    Bins.over(OneMinusLog, 0.9, 0.001, 90),
]


@pytest.mark.parametrize("bins", BINS)
def test_a_place_is_looked_up_in_the_bin_that_is_worked_out_for_it(bins: Bins) -> None:
    drawn = np.random.default_rng(0).random(1000)
    # Where a bin begins, one step of a float decides.
    begins = np.flatnonzero(np.diff(bins.found(np.linspace(0, 1, 100_000)))) / 99_999
    ends = [(low, low + 1 / 99_999) for low in begins]
    for _ in range(60):
        middles = [(low + high) / 2 for low, high in ends]
        up = bins.found(np.array(middles)) > bins.found(np.array([low for low, _ in ends]))
        ends = [
            (low, middle) if above else (middle, high)
            for (low, high), middle, above in zip(ends, middles, up, strict=True)
        ]
    places = np.concatenate([drawn, [0.0, 1.0], np.ravel(ends)])
    assert bins.indices(places).tolist() == bins.found(places).tolist()


@pytest.mark.parametrize("bins", BINS)
def test_middles_that_are_kept_are_those_that_are_worked_out_one_by_one(bins: Bins) -> None:
    alone = [bins.middles(np.array([index]))[0] for index in range(bins.size)]
    assert bins.units(np.arange(bins.size)).tolist() == alone
