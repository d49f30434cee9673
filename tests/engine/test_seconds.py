"""A search whose budget is seconds: it follows from them, from nothing else besides, and again from its journal."""

from __future__ import annotations

import random
from collections.abc import Callable, Sequence
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from msgspec.structs import replace

from hpsearch.core.metric import Metric
from hpsearch.core.randomness import Streams
from hpsearch.core.trial import Job, Key, Result, as_number
from hpsearch.engine.history import History
from hpsearch.engine.loop import restore
from hpsearch.engine.overlap import history_of
from hpsearch.engine.plan import Halving, Plan
from hpsearch.runs import Journal
from hpsearch.runs.writing import header, result_record, round_record, waited_record
from hpsearch.samplers.coarse_to_fine import CoarseToFine
from hpsearch.space import Choice, Linear, Log, Real, Space
from tests.engine.test_plan import a_plan, play, train

LOSS = Metric("loss", "minimize")
#: Of width nothing follows but the time.
BESIDE = Space([Real("lr", Log(1e-4, 1)), Real("width", Linear(0, 1)), Choice("kind", ("a", "b"))])
Clock = Callable[[Job], float]


def timed(clock: Clock) -> Callable[[Job], Result]:
    """A made-up training that takes what `clock` says."""
    return lambda job: replace(train(job), seconds=clock(job))


def by_chance(seed: int) -> Clock:
    """Seconds that nothing tells."""
    draw = random.Random(seed)
    return lambda _: draw.expovariate(0.1)


def asked(rounds: Sequence[Sequence[Job]]) -> list[list[tuple[Key, object]]]:
    return [[(job.key, dict(job.trial.config)) for job in jobs] for jobs in rounds]


@given(seed=st.integers(0, 99))
@settings(max_examples=3)
def test_with_a_budget_of_epochs_no_seconds_decide(seed: int) -> None:
    plan = a_plan(fit=True, trials=20, seed=seed)
    assert asked(play(plan)[0]) == asked(play(plan, train=timed(by_chance(seed)))[0])


@given(epoch=st.floats(1e-3, 1e5), seed=st.integers(0, 99))
@settings(max_examples=3)
def test_where_epochs_take_the_same_seconds_are_epochs(epoch: float, seed: int) -> None:
    plan = a_plan(fit=True, trials=20, seed=seed)
    alike = timed(lambda job: epoch * (job.epochs - job.start))
    by_seconds = a_plan(fit=True, trials=20, seed=seed, by_seconds=True)
    assert asked(play(by_seconds, train=alike)[0]) == asked(play(plan)[0])


def test_where_no_seconds_are_known_they_are_epochs() -> None:
    plans = [a_plan(fit=True, trials=20, by_seconds=by_seconds) for by_seconds in (False, True)]
    assert len({str(asked(play(plan)[0])) for plan in plans}) == 1


def searched(plan: Plan, history: History, clock: Clock, draw: random.Random) -> list[dict[str, Any]]:
    """The records of a whole search whose results come one by one in any order."""
    records = [header(version="1", spec="s", data="d")]
    while True:
        while jobs := history.ask(plan.next_round):
            waited = history.waited
            records += [] if waited is None else [waited_record(waited)]
            records.append(round_record(history.rounds, jobs))
            history.add_round(jobs)
        pending = history.pending()
        if not pending:
            return records
        result = timed(clock)(draw.choice(pending))
        records.append(result_record(result))
        history.add(result)


@pytest.mark.parametrize("overlap", [0, 2])
@given(seed=st.integers(0, 999))
@settings(max_examples=5)
def test_from_its_journal_every_round_follows_again(overlap: int, seed: int) -> None:
    """Whatever trainings took: at any cut the next round is the one that was begun there, to the bit."""
    plan = a_plan(fit=True, trials=16, round_size=4, overlap=overlap, by_seconds=True, seed=seed)
    records = searched(plan, history_of(plan.space, LOSS, overlap), by_chance(seed), random.Random(seed))
    with TemporaryDirectory() as folder:
        path = Path(folder) / "journal.jsonl"
        with Journal(path) as journal:
            journal.append(records)
        with Journal(path) as journal:
            read = journal.open()
    for place, record in enumerate(read):
        if isinstance(record, list):
            before = history_of(plan.space, LOSS, overlap)
            restore(read[:place], before, "journal")
            assert asked([before.ask(plan.next_round) or []]) == asked([record])


def beside(by_seconds: bool, clock: Clock, seed: int) -> History:
    """A search of forty trials."""
    halving = Halving(3, 1)
    plan = Plan(BESIDE, CoarseToFine(), Streams(seed), 40, epochs=9, halving=halving, by_seconds=by_seconds)

    def ended(job: Job) -> Result:
        loss = abs(np.log10(as_number(job.trial.config["lr"])) + 2) + 1 / job.epochs
        return Result(job.trial.number, job.epochs, "done", {"loss": float(loss)}, seconds=clock(job))

    return play(plan, History(BESIDE, LOSS), train=ended)[1]


def test_what_takes_longer_and_is_no_better_is_tried_seldom() -> None:
    def ten_times(job: Job) -> float:
        noise = 1 + 0.1 * Streams(job.trial.number).generator("clock", int(job.epochs)).random()
        return float(10 ** as_number(job.trial.config["width"]) * (job.epochs - job.start) * noise)

    taken, widths = [], []
    for by_seconds in (False, True):
        found = [beside(by_seconds, ten_times, seed) for seed in range(2)]
        taken.append(sum(one.seconds for history in found for one in history.results.values()))
        widths.append(np.mean([history.units()[8:, 1].mean() for history in found]))
        assert max(history.lowest() for history in found) < 0.25
    assert taken[1] < 0.7 * taken[0]
    assert widths[1] < widths[0] - 0.1
