"""Who ranks where, and how it is written down."""

from __future__ import annotations

import csv
import io
import math
import random

import pytest
import yaml
from hypothesis import given
from hypothesis import strategies as st

from hpsearch.core.metric import Metric
from hpsearch.core.trial import Result, Trial
from hpsearch.engine.ranking import rank, seedless
from hpsearch.reporting import tables, text
from tests.analysis.runs import a_run

ACCURACY = Metric("val_acc", "maximize")


def trial(number: int, **config: float | str) -> Trial:
    return Trial(number, 0, config or {"lr": 0.1 / (number + 1)}, number)


def result(number: int, value: float, epochs: int = 9, replicate: int = 0) -> Result:
    return Result(number, epochs, "done", {"val_acc": value}, {"val_acc": [value]}, replicate=replicate)


def numbers(results: list[Result], metric: Metric = ACCURACY, count: int = 9) -> list[int]:
    return [s.trial.number for s in rank([trial(n) for n in range(count)], results, metric)]


def test_the_best_comes_first_and_equals_stay_in_trial_order() -> None:
    results = [result(0, 0.5), result(1, 0.9), result(2, 0.5), result(3, 0.7)]
    assert numbers(results) == [1, 3, 0, 2]
    assert numbers(results, Metric("val_acc", "minimize")) == [0, 2, 3, 1]


@given(st.permutations(range(8)))
def test_the_order_in_which_results_came_does_not_matter(order: list[int]) -> None:
    values = [0.5, 0.7, 0.7, 0.2, 0.9, 0.9, 0.1, 0.5]
    results = [result(n, value) for n, value in enumerate(values)]
    assert numbers([results[n] for n in order]) == numbers(results)


def test_a_trial_ranks_by_its_last_epoch() -> None:
    results = [result(0, 0.9, epochs=1), result(0, 0.4, epochs=9), result(1, 0.5, epochs=3)]
    standings = rank([trial(0), trial(1)], results, ACCURACY)
    assert [(s.trial.number, s.epochs) for s in standings] == [(1, 3), (0, 9)]


def test_only_done_ranks() -> None:
    ill = [Result(0, 9, "diverged", reason="boom"), Result(1, 9, "failed"), Result(2, 9, "timeout")]
    standings = rank([trial(n) for n in range(4)], [*ill, result(3, 0.1)], ACCURACY)
    assert [(s.rank, s.trial.number) for s in standings] == [(1, 3), (None, 0), (None, 1), (None, 2)]
    assert text.failures(standings) == ("did not end well: 1 diverged, 1 failed, 1 timeout (trial 0: boom)")
    assert text.summary(standings) == "4 trials, of which 1 diverged, 1 failed, 1 timeout (trial 0: boom)"
    assert text.summary(standings[:1]) == "1 trial"


@pytest.mark.parametrize("value", [math.nan, math.inf, -math.inf])
def test_what_has_no_finite_metric_never_ranks_though_a_journal_calls_it_done(value: float) -> None:
    run = a_run([value, 0.25, [0.5, value], value])
    assert [(s.trial.number, s.rank, s.status) for s in run.standings] == [
        (2, 1, "done"),
        (1, 2, "done"),
        (0, None, "diverged"),
        (3, None, "diverged"),
    ]
    confirmed = run.standings[0].confirmed
    assert confirmed
    assert (confirmed.mean, confirmed.seeds, confirmed.lost) == (0.5, 1, {"diverged": 1})
    assert run.lost[0].reason == f"val_acc is {value}"
    assert len(run.ill) == 3


def test_what_was_confirmed_comes_first_by_its_mean() -> None:
    results = [result(0, 0.99), result(0, 0.90, replicate=1), result(0, 0.90, replicate=2)]
    results += [result(1, 0.95), result(1, 0.95, replicate=2), result(1, 0.95, replicate=1), result(2, 0.97)]
    random.Random(1).shuffle(results)
    standings = rank([trial(n) for n in range(3)], results, ACCURACY)
    assert [s.trial.number for s in standings] == [1, 0, 2]
    again = standings[1].confirmed
    assert again is not None
    assert again.mean == pytest.approx(0.93)
    assert again.spread == pytest.approx(0.0519615, rel=1e-5)
    assert again.seeds == 3


def test_numbers_whose_squares_are_none_have_a_mean_and_a_spread() -> None:
    results = [result(0, value * 1e300, replicate=n) for n, value in enumerate((0.99, 0.90, 0.90))]
    [standing] = rank([trial(0)], results, ACCURACY)
    assert standing.confirmed is not None
    assert standing.confirmed.mean == pytest.approx(0.93e300)
    assert standing.confirmed.spread == pytest.approx(0.0519615e300, rel=1e-5)


