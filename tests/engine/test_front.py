"""The trials that no other beats in several things."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from hpsearch.core.errors import InputError
from hpsearch.core.trial import Result
from hpsearch.engine.criteria import typed
from hpsearch.engine.dominance import undominated
from hpsearch.engine.front import Front
from tests.engine.fronts import a_run


@given(st.integers(1, 3).flatmap(lambda m: st.lists(st.tuples(*[st.integers(0, 4)] * m), min_size=1)))
def test_what_is_undominated_is_beaten_by_none(points: list[tuple[int, ...]]) -> None:
    def beats(one: tuple[int, ...], other: tuple[int, ...]) -> bool:
        return one != other and all(a <= b for a, b in zip(one, other, strict=True))

    expected = [not any(beats(other, point) for other in points) for point in points]
    assert undominated(np.array(points, dtype=np.float64)).tolist() == expected


def numbers(front: Front) -> list[int]:
    return [point.number for point in front.best]


ACC_LOSS = [
    {"val_acc": 0.9, "val_loss": 0.5, "size": 7.0},
    {"val_acc": 0.8, "val_loss": 0.4, "size": 7.0},
    {"val_acc": 0.8, "val_loss": 0.5, "size": 9.0},
    {"val_acc": 0.9, "val_loss": 0.5, "size": 8.0},
]


def test_the_front_is_best_first_and_keeps_equals() -> None:
    run = a_run(ACC_LOSS)
    assert numbers(Front.of(run, ["val_acc", "val_loss"])) == [0, 3, 1]
    assert numbers(Front.of(run, ["val_loss", "val_acc"])) == [1, 0, 3]
    assert numbers(Front.of(run, ["val_acc", "size:minimize"])) == [0]
    assert numbers(Front.of(run, ["val_acc", "val_loss", "size:maximize"])) == [3, 1, 2]


def test_parameters_and_costs_count_too() -> None:
    run = a_run(ACC_LOSS)
    assert numbers(Front.of(run, ["val_acc", "x:maximize"])) == [3]
    assert numbers(Front.of(run, ["val_acc", "seconds"])) == [0]
    front = Front.of(run, ["val_loss", "seconds"])
    assert [(point.number, point.values) for point in front.best] == [(1, (0.4, 2.0)), (0, (0.5, 1.0))]
    assert [criterion.of for criterion in front.criteria] == ["metric", "cost"]
    assert len(front.points) == 4


def test_the_metric_that_ranks_has_the_goal_of_the_run() -> None:
    run = a_run(ACC_LOSS)
    run.spec = run.spec.model_copy(update={"search": run.spec.search.model_copy(update={"goal": "minimize"})})
    assert numbers(Front.of(run, ["val_acc", "size:maximize"])) == [2]


def test_what_lacks_a_value_is_not_compared() -> None:
    told = [{"val_acc": 0.9}, {"val_acc": 0.8, "f1": 0.3}, {"val_acc": 0.7, "f1": float("nan")}]
    front = Front.of(a_run(told), ["val_acc", "f1"])
    assert numbers(front) == [1]
    assert [standing.trial.number for standing in front.lacking] == [0, 2]


def test_values_are_means_over_the_seeds() -> None:
    again = Result(0, 1, "done", {"val_acc": 0.7, "val_loss": 0.1}, replicate=1)
    front = Front.of(a_run(ACC_LOSS, again), ["val_acc", "val_loss"])
    by_number = {point.number: point for point in front.points}
    assert by_number[0].values == pytest.approx((0.8, 0.3))
    assert (by_number[0].seeds, by_number[1].seeds) == (2, 1)
    assert numbers(front) == [3, 0]


def test_one_that_a_seed_has_lost_is_behind_all_others() -> None:
    again = Result(0, 1, "failed", {}, replicate=1)
    assert numbers(Front.of(a_run(ACC_LOSS, again), ["val_acc", "val_loss"])) == [3, 1]
    only = a_run(ACC_LOSS[:1], again)
    assert numbers(Front.of(only, ["val_acc", "val_loss"])) == [0]


WORSE = [
    {"val_acc": 0.6, "val_loss": 0.9},
    {"val_acc": 0.5, "val_loss": 0.8},
    {"val_acc": 0.9, "val_loss": 0.2},
]
BEFORE = [Result(number, 3, "done", {"val_acc": 0.95, "val_loss": 0.1}) for number in (0, 1)]


def test_where_a_metric_worsens_the_longest_trainings_alone_are_compared() -> None:
    run = a_run(WORSE, *BEFORE, epochs=9, lengths=[9, 9, 3])
    front = Front.of(run, ["val_acc", "val_loss"])
    assert (numbers(front), str(front.worsens)) == ([0, 1], "val acc")
    # What a training costs is then weighed against what it brings.
    assert numbers(Front.of(run, ["val_acc", "epochs"])) == [2]
    better = a_run(WORSE, epochs=9, lengths=[9, 9, 3])
    assert (numbers(Front.of(better, ["val_acc", "val_loss"])), front.has_cost) == ([2], False)


@pytest.mark.parametrize(
    ("names", "words"),
    [
        (["val_acc"], "takes two or three names that differ"),
        (["val_acc", "val_acc:minimize"], "takes two or three names that differ"),
        (["val_acc", "val_los"], "did you mean 'val_loss'?"),
        (
            ["val_acc", "zzz"],
            "the metrics size, val_acc, val_loss; the costs seconds, epochs; the parameters x, kind",
        ),
        (["val_acc", "size"], "size:minimize or size:maximize"),
        (["val_acc", "kind:minimize"], "has values that are no numbers, such as a of trial 0"),
    ],
)
def test_what_cannot_be_a_front_is_refused(names: list[str], words: str) -> None:
    with pytest.raises(InputError, match="--pareto") as refused:
        Front.of(a_run(ACC_LOSS), names)
    assert words in str(refused.value)


def test_names_may_have_commas_and_end_like_goals() -> None:
    run = a_run([{"val_acc": 0.9, "a, b": 1.0, "c:minimize": 2.0}])
    assert typed(run, "val_acc,a, b:maximize") == ["val_acc", "a, b:maximize"]
    (_, criterion) = Front.of(run, ["val_acc", "c:minimize:maximize"]).criteria
    assert (criterion.metric.name, criterion.metric.goal) == ("c:minimize", "maximize")


def test_nothing_that_ended_well_is_no_front() -> None:
    run = a_run([{"val_acc": float("nan"), "val_loss": 1.0}])
    with pytest.raises(InputError, match="the costs seconds, epochs"):
        Front.of(run, ["val_acc", "val_loss"])
    assert not Front.of(run, ["seconds", "epochs"]).best
