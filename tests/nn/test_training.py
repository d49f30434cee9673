from __future__ import annotations

import dataclasses
import math
from collections.abc import Sequence
from functools import partial
from itertools import islice
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from msgspec import Struct
from msgspec.structs import replace

from hpsearch.core.errors import InputError
from hpsearch.core.randomness import Streams
from hpsearch.nn import early_stopping, schedules, training
from hpsearch.nn.activations import ACTIVATIONS
from hpsearch.nn.network import Architecture, Network
from hpsearch.nn.optimizers import OPTIMIZERS
from hpsearch.nn.schedules import SCHEDULES
from hpsearch.nn.settings import Settings
from hpsearch.nn.state import State
from hpsearch.nn.training import EXPLODED, Training, _orders, train

HYPER = {"lr": 0.05, "momentum": 0.9, "beta1": 0.9, "beta2": 0.99, "epsilon": 1e-8, "weight_decay": 1e-3}


class Arrays(Struct, frozen=True):
    X_train: npt.NDArray[Any]
    y_train: npt.NDArray[Any]
    X_val: npt.NDArray[Any]
    y_val: npt.NDArray[Any]


def blobs(train: int, val: int, inputs: int, classes: int, seed: int = 0) -> Arrays:
    """Gaussian clouds, one for each class."""
    rng = np.random.default_rng(seed)
    centres = rng.normal(size=(classes, inputs)) * 2
    y = rng.integers(0, classes, train + val)
    X = (centres[y] + rng.normal(size=(len(y), inputs))).astype(np.float32)
    return Arrays(X[:train], y[:train], X[train:], y[train:])


def assert_same(one: Training, other: Training) -> None:
    """Equal to the bit, curves and state."""
    assert one.curves.keys() == other.curves.keys()
    for name in one.curves:
        assert one.curves[name].tobytes() == other.curves[name].tobytes(), name
    assert_same_state(one.state, other.state)


def assert_same_state(one: State, other: State) -> None:
    assert (one.epoch, one.steps) == (other.epoch, other.steps)
    assert one.parameters.dtype == other.parameters.dtype
    np.testing.assert_array_equal(one.parameters, other.parameters)
    np.testing.assert_array_equal(one.diverged, other.diverged)
    assert (one.losses is None) == (other.losses is None)
    if one.losses is not None and other.losses is not None:
        np.testing.assert_array_equal(one.losses, other.losses)
    assert one.slots.keys() == other.slots.keys()
    for name in one.slots:
        np.testing.assert_array_equal(one.slots[name], other.slots[name])


def row(training: Training, k: int) -> Training:
    return Training(
        {name: curve[k : k + 1] for name, curve in training.curves.items()}, training.state.select([k])
    )


#: What may be on or off, from row to row.
MAYBE: dict[str, list[float]] = {
    "weight_decay": [0.0, 0.01],
    "l1": [0.0, 0.001],
    "clip_norm": [0.0, 0.5],
    "clip_value": [0.0, 0.1],
    "label_smoothing": [0.0, 0.2],
    "warmup_epochs": [0.0, 1.5],
    "lr_decay": [0.1, 0.5],
    "lr_decay_epochs": [1.0, 2.5],
    "init_std": [0.01, 1.0],
    "dropout": [0.0, 0.5],
    "input_dropout": [0.0, 0.2],
}


def at(value: float | Sequence[float], row: int) -> float:
    return value if isinstance(value, float | int) else value[row]


