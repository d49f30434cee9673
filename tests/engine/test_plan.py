from __future__ import annotations

import json
import math
import random
from collections.abc import Callable
from itertools import pairwise
from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from msgspec.structs import replace

from hpsearch.core.metric import Metric
from hpsearch.core.randomness import Streams
from hpsearch.core.trial import Job, Result, as_number
from hpsearch.engine.history import History
from hpsearch.engine.plan import Confirm, Halving, Plan, rungs
from hpsearch.samplers import SAMPLERS
from hpsearch.space import Choice, Integer, Linear, Log, Real, Space

SPACE = Space(
    [
        Real("lr", Log(1e-4, 1)),
        Integer("layers", Linear(1, 4)),
        Choice("optimizer", ("sgd", "adam")),
        Real("beta2", Linear(0, 1), when={"optimizer": ("adam",)}),
    ]
)


def a_plan(**changes: Any) -> Plan:
    plan = Plan(
        SPACE,
        SAMPLERS["coarse_to_fine"].from_settings({"fit": changes.pop("fit", False)}, 40),
        Streams(changes.pop("seed", 0)),
        trials=40,
        epochs=27,
        halving=Halving(3, 1),
        confirm=None,
    )
    return replace(plan, **changes)


def train(job: Job) -> Result:
    """A made-up training: better near lr 0.01 and with more epochs; large rates diverge after a while."""
    number = job.trial.number
    lr, layers = (as_number(job.trial.config[name]) for name in ("lr", "layers"))
    if lr > 0.3 and job.epochs > 1:
        return Result(number, job.epochs, "diverged", replicate=job.replicate)
    loss = abs(math.log10(lr) + 2) + 0.1 * layers + 1 / job.epochs + 0.01 * job.replicate
    return Result(number, job.epochs, "done", {"loss": loss}, replicate=job.replicate)


def play(
    plan: Plan,
    history: History | None = None,
    order: random.Random | None = None,
    most: int = 1000,
    train: Callable[[Job], Result] = train,
) -> tuple[list[list[Job]], History]:
    """Rounds until the plan ends it, and the history; `order` shuffles each round's results."""
    history = history or History(plan.space, Metric("loss", "minimize"))
    rounds: list[list[Job]] = []
    while len(rounds) < most and (jobs := plan.next_round(history)):
        rounds.append(jobs)
        history.add_round(jobs)
        results = [train(job) for job in jobs]
        if order:
            order.shuffle(results)
        for result in results:
            history.add(result)
    return rounds, history


def jobs_of(rounds: list[list[Job]]) -> list[Job]:
    return [job for jobs in rounds for job in jobs]


@pytest.mark.parametrize(
    ("epochs", "halving", "expected"),
    [
        (27, Halving(3, 1), (1, 3, 9, 27)),
        (52, Halving(3, 2), (2, 6, 17, 52)),
        (50, Halving(3, 5), (6, 17, 50)),
        (10, Halving(2, 1), (1, 2, 5, 10)),
        (4, Halving(3, 9), (4,)),
        (1, Halving(3, 1), (1,)),
        (27, None, (27,)),
        (27, Halving(3, 0.05), (0.111, 0.333, 1, 3, 9, 27)),
        (10, Halving(3, 0.3), (0.37, 1, 3, 10)),
        (1, Halving(10, 0.01), (0.01, 0.1, 1)),
        (1, Halving(3, 0.5), (1,)),
    ],
)
def test_rungs(epochs: int, halving: Halving | None, expected: tuple[float, ...]) -> None:
    assert rungs(epochs, halving) == expected


@given(st.integers(1, 5000), st.integers(2, 10), st.integers(1, 50) | st.floats(0.001, 0.999))
def test_rungs_ascend_from_min_epochs_to_a_full_training(epochs: int, eta: int, least: float) -> None:
    found = rungs(epochs, Halving(eta, least))
    assert found[-1] == epochs
    assert all(low < high for low, high in pairwise(found))
    assert len(found) == 1 or found[0] >= least
    assert all(isinstance(rung, int) == (rung >= 1) for rung in found)
    assert all(json.loads(json.dumps(rung)) == rung == float(f"{rung:.3g}") for rung in found if rung < 1)


