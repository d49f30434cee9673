"""A history that is kept in order answers what one that looks at everything would, however a search goes on."""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping
from itertools import pairwise
from random import Random

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from hpsearch.core.metric import Metric
from hpsearch.core.randomness import Streams
from hpsearch.core.trial import FAILED, Job, Key, Result
from hpsearch.engine.history import History
from hpsearch.engine.loop import restore
from hpsearch.engine.plan import Confirm, Halving, Plan
from hpsearch.runs import Journal
from hpsearch.runs.records import Inheritance
from hpsearch.runs.writing import header, inherited_record, result_record, round_record
from hpsearch.samplers import SAMPLERS
from hpsearch.samplers import ordered as ordered_module
from hpsearch.space import Choice, Linear, Real, Space

SPACE = Space([Real("lr", Linear(0, 1)), Choice("width", (1, 2, 3))])
EPOCHS = (1, 3, 9)
Entries = list[tuple[float, int]]


class Everything:
    """What a history is asked, worked out from all results each time."""

    def __init__(self, inherited: Inheritance) -> None:
        self.losses: dict[Key, float] = {}
        self.failed: set[Key] = set()
        self.asked: dict[int, float] = {}
        self.inherited = inherited

    def level(self, epochs: int) -> Entries:
        return sorted((loss, key[0]) for key, loss in self.losses.items() if key[1:] == (0, epochs))

    def evidence(self, epochs: int) -> Entries:
        values = self.inherited.values
        old = [(-trial[epochs], row - len(values)) for row, trial in enumerate(values) if epochs in trial]
        told = [
            (loss, number) for loss, number in self.level(epochs) if (number, 0, epochs) not in self.failed
        ]
        return sorted(told + old)

    def placed(self, best: Entries, epochs: int) -> list[tuple[int, int]]:
        return [
            (n, place)
            for place, (loss, n) in enumerate(best)
            if math.isfinite(loss) and self.asked[n] == epochs
        ]

    def searched(self) -> list[tuple[int, float, float]]:
        """Trial, epochs and loss of every training that ended well, but for those with fresh seeds."""
        own = [(key[0], key[2], loss) for key, loss in self.losses.items() if not key[1]]
        return sorted(one for one in own if math.isfinite(one[2]))

    def worsens(self) -> bool:
        steps = list(pairwise(self.searched()))
        for least in reversed(EPOCHS):
            turns = [(old, new) for (t, _, old), (n, e, new) in steps if t == n and e >= least]
            worse = sum(new > old for old, new in turns) - sum(new < old for old, new in turns)
            if abs(worse) > 1:
                return worse > 0 and min(new for _, new in turns) > min(old for old, _ in turns)
        return False

    def best(self) -> float:
        if self.worsens():
            ended = [(-epochs, loss) for n, epochs, loss in self.searched() if self.asked[n] == epochs]
            if ended:
                return min(ended)[1]
        return self.lowest()

    def last(self, number: int) -> float:
        return [loss for trial, _, loss in self.searched() if trial == number][-1]

    def lowest(self) -> float:
        ended_well = sorted((key[2], key[0], loss) for key, loss in self.losses.items() if not key[1])
        return min({n: loss for _, n, loss in ended_well if math.isfinite(loss)}.values(), default=math.inf)

    def leaders(self, count: int, asked: Callable[[float], bool]) -> list[int]:
        last = {key[0]: loss for key, loss in sorted(self.losses.items()) if not key[1]}
        standing = [(loss, number) for number, loss in last.items() if asked(self.asked[number])]
        best = [number for loss, number in sorted(standing) if math.isfinite(loss)]
        return (sorted(best, key=lambda n: -self.asked[n]) if self.worsens() else best)[:count]