@st.composite
def cases(draw: st.DrawFn) -> tuple[Architecture, Settings, Arrays, list[int]]:
    K = draw(st.integers(1, 5))
    inputs, classes = draw(st.integers(1, 40)), draw(st.integers(1, 12))
    hidden = tuple(draw(st.lists(st.integers(1, 70), max_size=3)))
    activation = draw(st.sampled_from(sorted(ACTIVATIONS)))
    architecture = Architecture(
        inputs,
        hidden,
        classes,
        activation,
        draw(st.sampled_from(["he", "glorot", "normal"])),
        batch_norm=draw(st.sampled_from(["off", "before", "after"])),
        dropout=draw(st.sampled_from(["off", "inverted"])),
        input_dropout=draw(st.booleans()),
    )
    rates = draw(st.lists(st.sampled_from([1e-3, 0.03, 0.3, 1e3, 1e30]), min_size=K, max_size=K))
    hyper: dict[str, float | list[float]] = {**HYPER, "lr": rates}
    for name, values in MAYBE.items():
        hyper[name] = draw(st.lists(st.sampled_from(values), min_size=K, max_size=K))
    optimizer, schedule = (draw(st.sampled_from(sorted(names))) for names in (OPTIMIZERS, SCHEDULES))
    if draw(st.booleans()):
        hyper["early_stopping"] = draw(st.lists(st.sampled_from([1.0, 2.0]), min_size=K, max_size=K))
    fewest = Network(architecture).smallest_batch
    data = blobs(draw(st.integers(fewest, 130)), draw(st.integers(1, 300)), inputs, classes)
    rows, weighs = draw(st.none() | st.integers(fewest, 150)), draw(st.booleans())
    size = draw(st.integers(fewest, 70))
    how = Settings(optimizer, size, hyper, schedule, full_epochs=3, epoch_rows=rows, balanced=weighs)
    return architecture, how, data, list(range(10, 10 + K))


#: One of those that are computed where they rank, and none.
FIGURES = (("auc",), ("f1",), ("log_loss",), ())


@settings(max_examples=60)
@given(cases(), st.integers(0, 3))
def test_a_stack_equals_each_network_alone_and_resuming_equals_going_straight_through(
    case: tuple[Architecture, Settings, Arrays, list[int]], pause: int
) -> None:
    architecture, how, data, seeds = case
    train = partial(training.train, figures=FIGURES[pause])
    straight = train(architecture, how, data, seeds=seeds, order=(5, 1), epochs=3)
    for k, seed in enumerate(seeds):
        own = dataclasses.replace(how, hyper={name: at(value, k) for name, value in how.hyper.items()})
        assert_same(row(straight, k), train(architecture, own, data, seeds=[seed], order=(5, 1), epochs=3))
    first = train(architecture, how, data, seeds=seeds, order=(5, 1), epochs=pause)
    rest = train(architecture, how, data, seeds=seeds, order=(5, 1), epochs=3, state=first.state)
    whole = {name: np.concatenate([c, rest.curves[name]], axis=1) for name, c in first.curves.items()}
    assert_same(straight, Training(whole, rest.state))


SHARES = st.lists(st.floats(0.001, 0.999), min_size=1, max_size=3, unique=True).map(sorted)


@settings(max_examples=25)
@given(cases(), SHARES, st.integers(1, 3))
def test_a_training_that_stops_within_its_first_epoch_goes_on_as_if_it_had_not(
    case: tuple[Architecture, Settings, Arrays, list[int]], shares: list[float], end: int
) -> None:
    """But for rows that have diverged where it stops: those may have come back later in the epoch."""
    architecture, how, data, seeds = case
    train = partial(training.train, architecture, how, data, seeds=seeds, order=(5, 1))
    state, lost = None, np.zeros(len(seeds), np.bool_)
    for stop in (*shares, end):
        straight, rest = train(epochs=stop), train(epochs=stop, state=state)
        for k in np.flatnonzero(~lost).tolist():
            assert_same(row(straight, k), row(rest, k))
        assert np.isnan(rest.curves["val_loss"][lost]).all()
        assert rest.curves["val_loss"].shape == (len(seeds), math.ceil(stop))
        assert rest.state.epoch == stop
        state, lost = rest.state, rest.diverged > 0


def test_a_share_of_an_epoch_counts_its_steps_and_takes_no_note_for_early_stopping() -> None:
    how = Settings("sgd", 10, {"lr": 0.1, "early_stopping": 1}, full_epochs=3)
    done = [train(NET, how, DATA, seeds=[1], order=(0, 0), epochs=share) for share in (0.01, 0.5, 0.9)]
    assert [one.state.steps for one in done] == [1, 4, 8]
    assert not any(slot.any() for name, slot in done[0].state.slots.items() if name.startswith("stop"))
    losses = [one.state.losses for one in done]
    assert [None if some is None else some.shape for some in losses] == [(1, 10), (1, 40), (1, 80)]
    assert done[1].curves["train_loss"][0, 0] == pytest.approx(float(np.asarray(losses[1]).mean()))