@pytest.mark.parametrize("fit", [False, True])
def test_the_order_of_results_changes_nothing(fit: bool) -> None:
    plan = a_plan(fit=fit)
    expected, _ = play(plan)
    for seed in range(3):
        assert play(plan, order=random.Random(seed))[0] == expected


def test_a_plan_remembers_nothing() -> None:
    rounds, _ = play(a_plan())
    history = History(SPACE, Metric("loss", "minimize"))
    for jobs in rounds:
        assert a_plan().next_round(history) == a_plan().next_round(history) == jobs
        history.add_round(jobs)
        for job in jobs:
            history.add(train(job))


def test_rounds_are_never_larger_than_asked_for() -> None:
    rounds, _ = play(a_plan(round_size=5, confirm=Confirm(4, 4)))
    assert max(map(len, rounds)) == 5


def test_trials_are_counted_by_configuration() -> None:
    _, history = play(a_plan(trials=17, confirm=Confirm(3, 3)))
    assert [trial.number for trial in history.trials] == list(range(17))
    assert len({trial.seed for trial in history.trials}) == 17


def test_every_job_continues_where_its_trial_stands() -> None:
    rounds, _ = play(a_plan(trials=80))
    reached: dict[int, float] = {}
    for number, jobs in enumerate(rounds):
        for job in jobs:
            assert job.start == reached.get(job.trial.number, 0) < job.epochs
            assert job.start or job.trial.round == number
            reached[job.trial.number] = job.epochs


def test_only_the_best_share_of_a_rung_is_promoted() -> None:
    plan = a_plan(trials=100)
    history = History(SPACE, Metric("loss", "minimize"))
    while jobs := plan.next_round(history):
        for job in jobs:
            if not job.start or (history.asked().max() == 27 and len(history.trials) == 100):
                continue
            losses = history.losses(job.start)
            allowed = int((~np.isnan(losses)).sum() / 3)
            better = (losses < losses[job.trial.number]).sum()
            assert better < allowed
        history.add_round(jobs)
        for job in jobs:
            history.add(train(job))


def test_a_trial_is_promoted_as_soon_as_it_has_earned_it() -> None:
    history = History(SPACE, Metric("loss", "minimize"))
    plan = a_plan(round_size=6)
    play(plan, history, most=1)
    jobs = plan.next_round(history)
    best = np.argsort(history.losses(1))[:2].tolist()
    assert [(job.trial.number, job.start, job.epochs) for job in jobs[:2]] == [(n, 1, 3) for n in best]
    assert [job.trial.number for job in jobs[2:]] == [6, 7, 8, 9]


def test_promotions_of_the_highest_rung_come_first() -> None:
    rounds, _ = play(a_plan(trials=100))
    for jobs in rounds:
        continued = [job.start for job in jobs if job.start]
        assert continued == sorted(continued, reverse=True)
        assert [job.start > 0 for job in jobs] == sorted((job.start > 0 for job in jobs), reverse=True)


def test_the_lost_are_never_trained_on() -> None:
    rounds, history = play(a_plan(trials=100, confirm=Confirm(3, 2)))
    lost = {key[0]: key[2] for key, result in history.results.items() if result.status != "done"}
    assert lost
    assert not [
        job for job in jobs_of(rounds) if job.trial.number in lost and job.start >= lost[job.trial.number]
    ]


def test_a_search_of_failures_ends() -> None:
    def fail(job: Job) -> Result:
        return Result(job.trial.number, job.epochs, "failed", replicate=job.replicate)

    rounds, _ = play(a_plan(trials=20, confirm=Confirm(3, 3)), train=fail)
    assert len(jobs_of(rounds)) == 20


def test_later_trials_start_longer() -> None:
    rounds, _ = play(a_plan(trials=100))
    first = {job.trial.number: job.epochs for job in jobs_of(rounds) if not job.start}
    assert [first[number] for number in (0, 29, 30, 59, 60, 90, 99)] == [1, 1, 3, 3, 9, 27, 27]


def test_without_halving_every_trial_is_trained_in_full() -> None:
    rounds, _ = play(a_plan(halving=None, trials=20))
    assert {(job.start, job.epochs) for job in jobs_of(rounds)} == {(0, 27)}
    assert [len(jobs) for jobs in rounds] == [8, 8, 4]


