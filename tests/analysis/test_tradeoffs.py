"""What is said below a front."""

from __future__ import annotations

from hpsearch.analysis.tradeoffs import remarks
from hpsearch.core.trial import Result
from hpsearch.engine.front import Front
from hpsearch.engine.run import Run
from tests.engine.fronts import a_run

#: An accuracy on 100 rows, and a size.
SIZES = [
    {"val_acc": acc, "val_loss": 1.0, "size": size} for acc, size in ((0.9, 9.0), (0.89, 5.0), (0.6, 1.0))
]


def said(run: Run, *names: str) -> str:
    return "; ".join(remarks(run, Front.of(run, names)))


def test_nothing_is_said_where_nothing_is_known() -> None:
    assert said(a_run(SIZES), "val_acc", "size:minimize") == ""


def test_neighbours_that_the_rows_do_not_tell_apart_are_named() -> None:
    run = a_run(SIZES)
    run.rows = 100
    text = said(run, "val_acc", "size:minimize")
    assert "chance alone may part in val acc" in text
    assert "known from 100 validation rows): trials 1 and 0" in text
    run.rows = 1_000_000
    assert said(run, "val_acc", "size:minimize") == ""


def test_seeds_tell_of_any_metric() -> None:
    again = [Result(0, 1, "done", {"val_acc": 0.9, "size": size}, replicate=1) for size in (4.0,)]
    text = said(a_run(SIZES, *again), "val_acc", "size:minimize")
    assert "chance alone may part in size" in text
    assert "known from 2 seeds" in text


def test_of_many_pairs_some_are_named() -> None:
    run = a_run([{"val_acc": 0.8 + place / 1000, "size": place} for place in range(9)])
    run.rows = 50
    assert "trials 0 and 1, 1 and 2, 2 and 3, 3 and 4, and 4 more pairs" in said(
        run, "val_acc", "size:minimize"
    )


def test_who_was_not_trained_in_full_is_named() -> None:
    run = a_run(SIZES, epochs=9, lengths=[9, 3, 1])
    assert said(run, "val_acc", "size:minimize") == (
        "trials 1 to 2 stand on the front by what they had reached in fewer than the 9 epochs of a full training"
    )
    assert said(run, "val_acc", "epochs") == ""  # which says it


def test_who_is_not_compared_is_named() -> None:
    run = a_run([*SIZES, {"val_acc": 0.99}])
    assert said(run, "val_acc", "size:minimize") == "not compared: trial 3, which lacks one of these"


def test_where_a_metric_worsens_it_is_said_which_trainings_are_compared() -> None:
    before = [Result(number, 3, "done", {"val_acc": 0.95, "size": 1.0}) for number in (0, 1)]
    run = a_run(SIZES, *before, epochs=9, lengths=[9, 9, 3])
    assert "val acc gets worse with more epochs" in said(run, "val_acc", "size:minimize")
    assert "those of 9 epochs" in said(run, "val_acc", "size:minimize")
