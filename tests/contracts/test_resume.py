"""Resuming is replaying: every sampler, with halving and confirmation, cut off anywhere in its journal."""

from __future__ import annotations

import json
import math
import random
import tempfile
import time
from collections.abc import Callable, Collection, Sequence
from concurrent.futures import ThreadPoolExecutor
from functools import cache
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from msgspec.structs import replace

from hpsearch.core.metric import Metric
from hpsearch.core.randomness import Streams
from hpsearch.core.trial import Config, Job, Key, Result, as_number
from hpsearch.engine.dispatch import Dispatcher
from hpsearch.engine.history import History
from hpsearch.engine.loop import Limits, restore, search
from hpsearch.engine.plan import Confirm, Halving, Plan
from hpsearch.engine.several import history_for
from hpsearch.executors import EXECUTORS
from hpsearch.runs import Journal
from hpsearch.runs.contents import learned_of
from hpsearch.runs.records import Hint, Inheritance
from hpsearch.runs.writing import header, learned_record
from hpsearch.samplers import SAMPLERS
from hpsearch.space import Choice, Integer, Linear, Log, Real, Space

SPACE = Space(
    [
        Real("lr", Log(1e-4, 1)),
        Integer("layers", Linear(1, 3)),
        Choice("optimizer", ("sgd", "adam")),
        Real("beta2", Linear(0.9, 0.999), when={"optimizer": ("adam",)}),
    ]
)
TRIALS = 20
#: A case -> its journal, and its results by key.
Whole = Callable[[str], tuple[bytes, dict[Key, dict[str, float]]]]


class Bowl:
    """Best in the middle of the range of lr, better with more epochs; the highest rates diverge."""

    def group(self, jobs: Sequence[Job], workers: int) -> list[tuple[Job, ...]]:
        return [tuple(jobs[start : start + 3]) for start in range(0, len(jobs), 3)]

    def evaluate(self, stack: Sequence[Job]) -> list[Result]:
        return [self._one(job) for job in stack]

    def _one(self, job: Job) -> Result:
        rate = as_number(job.trial.config["lr"])
        if rate > 0.5:
            return Result(
                job.trial.number, job.epochs, "diverged", replicate=job.replicate, reason="too fast"
            )
        noise = Streams(job.trial.seed).generator("noise", job.replicate, int(1000 * job.epochs)).random()
        loss = (math.log10(rate) + 2) ** 2 + 1 / job.epochs + 0.1 * noise
        metrics = {"loss": loss, "size": rate + 0.01 * noise}
        seconds = 10 ** as_number(job.trial.config["layers"]) * (job.epochs - job.start) * math.exp(noise / 7)
        number = job.trial.number
        return Result(number, job.epochs, "done", metrics, seconds=seconds / 3000, replicate=job.replicate)

    def tidy(self, keep: Collection[tuple[int, float]]) -> None:
        return None


class Deaf:
    """Observes nothing."""

    def round_begins(self, number: int, jobs: Sequence[Job], history: History) -> None:
        return None

    def training_begins(self, jobs: Sequence[Job], workers: int) -> None:
        return None

    def training_waits(self, jobs: Sequence[Job]) -> None:
        return None

    def results_came(self, results: Sequence[Result], history: History) -> None:
        return None