def last_losses(history: History) -> list[float]:
    """Of each trial, at the last epoch it was trained to."""
    searched = sorted((r for r in history.results.values() if not r.replicate), key=lambda r: r.epochs)
    last = {r.trial: r.metrics["loss"] if r.status == "done" else math.inf for r in searched}
    return [last[trial.number] for trial in history.trials]


@pytest.mark.parametrize("top", [None, 1, 3])
def test_the_head_of_the_ranking_ends_trained_in_full(top: int | None) -> None:
    confirm = None if top is None else Confirm(top, 1)
    for trials in (1, 4, 20, 40):
        _, history = play(a_plan(trials=trials, confirm=confirm))
        last = last_losses(history)
        best = np.argsort(last, kind="stable")[: top or 1]
        assert all(history.asked()[number] == 27 for number in best if np.isfinite(last[number]))


def test_a_trial_that_falls_back_when_trained_in_full_gives_way_to_the_next() -> None:
    def first_falls_back(job: Job) -> Result:
        number, full = job.trial.number, job.epochs == 27
        return Result(number, job.epochs, "done", {"loss": number + (100.0 if full and not number else 0)})

    _, history = play(a_plan(trials=5), train=first_falls_back)
    assert history.asked().tolist() == [27, 27, 1, 1, 1]


@pytest.mark.parametrize("top", [None, 3])
@pytest.mark.parametrize("turn", [1, 3, 9])
def test_the_head_is_chosen_once_where_the_metric_worsens_from_some_epoch_on(
    turn: int, top: int | None
) -> None:
    def bent(job: Job) -> Result:
        loss = (as_number(job.trial.config["lr"]) - 0.1) ** 2 + abs(job.epochs - turn)
        return Result(job.trial.number, job.epochs, "done", {"loss": loss}, replicate=job.replicate)

    plan = a_plan(trials=60, confirm=None if top is None else Confirm(top, 2))
    rounds, history = play(plan, train=bent)
    assert [len(jobs) for jobs in rounds if all(job.start and job.epochs == 27 for job in jobs)][1:] == []
    full = np.flatnonzero(history.asked() == 27)
    assert (top or 1) <= len(full) <= 60 / 9
    assert sorted(full, key=history.losses(27).__getitem__)[: top or 1] == history.leaders(top or 1)


def test_a_worsening_search_spends_what_an_improving_one_does() -> None:
    def spent(seed: int, each: float) -> float:
        def drifting(job: Job) -> Result:
            loss = (as_number(job.trial.config["lr"]) - 0.1) ** 2 + each * (job.epochs - 1)
            return Result(job.trial.number, job.epochs, "done", {"loss": loss}, replicate=job.replicate)

        rounds, _ = play(a_plan(seed=seed, trials=30), train=drifting)
        return sum(job.epochs - job.start for job in jobs_of(rounds))

    assert all(spent(seed, 0.02) <= 1.3 * spent(seed, -0.02) for seed in range(4))


def test_the_order_of_results_changes_nothing_where_the_metric_is_noise() -> None:
    def noise(job: Job) -> Result:
        luck = random.Random(repr(job.key)).random()
        return Result(job.trial.number, job.epochs, "done", {"loss": luck}, replicate=job.replicate)

    plan = a_plan(confirm=Confirm(2, 2))
    expected, _ = play(plan, train=noise)
    for seed in range(3):
        assert play(plan, order=random.Random(seed), train=noise)[0] == expected


def test_the_best_are_confirmed_with_fresh_seeds_at_the_end() -> None:
    rounds, history = play(a_plan(confirm=Confirm(top=2, seeds=4)))
    best = np.argsort(last_losses(history), kind="stable")[:2].tolist()
    again = [job for job in jobs_of(rounds) if job.replicate]
    assert [(job.trial.number, job.replicate) for job in again] == [(n, r) for n in best for r in (1, 2, 3)]
    assert {(job.start, job.epochs) for job in again} == {(0, 27)}
    assert all(job.replicate for jobs in rounds[-1:] for job in jobs)