def test_the_rate_of_a_schedule_within_an_epoch_is_that_of_the_step() -> None:
    """Steps of a tenth of an epoch, each with the plain learning rate that the schedule has there."""
    for schedule, hyper in (("cosine", {}), ("exponential", {"lr_decay_epochs": 0.5}), ("constant", {})):
        own = {"lr": 0.2, "warmup_epochs": 0.3, **hyper}
        how = Settings("sgd", 9, own, schedule, full_epochs=2)
        columns = {name: np.full((1, 1), {**schedules.HYPER, **own}[name]) for name in schedules.HYPER}
        rates = schedules.factors(schedule, columns, done=0, steps=10, per_epoch=10, epochs=2)[:, 0, 0]
        state = None
        for step, rate in enumerate(rates, start=1):
            plain = Settings("sgd", 9, {"lr": 0.2 * rate})
            share = 1 if step == 10 else step / 10
            state = train(NET, plain, DATA, seeds=[1], order=(0, 0), epochs=share, state=state).state
            scheduled = train(NET, how, DATA, seeds=[1], order=(0, 0), epochs=share)
            np.testing.assert_array_equal(scheduled.state.parameters, state.parameters)
        assert len(set(rates[:3])) == 3


def test_a_state_within_a_batch_is_refused() -> None:
    how = Settings("sgd", 10, {"lr": 0.1})
    state = train(NET, how, DATA, seeds=[1], order=(0, 0), epochs=0.5).state
    assert state.losses is not None
    with pytest.raises(ValueError, match="after 37 examples"):
        train(
            NET,
            how,
            DATA,
            seeds=[1],
            order=(0, 0),
            epochs=1,
            state=replace(state, losses=state.losses[:, :37]),
        )


DATA = blobs(90, 40, 6, 3)
NET = Architecture(6, (8,), 3)


@pytest.mark.parametrize("optimizer", sorted(OPTIMIZERS))
@pytest.mark.parametrize("activation", sorted(ACTIVATIONS))
def test_it_learns(optimizer: str, activation: str) -> None:
    how = Settings(optimizer, 10, {**HYPER, "lr": 0.02 if optimizer != "sgd" else 0.2})
    done = train(
        Architecture(6, (8,), 3, activation, "glorot"), how, DATA, seeds=[0], order=(0, 0), epochs=15
    )
    assert done.curves["val_acc"].shape == (1, 15)
    assert done.curves["val_acc"][0, -1] > 0.9
    assert done.curves["train_loss"][0, -1] < 0.5 * done.curves["train_loss"][0, 0]


@pytest.mark.parametrize("warmup", [3.0, 3.5, 6.0])
def test_a_warm_up_as_long_as_the_training_still_trains(warmup: float) -> None:
    hyper = {**schedules.HYPER, "warmup_epochs": warmup}
    columns = {name: np.full((1, 1), value) for name, value in hyper.items()}
    for name in SCHEDULES:
        rates = schedules.factors(name, columns, done=0, steps=30, per_epoch=10, epochs=3.0)[:, 0, 0]
        assert rates == pytest.approx((np.arange(30) + 1) / (warmup * 10))


def test_a_schedule_and_a_warm_up_reach_every_step() -> None:
    """With momentum off, a step is lr times the gradient; a lr of one epoch's factor gives that epoch."""
    hyper = {"lr": 0.2, "lr_decay": 0.25, "lr_decay_epochs": 1.0, "warmup_epochs": 1.0}
    scheduled = Settings("sgd", 90, hyper, "step")
    done = train(NET, scheduled, DATA, seeds=[1], order=(0, 0), epochs=3)
    state = None
    for epoch, lr in enumerate([0.2, 0.2, 0.05], start=1):
        plain = train(
            NET, Settings("sgd", 90, {"lr": lr}), DATA, seeds=[1], order=(0, 0), epochs=epoch, state=state
        )
        state = plain.state
    assert state is not None
    np.testing.assert_array_equal(done.state.parameters, state.parameters)


def test_label_smoothing_is_for_training_only() -> None:
    smooth = Settings("sgd", 90, {"lr": 1e-12, "label_smoothing": 0.5})
    plain = Settings("sgd", 90, {"lr": 1e-12})
    one, other = (train(NET, how, DATA, seeds=[1], order=(0, 0), epochs=1) for how in (smooth, plain))
    assert one.curves["train_loss"] != other.curves["train_loss"]
    np.testing.assert_allclose(one.curves["val_loss"], other.curves["val_loss"], rtol=1e-6)


