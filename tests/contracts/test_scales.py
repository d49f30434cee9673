"""Every registered scale, and one made of `axis`, `back` and `domain` alone, through all that a scale is asked."""

from __future__ import annotations

import math
import re
from itertools import pairwise
from typing import Any, ClassVar

import numpy as np
import pytest
from hypothesis import assume, given, settings
from hypothesis import strategies as st
from numpy.typing import NDArray

from hpsearch.analysis.narrowing import refine
from hpsearch.analysis.refined import refined_spec
from hpsearch.config import build_space, dump_yaml, lint
from hpsearch.config.loading import spec_of
from hpsearch.core.errors import InputError, SpecError
from hpsearch.core.trial import Value
from hpsearch.space import SCALES, Integer, Real, Scale, Space
from hpsearch.space.edges import edge_of
from hpsearch.space.preview import preview
from hpsearch.space.scales import Counts, End, Scales

Array = NDArray[np.float64]
UNIT = st.floats(0, 1)
#: Many tests, each on many scales: a few examples of each do, however long a busy machine takes for them.
some = settings(max_examples=25)
OWN = Scales("scale", package=None)


@OWN.register("logit")
class Logit(Scale):
    """Shares: 1 % is as far from 2 % as 98 % from 99 %."""

    domain: ClassVar[tuple[float, float]] = (0.0, 1.0)

    @staticmethod
    def axis(x: Array) -> Array:
        return np.log(x) - np.log1p(-x)

    @staticmethod
    def back(position: Array) -> Array:
        return 1 / (1 + np.exp(-position))


@OWN.register("root")
class Root(Scale):
    """Counts. Its axis ends at 0, and what lies below it comes back as something else."""

    domain: ClassVar[tuple[float, float]] = (0.0, math.inf)

    @staticmethod
    def axis(x: Array) -> Array:
        return np.sqrt(x)

    @staticmethod
    def back(position: Array) -> Array:
        return position**2


ALL: dict[str, type[Scale]] = {name: registry[name] for registry in (SCALES, OWN) for name in registry}
every = pytest.mark.parametrize("kind", list(ALL.values()), ids=list(ALL))
ends = pytest.mark.parametrize("end", ["low", "high"])


def numbers_of(kind: type[Scale]) -> st.SearchStrategy[float]:
    """Numbers of the domain, of many magnitudes."""
    first, last = kind.domain
    distance = st.floats(-6, 6).map(lambda power: 10**power)
    if math.isfinite(first) and math.isfinite(last):
        return st.floats(0.001, 0.999).map(lambda share: first + share * (last - first))
    if math.isfinite(first):
        return distance.map(lambda far: first + far)
    if math.isfinite(last):
        return distance.map(lambda far: last - far)
    return st.floats(-1e6, 1e6, allow_subnormal=False)


@st.composite
def ranges_of(draw: st.DrawFn, numbers: st.SearchStrategy[float], kind: type[Scale]) -> Scale:
    low, high = sorted((draw(numbers), draw(numbers)))
    assume(high - low > 1e-5 * max(abs(low), abs(high)))
    return kind(low, high)


#: Made once for each scale, since to look a strategy through takes longer than to draw from it.
NUMBERS = {name: numbers_of(kind) for name, kind in ALL.items()}
RANGES = {name: ranges_of(NUMBERS[name], kind) for name, kind in ALL.items()}


def example(kind: type[Scale]) -> Scale:
    """A range in the middle of the domain."""
    low, high = (0.2, 0.6) if kind.problem(0.2, 0.6) is None else _finite(kind)
    return kind(low, high)


def _finite(kind: type[Scale]) -> tuple[float, float]:
    first, last = (min(max(end, -1e3), 1e3) for end in kind.domain)
    return first + 0.2 * (last - first), first + 0.6 * (last - first)


def always(name: str, value: Value) -> bool:
    return True


# -- what it is --------------------------------------------------------------------------------------------


@pytest.mark.parametrize("name", list(ALL))
def test_it_bears_the_name_it_is_found_under(name: str) -> None:
    assert ALL[name].name == name
    assert type(example(ALL[name])) is ALL[name]


@every
def test_it_is_compared_by_value(kind: type[Scale]) -> None:
    one, same = example(kind), example(kind)
    assert one == same
    assert len({one, same}) == 1
    assert one != kind(one.low, (one.low + one.high) / 2)


@every
def test_ends_outside_the_domain_are_a_problem_of_that_end(kind: type[Scale]) -> None:
    scale = example(kind)
    first, last = kind.domain
    if math.isfinite(first):
        assert (kind.problem(first, scale.high) or "").startswith(
            f"low: must be above {first:g} on a {kind.name}"
        )
    if math.isfinite(last):
        assert (kind.problem(scale.low, last) or "").startswith(
            f"high: must be below {last:g} on a {kind.name}"
        )
    assert kind.problem(scale.high, scale.low) == "high: must be above low"
    with pytest.raises(InputError, match=f"scale {kind.name} on"):
        kind(scale.high, scale.low)


