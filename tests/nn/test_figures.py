"""Figures of an evaluation against worked examples, and against what scikit-learn computed."""

from __future__ import annotations

import json
from itertools import product
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt
import pytest
from hypothesis import given
from hypothesis import strategies as st

from hpsearch.core.goals import goal_of
from hpsearch.nn.buffers import Buffers
from hpsearch.nn.figures import FIGURES, OF_VALIDATION, asked_for
from hpsearch.nn.figures.ranking import area
from hpsearch.nn.losses import LOSSES
from hpsearch.nn.losses.class_weights import balanced, weighted
from hpsearch.nn.network import Architecture, Network

GOLDENS = json.loads((Path(__file__).parent / "goldens" / "figures.json").read_text("utf-8"))
PAIRS = [(case, name) for case, recorded in GOLDENS.items() for name in FIGURES if name in recorded]


def figure(name: str, outputs: Any, y: Any, block: int = 7) -> float:
    """Of one network whose outputs (N, O) these are, block by block, as an evaluation takes them."""
    Z, y_N = np.array(outputs, np.float32)[None], np.array(y)
    loss = "cross_entropy" if FIGURES[name].task == "classification" else "mse"
    T = LOSSES[loss].targets(y_N, Z.shape[2], np.float32)
    values = FIGURES[name].values(1, len(y_N), Z.shape[2], np.float32)
    for start in range(0, len(y_N), block):
        place = slice(start, start + block)
        values[..., place] = FIGURES[name].each(Z[:, place], T[:, place])
    (found,) = FIGURES[name].finish(values, T).tolist()
    return float(found)


@pytest.mark.parametrize(("case", "name"), PAIRS)
def test_it_is_what_scikit_learn_computes(case: str, name: str) -> None:
    recorded = GOLDENS[case]
    found = figure(name, recorded["outputs"], recorded["y"])
    assert found == pytest.approx(recorded[name], rel=1e-6)


def test_every_figure_has_been_compared() -> None:
    assert {name for _, name in PAIRS} == {*FIGURES}


@pytest.mark.parametrize("name", [*FIGURES])
def test_its_goal_is_the_one_that_its_name_tells(name: str) -> None:
    assert goal_of(f"{OF_VALIDATION}{name}") == FIGURES[name].goal


# -- by hand -----------------------------------------------------------------------------------------------

#: Of the rows 0 to 5: the true class, and the logits of two classes; the differences are 2, 1, 1, 0, -1, -3.
Y = [1, 1, 0, 1, 0, 0]
LOGITS = [[0, 2], [0, 1], [1, 2], [3, 3], [1, 0], [3, 0]]


def test_two_classes_by_hand() -> None:
    # Of the 9 pairs of a row of class 1 and one of class 0, 7 are in order (2 > 1, -1, -3; 1 > -1, -3; 0 > -1, -3),
    # one is equal (1, 1), and one is not in order (0 < 1).
    assert figure("auc", LOGITS, Y) == pytest.approx(7.5 / 9)
    # Predicted are 1, 1, 1, 0 (of equal ones the first), 0, 0. Class 0: 2 right of 3, 3 taken; class 1 likewise.
    assert figure("f1", LOGITS, Y) == pytest.approx((4 / 6 + 4 / 6) / 2)
    assert figure("balanced_acc", LOGITS, Y) == pytest.approx((2 / 3 + 2 / 3) / 2)
    # -log p of the true class is log(1 + exp(other - own)).
    odds = [-2, -1, 1, 0, -1, -3]
    assert figure("log_loss", LOGITS, Y) == pytest.approx(np.mean([np.log1p(np.exp(odd)) for odd in odds]))