def test_balanced_classes_cost_the_same_in_all_and_the_rare_one_is_found() -> None:
    """Two clouds one deviation apart, one with a tenth of the rows: unweighed, hardly any of them is found."""
    rng = np.random.default_rng(0)
    y = (np.arange(1600) % 10 == 0).astype(np.int64)
    X = (rng.normal(size=(1600, 2)) + y[:, None]).astype(np.float32)
    data, net = Arrays(X[:800], y[:800], X[800:], y[800:]), Architecture(2, (8,), 2)
    found = {}
    for weighs in (False, True):
        how = Settings("momentum", 32, {"lr": 0.05, "momentum": 0.9}, balanced=weighs)
        done = train(net, how, data, seeds=[1], order=(0, 0), epochs=10, figures=["balanced_acc"])
        found[weighs] = done.curves["val_balanced_acc"][0, -1]
        if weighs:  # a network that knows nothing loses log 2 of balanced classes, too
            assert done.curves["train_loss"][0, -1] < np.log(2) < 1.5 * done.curves["train_loss"][0, -1]
    assert found[False] < 0.65 < 0.72 < found[True]


def noisy() -> Arrays:
    """Labels by chance: whatever is learned, the validation loss rises."""
    rng = np.random.default_rng(0)
    y = rng.integers(0, 3, 130)
    X = rng.normal(size=(130, 6)).astype(np.float32)
    return Arrays(X[:90], y[:90], X[90:], y[90:])


def test_a_row_stops_early_with_its_best_state_and_the_others_go_on() -> None:
    how: dict[str, float | list[float]] = {"lr": [0.5, 0.5], "momentum": 0.9}
    stop: dict[str, float | list[float]] = {"early_stopping": [2, 30]}
    free, stopping = (
        train(
            NET,
            Settings("momentum", 10, {**how, **more}, full_epochs=50),
            noisy(),
            seeds=[1, 2],
            order=(0, 0),
            epochs=12,
        )
        for more in ({}, stop)
    )
    losses = free.curves["val_loss"][0]
    best = next(
        e for e in range(12) if losses[e : e + 3].min() == losses[e] and losses[: e + 1].min() == losses[e]
    )
    assert best + 2 < 11
    for name, curve in stopping.curves.items():
        np.testing.assert_array_equal(curve[0, : best + 2], free.curves[name][0, : best + 2])
        np.testing.assert_array_equal(curve[0, best + 2 :], free.curves[name][0, best])
        np.testing.assert_array_equal(curve[1], free.curves[name][1])
    at_best = train(NET, Settings("momentum", 10, how), noisy(), seeds=[1, 2], order=(0, 0), epochs=best + 1)
    np.testing.assert_array_equal(stopping.state.parameters[0], at_best.state.parameters[0])
    np.testing.assert_array_equal(stopping.state.parameters[1], free.state.parameters[1])


def test_a_full_training_ends_with_its_best_state() -> None:
    how = Settings("momentum", 10, {"lr": 0.5, "momentum": 0.9, "early_stopping": 99}, full_epochs=8)
    done = train(NET, how, noisy(), seeds=[1], order=(0, 0), epochs=8)
    assert done.curves["val_loss"][0, -1] == done.curves["val_loss"][0].min()
    again = train(NET, how, noisy(), seeds=[1], order=(0, 0), epochs=9, state=done.state)
    assert again.curves["val_loss"][0].tolist() == [done.curves["val_loss"][0, -1]]


def test_all_rows_stopped_ends_early_with_the_clock_at_the_end() -> None:
    how = Settings("momentum", 10, {"lr": 0.5, "momentum": 0.9, "early_stopping": 1})
    done = train(NET, how, noisy(), seeds=[1, 2], order=(0, 0), epochs=500)
    assert (done.state.epoch, done.state.steps) == (500, 4500)
    assert not done.diverged.any()
    assert np.isfinite(done.curves["val_acc"]).all()