def agree(history: History, all_of_it: Everything) -> None:
    for epochs in EPOCHS:
        evidence = all_of_it.evidence(epochs)
        assert list(history.evidence(epochs).entries) == evidence
        assert history.evidence(epochs).finite == sum(math.isfinite(loss) for loss, _ in evidence)
        level = all_of_it.level(epochs)
        assert history.count(epochs) == len(level)
        for count in range(0 if history.pending() else history.count(epochs) + 1):
            assert list(history.placed(epochs, count)) == all_of_it.placed(level[:count], epochs)
    assert history.lowest() == all_of_it.lowest()
    best = history.best()
    assert (math.inf if best is None else all_of_it.last(best)) == all_of_it.best()
    for asked in (lambda _: True, lambda epochs: epochs < 9):
        for count in (1, 4, 100):
            assert history.leaders(count, asked) == all_of_it.leaders(count, asked)


def answer(job: Job, random: Random, failing: float) -> Result:
    number, epochs, again = job.trial.number, job.epochs, job.replicate
    if random.random() < failing:
        return Result(
            number, epochs, random.choice(["failed", "diverged", "crashed"]), replicate=again, reason="no"
        )
    value = random.choice([0.0, -0.0, random.random(), round(random.random(), 1)])
    return Result(number, epochs, "done", {"val_acc": 1.0, "acc": value}, replicate=again)


@settings(max_examples=25)
@given(
    seed=st.integers(0, 10**6),
    sampler=st.sampled_from(["random", "coarse_to_fine", "sobol"]),
    halving=st.sampled_from([None, Halving(3, 1)]),
    failing=st.sampled_from([0, 0.1, 0.5, 1]),
    inherits=st.booleans(),
)
def test_what_is_kept_is_what_everything_says(
    tmp_path_factory: pytest.TempPathFactory,
    seed: int,
    sampler: str,
    halving: Halving | None,
    failing: float,
    inherits: bool,
) -> None:
    random = Random(seed)
    made = SAMPLERS[sampler].from_settings({"sampler": sampler, "fit": False}, 40)
    plan = Plan(SPACE, made, Streams(seed), 40, random.choice([1, 3, 8]), 9, halving, Confirm(2, 3))
    old: list[Mapping[float, float]] = [
        {epochs: random.random() for epochs in EPOCHS[: random.randrange(4)]} for _ in range(5 * inherits)
    ]
    inherited = Inheritance([{"lr": random.random(), "width": 1} for _ in old], old)
    history, all_of_it = History(SPACE, Metric("acc", "maximize")), Everything(inherited)
    history.inherit(inherited.configs, inherited.values)
    with (
        Journal(tmp_path_factory.mktemp("run") / "journal.jsonl") as journal,
        pytest.MonkeyPatch.context() as patch,
    ):
        patch.setattr(ordered_module, "_BLOCK", 4)
        journal.open()
        journal.append([header(version="", spec="", data=""), inherited_record(inherited)])
        while jobs := history.pending() or plan.next_round(history):
            if not history.pending():
                journal.append([round_record(history.rounds, jobs)])
                history.add_round(jobs)
                all_of_it.asked |= {job.trial.number: job.epochs for job in jobs if not job.replicate}
            for job in random.sample(jobs, random.randint(1, len(jobs))):
                result = answer(job, random, failing)
                journal.append([result_record(result)])
                history.add(result)
                all_of_it.failed |= {job.key} if result.status in FAILED else set()
                all_of_it.losses[job.key] = -result.metrics["acc"] if result.status == "done" else math.inf
            agree(history, all_of_it)
            if random.random() < 0.1:
                journal.append([{"kind": "retry"}])
                assert history.retry() == len(all_of_it.failed)
                all_of_it.losses = {
                    k: loss for k, loss in all_of_it.losses.items() if k not in all_of_it.failed
                }
                all_of_it.failed.clear()
                agree(history, all_of_it)
            if random.random() < 0.2:  # killed, and resumed
                again = History(SPACE, Metric("acc", "maximize"))
                with Journal(journal.path) as reader:
                    restore(reader.open(), again, "journal")
                agree(again, all_of_it)
                assert sorted(job.key for job in again.pending()) == sorted(
                    job.key for job in history.pending()
                )
                assert again.failed == history.failed
                history = again