@every
@some
@given(data=st.data())
def test_ends_that_serve_differ_on_the_axis(kind: type[Scale], data: st.DataObject) -> None:
    low, high = sorted((data.draw(NUMBERS[kind.name]), data.draw(NUMBERS[kind.name])))
    if kind.problem(low, high) is None:
        start, stop = kind.axis(np.array([low, high]))
        assert start < stop


# -- the unit interval -------------------------------------------------------------------------------------


@every
@some
@given(data=st.data())
def test_the_ends_are_reached_exactly(kind: type[Scale], data: st.DataObject) -> None:
    scale = data.draw(RANGES[kind.name])
    assert (scale.from_unit(0.0), scale.from_unit(1.0)) == (scale.low, scale.high)
    assert (scale.to_unit(scale.low), scale.to_unit(scale.high)) == (0.0, 1.0)


@every
@some
@given(data=st.data(), unit=UNIT)
def test_a_place_survives_the_round_trip(kind: type[Scale], data: st.DataObject, unit: float) -> None:
    scale = data.draw(RANGES[kind.name])
    value = scale.from_unit(unit)
    start, stop = scale.axis(np.array([scale.low, scale.high]))
    # A scale over a small part of its numbers has few of them for each place, and few places for each number.
    around = scale.to_unit(value + np.array([-4, 4]) * np.spacing(max(abs(value), 1e-3)))
    room = 1e-9 + float(np.ptp(around)) + 1e-14 * max(abs(start), abs(stop)) / (stop - start)
    assert scale.to_unit(value) == pytest.approx(unit, abs=room)


@every
@some
@given(data=st.data(), one=UNIT, other=UNIT)
def test_it_increases_and_stays_inside(
    kind: type[Scale], data: st.DataObject, one: float, other: float
) -> None:
    scale = data.draw(RANGES[kind.name])
    low, high = (scale.from_unit(unit) for unit in sorted((one, other)))
    slack = 1e-15 * max(abs(low), abs(high), 1e-300)  # the last digit of exp is not promised to be ordered
    assert scale.low <= low <= high + slack
    assert high <= scale.high


@every
@some
@given(data=st.data(), units=st.lists(UNIT, min_size=1, max_size=9))
def test_an_array_and_its_elements_give_the_same_bits(
    kind: type[Scale], data: st.DataObject, units: list[float]
) -> None:
    scale = data.draw(RANGES[kind.name])
    strided = np.repeat(np.array(units), 3)[::3]
    together = scale.from_unit(strided)
    assert together.tolist() == [scale.from_unit(unit) for unit in units]
    assert together.shape == strided.shape
    assert isinstance(scale.from_unit(units[0]), float)


@every
def test_what_says_it_is_logarithmic_is(kind: type[Scale]) -> None:
    scale = example(kind)
    middle = scale.from_unit(0.5)
    assert kind.logarithmic == (middle == pytest.approx(math.sqrt(abs(scale.low * scale.high))))


# -- values for people -------------------------------------------------------------------------------------


@every
@some
@given(data=st.data(), count=st.integers(1, 12))
def test_ticks_go_from_end_to_end(kind: type[Scale], data: st.DataObject, count: int) -> None:
    scale = data.draw(RANGES[kind.name])
    ticks = scale.ticks(count)
    assert len(ticks) <= count
    assert ticks == sorted(set(ticks))
    assert scale.low <= ticks[0] <= ticks[-1] <= scale.high
    if count > 1:
        assert [ticks[0], ticks[-1]] == pytest.approx([scale.low, scale.high], rel=1e-11, abs=1e-11)
        assert Real("x", scale).levels(count) == ticks


@every
@some
@given(data=st.data())
def test_cuts_part_the_whole_range(kind: type[Scale], data: st.DataObject) -> None:
    scale = data.draw(RANGES[kind.name])
    cuts = scale.cuts()
    assert (cuts[0], cuts[-1]) == (scale.low, scale.high)
    assert all(low < high for low, high in pairwise(cuts))
    shown = preview(Real("x", scale))
    assert shown["what"].startswith(f"{kind.name}, ")
    assert sum(share for _, share in shown["parts"]) == pytest.approx(1)
    assert len(shown["parts"]) == len(cuts) - 1


