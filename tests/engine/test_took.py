"""What a search knows of how long its trainings took: what its journal says, and of like with like."""

from __future__ import annotations

import json
import math
from collections.abc import Sequence

import pytest
from hypothesis import given
from hypothesis import strategies as st

from hpsearch.core.metric import Metric
from hpsearch.core.trial import Job, Result, Status, Trial
from hpsearch.engine.history import History
from hpsearch.engine.overlap import Overlapping
from hpsearch.runs.journal import encode
from hpsearch.runs.records import Reader, Reused
from hpsearch.runs.writing import header, result_record, round_record
from hpsearch.space import Linear, Real, Space

SPACE = Space([Real("x", Linear(0, 1))])
METRIC = Metric("loss", "minimize")
Lots = list[list[tuple[float, int]]]


def job(number: int, epochs: int, start: int = 0, replicate: int = 0) -> Job:
    return Job(Trial(number, 0, {"x": (number + 1) / 99}, number), epochs, start, replicate)


def ended(of: Job, seconds: float, status: Status = "done") -> Result:
    metrics = {"loss": 0.5} if status == "done" else {}
    return Result(of.trial.number, of.epochs, status, metrics, seconds=seconds, replicate=of.replicate)


def add(history: History, jobs: Sequence[Job], seconds: Sequence[float], status: Status = "done") -> None:
    history.add_round(jobs)
    for one, took in zip(jobs, seconds, strict=True):
        history.add(ended(one, took, status))


def lots(history: History) -> Lots:
    return [list(lot.entries) for lot in history.took()]


def test_a_promotion_is_of_its_own_part_alone() -> None:
    history = History(SPACE, METRIC)
    add(history, [job(0, 1), job(1, 1)], [4.0, 1.0])
    assert lots(history) == [[(0.0, 1), (math.log(4), 0)]]
    add(history, [job(0, 3, start=1), job(2, 3)], [2.0, 3.0])
    assert lots(history) == [[(0.0, 1), (math.log(4), 0)], [(math.log(3), 2)], [(math.log(2), 0)]]


@pytest.mark.parametrize("status", ["failed", "crashed", "timeout", "diverged", "stopped"])
def test_what_did_not_end_well_tells_nothing(status: Status) -> None:
    history = History(SPACE, METRIC)
    add(history, [job(0, 1)], [5.0], status)
    assert lots(history) == []


@pytest.mark.parametrize("seconds", [0.0, 1e-9, -1.0, math.nan, math.inf])
def test_what_took_no_time_that_is_known_tells_nothing(seconds: float) -> None:
    history = History(SPACE, METRIC)
    add(history, [job(0, 1), job(1, 1)], [seconds, 1.0])
    assert lots(history) == [[(0.0, 1)]]


def test_fresh_seeds_tell_nothing() -> None:
    history = History(SPACE, METRIC)
    add(history, [job(0, 1)], [1.0])
    add(history, [job(0, 1, replicate=1)], [2.0])
    assert lots(history) == [[(0.0, 0)]]


def test_what_is_tried_again_counts_as_it_ended_then() -> None:
    history = History(SPACE, METRIC)
    history.add_round([job(0, 1), job(1, 1)])
    history.add(ended(job(0, 1), 4.0, "failed"))
    history.add(ended(job(1, 1), 1.0))
    assert lots(history) == [[(0.0, 1)]]
    history.retry()
    history.add(ended(job(0, 1), 2.0))
    assert lots(history) == [[(0.0, 1), (math.log(2), 0)]]


@pytest.mark.parametrize("overlap", [0, 2])
def test_trials_of_another_run_are_a_lot_of_their_own(overlap: int) -> None:
    history = Overlapping(SPACE, METRIC, overlap) if overlap else History(SPACE, METRIC)
    add(history, [job(0, 1), job(1, 1)], [10.0, 20.0])
    history.take_over(Reused("old", [4, 7]))
    add(history, [job(2, 1)], [1.0])
    history.ask(lambda _: [])
    decides = history.known if isinstance(history, Overlapping) else history
    assert lots(decides) == [[(0.0, 2)], [(math.log(10), 0), (math.log(20), 1)]]


@pytest.mark.parametrize("overlap", [0, 2])
def test_what_such_a_trial_is_trained_further_here_is_of_this_search(overlap: int) -> None:
    history = Overlapping(SPACE, METRIC, overlap) if overlap else History(SPACE, METRIC)
    add(history, [job(0, 1), job(1, 1)], [10.0, 20.0])
    add(history, [job(0, 3, start=1)], [30.0])
    history.take_over(Reused("old", [4, 7]))
    add(history, [job(1, 3, start=1)], [2.0])
    history.ask(lambda _: [])
    decides = history.known if isinstance(history, Overlapping) else history
    of_old = [[(math.log(10), 0), (math.log(20), 1)], [(math.log(30), 0)]]
    assert lots(decides) == [[(math.log(2), 1)], *of_old]


@given(seconds=st.lists(st.floats(0, 1e7), min_size=1, max_size=6), asked=st.integers(0, 6))
def test_what_is_recorded_says_the_same_to_the_bit(seconds: list[float], asked: int) -> None:
    jobs = [job(number, 1) for number in range(len(seconds))]
    running, replayed = History(SPACE, METRIC), History(SPACE, METRIC)
    read = Reader("journal")
    read(encode(header(version="1", spec="s", data="d")))
    running.add_round(jobs)
    replayed.add_round(read(encode(round_record(0, jobs))))  # type: ignore[arg-type]
    for place, (one, took) in enumerate(zip(jobs, seconds, strict=True)):
        running.add(ended(one, took))
        replayed.add(read(encode(result_record(ended(one, took)))))  # type: ignore[arg-type]
        if place == asked:  # what is asked in between changes nothing
            assert lots(running)[:1] == lots(replayed)[:1]
    assert json.dumps(lots(running)) == json.dumps(lots(replayed))
