"""What a finished search says about the next one."""

from __future__ import annotations

import pytest

from hpsearch.analysis.verdicts.edges import edges
from hpsearch.analysis.verdicts.failures import failures
from hpsearch.core.trial import Confirmed, Standing, Status, Trial, Value
from hpsearch.space import Choice, Integer, Linear, Log, OneMinusLog, Real, Space
from hpsearch.space.edges import edge_of


def always(name: str, value: Value) -> bool:
    return True


def standing(
    number: int, acc: float, status: Status = "done", confirmed: Confirmed | None = None, **config: Value
) -> Standing:
    rank = number + 1 if status == "done" else None
    metrics = {"val_acc": acc} if status == "done" else {}
    return Standing(rank, Trial(number, 0, config or {"lr": 0.01}, 0), 9, status, metrics, "", confirmed)


LR = Real("lr", Log(1e-6, 1e-2))


def test_a_best_value_at_the_edge_is_told_with_the_new_end() -> None:
    (verdict,) = edges(Space([LR]), standing(0, 0.9, lr=0.0099), "book", always)
    assert verdict.text == "lr 0.0099 is at 100 % of its log range [1e-06, 0.01]: widen high to 0.1"
    assert verdict.command == "hpsearch refine book"


@pytest.mark.parametrize("value", [2e-6, 1e-4, 6e-3])
def test_within_the_outer_20th_and_not_further(value: float) -> None:
    found = list(edges(Space([LR]), standing(0, 0.9, lr=value), "r", always))
    assert bool(found) == (not 0.05 < LR.scale.to_unit(value) < 0.95)


def test_each_scale_widens_along_its_axis() -> None:
    low = edge_of(LR, 1e-6, always)
    assert low is not None
    assert (low.end, low.beyond) == ("low", 1e-7)
    momentum = edge_of(Real("momentum", OneMinusLog(0.9, 0.999)), 0.999, always)
    assert momentum is not None
    assert momentum.beyond == 0.9997
    layers = edge_of(Integer("hidden_layers", Linear(2, 4)), 4, always)
    assert layers is not None
    assert layers.beyond == 5
    assert edge_of(Choice("activation", ("relu", "tanh")), "tanh", always) is None


def test_an_end_that_cannot_move_is_no_edge() -> None:
    decay = Real("weight_decay", Linear(0.0, 1.0))
    assert edge_of(decay, 0.0, lambda name, value: float(value) >= 0) is None
    assert edge_of(decay, 1.0, lambda name, value: float(value) >= 0) is not None


def test_where_trials_failed() -> None:
    rates = [10 ** (-4 + 4 * n / 39) for n in range(40)]
    trials = [
        standing(
            n, 0.9, "diverged" if rate > 0.3 else "done", lr=rate, activation="relu" if n % 2 else "tanh"
        )
        for n, rate in enumerate(rates)
    ]
    space = Space([Real("lr", Log(1e-4, 1)), Choice("activation", ("relu", "tanh"))])
    verdict = failures(trials, space, "digits")
    assert verdict is not None
    bound = min(rate for rate in rates if rate > 0.3)
    count = sum(rate > 0.3 for rate in rates)
    assert verdict.text == f"{count} of {count} diverged trials have lr >= {bound:.3g}"


def test_failures_in_one_category_and_none_without_a_pattern() -> None:
    space = Space([Choice("activation", ("relu", "tanh"))])
    one = [
        standing(n, 0.9, "failed" if n < 4 else "done", activation="relu" if n < 4 else "tanh")
        for n in range(12)
    ]
    verdict = failures(one, space, "digits")
    assert verdict is not None
    assert verdict.text == "4 of 4 failed trials have activation:relu"
    mixed = [
        standing(n, 0.9, "failed" if n % 3 else "done", activation=("relu", "tanh")[n % 2]) for n in range(12)
    ]
    assert failures(mixed, space, "digits") is None
    assert failures(mixed[:2], space, "digits") is None


def test_failures_of_one_truth_value() -> None:
    space = Space([Choice("flip", (True, False))])
    trials = [standing(n, 0.9, "failed" if n < 4 else "done", flip=n < 4) for n in range(12)]
    verdict = failures(trials, space, "digits")
    assert verdict is not None
    assert verdict.text == "4 of 4 failed trials have flip:true"


class Counted(float):
    """A value that counts how often it is compared."""

    compared = 0

    def __lt__(self, other: float) -> bool:
        Counted.compared += 1
        return float(self) < float(other)

    __hash__ = float.__hash__


def test_many_failures_are_counted_by_sorting_and_not_each_against_all(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setitem(failures.__globals__, "float", Counted)
    trials = [standing(n, 0.9, "failed" if n % 2 else "done", lr=0.1 + n / 10_000) for n in range(4000)]
    assert failures(trials, Space([LR]), "digits") is None
    assert 0 < Counted.compared < 4000 * 50  # each against all: 8,000,000


def test_conditional_parameters_may_be_missing() -> None:
    space = Space([LR, Real("beta2", OneMinusLog(0.9, 0.999), when={"lr": (0.1,)})], {})
    assert list(edges(space, standing(0, 0.9, lr=1e-4), "r", always)) == []
    failed = [standing(n, 0.9, "failed", lr=0.1, beta2=0.99) for n in range(3)]
    fine = [standing(n, 0.9, lr=1e-4) for n in range(3, 9)]
    verdict = failures([*failed, *fine], space, "r")
    assert verdict is not None
    assert verdict.text == "3 of 3 failed trials have lr >= 0.1"


def test_an_end_that_the_scale_forbids_is_no_edge() -> None:
    layers = Integer("layers", Log(1, 64))
    assert edge_of(layers, 1, always) is None
    assert edge_of(layers, 64, always) is not None
