"""How much of an answer is a simpler one."""

from __future__ import annotations

from types import SimpleNamespace
from typing import Any, cast

import numpy as np
import pytest

from hpsearch.actions.model import Several, several
from hpsearch.actions.simpler import Blend, Network, largest_share
from hpsearch.data.scaling import Scaler
from hpsearch.nn.network import Architecture
from hpsearch.objectives.network.model import Model

SHARES = np.linspace(0, 1, 11)


def _losses(best: float, spread: float) -> np.ndarray:
    """Squared distances (S, N) of rows for which the share `best` is right, but for a noise of this spread."""
    noise = np.random.default_rng(0).normal(0, spread, 400)
    slope = np.random.default_rng(1).normal(0, 1, 400)
    return np.square((SHARES[:, None] - best) * slope + noise)


def test_a_share_that_is_clearly_best_is_taken() -> None:
    assert [largest_share(_losses(best, 0.0)) for best in (0.0, 0.5, 1.0)] == [0.0, 0.5, 1.0]


def test_in_doubt_the_share_is_larger() -> None:
    assert 0.3 <= largest_share(_losses(0.3, 0.1)) <= 0.4
    assert largest_share(_losses(0.3, 5.0)) > 0.5
    assert largest_share(np.ones((11, 9))) == 1.0


def _line(slope: float) -> Network:
    return Architecture(1, (), 1, task="regression", loss="mse"), np.array([slope, 0.0], np.float32)


def _blend(*slopes: float) -> Blend:
    first, *others = map(_line, slopes)
    return Blend(Model(*first, Scaler(np.zeros(1), np.ones(1)), (), None, {}, others=tuple(others)))


LINES = [_line(3.0), _line(5.0)]


@pytest.mark.parametrize(
    ("share", "networks", "said"), [(0.0, 3, {}), (0.25, 5, {"a": 0.25}), (1.0, 2, {"a": 1})]
)
def test_a_model_answers_with_that_share_and_has_no_network_that_does_not_count(
    share: float, networks: int, said: dict[str, float]
) -> None:
    made = _blend(0.0, 1.0, 2.0).with_share("a", LINES if share else [], share)
    assert (len(made.model.networks), made.shares) == (networks, said)
    assert made.model.predict(np.ones((1, 1))) == pytest.approx([(1 - share) * 1.0 + share * 4.0])


def test_what_takes_a_share_takes_it_of_those_before_too() -> None:
    made = _blend(0.0, 2.0).with_share("a", LINES, 0.5).with_share("b", [_line(9.0)], 0.2)
    assert made.shares == pytest.approx({"a": 0.4, "b": 0.2})
    assert sum(made.model.weights) == pytest.approx(1)
    assert made.model.predict(np.ones((1, 1))) == pytest.approx([0.4 * 1.0 + 0.4 * 4.0 + 0.2 * 9.0])
    alone = made.with_share("c", LINES, 1.0)
    assert alone.shares == {"c": 1.0}
    assert alone.model.predict(np.ones((1, 1))) == pytest.approx([4.0])


@pytest.mark.parametrize(
    ("rows", "folded", "classes", "expected"),
    [
        (2_000, True, True, Several(1, shares=True, folds=True)),
        (2_000, True, False, Several(3, shares=True, folds=True)),
        (2_001, True, True, Several(3, shares=True)),
        (2_001, True, False, Several(1, shares=True, folds=True)),
        (2_000, False, True, Several(3)),
        (10_000, False, False, Several(3)),
        (10_001, True, False, Several()),
    ],
)
def test_how_many_networks_a_trial_has_in_a_mean_depends_on_the_rows(
    rows: int, folded: bool, classes: bool, expected: Several
) -> None:
    data = SimpleNamespace(y_train=np.zeros(rows), classes=("a", "b") if classes else ())
    assert several(cast("Any", data), folded=folded) == expected