def test_a_last_batch_of_one_joins_the_batch_before_under_batch_norm() -> None:
    data = blobs(91, 40, 6, 3)
    for net, steps in ((NET, 10), (dataclasses.replace(NET, batch_norm="before"), 9)):
        done = train(net, Settings("sgd", 10, {"lr": 0.1}), data, seeds=[1], order=(0, 0), epochs=1)
        assert done.state.steps == steps


def test_dropout_depends_on_the_seed_of_the_order_and_on_the_replicate() -> None:
    net, how = dataclasses.replace(NET, dropout="inverted"), Settings("sgd", 90, {"lr": 0.1, "dropout": 0.5})
    losses = {
        order: train(net, how, DATA, seeds=[1], order=order, epochs=1).curves["train_loss"][0, 0]
        for order in [(0, 0), (0, 1), (1, 0)]
    }
    assert len(set(losses.values())) == 3


def test_a_diverging_row_is_marked_frozen_and_silent(capfd: pytest.CaptureFixture[str]) -> None:
    rates = [0.05, 1e20, 0.05]
    done = train(NET, Settings("sgd", 10, {"lr": rates}), DATA, seeds=[1, 2, 3], order=(0, 0), epochs=4)
    assert done.diverged.tolist() == [0, 1, 0]
    assert np.isnan(done.state.parameters[1]).all()
    for curve in done.curves.values():
        assert np.isnan(curve[1]).all()
        assert np.isfinite(curve[[0, 2]]).all()
    assert capfd.readouterr() == ("", "")


def test_all_rows_diverged_ends_early_with_the_clock_at_the_end(monkeypatch: pytest.MonkeyPatch) -> None:
    drawn: list[int] = []
    generator = Streams.generator

    def counted(streams: Streams, purpose: str, *key: int) -> np.random.Generator:
        if purpose == "order":
            drawn.append(key[1])
        return generator(streams, purpose, *key)

    monkeypatch.setattr(Streams, "generator", counted)
    how = Settings("momentum", 10, {"lr": 1e20, "momentum": 0.9})
    done = train(NET, how, DATA, seeds=[1, 2], order=(0, 0), epochs=50)
    assert done.diverged.tolist() == [1, 1]
    assert drawn == [1]
    assert (done.state.epoch, done.state.steps) == (50, 450)
    assert all(np.isnan(curve).all() and curve.shape == (2, 50) for curve in done.curves.values())