def test_three_classes_by_hand() -> None:
    outputs = [[3, 0, 0], [0, 3, 0], [0, 3, 0], [3, 0, 0], [0, 0, 3]]
    y = [0, 0, 1, 1, 2]
    # Class 0: its rows score high and low, the others low, high and low: (1 + .5 + 1) + (.5 + 0 + .5) of 6 pairs
    # are in order. Class 1 likewise; class 2 has its one row before all others.
    assert figure("auc", outputs, y) == pytest.approx((3.5 / 6 + 3.5 / 6 + 4 / 4) / 3)
    assert figure("f1", outputs, y) == pytest.approx((2 / 4 + 2 / 4 + 2 / 2) / 3)
    assert figure("balanced_acc", outputs, y) == pytest.approx((1 / 2 + 1 / 2 + 1) / 3)


def test_numbers_by_hand() -> None:
    outputs, y = [[1.0], [2.0], [6.0]], [2.0, 2.0, 2.0]
    assert figure("mae", outputs, y) == pytest.approx(5 / 3)
    assert figure("rmse", outputs, y) == pytest.approx(np.sqrt(17 / 3))


@given(st.lists(st.tuples(st.integers(0, 4), st.booleans()), min_size=2, max_size=30))
def test_the_area_is_the_share_of_pairs_in_order(rows: list[tuple[int, bool]]) -> None:
    scores, positive = np.array([float(score) for score, _ in rows]), np.array([p for _, p in rows])
    pairs = [np.sign(high - low) for high, low in product(scores[positive], scores[~positive])]
    if not pairs:
        assert np.isnan(area(scores, positive))
        return
    assert area(scores, positive) == pytest.approx((1 + np.mean(pairs)) / 2, abs=1e-12)


def test_a_score_that_is_none_has_no_area() -> None:
    assert np.isnan(area(np.array([0.1, np.nan, 0.3]), np.array([True, False, True])))


def test_what_the_softmax_calls_certain_is_still_in_order() -> None:
    """exp(-40) is below what float64 tells from 0 beside 1, and the logits are not equal."""
    outputs = [[40, 0], [41, 0], [42, 0], [43, 0]]
    assert figure("auc", outputs, [1, 1, 0, 0]) == 1.0
    assert figure("auc", [[*row, -50] for row in [[30, 0], [31, 0], [32, 0], [33, 0]]], [1, 1, 0, 0]) == 1.0


def test_only_what_ranks_is_computed_beside_what_always_is() -> None:
    shape = Architecture(4, (), 3)
    assert [*Network(shape).metrics] == ["acc"]
    assert [*Network(shape, tuple(asked_for("val_auc"))).metrics] == ["acc", "auc"]
    assert [*Network(shape, tuple(asked_for("train_loss"))).metrics] == ["acc"]
    numbers = Architecture(4, (), 1, loss="mse", task="regression")
    assert [*Network(numbers, tuple(asked_for("val_rmse"))).metrics] == ["r2", "rmse"]


# -- weights of classes ------------------------------------------------------------------------------------


def losses_of(case: str, *, weights: npt.NDArray[Any] | None) -> float:
    """The mean loss of the outputs of a case."""
    Z, y = np.array(GOLDENS[case]["outputs"])[None], np.array(GOLDENS[case]["y"])
    buffers, outputs = Buffers(1, len(y), np.float64), Z.shape[2]
    compare = LOSSES["cross_entropy"].bind(buffers, outputs)
    if weights is not None:
        compare = weighted(compare, weights, buffers)
    losses = np.empty((1, len(y)))
    compare(Z, LOSSES["cross_entropy"].targets(y, outputs, np.float64), losses)
    return float(losses.mean())


@pytest.mark.parametrize("case", [case for case in GOLDENS if "weighted loss" in GOLDENS[case]])
def test_the_balanced_loss_is_that_of_scikit_learn(case: str) -> None:
    y = np.array(GOLDENS[case]["y"])
    T = LOSSES["cross_entropy"].targets(y, len(GOLDENS[case]["outputs"][0]), np.float64)
    assert losses_of(case, weights=balanced(T)[None]) == pytest.approx(GOLDENS[case]["weighted loss"])
    assert losses_of(case, weights=None) == pytest.approx(GOLDENS[case]["log_loss"])