@every
@some
@given(data=st.data())
def test_rounded_ends_keep_the_range_within_the_old_one(kind: type[Scale], data: st.DataObject) -> None:
    old = data.draw(RANGES[kind.name])
    low, high = (old.from_unit(unit) for unit in sorted((data.draw(UNIT), data.draw(UNIT))))
    assume(high - low > 1e-4 * (1 + max(abs(low), abs(high))))
    narrow = kind(low, high)
    rounded = narrow.rounded(within=old)
    assert type(rounded) is kind
    # What a range misses a digit by without anybody seeing it in the file: a millionth of the last of three.
    slack = 1.1e-8 * (1 + max(abs(low), abs(high)))
    assert old.low <= rounded.low <= narrow.low + slack
    assert narrow.high - slack <= rounded.high <= old.high


@every
@ends
@some
@given(data=st.data())
def test_a_widened_end_lies_outside_or_stays(kind: type[Scale], end: End, data: st.DataObject) -> None:
    scale = data.draw(RANGES[kind.name])
    old, new = getattr(scale, end), scale.widened(end)
    assert math.isfinite(new)
    assert new >= old if end == "high" else new <= old
    edge = edge_of(Real("x", scale), old, always)
    if edge is not None:
        assert edge.end == end
        assert old < edge.beyond <= new if end == "high" else new <= edge.beyond < old
        (change,) = refine(Space([Real("x", scale)]), [{"x": old}], {"x": edge})
        assert isinstance(change.after, Real)
        assert getattr(change.after.scale, end) == edge.beyond


@every
@ends
def test_an_ordinary_range_widens_by_about_a_quarter_in_few_digits(kind: type[Scale], end: End) -> None:
    scale = example(kind)
    start, stop, new = scale.axis(np.array([scale.low, scale.high, scale.widened(end)]))
    reach = (new - stop if end == "high" else start - new) / (stop - start)
    assert 0.1 < reach < 0.5
    assert len(f"{scale.widened(end):.15g}".lstrip("-0.")) <= 3


@every
def test_whole_numbers_all_have_a_place(kind: type[Scale]) -> None:
    low = next((low for low in (1, -9) if kind.problem(low, low + 8) is None), None)
    if low is None:  # no whole numbers in its domain
        return
    parameter = Integer("n", kind(low, low + 8))
    values = list(range(low, low + 9))
    assert parameter.levels(99) == values
    assert parameter.decode(parameter.encode(values)) == values
    for value in (low, low + 8):
        edge = edge_of(parameter, value, always)
        assert edge is None or edge.beyond in ({*range(low - 99, low)} | {*range(low + 9, low + 99)})


@every
def test_a_step_is_refused_with_a_remedy_or_serves(kind: type[Scale]) -> None:
    scale = example(kind)
    step = (scale.high - scale.low) / 4
    if kind.step_problem is None:
        assert len(Real("x", scale, step=step).levels(9)) == 5
    else:
        with pytest.raises(
            InputError, match=rf"x: step .* {re.escape(kind.step_problem)} \(got {kind.name}\)"
        ):
            Real("x", scale, step=step)


@every
@pytest.mark.parametrize("counts", ["order of magnitude", "distance from 1", None])
@some
@given(data=st.data())
def test_advice_names_another_scale(kind: type[Scale], counts: Counts, data: st.DataObject) -> None:
    advice = data.draw(RANGES[kind.name]).advice("lr", counts)
    if advice is not None:
        (other,) = re.findall(r"use scale: (\w+)", advice)
        assert other in set(SCALES) - {kind.name}
        assert "lr" in advice


# -- in a file ---------------------------------------------------------------------------------------------


def _data(kind: type[Scale], low: float, high: float) -> dict[str, Any]:
    return {
        "name": "own",
        "objective": {"kind": "command", "command": ["train", "{x}"]},
        "space": {"x": {"scale": kind.name, "low": low, "high": high}},
    }


@every
def test_it_serves_in_a_file(kind: type[Scale], monkeypatch: pytest.MonkeyPatch) -> None:
    assert set(SCALES) == {*ALL} - {*OWN}
    monkeypatch.setitem(SCALES._found, kind.name, kind)
    scale = example(kind)
    spec = spec_of(_data(kind, scale.low, scale.high))
    if kind.name in OWN:  # it gives no advice
        assert lint(spec) == []
    space = build_space(spec)
    assert space.parameters == (Real("x", scale),)
    assert f"scale: {kind.name}" in dump_yaml(spec)
    changes = refine(space, [{"x": scale.from_unit(0.5)}, {"x": scale.from_unit(0.6)}], {})
    (parameter,) = build_space(refined_spec(spec, changes, name="finer")).parameters
    assert isinstance(parameter, Real)
    assert parameter.scale == scale.__class__(parameter.scale.low, parameter.scale.high)
    assert scale.low < parameter.scale.low < parameter.scale.high < scale.high
    with pytest.raises(SpecError, match=r"space\.x\.high: must be above low"):
        spec_of(_data(kind, scale.high, scale.low))