def test_an_exploded_but_finite_loss_diverges(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("hpsearch.nn.training.EXPLODED", 0.5)
    done = train(NET, Settings("sgd", 10, {"lr": 1e-3}), DATA, seeds=[1], order=(0, 0), epochs=1)
    assert done.diverged.tolist() == [1]
    assert np.isnan(done.state.parameters).all()


def regression(far: float, rows: int = 40) -> Arrays:
    """A plane, and one validation row with an input that is `far`."""
    rng = np.random.default_rng(1)
    X = rng.normal(size=(rows, 3)).astype(np.float32)
    y = X.sum(axis=1).astype(np.float32)
    X[-1, 0] = far
    return Arrays(X[:30], y[:30], X[30:], y[30:])


PLANE = Architecture(3, (5,), 1, task="regression", loss="mse")


@pytest.mark.parametrize("far", [1e4, 1e30])
@pytest.mark.parametrize("parts", [1, 2])
def test_a_far_value_among_the_validation_rows_is_no_divergence(far: float, parts: int) -> None:
    folds = [regression(0.0), regression(far)][-parts:]
    how = Settings("sgd", 10, {"lr": [0.05] * parts})
    done = train(PLANE, how, folds, seeds=[1] * parts, order=(0, 0), epochs=20)
    near = train(PLANE, how, [regression(0.0)] * parts, seeds=[1] * parts, order=(0, 0), epochs=20)
    assert done.diverged.tolist() == [0] * parts
    assert not (done.curves["val_loss"][-1] <= EXPLODED).any()
    assert (done.state.parameters == near.state.parameters).all()


@pytest.mark.parametrize("dropout", ["off", "inverted"])
def test_the_last_update_of_a_training_can_diverge(dropout: Any) -> None:
    net = dataclasses.replace(PLANE, dropout=dropout)
    how = Settings("sgd", 30, {"lr": [0.05, 1e4], "dropout": 0.1})
    done = train(net, how, regression(0.0), seeds=[1, 1], order=(0, 0), epochs=1)
    assert done.diverged.tolist() == [0, 1]


@settings(max_examples=60, deadline=None)
@given(
    rate=st.floats(-3, 36).map(lambda power: 10.0**power),
    optimizer=st.sampled_from(sorted(OPTIMIZERS.built_in)),
    activation=st.sampled_from(sorted(ACTIVATIONS.built_in)),
    norm=st.sampled_from(["off", "before", "after"]),
    far=st.sampled_from([0.0, 1e30]),
)
def test_what_has_not_diverged_has_finite_parameters(
    rate: float, optimizer: str, activation: str, norm: Any, far: float
) -> None:
    net = dataclasses.replace(PLANE, activation=activation, batch_norm=norm)
    how = Settings(optimizer, 10, HYPER | {"lr": rate, "early_stopping": 2.0})
    done = train(net, how, regression(far), seeds=[1], order=(0, 0), epochs=3)
    assert done.diverged[0] or np.isfinite(done.state.parameters).all()


def test_a_unit_that_infinity_saturates_is_no_trained_network() -> None:
    net, how = dataclasses.replace(PLANE, activation="tanh"), Settings("sgd", 10, {"lr": 0.01})
    begun = train(net, how, regression(0.0), seeds=[1, 1], order=(0, 0), epochs=1)
    begun.state.parameters[1, Network(net).layout.size - 6] = np.inf  # the bias of a hidden unit
    done = train(net, how, regression(0.0), seeds=[1, 1], order=(0, 0), epochs=2, state=begun.state)
    assert done.diverged.tolist() == [0, 2]


def test_a_best_epoch_without_a_number_is_the_first_to_be_beaten() -> None:
    kept = early_stopping.slots(1, 1, 1, np.float32)
    patience, sound = np.array([5.0]), np.array([True])
    for epoch, (loss, parameter) in enumerate(
        [(np.nan, 1.0), (3.0, 2.0), (np.nan, 3.0), (4.0, 4.0)], start=1
    ):
        now = np.array([[parameter]], np.float32)
        ended = early_stopping.follow(kept, now, {"val_loss": np.array([loss])}, patience, sound, epoch, 4)
    assert ended.all()
    assert now.item() == 2.0


def test_divergence_after_a_resumption_counts_epochs_from_the_start() -> None:
    calm = train(NET, Settings("sgd", 10, {"lr": 0.01}), DATA, seeds=[1], order=(0, 0), epochs=2)
    wild = Settings("sgd", 10, {"lr": 1e20})
    done = train(NET, wild, DATA, seeds=[1], order=(0, 0), epochs=5, state=calm.state)
    assert done.diverged.tolist() == [3]
    assert done.curves["val_acc"].shape == (1, 3)


def test_survivors_are_rows_and_the_state_given_is_left_alone(tmp_path: Path) -> None:
    how = Settings("adam", 10, {**HYPER, "lr": [0.01, 0.02, 0.03]})
    half = train(NET, how, DATA, seeds=[1, 2, 3], order=(0, 0), epochs=2)
    before = half.state.parameters.copy()
    half.state.save(tmp_path / "state")
    chosen = State.load(tmp_path / "state").select([2, 0])
    own = Settings("adam", 10, {**HYPER, "lr": [0.03, 0.01]})
    done = train(NET, own, DATA, seeds=[3, 1], order=(0, 0), epochs=4, state=chosen)
    whole = train(NET, how, DATA, seeds=[1, 2, 3], order=(0, 0), epochs=4)
    assert_same_state(done.state, whole.state.select([2, 0]))
    np.testing.assert_array_equal(half.state.parameters, before)
    parts = [half.state.select([0]), half.state.select([1, 2])]
    assert_same_state(State.concatenate(parts), half.state)


def test_states_of_different_epochs_do_not_stack() -> None:
    how = Settings("sgd", 10, {"lr": 0.01})
    states = [train(NET, how, DATA, seeds=[1], order=(0, 0), epochs=e).state for e in (1, 2)]
    with pytest.raises(ValueError, match="different epochs"):
        State.concatenate(states)


@pytest.mark.parametrize(("optimizer", "seeds"), [("adam", [1]), ("sgd", [1, 2])])
def test_a_state_of_another_optimizer_or_stack_is_refused(optimizer: str, seeds: list[int]) -> None:
    state = train(NET, Settings("sgd", 10, {"lr": 0.01}), DATA, seeds=[1], order=(0, 0), epochs=1).state
    with pytest.raises(ValueError, match="the state holds"):
        train(NET, Settings(optimizer, 10, HYPER), DATA, seeds=seeds, order=(0, 0), epochs=2, state=state)


def test_order_depends_on_seed_and_replicate() -> None:
    how = Settings("sgd", 10, {"lr": 0.1})
    losses = {
        order: train(NET, how, DATA, seeds=[1], order=order, epochs=1).curves["train_loss"][0, 0]
        for order in [(0, 0), (0, 1), (1, 0)]
    }
    assert len(set(losses.values())) == 3


def test_epochs_of_few_rows_see_all_of_them_in_turn() -> None:
    rows, taken = np.arange(90), 40
    orders = list(islice(_orders(Streams(5), 1, taken, len(rows), first=1), 6))
    for epoch in range(1, 7):
        np.testing.assert_array_equal(
            next(_orders(Streams(5), 1, taken, len(rows), epoch)), orders[epoch - 1]
        )
    assert [len(order) for order in orders] == [taken] * 6
    for first, second in zip(orders[::2], orders[1::2], strict=True):
        assert len(set(first) | set(second)) == 2 * taken
    assert set(np.concatenate(orders)) == set(rows)  # what one round leaves out comes in another
    whole = list(islice(_orders(Streams(5), 1, 90, 90, first=1), 2))
    for epoch, order in enumerate(whole, 1):
        np.testing.assert_array_equal(order, Streams(5).generator("order", 1, epoch).permutation(90))


def test_no_epochs_left_is_no_work() -> None:
    how = Settings("sgd", 10, {"lr": 0.1})
    done = train(NET, how, DATA, seeds=[1], order=(0, 0), epochs=2)
    again = train(NET, how, DATA, seeds=[1], order=(0, 0), epochs=2, state=done.state)
    assert again.curves["val_acc"].shape == (1, 0)
    assert_same_state(again.state, done.state)


@pytest.mark.parametrize(
    ("settings", "message"),
    [
        ({"optimizer": "adamm"}, "unknown optimizer 'adamm'; did you mean 'adam'"),
        ({"batch_size": 0}, "batch_size: 0"),
        (
            {"hyper": {"lr": 0.1, "momentun": 0.9}},
            "unknown hyperparameter 'momentun'; did you mean 'momentum'",
        ),
        ({"hyper": {}}, "optimizer sgd needs lr"),
        ({"hyper": {"lr": float("nan")}}, "lr: nan is not a finite number"),
        ({"hyper": {"lr": [0.1, 0.2]}}, "lr: 2 values for 1 networks"),
        ({"lr_schedule": "cosin"}, "unknown lr_schedule 'cosin'; did you mean 'cosine'"),
        ({"lr_schedule": "cosine"}, "give full_epochs"),
    ],
)
def test_nonsense_settings_are_refused(settings: dict[str, Any], message: str) -> None:
    with pytest.raises(InputError, match=message):
        given: dict[str, Any] = {"optimizer": "sgd", "batch_size": 10, "hyper": {"lr": 0.1}} | settings
        train(NET, Settings(**given), DATA, seeds=[0], order=(0, 0), epochs=1)


@pytest.mark.parametrize(
    ("change", "message"),
    [
        ({"activation": "rely"}, "did you mean 'relu'"),
        ({"initializer": "hee"}, "did you mean 'he'"),
        ({"loss": "cross_entrpy"}, "did you mean 'cross_entropy'"),
        ({"hidden": (3, 0)}, "hidden: 0 units"),
    ],
)
def test_nonsense_architectures_are_refused(change: dict[str, Any], message: str) -> None:
    with pytest.raises(InputError, match=message):
        dataclasses.replace(NET, **change)


def test_data_that_does_not_fit_is_refused() -> None:
    how = Settings("sgd", 10, {"lr": 0.1})
    with pytest.raises(ValueError, match=r"X_train has shape \(90, 6\); the network needs \(N, 7\)"):
        train(Architecture(7, (8,), 3), how, DATA, seeds=[0], order=(0, 0), epochs=1)