#: Configurations that are tried first, more than a round has; one is poor, one diverges.
QUEUE = tuple({"lr": lr, "layers": 2, "optimizer": "sgd"} for lr in (0.01, 0.9, 1e-4, 0.1, 0.02))
#: What is searched with: a sampler, and what else the plan has.
CASES: dict[str, tuple[str, dict[str, Any]]] = {name: (name, {}) for name in SAMPLERS}
CASES |= {f"{name} behind a queue": (name, {"queue": QUEUE}) for name in ("coarse_to_fine", "grid")}
CASES["coarse_to_fine below an epoch"] = ("coarse_to_fine", {"halving": Halving(3, 0.1)})
#: Rounds that overlap, by how many; an objective that may take no seed has one more decision to wait for.
OVERLAPS = {"coarse_to_fine overlapping": 2, "random overlapping": 1, "coarse_to_fine gradually": 2}
#: What was learned from earlier searches, whose best is where this one's is, or far away.
KNOWN: list[Config] = [{"lr": 10 ** (-place / 3), "layers": 2, "optimizer": "sgd"} for place in range(12)]
LESSONS: dict[str, list[Inheritance | Hint]] = {
    "coarse_to_fine that learned": [
        Inheritance(KNOWN[2:6], [{1: 2.0, 3: 1.5}, {1: 1.6}, {1: 1.2, 3: 0.9}, {1: 1.1, 3: 0.5}], "a", 4),
        Inheritance(KNOWN[6:8], [{1: 1.1, 3: 0.4, 9: 0.2}, {1: 1.3, 3: 0.7}], "b", 2),
        Hint(KNOWN, [place / 9 for place in range(12)], "c", 12, "other data"),
    ],
    "coarse_to_fine with hints": [
        Hint(KNOWN, [abs(place - 6) / 9 for place in range(12)], "a", 12, "other data"),
        Hint([{"lr": 0.1}, {"lr": 0.01}, {"lr": 0.9}], [0.1, 0.2, 0.3], "b", 3, "it had no layers"),
    ],
}
CASES |= {case: (case.split()[0], {}) for case in LESSONS}
LESSONS["coarse_to_fine overlapping"] = LESSONS["coarse_to_fine with hints"]
CASES |= {
    case: (case.split()[0], {"confirm": Confirm(2, 3, probe=True), "overlap": overlap})
    for case, overlap in OVERLAPS.items()
}
#: Where two metrics rank: rounds one after the other, and overlapping.
BOTH = (Metric("loss", "minimize"), Metric("size", "maximize"))
RANKING = {"coarse_to_fine by fronts": BOTH, "coarse_to_fine by fronts, overlapping": BOTH}
OVERLAPS["coarse_to_fine by fronts, overlapping"] = 2
CASES |= {case: ("coarse_to_fine", {}) for case in RANKING}
CASES["coarse_to_fine by fronts, overlapping"] = CASES["coarse_to_fine overlapping"]
#: Where seconds are weighed too, which are the same again here.
CASES |= {
    f"{case} by seconds": ("coarse_to_fine", {**CASES[case][1], "by_seconds": True})
    for case in ("coarse_to_fine", "coarse_to_fine overlapping", "coarse_to_fine by fronts")
}
OVERLAPS["coarse_to_fine overlapping by seconds"] = 2
RANKING["coarse_to_fine by fronts by seconds"] = BOTH


def conducted(case: str, journal: Path, executor: Any = None) -> dict[Key, dict[str, float]]:
    """The metrics of a whole search, or of the rest of one that `journal` holds a part of."""
    name, others = CASES[case]
    sampler = SAMPLERS[name].from_settings({"fit": True}, TRIALS)
    plan = Plan(SPACE, sampler, Streams(0), TRIALS, 4, 9, Halving(3, 1), Confirm(2, 2))
    ranking, gradual = RANKING.get(case, BOTH[:1]), "gradually" in case
    history = history_for(SPACE, ranking, OVERLAPS.get(case, 0), Streams(0), gradual=gradual)
    with Journal(journal) as record, executor or EXECUTORS["serial"](1) as workers:
        records = record.open()
        if not records:
            record.append([header(version="1", spec="s", data="d")])
        restore(records, history, str(journal))
        if not history.rounds:
            lessons = LESSONS.get(case, [])[len(learned_of(records)) :]
            record.append([learned_record(lesson) for lesson in lessons])
            restore(lessons, history, str(journal))
        search(replace(plan, **others), history, Dispatcher(Bowl(), workers), record, Deaf(), Limits())
    return {key: dict(result.metrics) for key, result in sorted(history.results.items())}


class Threads(ThreadPoolExecutor):
    """Workers of which each may be the faster one."""

    def __init__(self, workers: int, seed: int) -> None:
        super().__init__(workers)
        self.workers = workers
        self._draw = random.Random(seed)

    def submit(self, function: Any, /, *given: Any, timeout: float | None = None) -> Any:  # type: ignore[override]
        pause = self._draw.expovariate(1000)

        def later() -> Any:
            time.sleep(pause)
            return function(*given)

        return super().submit(later)