def test_where_the_seed_may_decide_nothing_one_is_tried_first() -> None:
    confirm = Confirm(top=2, seeds=4, probe=True)
    rounds, _ = play(a_plan(confirm=confirm))
    best = [job.trial.number for job in rounds[-2]]
    again = [job for job in jobs_of(rounds) if job.replicate]
    assert [(job.trial.number, job.replicate) for job in again] == [
        *((number, 1) for number in best),
        *((number, replicate) for number in best for replicate in (2, 3)),
    ]

    def seedless(job: Job) -> Result:
        return Result(job.trial.number, job.epochs, "done", train(job).metrics or {"loss": 9.0})

    def same(job: Job) -> Result:
        found = seedless(Job(job.trial, job.epochs))
        return Result(job.trial.number, job.epochs, "done", found.metrics, replicate=job.replicate)

    rounds, _ = play(a_plan(confirm=confirm), train=same)
    assert [job.replicate for job in jobs_of(rounds) if job.replicate] == [1, 1]


def test_one_seed_is_that_of_the_search() -> None:
    rounds, history = play(a_plan(confirm=Confirm(top=2, seeds=1, probe=True)))
    assert not [job for job in jobs_of(rounds) if job.replicate]
    assert (history.asked() == 27).sum() >= 1


def test_a_trial_that_fails_when_trained_on_is_asked_for_no_more() -> None:
    def short_of_memory(job: Job) -> Result:
        return train(job) if job.epochs < 9 else Result(job.trial.number, job.epochs, "failed")

    rounds, history = play(a_plan(trials=20, confirm=Confirm(2, 2)), train=short_of_memory)
    assert max(job.epochs for job in jobs_of(rounds)) == 27  # the head, from the rung at which it stood
    assert not [job for job in jobs_of(rounds) if job.replicate]
    asked = [(job.trial.number, job.start) for job in jobs_of(rounds) if job.epochs >= 9]
    assert len({number for number, _ in asked}) == len(asked)
    assert history.lowest() == min(loss for loss in history.losses(3) if not math.isnan(loss))


def test_a_failed_confirmation_is_not_repeated() -> None:
    def fragile(job: Job) -> Result:
        return Result(job.trial.number, job.epochs, "crashed", replicate=1) if job.replicate else train(job)

    rounds, _ = play(a_plan(confirm=Confirm(top=2, seeds=2)), train=fragile)
    assert len([job for job in jobs_of(rounds) if job.replicate]) == 2


def test_more_trials_continue_an_ended_search() -> None:
    rounds, history = play(a_plan(trials=20, confirm=Confirm(2, 2)))
    more, _ = play(a_plan(trials=30, confirm=Confirm(2, 2)), history)
    assert [job.trial.number for job in jobs_of(more) if not job.start and not job.replicate] == list(
        range(20, 30)
    )
    assert not {job.key for job in jobs_of(more)} & {job.key for job in jobs_of(rounds)}
    assert play(a_plan(trials=30, confirm=Confirm(2, 2)), history)[0] == []


@pytest.mark.parametrize("fit", [False, True])
def test_a_finite_space_is_exhausted_and_the_search_ends(fit: bool) -> None:
    space = Space([Integer("layers", Linear(1, 4)), Choice("activation", ("relu", "tanh", "gelu"))])
    plan = a_plan(space=space, trials=100, fit=fit, confirm=Confirm(1, 2))

    def train(job: Job) -> Result:
        return Result(job.trial.number, job.epochs, "done", {"loss": 1.0}, replicate=job.replicate)

    _, history = play(plan, train=train)
    assert len(history.trials) == history.tried.distinct == 12


@settings(max_examples=15)
@given(st.integers(0, 1000), st.integers(1, 20), st.booleans())
def test_no_job_and_no_configuration_is_asked_for_twice(seed: int, round_size: int, fit: bool) -> None:
    rounds, history = play(a_plan(seed=seed, round_size=round_size, fit=fit, confirm=Confirm(2, 2)))
    jobs = jobs_of(rounds)
    assert len({job.key for job in jobs}) == len(jobs)
    assert history.tried.distinct == 40
    assert all(trial.config in SPACE for trial in history.trials)
