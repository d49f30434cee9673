"""How much of an answer is a linear one."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, cast

import numpy as np
import pytest

from hpsearch.actions.bagging import Network, largest_share
from hpsearch.actions.model import blended
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


@dataclass(frozen=True)
class Fixed:
    """Bagging that found these networks to be of this share."""

    share: float

    def linear(self, _: Any) -> tuple[list[Network], float]:
        return [_line(3.0), _line(5.0)] if self.share else [], self.share

    def temperature(self) -> float:
        return 1.0


def _line(slope: float) -> Network:
    return Architecture(1, (), 1, task="regression", loss="mse"), np.array([slope, 0.0], np.float32)


@pytest.mark.parametrize(("share", "networks"), [(0.0, 3), (0.25, 5), (1.0, 2)])
def test_a_model_answers_with_that_share_and_has_no_network_that_does_not_count(
    share: float, networks: int
) -> None:
    own = [_line(slope) for slope in (0.0, 1.0, 2.0)]
    model = Model(*own[0], Scaler(np.zeros(1), np.ones(1)), (), None, {}, others=tuple(own[1:]))
    made, said = blended(model, cast("Any", Fixed(share)), cast("Any", None))
    assert (len(made.networks), said) == (networks, share)
    assert made.predict(np.ones((1, 1))) == pytest.approx([(1 - share) * 1.0 + share * 4.0])