@pytest.fixture(scope="module")
def whole(tmp_path_factory: pytest.TempPathFactory) -> Whole:
    """Of a case: its journal and results, undisturbed."""

    @cache
    def searched(case: str) -> tuple[bytes, dict[Key, dict[str, float]]]:
        path = tmp_path_factory.mktemp(case) / "journal.jsonl"
        results = conducted(case, path)
        return path.read_bytes(), results

    return searched


@pytest.mark.parametrize("name", list(CASES))
@given(share=st.floats(0, 1))
@settings(max_examples=12)
def test_a_search_cut_off_anywhere_ends_as_if_it_never_was(name: str, share: float, whole: Whole) -> None:
    content, expected = whole(name)
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "journal.jsonl"
        path.write_bytes(content[: round(share * len(content))])
        assert conducted(name, path) == expected


def test_the_searches_confirm_their_best(whole: Whole) -> None:
    for case in CASES:
        _, results = whole(case)
        assert sum(replicate > 0 for _, replicate, _ in results) == (4 if case in OVERLAPS else 2)


def rounds_of(journal: bytes) -> list[bytes]:
    """The records of the rounds, and of how long they waited."""
    return [line for line in journal.splitlines() if b'"kind":"round"' in line or b'"kind":"waited"' in line]


@pytest.mark.parametrize("case", list(OVERLAPS))
@given(shares=st.lists(st.floats(0, 1), max_size=2), workers=st.integers(1, 9), seed=st.integers(0, 99))
@settings(max_examples=10)
def test_neither_workers_nor_kills_change_a_search_whose_rounds_overlap(
    case: str, shares: list[float], workers: int, seed: int, whole: Whole
) -> None:
    content, expected = whole(case)
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "journal.jsonl"
        for share in shares:
            conducted(case, path, Threads(workers, seed))
            written = path.read_bytes()
            path.write_bytes(written[: round(share * len(written))])
        assert conducted(case, path, Threads(workers, seed)) == expected
        assert rounds_of(path.read_bytes()) == rounds_of(content)


def test_a_round_knows_nothing_of_those_that_it_may_overlap(whole: Whole) -> None:
    content, _ = whole("coarse_to_fine overlapping")
    first = [json.loads(line)["kind"] for line in content.splitlines()[3:8]]
    assert first == ["round", "round", "round", "result", "result"]


@pytest.mark.parametrize("name", [name for name, (_, others) in CASES.items() if "queue" in others])
def test_what_was_given_is_tried_first_and_never_again(name: str, whole: Whole) -> None:
    records = [json.loads(line) for line in whole(name)[0].splitlines()]
    jobs = [job for record in records if record["kind"] == "round" for job in record["jobs"]]
    configs = [job["config"] for job in jobs if "config" in job]
    assert configs[: len(QUEUE)] == list(QUEUE)
    assert len(configs) == TRIALS
    assert not any(config in QUEUE for config in configs[len(QUEUE) :])


def test_seconds_decide_where_they_are_weighed(whole: Whole) -> None:
    for case in ("coarse_to_fine", "coarse_to_fine overlapping", "coarse_to_fine by fronts"):
        assert rounds_of(whole(f"{case} by seconds")[0]) != rounds_of(whole(case)[0])


def test_what_was_learned_is_not_tried_again_and_changes_what_is(
    whole: Whole,
) -> None:
    def configs(case: str) -> list[object]:
        records = [json.loads(line) for line in whole(case)[0].splitlines()]
        jobs = [job for record in records if record["kind"] == "round" for job in record["jobs"]]
        return [job["config"] for job in jobs if "config" in job]

    plain, learned, hinted = map(configs, ("coarse_to_fine", *list(LESSONS)[:2]))
    assert len(plain) == len(learned) == len(hinted) == TRIALS
    assert not any(config in learned for config in KNOWN[2:8])
    # Two of the first are where the hint says; the others are spread as ever.
    assert hinted[1] == plain[0]
    assert hinted[3] == plain[1]
    assert hinted[0] not in plain