def ill(number: int, epochs: int = 9, replicate: int = 0) -> Result:
    return Result(number, epochs, "failed", replicate=replicate, reason="out of\nmemory")


def test_a_trial_ranks_by_the_longest_training_that_ended_well() -> None:
    results = [result(0, 0.9, epochs=1), result(0, 0.8, epochs=3), ill(0), result(1, 0.7), ill(2, epochs=3)]
    random.Random(1).shuffle(results)
    standings = rank([trial(n) for n in range(3)], results, ACCURACY)
    assert [(s.rank, s.trial.number, s.epochs, s.status) for s in standings] == [
        (1, 0, 3, "done"),
        (2, 1, 9, "done"),
        (None, 2, 3, "failed"),
    ]
    assert text.line(standings[0], ACCURACY, 9) == (
        "Best-1(val acc:0.8) | lr:0.1 | 3 of 9 epochs, then failed: out of\\nmemory"
    )
    assert text.as_data(standings[0])["then"] == {"status": "failed", "epochs": 9, "reason": "out of\nmemory"}
    assert (
        text.failures(standings)
        == "did not end well: 1 failed, 1 failed when trained on (trial 0: out of\nmemory)"
    )


def test_a_seed_that_did_not_end_well_ranks_a_trial_below_those_confirmed_whole() -> None:
    results = [result(n, value) for n, value in enumerate([0.99, 0.98, 0.90, 0.97])]
    results += [result(0, 0.99, replicate=1), ill(0, replicate=2), ill(1, replicate=1), ill(1, replicate=2)]
    results += [result(2, 0.80, replicate=1), result(2, 0.82, replicate=2)]
    standings = rank([trial(n) for n in range(4)], results, ACCURACY)
    assert [s.trial.number for s in standings] == [2, 0, 1, 3]
    lines = [text.line(standing, ACCURACY, 9).rpartition(" | ")[2] for standing in standings[1:3]]
    assert lines == [
        "val acc:0.9900 +- 0.0000 (2 of 3 seeds, 1 failed)",
        "val acc:0.9800 (1 of 3 seeds, 2 failed)",
    ]
    assert text.as_data(standings[1])["confirmed"]["lost"] == {"failed": 1}


def test_seeds_that_change_nothing_confirm_nothing() -> None:
    results = [result(0, 0.9), result(1, 0.8), result(0, 0.9, replicate=1), result(1, 0.8, replicate=1)]
    assert seedless(results)
    assert all(s.confirmed is None for s in rank([trial(0), trial(1)], results, ACCURACY))
    results[-1] = result(1, 0.8000001, replicate=1)
    assert not seedless(results)
    assert not seedless(results[:2])
    assert all(s.confirmed for s in rank([trial(0), trial(1)], results, ACCURACY))


def test_near_ties_of_the_confirmed_are_told_apart_by_their_mean_loss() -> None:
    def told(number: int, acc: float, loss: float, replicate: int) -> Result:
        metrics = {"val_acc": acc, "val_loss": loss}
        return Result(number, 9, "done", metrics, replicate=replicate)

    results = [told(0, 0.91, 0.1, 0), told(0, 0.90, 0.9, 1), told(1, 0.9, 0.4, 0), told(1, 0.9, 0.4, 1)]
    trials = [trial(0), trial(1)]
    standings = rank(trials, results, ACCURACY, rows=100)
    assert [s.trial.number for s in standings] == [1, 0]
    assert text.line(standings[1], ACCURACY, 9).endswith("(2 seeds) | near-tie, val loss:0.5")
    assert [s.trial.number for s in rank(trials, results, ACCURACY)] == [0, 1]


def test_the_lines_are_the_textbooks() -> None:
    trials = [
        trial(0, lr=0.00881234, weight_decay=1.18e-06),
        trial(1, lr=0.0071, weight_decay=7.52e-07),
        trial(2, lr=0.5, weight_decay=1e-4),
    ]
    results = [result(0, 353 / 359), result(1, 352 / 359), result(2, 0.83, epochs=3)]
    assert text.ranking(rank(trials, results, ACCURACY), ACCURACY, 9) == (
        "=========== Hyper-Parameter Optimization Result ===========\n"
        "Best-1(val acc:0.9833) | lr:0.00881, weight decay:1.18e-06\n"
        "Best-2(val acc:0.9805) | lr:0.0071, weight decay:7.52e-07\n"
        "Best-3(val acc:0.83) | lr:0.5, weight decay:0.0001 | 3 of 9 epochs\n"
    )


