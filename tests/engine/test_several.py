"""Trials that rank by several metrics stand front by front: in a history, and in a ranking."""

from __future__ import annotations

import math
from collections import Counter
from collections.abc import Iterator, Sequence
from itertools import pairwise
from random import Random
from typing import Any

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from hpsearch.core.metric import Metric
from hpsearch.core.randomness import Streams
from hpsearch.core.trial import Epochs, Job, Result, Status, Trial
from hpsearch.engine.dominance import crowding, layers, ordered, scalarised, undominated
from hpsearch.engine.history import History
from hpsearch.engine.overlap import Overlapping
from hpsearch.engine.plan import Halving, Plan
from hpsearch.engine.ranking import rank
from hpsearch.engine.several import Several, history_for
from hpsearch.samplers import SAMPLERS
from hpsearch.space import Linear, Real, Space

SPACE = Space([Real("x", Linear(0, 1))])
ACC, SIZE = Metric("val_acc", "maximize"), Metric("size", "minimize")
POINTS = st.integers(1, 3).flatmap(
    lambda m: st.lists(st.tuples(*[st.integers(0, 5)] * m), min_size=1, max_size=30)
)


@given(POINTS)
def test_layers_are_the_fronts_of_what_is_left(points: list[tuple[int, ...]]) -> None:
    losses = np.array(points, dtype=np.float64)
    found, left, layer = layers(losses), np.arange(len(points)), 0
    while len(left):
        front = undominated(losses[left])
        assert (found[left[front]] == layer).all()
        left, layer = left[~front], layer + 1


@given(POINTS)
def test_the_order_is_front_by_front_and_the_least_crowded_first(points: list[tuple[int, ...]]) -> None:
    losses = np.array(points, dtype=np.float64)
    places = ordered(losses)
    assert sorted(places.tolist()) == list(range(len(points)))
    front = layers(losses)[places]
    assert (np.diff(front) >= 0).all()
    for layer in set(front.tolist()):
        same = np.flatnonzero(layers(losses) == layer)
        apart = dict(zip(same.tolist(), crowding(losses[same]).tolist(), strict=True))
        told = [apart[place] for place in places.tolist() if place in apart]
        assert told == sorted(told, reverse=True)
    for point in {*points}:  # equals stay in their order
        alike = [place for place in places.tolist() if points[place] == point]
        assert alike == sorted(alike)
    # The first has the lowest first loss of all that are left.
    assert losses[places[0], 0] == losses[:, 0].min()


@given(POINTS, st.integers(0, 99))
def test_the_lowest_scalar_is_on_the_front(points: list[tuple[int, ...]], seed: int) -> None:
    losses = np.array(points, dtype=np.float64)
    weights = np.random.default_rng(seed).dirichlet(np.ones(losses.shape[1]))
    values = scalarised(losses, weights)
    assert np.isfinite(values).all()
    assert undominated(losses)[values == values.min()].any()


def test_a_hollow_front_is_reached_everywhere() -> None:
    ends = np.linspace(0, 1, 21)
    hollow = np.stack([ends, 1 - ends**2], axis=1)
    middle = [int(scalarised(hollow, np.array([share, 1 - share])).argmin()) for share in (0.3, 0.5, 0.7)]
    assert len(set(middle)) == 3
    assert all(0 < place < 20 for place in middle)  # a sum of the losses has its lowest at an end


#: An accuracy and a size for each trial: the front is 0, 2 and 4; 3 is beaten by 2, 1 by 0; then both at once.
TOLD = [(0.9, 9.0), (0.85, 9.5), (0.8, 5.0), (0.75, 6.0), (0.5, 1.0)]


def told_history(order: Sequence[int], epochs: int = 1, history: Several | None = None) -> Several:
    made = history or Several(SPACE, (ACC, SIZE), Streams(0))
    jobs = [Job(Trial(number, 0, {"x": number / 10}, number), epochs) for number in range(len(TOLD))]
    made.add_round(jobs)
    for number in order:
        acc, size = TOLD[number]
        made.add(Result(number, epochs, "done", {"val_acc": acc, "size": size}))
    return made


def test_what_earns_more_and_leads_follows_the_fronts() -> None:
    history = told_history(range(5))
    assert history.leaders(9) == [0, 4, 2, 1, 3]
    assert list(history.waiting(1, 3)) == [0, 4, 2]
    assert list(history.waiting(1, 0)) == list(history.waiting(3, 2)) == []
    assert history.best() == 0
    history.add_round([Job(history.trials[0], 3, start=1)])
    assert list(history.waiting(1, 3)) == [4, 2]
    assert history.leaders(9, lambda asked: asked > 1) == [0]
    history.add(Result(0, 3, "failed"))
    assert history.leaders(9) == [1, 4, 2, 3]  # no other is left that beats 1
    assert history.best() == 0  # it stands where it stood


def test_the_order_of_arrival_decides_nothing() -> None:
    def answers(history: Several) -> object:
        return (
            list(history.evidence(1).entries),
            history.leaders(9),
            list(history.waiting(1, 2)),
            history.best(),
        )

    expected = answers(told_history(range(5)))
    for seed in range(5):
        order = list(range(5))
        Random(seed).shuffle(order)
        assert answers(told_history(order)) == expected


