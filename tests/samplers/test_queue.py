"""What a configuration leaves open is drawn; what it gives stays as it is."""

from __future__ import annotations

import numpy as np
import pytest

from hpsearch.core.randomness import Streams
from hpsearch.core.trial import as_number
from hpsearch.samplers.queue import Unfillable, queued
from hpsearch.space import Choice, Integer, Linear, Log, Real, Space

SPACE = Space(
    [
        Real("lr", Log(1e-4, 1)),
        Choice("optimizer", ("sgd", "adam")),
        Real("beta2", Linear(0.9, 0.999), when={"optimizer": ("adam",)}),
    ],
    constants={"epochs": 3},
)


def test_what_is_given_stays_and_what_is_not_there_is_left_out() -> None:
    # 0.1 is no value that its place in the cube would give to the last digit.
    found = queued(SPACE, [{"lr": 0.1, "optimizer": "sgd"}, {"optimizer": "adam"}], Streams(0))
    assert found[0] == {"lr": 0.1, "optimizer": "sgd", "epochs": 3}
    assert list(found[1]) == ["lr", "optimizer", "beta2", "epochs"]
    assert all(config in SPACE for config in found)


def test_what_is_drawn_follows_from_the_seed_and_the_place_alone() -> None:
    given = [{"optimizer": "adam"}] * 3
    found = queued(SPACE, given, Streams(0))
    assert len({config["lr"] for config in found}) == 3
    assert queued(SPACE, given[:2], Streams(0)) == found[:2]
    assert queued(SPACE, given, Streams(1)) != found


def test_it_is_drawn_evenly_on_the_scale() -> None:
    rates = [as_number(one["lr"]) for one in queued(SPACE, [{"optimizer": "sgd"}] * 400, Streams(0))]
    # The middle of ten thousandfold from 1e-4 on; of 400 draws the quartiles are known to 0.05 or so.
    places = np.quantile(np.log10(rates) / 4 + 1, [0.25, 0.5, 0.75])
    assert places == pytest.approx([0.25, 0.5, 0.75], abs=0.08)


def test_requirements_hold_for_what_is_drawn() -> None:
    space = SPACE.requiring(["lr < 0.001 or optimizer == 'adam'"])
    found = queued(space, [{"optimizer": "sgd"}] * 20, Streams(0))
    assert all(as_number(config["lr"]) < 0.001 for config in found)


def test_what_nothing_can_be_drawn_for_is_refused() -> None:
    space = SPACE.requiring(["lr < 0.001"])
    with pytest.raises(Unfillable, match=r"breaks what require asks for, lr < 0\.001;") as broken:
        queued(space, [{"lr": 1e-4}, {"lr": 0.01}], Streams(0))
    assert broken.value.place == 1
    with pytest.raises(Unfillable, match="breaks what require asks for"):
        queued(space, [{"lr": 0.01, "optimizer": "sgd"}], Streams(0))
    small = Space([Integer("layers", Linear(1, 2)), Choice("kind", ("a", "b"))])
    with pytest.raises(Unfillable, match="is the same as one before it") as same:
        queued(small, [{"layers": 1}, {"layers": 1}, {"layers": 2}, {"layers": 1}], Streams(0))
    assert same.value.place == 3