def test_confirmed_values_stand_beside_the_plain_one() -> None:
    results = [result(0, 0.98), result(0, 0.97, replicate=1), result(0, 0.99, replicate=2)]
    line = text.line(rank([trial(0, lr=0.1)], results, ACCURACY)[0], ACCURACY, 9)
    assert line == "Best-1(val acc:0.98) | lr:0.1 | val acc:0.9800 +- 0.0100 (3 seeds)"


@pytest.mark.parametrize(("unit", "said"), [(1e-6, "9.8e-07 +- 1e-08"), (1e300, "9.8e+299 +- 1e+298")])
def test_confirmed_values_keep_their_digits_however_large_they_are(unit: float, said: str) -> None:
    results = [result(0, value * unit, replicate=n) for n, value in enumerate((0.98, 0.97, 0.99))]
    assert f"val acc:{said} (3 seeds)" in text.line(rank([trial(0)], results, ACCURACY)[0], ACCURACY, 9)


def test_results_csv_holds_every_trial_in_full_precision() -> None:
    trials = [trial(0, lr=1 / 3, activation="relu"), trial(1, lr=0.1, activation='a,"b"')]
    standings = rank(trials, [Result(0, 9, "failed"), result(1, 2 / 3)], ACCURACY)
    rows = list(csv.DictReader(io.StringIO("".join(tables.results_csv(standings, ["lr", "activation"])))))
    assert [row["trial"] for row in rows] == ["1", "0"]
    assert float(rows[0]["val_acc"]) == 2 / 3
    assert rows[0]["activation"] == 'a,"b"'
    assert float(rows[1]["lr"]) == 1 / 3
    assert (rows[1]["rank"], rows[1]["status"], rows[1]["val_acc"]) == ("", "failed", "")


def test_curves_number_their_epochs_across_rungs() -> None:
    rungs = [
        Result(0, 3, "done", {}, {"val_acc": [0.3, 0.4]}),
        Result(0, 1, "done", {}, {"val_acc": [0.1]}),
    ]
    assert (
        "".join(tables.curves_csv(rungs))
        == "trial,replicate,epoch,val_acc\n0,0,1,0.1\n0,0,2,0.3\n0,0,3,0.4\n"
    )


def test_best_yaml_can_be_pasted() -> None:
    standing = rank([trial(0, lr=1 / 3, activation="relu")], [result(0, 0.5)], ACCURACY)[0]
    written = text.best_yaml(standing, ACCURACY, "digits")
    assert yaml.safe_load(written) == {"lr": 1 / 3, "activation": "relu"}
    assert written.startswith("# trial 0 of digits: val_acc 0.5 after 9 epochs\n")


def test_a_line_says_the_epoch_that_its_metric_is_of() -> None:
    def said(epochs: int, kept: int = 0, best: int = 0) -> str:
        training = Result(0, epochs, "done", {"val_acc": 0.5}, kept=kept, best=best)
        (standing,) = rank([trial(0)], [training], ACCURACY)
        return text.line(standing, ACCURACY, 27).rpartition(" | ")[2]

    assert said(27, kept=5) == said(27, best=5) == "epoch 5 of 27"
    assert said(9, best=5) == "epoch 5, 9 of 27 epochs"
    assert said(9, best=9) == "9 of 27 epochs"
    assert said(27, best=27) == "lr:0.1"


def test_the_longest_trained_come_first_where_the_metric_worsens() -> None:
    worse = [result(n, 0.9 - 0.1 * n - 0.01 * epochs, epochs) for n in (0, 1) for epochs in (1, 3, 9)]
    short = [result(2, 0.95, epochs=1), result(3, 0.5, epochs=3), result(3, 0.6, epochs=1)]
    assert numbers([*worse, *short]) == [0, 1, 3, 2]
    assert numbers([*worse, *short, result(2, 0.9, epochs=3)]) == [0, 1, 2, 3]


def test_one_trial_that_fell_back_leaves_the_order_as_it_is() -> None:
    fell = [result(0, 0.9, epochs=3), result(0, 0.8), result(1, 0.85, epochs=3)]
    assert numbers(fell) == [1, 0]


def test_what_longer_training_raised_ranks_by_its_metric() -> None:
    rose = [result(n, 0.1 * n + 0.01 * epochs, epochs) for n in (0, 1) for epochs in (1, 3, 9)]
    assert numbers([*rose, result(2, 0.95, epochs=1)]) == [2, 1, 0]
