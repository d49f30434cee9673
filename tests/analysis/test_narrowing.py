"""The space around the best: inside the old one, around what it was narrowed to, and wider at an edge."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from hpsearch.analysis.narrowing import described, refine
from hpsearch.core.trial import Config, as_number
from hpsearch.space import Choice, Integer, Linear, Log, OneMinusLog, Real, Space
from hpsearch.space.edges import Edge, edge_of

SPACE = Space(
    [
        Real("lr", Log(1e-6, 1e-2)),
        Real("momentum", OneMinusLog(0.9, 0.999)),
        Real("dropout", Linear(0.0, 0.5)),
        Integer("layers", Linear(1, 9)),
        Choice("activation", ("relu", "tanh", "sigmoid")),
    ]
)


def edges(best: Config) -> dict[str, Edge]:
    """Every end that the best is at."""
    found = (edge_of(SPACE.parameters[SPACE.names.index(name)], best[name], lambda *_: True) for name in best)
    return {edge.parameter: edge for edge in found if edge}


def config(lr: float, momentum: float = 0.95, layers: int = 4, activation: str = "relu") -> Config:
    return {"lr": lr, "momentum": momentum, "dropout": 0.2, "layers": layers, "activation": activation}


@given(st.lists(st.floats(0.001, 0.999), min_size=1, max_size=6))
def test_narrowed_ranges_hold_the_best_and_stay_inside(places: list[float]) -> None:
    best = SPACE.decode(np.array([[place] * len(SPACE) for place in places]))
    for change in refine(SPACE, best, {}):
        after = change.after
        if isinstance(after, Real | Integer):
            old = change.before.scale  # type: ignore[union-attr]
            assert old.low <= after.scale.low < after.scale.high <= old.high
            values = [as_number(found[change.name]) for found in best]
            assert after.scale.low <= min(values) <= max(values) <= after.scale.high
        elif isinstance(after, Choice):
            assert set(after.choices) == {found[change.name] for found in best}


def test_categories_lose_what_none_of_the_best_has() -> None:
    best = [config(1e-4), config(2e-4, activation="tanh")]
    after = {change.name: change.after for change in refine(SPACE, best, {})}
    activation = after["activation"]
    assert activation is not None
    assert described(activation) == "[relu, tanh]"
    alone = {c.name: c for c in refine(SPACE, best[:1], {})}
    assert alone["activation"].after == "relu"
    assert alone["activation"].fixed


def test_an_edge_moves_outwards_only_when_asked() -> None:
    best = [config(9.9e-3), config(5e-3), config(8e-3)]
    wide = {change.name: change for change in refine(SPACE, best, edges(best[0]))}
    assert wide["lr"].edge is not None
    assert wide["lr"].after.scale.high == 0.1  # type: ignore[union-attr]
    assert 1e-6 < wide["lr"].after.scale.low < 5e-3  # type: ignore[union-attr]
    narrow = {change.name: change for change in refine(SPACE, best, {})}
    assert narrow["lr"].edge is None
    assert narrow["lr"].after.scale.high == 1e-2  # type: ignore[union-attr]


def test_ends_are_short_to_read() -> None:
    best = [config(0.00123456, momentum=0.98765), config(0.00234567, momentum=0.9555)]
    after = {change.name: change.after for change in refine(SPACE, best, {})}
    for name in ("lr", "momentum"):
        scale = after[name].scale  # type: ignore[union-attr]
        for end in (scale.low, scale.high):
            assert len(f"{end:.15g}".replace(".", "").lstrip("0")) <= (3 if name == "lr" else 6)


def test_a_parameter_that_none_of_the_best_has_stays() -> None:
    space = Space(
        [
            Choice("optimizer", ("sgd", "adam")),
            Real("beta2", OneMinusLog(0.9, 0.999), when={"optimizer": ("adam",)}),
        ]
    )
    after = {c.name: c.after for c in refine(space, [{"optimizer": "sgd"}], {})}
    assert after["beta2"] == space.parameters[1]


@pytest.mark.parametrize(("value", "end"), [(1, 1), (9, 11)])
def test_whole_numbers_at_an_end_widen_by_whole_numbers_and_not_below_1(value: int, end: int) -> None:
    best = config(1e-4, layers=value)
    after = {c.name: c.after for c in refine(SPACE, [best], edges(best))}
    scale = after["layers"].scale  # type: ignore[union-attr]
    assert (scale.low if value == 1 else scale.high) == end