def test_every_round_learns_from_another_loss() -> None:
    history = told_history(range(5))
    first = {number: loss for loss, number in history.evidence(1).entries}
    assert first.keys() == set(range(5))
    again = {number: loss for loss, number in history.evidence(1).entries}
    assert first == again
    history.add_round([Job(Trial(5, 1, {"x": 0.9}, 5), 1)])
    history.add(Result(5, 1, "diverged"))
    second = {number: loss for loss, number in history.evidence(1).entries}
    assert second[5] == math.inf
    assert {number: second[number] for number in range(5)} != first


def test_where_one_worsens_the_longest_come_first() -> None:
    history = told_history(range(5))
    history.add_round([Job(history.trials[number], 3, start=1) for number in (1, 3)])
    for number in (1, 3):
        history.add(Result(number, 3, "done", {"val_acc": 0.99, "size": 50.0 + number}))
    assert history.leaders(9) == [1, 3, 0, 4, 2]
    assert history.best() == 1


class Twice(Plan, frozen=True):
    """Asks of each rung who waits among its best, and once more who does among the best of these."""

    def _promotions(self, history: History) -> Iterator[Job]:
        assert self.halving is not None
        eta, above = self.halving.eta, dict(pairwise(self.rungs))
        for epochs, higher in reversed(above.items()):
            count = history.count(epochs)
            surely = set(history.waiting(epochs, int(count / eta**2))) if history.pending() else set()
            for number in history.waiting(epochs, int(count / eta)):
                to = above.get(higher, higher) if number in surely else higher
                yield Job(history.trials[number], to, start=epochs)


def rounds_of(plan: Plan, ranking: Sequence[Metric], seed: int) -> list[list[Any]]:
    """All rounds of a search whose trainings end in some order, with some values."""
    random, rounds = Random(seed), list[list[Any]]()
    history = history_for(SPACE, ranking, plan.overlap, plan.streams)
    while (jobs := history.ask(plan.next_round)) or history.pending():
        if jobs:
            history.add_round(jobs)
            rounds.append([(job.key, job.start, job.trial.config) for job in jobs])
            continue
        job = random.choice(history.pending())
        metrics = {metric.name: float(random.randrange(9)) for metric in ranking}
        status: Status = "failed" if random.random() < 0.1 else "done"
        history.add(Result(job.trial.number, job.epochs, status, metrics, replicate=job.replicate))
    return rounds


@pytest.mark.parametrize("seed", range(3))
@pytest.mark.parametrize("ranking", [(ACC,), (ACC, SIZE)], ids=["one", "two"])
def test_who_goes_on_and_how_far_is_told_by_asking_each_rung_once(
    seed: int, ranking: Sequence[Metric]
) -> None:
    sampler = SAMPLERS["random"].from_settings({"sampler": "random"}, 40)
    given = (SPACE, sampler, Streams(seed), 40, 6, 9, Halving(2, 1), None, 2)
    with pytest.MonkeyPatch.context() as patch:
        asked = Counter[object]()
        whole = Several.placed

        def placed(self: Several, epochs: Epochs, count: int) -> Iterator[tuple[int, int]]:
            asked[self.rounds, len(self.pending()), epochs] += 1
            return whole(self, epochs, count)

        patch.setattr(Several, "placed", placed)
        once = rounds_of(Plan(*given), ranking, seed)
        assert set(asked.values()) <= {1}
    assert once == rounds_of(Twice(*given), ranking, seed)
    assert any(key[2] > 3 * max(start, 1) for jobs in once for key, start, _ in jobs)  # two rungs at once


def test_one_metric_has_the_history_that_it_had() -> None:
    assert not isinstance(history_for(SPACE, (ACC,), 0, Streams(0)), Several)
    overlapping = history_for(SPACE, (ACC, SIZE), 2, Streams(0))
    assert isinstance(overlapping, Overlapping)
    assert isinstance(overlapping.known, Several)


# -- the ranking


def numbers(results: Sequence[Result]) -> list[int]:
    trials = [Trial(number, 0, {"x": number / 10}, number) for number in range(len(TOLD))]
    standings = rank(trials, results, ACC, 100, (SIZE,))
    return [standing.trial.number for standing in standings]


def results(epochs: int = 1) -> list[Result]:
    return [
        Result(number, epochs, "done", {"val_acc": acc, "size": size, "val_loss": -acc})
        for number, (acc, size) in enumerate(TOLD)
    ]


def test_a_ranking_is_front_by_front_without_near_ties() -> None:
    assert numbers(results()) == [0, 4, 2, 1, 3]


def test_what_was_confirmed_comes_first_by_its_means() -> None:
    again = [
        Result(0, 1, "done", {"val_acc": 0.5, "size": 9.0}, replicate=1),
        Result(2, 1, "done", {"val_acc": 0.8, "size": 5.0}, replicate=1),
        Result(4, 1, "failed", {}, replicate=1),
    ]
    # Trial 0 has a mean of 0.7 then, and is beaten by 2.
    assert numbers([*results(), *again]) == [2, 0, 4, 1, 3]


def test_where_one_worsens_the_longest_rank_first() -> None:
    longer = [
        Result(number, 3, "done", {"val_acc": 0.99, "size": 50.0 + number, "val_loss": 0.0})
        for number in (1, 3)
    ]
    assert numbers([*results(), *longer]) == [1, 3, 0, 4, 2]


@pytest.mark.parametrize("status", ["failed", "diverged"])
def test_what_never_ended_well_is_last(status: str) -> None:
    lost = Result(0, 1, status, {"val_acc": 1.0, "size": 0.0})  # type: ignore[arg-type]
    assert numbers([lost, *results()[1:]])[-1] == 0
